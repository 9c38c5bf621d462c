import type { Pod } from "../../../api/refs.ts";
import type { Container, ContainerStatus, PodSpec, PodTemplateSpec } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { defaultContainer, roundResourceLists, roundResources } from "./container-defaults.ts";
import { isHugePageResource, isOvercommitAllowed, isPodLevelResource } from "./resource-names.ts";
import { aggregateContainerLimits, aggregateContainerRequests, toResourceList } from "./resources.ts";
import { defaultVolume } from "./volume-defaults.ts";

// Models pkg/apis/core/v1 SetDefaults_PodSpec, and those of what a pod's spec holds
/** Defaults that pods and the templates of workloads share. */
export function defaultPodSpec(spec: Draft<PodSpec>): void {
  spec.dnsPolicy ||= "ClusterFirst";
  spec.restartPolicy ||= "Always";
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= "default-scheduler";
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container);
  if (spec.overhead) spec.overhead = roundResources(spec.overhead);
  if (spec.resources) roundResourceLists(spec.resources);
}

/** Defaults of the `template` of a workload. */
export function defaultPodTemplate(template: Draft<PodTemplateSpec>): void {
  template.metadata ??= {};
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}

/** Defaults of a pod that a client sends: those of its spec, those that only pods have, and the fields of statuses. */
export function defaultPod(pod: Draft<Pod>): void {
  pod.spec ??= { containers: [] };
  defaultPodSpec(pod.spec);
  pod.spec = withPodDefaults(pod.spec as PodSpec) as Draft<PodSpec>;
  pod.status ??= {};
  for (const status of pod.status.initContainerStatuses ?? []) defaultContainerStatus(status);
  for (const status of pod.status.containerStatuses ?? []) defaultContainerStatus(status);
  for (const status of pod.status.ephemeralContainerStatuses ?? []) defaultContainerStatus(status);
}

/** Fields that the API always shows, set or not. */
function defaultContainerStatus(status: Draft<ContainerStatus>): void {
  status.state ??= {};
  status.lastState ??= {};
  status.ready ??= false;
  status.restartCount ??= 0;
  status.image ??= "";
  status.imageID ??= "";
}

// Models pkg/apis/core/v1 SetDefaults_Pod
/**
 * The spec with the defaults that pods have and templates have not: requests from limits, pod-level requests, service
 * links, host ports of the host network. What needs no change is shared with the given spec.
 */
export function withPodDefaults(spec: PodSpec): PodSpec {
  const containers = mapShared(spec.containers ?? [], (container) => withContainerPodDefaults(container, spec));
  const initContainers = mapShared(spec.initContainers ?? [], (container) => withContainerPodDefaults(container, spec));
  const grace = spec.terminationGracePeriodSeconds;
  const changed: PodSpec = {
    ...spec,
    containers,
    ...(spec.initContainers && { initContainers }),
    enableServiceLinks: spec.enableServiceLinks ?? true,
    // A negative period is no period: it counts as the shortest one.
    ...(grace !== undefined && grace < 0 && { terminationGracePeriodSeconds: 1 }),
  };
  return changed.resources ? withPodLevelResources(changed) : changed;
}

function withContainerPodDefaults(container: Container, spec: PodSpec): Container {
  let result = container;
  const { limits, requests } = container.resources ?? {};
  if (limits && Object.keys(limits).some((name) => requests?.[name] === undefined)) {
    result = { ...result, resources: { ...container.resources, requests: { ...limits, ...requests } } };
  }
  if (spec.hostNetwork && container.ports?.some((port) => !port.hostPort)) {
    const ports = container.ports.map((port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort }));
    result = { ...result, ports };
  }
  return result;
}

// Models pkg/apis/core/v1 defaultHugePagePodLimits and defaultPodRequests
function withPodLevelResources(spec: PodSpec): PodSpec {
  const given = spec.resources ?? {};
  const limits: Record<string, string> = { ...given.limits };
  const requests: Record<string, string> = { ...given.requests };
  if (Object.keys(limits).length + Object.keys(requests).length === 0) return spec;
  const containerLimits = toResourceList(aggregateContainerLimits(spec));
  for (const [name, amount] of Object.entries(containerLimits)) {
    if (isHugePageResource(name) && requests[name] === undefined) limits[name] ??= amount;
  }
  if (Object.keys(limits).length > 0) {
    const containerRequests = toResourceList(aggregateContainerRequests(spec));
    for (const [name, amount] of Object.entries(containerRequests)) {
      if (isPodLevelResource(name) && isOvercommitAllowed(name)) requests[name] ??= amount;
    }
    for (const [name, amount] of Object.entries(limits)) if (isPodLevelResource(name)) requests[name] ??= amount;
  }
  const resources = {
    ...given,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(requests).length > 0 && { requests }),
  };
  return { ...spec, resources };
}

/** `map` that gives the list itself back where no item changed. */
function mapShared<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  const changed = list.map(change);
  return changed.some((item, at) => item !== list[at]) ? changed : list;
}
