import { child, type FieldError, forbidden, index, invalid } from "../../../../api/meta/field-error.ts";
import type { Pod } from "../../../../api/refs.ts";
import type { Container, ResourceRequirements } from "../../../../api/schema/generated/types.ts";
import { equalJson } from "../../../../base/json.ts";
import { isSidecar } from "../containers.ts";
import { podQosClass } from "../qos.ts";
import { MIRROR_POD_ANNOTATION } from "./annotations.ts";
import { validatePodAlways } from "./pod.ts";

// Models pkg/apis/core/validation ValidatePodResize
/** Problems of a write of the resize subresource: requests and limits of CPU and memory may change, and little else. */
export function validatePodResize(pod: Pod, old: Pod): readonly FieldError[] {
  const refused = wholeProblem(old);
  if (refused !== undefined) return [refused];
  const errors = [...validatePodAlways(pod)];
  for (const field of ["containers", "initContainers"] as const) {
    const now = pod.spec[field] ?? [];
    const before = old.spec[field] ?? [];
    const path = child("spec", field);
    if (now.length !== before.length) {
      errors.push(forbidden(path, `${field} may not be added or removed on resize`));
      return errors;
    }
    const renamed = now.flatMap(({ name }, at) => {
      if (name === before[at]?.name) return [];
      const text = `${field} may not be renamed or reordered on resize`;
      return forbidden(child(index(path, at), "name"), text);
    });
    if (renamed.length > 0) return [...errors, ...renamed];
  }
  if (podQosClass(pod.spec) !== (old.status.qosClass || podQosClass(old.spec))) {
    const text = "Pod QOS Class may not change as a result of resizing";
    errors.push(invalid("spec", pod.status.qosClass ?? "", text));
  }
  if (!supportsResize(old)) errors.push(forbidden("spec", "Pod running on node without support for resize"));
  return [...errors, ...removals(pod, old), ...podLevelProblems(pod, old), ...otherChanges(pod, old)];
}

function wholeProblem({ metadata, spec }: Pod): FieldError | undefined {
  if (metadata.annotations?.[MIRROR_POD_ANNOTATION] !== undefined) {
    return forbidden("", "static pods cannot be resized");
  }
  return spec.os?.name === "windows" ? forbidden("", "windows pods cannot be resized") : undefined;
}

/** Whether the kubelet reports resources of containers that run: one that does can change them. */
function supportsResize({ status }: Pod): boolean {
  const running = status.containerStatuses?.find(({ state }) => state?.running !== undefined);
  return running === undefined || running.resources !== undefined;
}

function removals(pod: Pod, old: Pod): readonly FieldError[] {
  return (["initContainers", "containers"] as const).flatMap((field) =>
    (old.spec[field] ?? []).flatMap((before, at) => {
      if (field === "initContainers" && !isSidecar(before)) return [];
      const now = pod.spec[field]?.[at]?.resources ?? {};
      const path = child(index(child("spec", field), at), "resources");
      return validateKept(now, before.resources ?? {}, path);
    }),
  );
}

/** What is asked for may be changed, not taken back. */
function validateKept(now: ResourceRequirements, old: ResourceRequirements, path: string): readonly FieldError[] {
  return (["requests", "limits"] as const).flatMap((list) => {
    const isRemoved = Object.keys(old[list] ?? {}).some((name) => now[list]?.[name] === undefined);
    return isRemoved ? [forbidden(child(path, list), `resource ${list} cannot be removed`)] : [];
  });
}

// Models pkg/apis/core/validation validatePodLevelResourcesResize
function podLevelProblems(pod: Pod, old: Pod): readonly FieldError[] {
  const [now, before] = [pod.spec.resources, old.spec.resources];
  const path = "spec.resources";
  if (before !== undefined && now === undefined) return [forbidden(path, "pod-level resources cannot be removed")];
  const errors = (["requests", "limits"] as const).flatMap((list) => {
    const isRemoved = Object.keys(before?.[list] ?? {}).some((name) => now?.[list]?.[name] === undefined);
    return isRemoved ? [forbidden(child(path, list), `pod-level resource ${list} cannot be removed`)] : [];
  });
  const rest = (resources: ResourceRequirements | undefined) => [
    others(resources?.requests),
    others(resources?.limits),
  ];
  if (!equalJson(rest(now), rest(before))) {
    errors.push(forbidden("spec", "only cpu and memory resources are mutable at pod-level"));
  }
  return errors;
}

/** A list without what may change. */
function others(list: { readonly [name: string]: string } = {}): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(list).filter(([name]) => name !== "cpu" && name !== "memory"));
}

function otherChanges(pod: Pod, old: Pod): readonly FieldError[] {
  const errors: FieldError[] = [];
  pod.spec.containers.forEach((container, at) => {
    if (!differsInComputeOnly(container, old.spec.containers[at])) {
      errors.push(forbidden("spec", "only cpu and memory resources are mutable"));
    }
  });
  pod.spec.initContainers?.forEach((container, at) => {
    const before = old.spec.initContainers?.[at];
    if (!isSidecar(container)) {
      if (equalJson(container, before)) return;
      errors.push(forbidden("spec", "resources for non-sidecar init containers are immutable"));
    } else if (!differsInComputeOnly(container, before)) {
      errors.push(forbidden("spec", "only cpu and memory resources for sidecar containers are mutable"));
    }
  });
  return errors;
}

function differsInComputeOnly(container: Container, old: Container | undefined): boolean {
  return equalJson(withoutCompute(container), old && withoutCompute(old));
}

function withoutCompute({ resources, ...rest }: Container): object {
  const { requests, limits, claims } = resources ?? {};
  return { ...rest, requests: others(requests), limits: others(limits), claims };
}
