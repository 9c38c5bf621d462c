import type { Pod } from "../api/refs.ts";
import type { Agent } from "./agent.ts";
import { step } from "./container-start.ts";
import * as events from "./events.ts";
import { runHook } from "./hooks.ts";
import { nextResizing } from "./resize.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf, stopContainer } from "./runtime.ts";
import { restartsAfter, type Slot } from "./slots.ts";
import { type PodWorker, type Step, setProblem } from "./worker.ts";

/** No hook may take longer: upstream waits for ever. */
const LONGEST_HOOK_MS = 24 * 60 * 60 * 1000;

// Models pkg/kubelet/kuberuntime kuberuntime_container.go startContainer, its fourth step
/** Runs a container's postStart hook, if it has one; the sync waits for its end. */
export function beginPostStart(agent: Agent, worker: PodWorker, pod: Pod, slot: Slot, index: number): Step | undefined {
  const handler = slot.container.lifecycle?.postStart;
  const runtime = agent.runtimeOf(worker);
  const container = findContainer(runtime, slot.container.name);
  if (handler === undefined || runtime === undefined || container === undefined) return undefined;
  const { nowMs } = agent;
  const begun: Step = { kind: "hook", index, sinceMs: nowMs, startMs: nowMs, dueMs: nowMs + LONGEST_HOOK_MS };
  const place = { worker, pod, slot, runtime, container };
  const known = runHook(agent, place, handler, LONGEST_HOOK_MS);
  if ("session" in known) return { ...begun, session: known.session };
  const { afterMs, end } = known;
  return { ...begun, dueMs: nowMs + afterMs, ...(end.problem !== undefined && { problem: end.problem }) };
}

/** The hook has ended: when it failed, so does its container. */
export function endPostStart(agent: Agent, worker: PodWorker, pod: Pod, slot: Slot, done: Step): Step | undefined {
  worker.changed = true;
  const container = findContainer(agent.runtimeOf(worker), slot.container.name);
  if (done.problem === undefined || container === undefined) return undefined;
  agent.event(worker, events.hookFailed(slot, "PostStart"));
  setProblem(worker, done.index, { reason: "PostStartHookError", message: done.problem });
  worker.tried = worker.tried.concat(done.index);
  if (stateOf(container, agent.nowMs) !== "running") return undefined;
  agent.event(worker, events.killedByHook(slot));
  return killStep(agent, worker, pod, container, done.index);
}

/** Asks a container to stop within its pod's grace, and waits for that. */
function killStep(agent: Agent, worker: PodWorker, pod: Pod, container: RuntimeContainer, index: number): Step {
  const { nowMs, machines, machine } = agent;
  stopContainer(container, (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000, nowMs);
  const runtime = agent.runtimeOf(worker);
  if (runtime !== undefined) machines.tellToStop(machine, runtime, container, nowMs);
  step(worker, index, "STOP");
  return { kind: "kill", index, sinceMs: nowMs, startMs: nowMs, dueMs: container.endsMs };
}

/** Gives a running container the resources that were granted to it, or kills it where it can't have them alive. */
export function beginResize(
  agent: Agent,
  worker: PodWorker,
  pod: Pod,
  slots: readonly Slot[],
  runtime: RuntimePod,
): boolean {
  if (worker.resize?.type !== "PodResizeInProgress") return false;
  const { nowMs } = agent;
  for (const [index, slot] of slots.entries()) {
    const resizing = nextResizing(slot.container, runtime, nowMs);
    if (resizing === undefined) continue;
    const { container, restarts, takesMs } = resizing;
    const begun = { index, sinceMs: nowMs, startMs: nowMs };
    if (!restarts) {
      worker.step = { kind: "resize", ...begun, dueMs: nowMs + takesMs };
      return true;
    }
    agent.event(worker, events.resizeRestarts(slot));
    worker.step = killStep(agent, worker, pod, container, index);
    return true;
  }
  return false;
}

// Models pkg/kubelet/kuberuntime kuberuntime_manager.go containerChanged, and what computePodActions makes of it
/** Stops a container whose spec names another image than it was made from; it is started again whatever its policy. */
export function beginReplace(
  agent: Agent,
  worker: PodWorker,
  pod: Pod,
  slots: readonly Slot[],
  runtime: RuntimePod,
): boolean {
  for (const [index, slot] of slots.entries()) {
    if (slot.kind === "init") continue;
    const container = findContainer(runtime, slot.container.name);
    if (container?.image === undefined || container.image === slot.container.image) continue;
    if (stateOf(container, agent.nowMs) !== "running") continue;
    agent.event(worker, events.replacing(slot));
    container.isReplaced = true;
    worker.step = killStep(agent, worker, pod, container, index);
    return true;
  }
  return false;
}

/** Kills a container whose startup or liveness probe has failed. */
export function beginKill(
  agent: Agent,
  worker: PodWorker,
  pod: Pod,
  slot: Slot,
  index: number,
  probe: "startup" | "liveness" | "readiness",
): Step | undefined {
  const { nowMs } = agent;
  const container = findContainer(agent.runtimeOf(worker), slot.container.name);
  if (container === undefined) return undefined;
  agent.event(worker, events.killing(slot, probe, restartsAfter(slot, pod.spec, 137)));
  const own = probe === "startup" ? slot.container.startupProbe : slot.container.livenessProbe;
  const graceSeconds = own?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  stopContainer(container, graceSeconds * 1000, nowMs);
  const runtime = agent.runtimeOf(worker);
  if (runtime !== undefined) agent.machines.tellToStop(agent.machine, runtime, container, nowMs);
  step(worker, index, "STOP");
  return { kind: "kill", index, sinceMs: nowMs, startMs: nowMs, dueMs: container.endsMs };
}
