import { parseDuration } from "../api/meta/duration.ts";
import { labelSelectorMatches } from "../api/meta/labels.ts";
import { quantityOf, toBytes, toMilliCpu } from "../api/meta/quantity.ts";
import { timeOf } from "../api/meta/time.ts";
import { joinKey } from "../api/object.ts";
import { LOADS, type Load, PODS, type Pod, SERVICES } from "../api/refs.ts";
import type { Container } from "../api/schema/generated/types.ts";
import { actualOf } from "./granted.ts";
import { spread } from "./ids.ts";
import { behaviourOf } from "./images/registry.ts";
import { loopRequests } from "./load-loops.ts";
import type { Machine } from "./machine.ts";
import type { Machines } from "./machines.ts";
import { containerSpecOf, podOfRuntime } from "./pod-spec-of.ts";
import { type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";
import { footprintOf } from "./usage-footprints.ts";

/*
 * How much containers take: a function of their programs, their age, the requests that came and the load put on them.
 * Nothing is computed before somebody asks, and asking changes nothing.
 */

/** Requests are counted in windows of this length, which are also the resolution of metrics. */
export const USAGE_WINDOW_MS = 15_000;

/** What a container, pod or machine takes. */
export interface Use {
  readonly milliCpu: number;
  readonly memoryBytes: number;
}

/** Notes a request that a container answers. */
export function countRequest(container: RuntimeContainer, nowMs: number): void {
  const window = Math.floor(nowMs / USAGE_WINDOW_MS);
  const old = container.served;
  if (old?.window === window) old.count++;
  else container.served = { window, count: 1, before: old?.window === window - 1 ? old.count : 0 };
}

/** Requests a second in the window that ended last. */
function requestRate({ served }: RuntimeContainer, nowMs: number): number {
  if (served === undefined) return 0;
  const last = Math.floor(nowMs / USAGE_WINDOW_MS) - 1;
  const count = served.window === last ? served.count : served.window === last + 1 ? served.before : 0;
  return count / (USAGE_WINDOW_MS / 1000);
}

/** One container of a machine, as far as it is known. */
interface Place {
  readonly machines: Machines;
  readonly runtime: RuntimePod;
  readonly container: RuntimeContainer;
  readonly pod: Pod;
  readonly spec: Container;
}

/** What a container takes at `atMs` (now, or a little earlier); nothing when it does not run. Never above its CPU limit. */
export function containerUse(
  machines: Machines,
  machine: Machine,
  runtime: RuntimePod,
  container: RuntimeContainer,
  atMs: number,
): Use | undefined {
  const pod = podOfRuntime(machines.ports.sources, machine, runtime);
  const spec = pod && containerSpecOf(pod, container.name);
  if (pod === undefined || spec === undefined || stateOf(container, machines.ports.nowMs()) !== "running") {
    return undefined;
  }
  return takenBy({ machines, runtime, container, pod, spec }, atMs);
}

function takenBy(place: Place, atMs: number): Use {
  const { machines, runtime, container, spec } = place;
  const ageMs = Math.max(0, atMs - container.startedMs);
  const footprint = footprintOf(spec);
  const put = putOn(place, atMs);
  const rate = requestRate(container, machines.ports.nowMs()) + put.requests;
  const steady = steadyUse(spec, ageMs);
  // Nothing takes exactly the same twice; the same moment gives the same number.
  const jitter = 0.95 + (spread(`${runtime.uid}/${container.name}/${Math.floor(atMs / USAGE_WINDOW_MS)}`) % 100) / 1000;
  const busy = footprint.milliCpu + rate * footprint.milliCpuPerRequest;
  const milliCpu = Math.ceil(busy * jitter) + steady.milliCpu + put.milliCpu;
  const limit = actualOf(runtime, spec).limits?.cpu;
  return {
    milliCpu: limit === undefined ? milliCpu : Math.min(milliCpu, toMilliCpu(quantityOf(limit))),
    memoryBytes: Math.ceil(footprint.memoryBytes * jitter) + steady.memoryBytes + put.memoryBytes,
  };
}

/** What its program says it takes, on the way there in a straight line. */
function steadyUse(spec: Container, ageMs: number): Use {
  const { usage } = behaviourOf(spec);
  if (usage === undefined) return { milliCpu: 0, memoryBytes: 0 };
  const share = usage.afterMs <= 0 ? 1 : Math.min(1, ageMs / usage.afterMs);
  return { milliCpu: usage.cpuMilli, memoryBytes: Math.floor(usage.memoryBytes * share) };
}

/** Whether a Load is on at a time of the run. */
function isOn({ metadata, spec }: Load, atEpochMs: number): boolean {
  const sinceMs = timeOf(metadata.creationTimestamp) ?? 0;
  const duration = parseDuration(spec.duration ?? "");
  return sinceMs <= atEpochMs && (!duration.ok || spec.duration === undefined || atEpochMs < sinceMs + duration.value);
}

/** What Loads and loops of requests put on a container. Loads that name no requests go to a pod's first container. */
function putOn({ machines, pod, container }: Place, atMs: number) {
  const { cache, startEpochMs } = machines.ports.sources;
  const put = { requests: 0, milliCpu: 0, memoryBytes: 0 };
  if (pod.spec.containers[0]?.name !== container.name) return put;
  const { namespace = "", labels } = pod.metadata;
  for (const load of cache.byIndex(LOADS, "namespace", namespace)) {
    if (!isOn(load, startEpochMs + atMs)) continue;
    const { service, requestsPerSecond = 0, selector, cpu, memory } = load.spec;
    if (service !== undefined) put.requests += requestsPerSecond * shareOf(machines, pod, service);
    if (selector === undefined || !labelSelectorMatches(selector, labels)) continue;
    put.milliCpu += toMilliCpu(quantityOf(cpu));
    put.memoryBytes += toBytes(quantityOf(memory));
  }
  for (const [service, rate] of loopRequests(machines, namespace))
    put.requests += rate * shareOf(machines, pod, service);
  return put;
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

/** The part of a Service's requests that a pod gets: all ready ones get the same. */
function shareOf({ ports }: Machines, pod: Pod, serviceName: string): number {
  const { cache } = ports.sources;
  const { namespace = "", labels } = pod.metadata;
  const selector = cache.get(SERVICES, joinKey(namespace, serviceName))?.spec.selector;
  if (selector === undefined) return 0;
  const matches = (given: Pod["metadata"]["labels"]) =>
    Object.entries(selector).every(([key, value]) => given?.[key] === value);
  if (!matches(labels) || !isReady(pod)) return 0;
  let count = 0;
  for (const other of cache.byIndex(PODS, "namespace", namespace)) {
    if (matches(other.metadata.labels) && isReady(other)) count++;
  }
  return count === 0 ? 0 : 1 / count;
}

/** What the machine takes for itself: kernel, kubelet, runtime. */
const SYSTEM: Use = { milliCpu: 60, memoryBytes: 320 * 1024 * 1024 };

/** What a machine takes as a whole. More processors than it has it can't take. */
export function machineUse(machines: Machines, machine: Machine, atMs: number): Use {
  let { milliCpu, memoryBytes } = SYSTEM;
  for (const runtime of machine.pods.values()) {
    for (const container of runtime.containers) {
      const use = containerUse(machines, machine, runtime, container, atMs);
      if (use === undefined) continue;
      milliCpu += use.milliCpu;
      memoryBytes += use.memoryBytes;
    }
  }
  return { milliCpu: Math.min(milliCpu, toMilliCpu(quantityOf(machine.shape.cpu))), memoryBytes };
}
