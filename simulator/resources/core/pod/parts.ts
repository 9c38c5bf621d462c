import type { PartRules } from "../../../api/kind.ts";
import type { Pod } from "../../../api/refs.ts";
import type { Container } from "../../../api/schema/generated/types.ts";
import { validatePodResize } from "./validation/pod-resize.ts";
import { validateEphemeralContainersUpdate } from "./validation/pod-update.ts";

// Models pkg/registry/core/pod strategy.go dropNonEphemeralContainerUpdates
/** pods/ephemeralcontainers: only containers for debugging are written. */
export const ephemeralContainersRules: PartRules<Pod> = {
  name: "ephemeralcontainers",
  prepareUpdate: (pod, old) => {
    const { ephemeralContainers } = pod.spec;
    return { ...withOldMetadata(pod, old), spec: { ...old.spec, ephemeralContainers } };
  },
  validateUpdate: validateEphemeralContainersUpdate,
};

// Models pkg/registry/core/pod strategy.go dropNonResizeUpdates
/** pods/resize: only resources of containers, and how they are resized, are written. */
export const resizeRules: PartRules<Pod> = {
  name: "resize",
  prepareUpdate: (pod, old) => {
    const isSameLength =
      pod.spec.containers.length === old.spec.containers.length &&
      (pod.spec.initContainers?.length ?? 0) === (old.spec.initContainers?.length ?? 0);
    // Containers that come or go are for the validation to refuse.
    if (!isSameLength) return pod;
    const { resources, containers, initContainers } = pod.spec;
    const spec = {
      ...old.spec,
      ...(resources !== undefined && { resources }),
      containers: resized(containers, old.spec.containers),
      ...(initContainers && { initContainers: resized(initContainers, old.spec.initContainers ?? []) }),
    };
    return { ...withOldMetadata(pod, old), spec };
  },
  validateUpdate: validatePodResize,
};

function resized(containers: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (containers.some(({ name }, at) => name !== old[at]?.name)) return containers;
  return old.map((container, at) => {
    const { resources, resizePolicy } = containers[at] ?? container;
    const { resources: _, resizePolicy: __, ...rest } = container;
    return { ...rest, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) };
  });
}

/** Of metadata only what managers are recorded in may change. Models apimachinery ResetObjectMetaForStatus */
function withOldMetadata(pod: Pod, old: Pod): Pod {
  const { managedFields, resourceVersion } = pod.metadata;
  return {
    ...pod,
    status: old.status,
    metadata: { ...old.metadata, resourceVersion, ...(managedFields && { managedFields }) },
  };
}
