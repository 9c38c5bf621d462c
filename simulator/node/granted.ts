import type { Container, PodSpec, ResourceRequirements } from "../api/schema/generated/types.ts";
import { findContainer, type RuntimePod } from "./runtime.ts";

export const NO_RESOURCES: ResourceRequirements = {};

/** What the node has set aside for a container: what its spec says, unless a change of that was not granted yet. */
export function grantedTo(runtime: RuntimePod | undefined, container: Container): ResourceRequirements {
  return runtime?.granted?.[container.name] ?? container.resources ?? NO_RESOURCES;
}

/** What a container runs with: what is set aside for it, unless it still runs with what was before. */
export function actualOf(runtime: RuntimePod | undefined, container: Container): ResourceRequirements {
  return findContainer(runtime, container.name)?.resources ?? grantedTo(runtime, container);
}

/** A pod's spec with other resources. */
export function specWith(spec: PodSpec, resourcesOf: (container: Container) => ResourceRequirements): PodSpec {
  const changed = (list: readonly Container[]) => list.map((each) => ({ ...each, resources: resourcesOf(each) }));
  const { initContainers } = spec;
  return {
    ...spec,
    containers: changed(spec.containers),
    ...(initContainers && { initContainers: changed(initContainers) }),
  };
}
