import { PODS, type Pod } from "../api/refs.ts";
import type { Agent } from "./agent.ts";
import { step } from "./container-start.ts";
import * as events from "./events.ts";
import { isEvicted } from "./eviction.ts";
import { type HookPlace, runHook } from "./hooks.ts";
import { advance, tellDeadline } from "./pod-sync.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf, stopContainer } from "./runtime.ts";
import { type Slot, slotsOf } from "./slots.ts";
import { writeStatus } from "./status-writer.ts";
import { NONE, type PodWorker, type PreStop } from "./worker.ts";

/** Grace of a pod that is gone from the API without having been asked to stop. */
const ORPHAN_GRACE_MS = 1000;
/** The hard thresholds leave pods no time. Models pkg/kubelet/eviction immediateEvictionGracePeriodSeconds */
const EVICTION_GRACE_MS = 1000;
/** However long its preStop hook took, a container has this long after SIGTERM. */
const MINIMUM_GRACE_MS = 2000;
/** Volumes are unmounted and cgroups removed before a pod is taken out of the API. */
const CLEANUP_MS = 400;
const RETRY_MS = 10_000;

function graceMsOf(worker: PodWorker): number {
  const { pod } = worker;
  if (pod === undefined) return ORPHAN_GRACE_MS;
  if (isEvicted(worker)) return worker.evictionGraceMs ?? EVICTION_GRACE_MS;
  const asked = pod.metadata.deletionGracePeriodSeconds;
  if (worker.gone && asked === undefined && !worker.isStatic) return ORPHAN_GRACE_MS;
  return (asked ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
}

// Models pkg/kubelet/kuberuntime kuberuntime_container.go executePreStopHook
/**
 * Runs a container's preStop hook, if it has one. Gives how long SIGTERM waits for it; while that is not known, as long as
 * the grace, and SIGTERM comes sooner when the hook has ended.
 */
function preStopMs(agent: Agent, place: HookPlace, graceMs: number): number {
  const { slot, worker, container } = place;
  const handler = slot.container.lifecycle?.preStop;
  if (handler === undefined || graceMs === 0) return 0;
  const known = runHook(agent, place, handler, graceMs);
  if ("session" in known) {
    const index = slotsOf(place.pod.spec).findIndex(({ container: { name } }) => name === container.name);
    const begun = { index, session: known.session, startMs: agent.nowMs, graceMs };
    worker.preStops = [...(worker.preStops ?? []), begun];
    return graceMs;
  }
  if (known.afterMs <= graceMs && known.end.problem !== undefined) {
    agent.event(worker, events.hookFailed(slot, "PreStop"));
  }
  return Math.min(known.afterMs, graceMs);
}

/** A preStop hook's command has ended: its container is told to stop at once. */
export function endPreStop(agent: Agent, worker: PodWorker, slot: Slot, hook: PreStop, failed: boolean): void {
  worker.preStops = worker.preStops?.filter((each) => each !== hook);
  if (failed) agent.event(worker, events.hookFailed(slot, "PreStop"));
  const { nowMs, machine, machines } = agent;
  const runtime = agent.runtimeOf(worker);
  const container = findContainer(runtime, slot.container.name);
  if (runtime === undefined || container === undefined || !isRunning(container, nowMs)) return;
  stopContainer(container, Math.max(hook.graceMs - (nowMs - hook.startMs), MINIMUM_GRACE_MS), nowMs);
  machines.tellToStop(machine, runtime, container, nowMs);
}

/** Begins to stop a pod, for whatever reason. */
export function beginStop(agent: Agent, worker: PodWorker): void {
  const { nowMs } = agent;
  if (worker.step !== undefined && worker.step.index >= 0 && worker.step.kind !== "kill") {
    step(worker, worker.step.index, "STOP");
  }
  worker.step = undefined;
  worker.syncMs = -1;
  worker.stopMs = nowMs;
  worker.graceMs = graceMsOf(worker);
  advance(worker, "STOP");
  const slots = worker.pod === undefined ? [] : slotsOf(worker.pod.spec);
  if (!worker.gone) {
    tellDeadline(agent, worker);
    writeStatus(agent, worker, slots);
  }
  const runtime = agent.runtimeOf(worker);
  if (runtime !== undefined) stopContainers(agent, worker, slots, runtime);
  // That all have stopped shows in the next relist.
  worker.syncMs = agent.noticedMs(lastEndMs(runtime, nowMs));
  if (worker.stage === "terminated") worker.syncMs = nowMs;
}

function lastEndMs(runtime: RuntimePod | undefined, nowMs: number): number {
  return Math.max(nowMs, ...(runtime?.containers.map(({ endsMs, lost }) => (lost ? -1 : endsMs)) ?? []));
}

const isRunning = (container: RuntimeContainer, nowMs: number): boolean => stateOf(container, nowMs) === "running";

// Models pkg/kubelet/kuberuntime kuberuntime_container.go killContainersWithSyncResult and terminationOrdering
/** Asks the main containers to stop, and the sidecars once those have. */
function stopContainers(agent: Agent, worker: PodWorker, slots: readonly Slot[], runtime: RuntimePod): void {
  const { nowMs } = agent;
  const isSidecar = ({ name }: RuntimeContainer) =>
    slots.some(({ kind, container }) => kind === "sidecar" && container.name === name);
  const running = runtime.containers.filter((container) => isRunning(container, nowMs));
  const mains = running.filter((container) => !isSidecar(container));
  const leftMs = Math.max(0, worker.stopMs + worker.graceMs - nowMs);
  for (const container of mains.length > 0 ? mains : running) {
    const index = slots.findIndex((slot) => slot.container.name === container.name);
    const slot = slots[index];
    const isAsked = worker.containers[index] === "stopping";
    if (slot !== undefined && !isAsked) agent.event(worker, events.stopping(slot));
    const { pod } = worker;
    const place =
      isAsked || slot === undefined || pod === undefined ? undefined : { worker, pod, slot, runtime, container };
    const hookMs = place === undefined ? 0 : preStopMs(agent, place, leftMs);
    const graceMs = hookMs > 0 ? Math.max(leftMs - hookMs, MINIMUM_GRACE_MS) : leftMs;
    stopContainer(container, graceMs, nowMs + hookMs);
    if (!isAsked) agent.machines.tellToStop(agent.machine, runtime, container, nowMs + hookMs);
    if (index >= 0) step(worker, index, "STOP");
  }
}

/** Does what is due for a pod that is being stopped, or has stopped. Returns false when it can be forgotten. */
// Models pkg/kubelet kubelet.go SyncTerminatingPod and SyncTerminatedPod
export function stopDue(agent: Agent, worker: PodWorker): boolean {
  const { nowMs } = agent;
  if (worker.stage === "terminating") {
    shortenGrace(agent, worker);
    if (worker.syncMs > nowMs) return true;
    if (!hasStopped(agent, worker)) return true;
    endStop(agent, worker);
  }
  if (worker.gone) {
    forget(agent, worker);
    return false;
  }
  if (worker.syncMs < 0 || worker.syncMs > nowMs) return true;
  worker.syncMs = -1;
  if (worker.stage === "terminated" && worker.pod?.metadata.deletionTimestamp === undefined)
    tellDeadline(agent, worker);
  if (worker.stage === "terminated" || worker.stage === "rejected") removeFromApi(agent, worker);
  return true;
}

/** A second deletion may leave less time than the first. */
function shortenGrace(agent: Agent, worker: PodWorker): void {
  const graceMs = worker.gone ? worker.graceMs : graceMsOf(worker);
  const runtime = agent.runtimeOf(worker);
  if (graceMs >= worker.graceMs || runtime === undefined || worker.pod === undefined) return;
  worker.graceMs = graceMs;
  stopContainers(agent, worker, slotsOf(worker.pod.spec), runtime);
  worker.syncMs = agent.noticedMs(lastEndMs(runtime, agent.nowMs));
}

function hasStopped(agent: Agent, worker: PodWorker): boolean {
  const runtime = agent.runtimeOf(worker);
  const { nowMs } = agent;
  if (runtime?.containers.some((container) => isRunning(container, nowMs)) !== true) return true;
  stopContainers(agent, worker, worker.pod === undefined ? [] : slotsOf(worker.pod.spec), runtime);
  worker.syncMs = agent.noticedMs(lastEndMs(runtime, nowMs));
  return false;
}

function endStop(agent: Agent, worker: PodWorker): void {
  const slots = worker.pod === undefined ? [] : slotsOf(worker.pod.spec);
  const runtime = agent.runtimeOf(worker);
  for (const container of runtime?.containers ?? []) agent.machines.processEnded(agent.machine, container);
  slots.forEach((_slot, index) => {
    step(worker, index, "EXITED");
  });
  if (runtime !== undefined) {
    if (runtime.ip !== undefined && runtime.ip !== agent.machine.shape.address) agent.machine.giveIp(runtime.ip);
    runtime.sandbox = false;
    runtime.ip = undefined;
  }
  advance(worker, "STOPPED");
  worker.problems = NONE;
  if (!worker.gone) {
    tellDeadline(agent, worker);
    writeStatus(agent, worker, slots, { isOver: true });
  }
  worker.syncMs = agent.nowMs + CLEANUP_MS;
}

/** Ends the deletion of a pod of which nothing runs any more. */
function removeFromApi(agent: Agent, worker: PodWorker): void {
  const { pod } = worker;
  if (pod?.metadata.deletionTimestamp === undefined || worker.isStatic) return;
  if (!agent.machine.connected || worker.unsent !== undefined) {
    worker.syncMs = agent.nowMs + RETRY_MS;
    return;
  }
  const result = agent.context.client.delete(PODS, worker.key, { gracePeriodSeconds: 0, uid: pod.metadata.uid });
  if (result.ok || result.error.code === 404 || result.error.code === 409) advance(worker, "REMOVED");
  else worker.syncMs = agent.nowMs + RETRY_MS;
}

function forget(agent: Agent, worker: PodWorker): void {
  const runtime = agent.runtimeOf(worker);
  if (runtime !== undefined) agent.machines.removePod(agent.machine, runtime);
  worker.stage = "gone";
}

/** When a pod that stops has to be looked at next, or -1. */
export function nextStopMs(worker: PodWorker): number {
  return worker.syncMs;
}

/** Whether a pod has to stop: it is deleted, or gone. */
export function mustStop(worker: PodWorker): boolean {
  const pod: Pod | undefined = worker.pod;
  return pod === undefined || worker.gone || pod.metadata.deletionTimestamp !== undefined;
}
