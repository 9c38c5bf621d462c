import { quantityOf, toBytes, toMilliCpu } from "../api/meta/quantity.ts";
import type { Pod } from "../api/refs.ts";
import type { Container, PodSpec, ResourceRequirements } from "../api/schema/generated/types.ts";
import { equalJson } from "../base/json.ts";
import { resourceProblem } from "./admission.ts";
import type { Agent } from "./agent.ts";
import { grantedTo, NO_RESOURCES } from "./granted.ts";
import { podRequests } from "./pod-resources.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";
import type { PodWorker, Problem } from "./worker.ts";

/** How long the runtime takes to change a container's limits. */
const RESIZE_MS = 150;
/** How often a kubelet looks again at a change that its node has no room for. */
const RETRY_MS = 180_000;

/** Containers of a pod whose resources can be changed while it lives. */
function resizable(spec: PodSpec): readonly Container[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return sidecars.length === 0 ? spec.containers : [...sidecars, ...spec.containers];
}

/** Takes note that a pod's spec now asks for other resources than before: what was granted stays so for now. */
export function noteResize(runtime: RuntimePod | undefined, pod: Pod, old: Pod | undefined): void {
  if (runtime === undefined || old?.spec === pod.spec) return;
  for (const container of resizable(pod.spec)) {
    const before = old === undefined ? reported(pod, container.name) : specOf(old, container.name)?.resources;
    if (before === undefined && old === undefined) continue;
    const granted = runtime.granted?.[container.name] ?? before ?? NO_RESOURCES;
    setGranted(runtime, container, granted);
  }
}

function specOf({ spec }: Pod, name: string): Container | undefined {
  return resizable(spec).find((container) => container.name === name);
}

/** What a kubelet that has restarted had told of a container: what it had granted. */
function reported({ status }: Pod, name: string): ResourceRequirements | undefined {
  const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const found = all.find((each) => each.name === name && each.state?.running !== undefined);
  if (found?.resources === undefined) return undefined;
  return { ...found.resources, ...(found.allocatedResources && { requests: found.allocatedResources }) };
}

function setGranted(runtime: RuntimePod, container: Container, granted: ResourceRequirements): void {
  const { [container.name]: _, ...others } = runtime.granted ?? {};
  if (!equalJson(granted, container.resources ?? NO_RESOURCES))
    runtime.granted = { ...others, [container.name]: granted };
  else if (Object.keys(others).length > 0) runtime.granted = others;
  else delete runtime.granted;
}

// Models pkg/kubelet/allocation allocation_manager.go handlePodResourcesResize
/** Grants what a changed spec asks for where there is room, and says why where there is none. */
export function judgeResize(agent: Agent, worker: PodWorker, pod: Pod, runtime: RuntimePod): void {
  if (runtime.granted === undefined) {
    if (worker.resize?.type === "PodResizePending") worker.resize = undefined;
    if (worker.resize !== undefined && !isResizing(runtime, agent.nowMs)) complete(agent, worker, pod);
    return;
  }
  const generation = pod.metadata.generation ?? 0;
  const problem = roomProblem(agent, worker, pod);
  if (problem !== undefined) {
    const known = worker.resize;
    worker.resize = { type: "PodResizePending", ...problem, generation };
    worker.syncMs = agent.nowMs + RETRY_MS;
    if (equalJson(known, worker.resize)) return;
    const reason = `Resize${problem.reason}`;
    const message = messageOf(`Pod resize ${problem.reason}`, pod, generation, problem.message);
    agent.event(worker, { type: "Warning", reason, message });
    return;
  }
  for (const container of resizable(pod.spec)) {
    const found = findContainer(runtime, container.name);
    const granted = runtime.granted[container.name];
    if (granted !== undefined && found !== undefined && stateOf(found, agent.nowMs) === "running") {
      found.resources ??= granted;
    }
  }
  delete runtime.granted;
  worker.resize = { type: "PodResizeInProgress", reason: "", message: "", generation };
  const message = messageOf("Pod resize started", pod, generation);
  agent.event(worker, { type: "Normal", reason: "ResizeStarted", message });
}

function complete(agent: Agent, worker: PodWorker, pod: Pod): void {
  const message = messageOf("Pod resize completed", pod, worker.resize?.generation ?? 0);
  worker.resize = undefined;
  agent.event(worker, { type: "Normal", reason: "ResizeCompleted", message });
}

function isResizing(runtime: RuntimePod, nowMs: number): boolean {
  return runtime.containers.some((each) => each.resources !== undefined && stateOf(each, nowMs) === "running");
}

// Models pkg/kubelet/allocation canResizePod
function roomProblem(agent: Agent, worker: PodWorker, pod: Pod): Problem | undefined {
  const { shape } = agent.machine;
  const requests = podRequests(pod.spec);
  const bytes = toBytes(requests.get("memory") ?? quantityOf("0"));
  const milliCpu = toMilliCpu(requests.get("cpu") ?? quantityOf("0"));
  const [memory, cpu] = [toBytes(quantityOf(shape.memory)), toMilliCpu(quantityOf(shape.cpu))];
  const capacity = "Node didn't have enough capacity";
  if (bytes > memory) {
    return { reason: "Infeasible", message: `${capacity}: memory, requested: ${bytes}, capacity: ${memory}` };
  }
  if (milliCpu > cpu) {
    return { reason: "Infeasible", message: `${capacity}: cpu, requested: ${milliCpu}, capacity: ${cpu}` };
  }
  const problem = resourceProblem(agent, worker, pod);
  return problem && { reason: "Deferred", message: problem.message };
}

// Models pkg/kubelet/events resize.go podResizeMessage
function messageOf(opening: string, { spec }: Pod, generation: number, error?: string): string {
  const list = (containers: readonly Container[] = []) =>
    containers.map(({ name, resources = {} }) => ({ name, resources: sorted(resources) }));
  const summary = {
    ...(spec.initContainers?.length && { initContainers: list(spec.initContainers) }),
    containers: list(spec.containers),
    generation,
    ...(error !== undefined && { error }),
  };
  return `${opening}: ${JSON.stringify(summary)}`;
}

/** As Go writes it: fields in their order, keys of maps sorted. */
function sorted({ limits, requests }: ResourceRequirements): object {
  const byName = (map: { readonly [name: string]: string }) =>
    Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...(limits && { limits: byName(limits) }), ...(requests && { requests: byName(requests) }) };
}

/** What a running container needs so that it runs with what was granted. */
export interface Resizing {
  readonly container: RuntimeContainer;
  /** It can't be changed while it runs. */
  readonly restarts: boolean;
  readonly takesMs: number;
}

// Models pkg/kubelet/kuberuntime kuberuntime_manager.go computePodResizeAction
export function nextResizing(container: Container, runtime: RuntimePod, nowMs: number): Resizing | undefined {
  const found = findContainer(runtime, container.name);
  if (found?.resources === undefined || stateOf(found, nowMs) !== "running") return undefined;
  const before = found.resources;
  const now = grantedTo(runtime, container);
  const changed = ["cpu", "memory"].filter(
    (name) => before.limits?.[name] !== now.limits?.[name] || before.requests?.[name] !== now.requests?.[name],
  );
  const restarts = changed.some(
    (name) => container.resizePolicy?.find((each) => each.resourceName === name)?.restartPolicy === "RestartContainer",
  );
  return { container: found, restarts, takesMs: RESIZE_MS };
}
