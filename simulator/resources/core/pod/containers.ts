import type { Container, EphemeralContainer, PodSpec } from "../../../api/schema/generated/types.ts";

/** An init container that goes on running beside the main ones. */
export function isSidecar(container: Container | undefined): boolean {
  return container?.restartPolicy === "Always";
}

// Models pkg/apis/core/pods VisitContainersWithPath
/** All containers of a pod with their paths: init containers, regular ones, ephemeral ones. */
export function containersWithPath(spec: PodSpec, path: string): readonly (readonly [Container, string])[] {
  const prefix = path === "" ? "" : `${path}.`;
  const located = (list: readonly (Container | EphemeralContainer)[] | undefined, field: string) =>
    (list ?? []).map((container, at) => [container as Container, `${prefix}${field}[${at}]`] as const);
  return [
    ...located(spec.initContainers, "initContainers"),
    ...located(spec.containers, "containers"),
    ...located(spec.ephemeralContainers, "ephemeralContainers"),
  ];
}
