import { joinKey } from "../api/object.ts";
import { type Pod, SECRETS } from "../api/refs.ts";
import { admissionProblem } from "./admission.ts";
import type { Agent } from "./agent.ts";
import { beginStart, endPull, endStart, step } from "./container-start.ts";
import { beginKill, beginPostStart, beginReplace, beginResize, endPostStart } from "./container-steps.ts";
import * as events from "./events.ts";
import { isInitialized, isLeftToSidecars, nextAction } from "./next-container.ts";
import { podTable } from "./pod.machine.ts";
import { addProbes, adoptResults, nextProbeMs, runDueProbes, triggerReadiness } from "./probes.ts";
import { mountProblem } from "./references.ts";
import { judgeResize } from "./resize.ts";
import { findContainer, type RuntimePod, stateOf } from "./runtime.ts";
import { type Slot, slotsOf } from "./slots.ts";
import { sendStatus, writeStatus } from "./status-writer.ts";
import { readVolumes } from "./volume-refresh.ts";
import { msToWaitForClaims } from "./volumes/claims.ts";
import { NONE, type PodWorker, type Step } from "./worker.ts";

/** After a sync that changed something, the kubelet lists the runtime again and syncs once more. */
const RELIST_AFTER_CHANGE_MS = 30;
/** The kubelet's setting syncFrequency: no error waits longer for its next try (less what the jitter adds). */
const SYNC_FREQUENCY_MS = 10_000;
const SANDBOX_MS = 250;
const SANDBOX_SPREAD_MS = 150;
const FIRST_MOUNT_RETRY_MS = 500;
const MAX_MOUNT_RETRY_MS = 122_000;

/** One event of a pod's machine. Returns whether the table knew it in this stage. */
export function advance(worker: PodWorker, event: string): boolean {
  const outcome = podTable.transition(worker.stage, event);
  if (outcome !== undefined) worker.stage = outcome.state;
  return outcome !== undefined;
}

export function isSyncing(worker: PodWorker): boolean {
  return worker.stage === "admitting" || podTable.tags(worker.stage).includes("syncing");
}

/** Does everything that is due for a pod whose containers shall run. Returns false when the pod has to stop. */
// Models pkg/kubelet kubelet.go SyncPod and pkg/kubelet pod_workers.go
export function syncDue(agent: Agent, worker: PodWorker): boolean {
  const { pod } = worker;
  if (pod === undefined) return false;
  const { nowMs } = agent;
  const slots = slotsOf(pod.spec);
  if (worker.step !== undefined && worker.step.dueMs <= nowMs) finishStep(agent, worker, pod, slots, worker.step);
  const runtime = agent.runtimeOf(worker);
  if (runtime !== undefined) lookAt(agent, worker, slots, runtime);
  const deadline = worker.failure === undefined ? deadlineMs(agent, worker) : -1;
  if (deadline >= 0 && deadline <= nowMs) worker.syncMs = nowMs;
  if (worker.step !== undefined || worker.syncMs < 0 || worker.syncMs > nowMs) return true;
  return sync(agent, worker, pod, slots);
}

/** Probes that are due, and ends of containers that the kubelet notices by now. */
function lookAt(agent: Agent, worker: PodWorker, slots: readonly Slot[], runtime: RuntimePod): void {
  const { nowMs } = agent;
  const round = runDueProbes(agent, worker, slots, runtime, false);
  for (const { slot, message } of round.failures) agent.event(worker, events.unhealthy(slot, message));
  if (round.changed) {
    // A new result is written at once; what follows from it is up to the sync.
    if (worker.step === undefined) writeStatus(agent, worker, slots);
    worker.syncMs = nowMs;
  }
  const end = noticedEndMs(agent, worker, runtime);
  if (end >= 0 && end <= nowMs) worker.syncMs = nowMs;
}

/** When the kubelet notices the next end of a container that it does not know of, or -1. */
function noticedEndMs(agent: Agent, worker: PodWorker, runtime: RuntimePod): number {
  let next = -1;
  for (const container of runtime.containers) {
    if (container.lost || container.endsMs < 0 || container.endsMs <= worker.seenMs) continue;
    const noticed = agent.noticedMs(container.endsMs);
    if (next < 0 || noticed < next) next = noticed;
  }
  return next;
}

function sync(agent: Agent, worker: PodWorker, pod: Pod, slots: readonly Slot[]): boolean {
  const { nowMs } = agent;
  worker.syncMs = -1;
  worker.tried = NONE;
  worker.changed = false;
  worker.retryMs = -1;
  if (worker.stage === "admitting") {
    worker.failure = admissionProblem(agent, worker, pod);
    if (worker.failure !== undefined) {
      reject(agent, worker, pod);
      return true;
    }
    advance(worker, "ADMITTED");
  }
  const runtime = agent.runtimeOf(worker);
  if (addProbes(worker, slots, nowMs) && runtime !== undefined) adopt(agent, worker, slots, runtime);
  observe(agent, worker, slots, runtime);
  checkDeadline(agent, worker, pod);
  if (runtime !== undefined) judgeResize(agent, worker, pod, runtime);
  const phase = writeStatus(agent, worker, slots);
  worker.seenMs = nowMs;
  if (!worker.isStatic && (phase === "Succeeded" || phase === "Failed")) return false;
  if (runtime !== undefined && isLeftToSidecars(slots, pod.spec, runtime, nowMs)) return false;
  if (runtime !== undefined) triggerReadiness(worker, slots, runtime, nowMs);
  tellMissingPullSecrets(agent, worker, pod);
  act(agent, worker, pod, slots);
  return true;
}

// Models pkg/kubelet kubelet.go SyncPod and kubelet_pods.go getPullSecretsForPod
/** Secrets for pulling images that are not there: the pull may do without them. */
function tellMissingPullSecrets(agent: Agent, worker: PodWorker, pod: Pod): void {
  if (pod.spec.imagePullSecrets === undefined) return;
  const missing = pod.spec.imagePullSecrets.flatMap(({ name = "" }) => {
    const key = joinKey(pod.metadata.namespace, name);
    return name === "" || agent.context.cache.get(SECRETS, key) !== undefined ? [] : [name];
  });
  if (missing.length === 0) return;
  const which = missing.join(", ");
  const message = `Unable to retrieve some image pull secrets (${which}); attempting to pull the image may not succeed.`;
  agent.event(worker, { type: "Warning", reason: "FailedToRetrieveImagePullSecret", message });
}

/** A kubelet that has restarted takes the word of the pod's status for containers that went on without it. */
function adopt(agent: Agent, worker: PodWorker, slots: readonly Slot[], runtime: RuntimePod): void {
  const status = agent.apiPodOf(worker)?.status;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  slots.forEach(({ container: { name } }, index) => {
    const container = findContainer(runtime, name);
    const known = statuses.find((each) => each.name === name);
    if (container === undefined || known?.state?.running === undefined) return;
    if (stateOf(container, agent.nowMs) !== "running") return;
    adoptResults(worker, index, container.attempt, known.started === true, known.ready);
  });
}

// Models pkg/kubelet kubelet.go rejectPod
function reject(agent: Agent, worker: PodWorker, pod: Pod): void {
  const why = worker.failure;
  if (why === undefined) return;
  advance(worker, "REJECTED");
  agent.event(worker, { type: "Warning", reason: why.reason, message: why.message });
  const { status } = pod;
  worker.failure = { reason: why.reason, message: `Pod was rejected: ${why.message}` };
  worker.unsent = {
    ...status,
    observedGeneration: pod.metadata.generation,
    phase: "Failed",
    ...worker.failure,
    startTime: status.startTime ?? agent.context.now,
  };
  sendStatus(agent, worker);
}

/** Brings the machines of the containers up to what the runtime says. */
function observe(agent: Agent, worker: PodWorker, slots: readonly Slot[], runtime: RuntimePod | undefined): void {
  slots.forEach((slot, index) => {
    const container = findContainer(runtime, slot.container.name);
    const state = container === undefined ? "lost" : stateOf(container, agent.nowMs);
    if (container !== undefined && state === "exited") {
      agent.machines.processEnded(agent.machine, container);
      step(worker, index, "EXITED");
    } else if (state === "lost" && worker.containers[index] !== undefined) step(worker, index, "LOST");
    else if (state === "running") step(worker, index, "STARTED");
  });
}

function deadlineMs(agent: Agent, worker: PodWorker): number {
  const seconds = worker.pod?.spec.activeDeadlineSeconds;
  const start = agent.apiPodOf(worker)?.status?.startTime;
  if (seconds === undefined || start === undefined) return -1;
  return agent.context.parseMs(start) + seconds * 1000;
}

const DEADLINE_PASSED = {
  reason: "DeadlineExceeded",
  message: "Pod was active on the node longer than the specified deadline",
};

// Models pkg/kubelet active_deadline.go
function checkDeadline(agent: Agent, worker: PodWorker, pod: Pod): void {
  const due = deadlineMs(agent, worker);
  if (due < 0 || due > agent.nowMs || worker.failure !== undefined) return;
  worker.failure = DEADLINE_PASSED;
  if (pod.status.phase !== "Failed") tellDeadline(agent, worker);
}

/** Each time the kubelet looks at a pod whose deadline has passed, it says so. */
export function tellDeadline(agent: Agent, worker: PodWorker): void {
  if (worker.failure?.reason !== DEADLINE_PASSED.reason) return;
  agent.event(worker, { type: "Normal", ...DEADLINE_PASSED });
}

/** Goes on until there is something to wait for, or nothing left to do. */
function act(agent: Agent, worker: PodWorker, pod: Pod, slots: readonly Slot[]): void {
  while (worker.step === undefined) {
    const runtime = agent.runtimeOf(worker);
    if (runtime?.sandbox !== true) {
      if (!beginSandbox(agent, worker, pod)) return;
      continue;
    }
    if (worker.stage === "settingUp") advance(worker, "SANDBOX_READY");
    if (worker.stage === "initializing" && isPastInit(worker, slots, runtime, agent.nowMs)) {
      advance(worker, "INITIALIZED");
    }
    if (beginResize(agent, worker, pod, slots, runtime)) return;
    if (beginReplace(agent, worker, pod, slots, runtime)) return;
    const action = nextAction({ worker, spec: pod.spec, slots, runtime, nowMs: agent.nowMs });
    if (action === undefined) {
      endSync(agent, worker);
      return;
    }
    const slot = slots[action.index];
    if (slot === undefined) return;
    if (action.kind === "start") worker.step = beginStart(agent, worker, pod, slot, action.index);
    else worker.step = beginKill(agent, worker, pod, slot, action.index, action.probe);
  }
}

function isPastInit(worker: PodWorker, slots: readonly Slot[], runtime: RuntimePod, nowMs: number): boolean {
  if (isInitialized(slots, runtime)) return true;
  return slots.every(({ kind, container }, index) => {
    if (kind !== "init" && kind !== "sidecar") return true;
    const found = findContainer(runtime, container.name);
    if (found === undefined) return false;
    const state = stateOf(found, nowMs);
    return kind === "init" ? state === "exited" && found.exitCode === 0 : worker.containers[index] === "running";
  });
}

/** Mounts the volumes and asks the runtime for a sandbox. False when that has to wait. */
function beginSandbox(agent: Agent, worker: PodWorker, pod: Pod): boolean {
  if (worker.stage !== "settingUp") advance(worker, "SANDBOX_LOST");
  const { nowMs } = agent;
  const claimsMs = msToWaitForClaims(agent, worker, pod);
  if (claimsMs > 0) {
    worker.syncMs = nowMs + claimsMs;
    return false;
  }
  const problem = mountProblem(agent.context.cache, agent.machine, pod);
  if (problem !== undefined) {
    agent.event(worker, { type: "Warning", reason: "FailedMount", message: problem.message });
    const key = `volume/${problem.volume}`;
    const old = worker.backOffs?.[key]?.delayMs;
    const delayMs = old === undefined ? FIRST_MOUNT_RETRY_MS : Math.min(2 * old, MAX_MOUNT_RETRY_MS);
    worker.backOffs = { ...worker.backOffs, [key]: { delayMs, sinceMs: nowMs } };
    worker.syncMs = nowMs + delayMs;
    return false;
  }
  const dueMs = nowMs + SANDBOX_MS + Math.floor(agent.chance() * SANDBOX_SPREAD_MS);
  worker.step = { kind: "sandbox", index: -1, sinceMs: nowMs, startMs: nowMs, dueMs };
  return true;
}

/** The runtime has made the sandbox; false when the node has no address left. */
function endSandbox(agent: Agent, worker: PodWorker, pod: Pod): boolean {
  const { machine } = agent;
  const ip = pod.spec.hostNetwork === true ? machine.shape.address : machine.takeIp();
  if (ip === undefined) {
    const why = "no IP addresses available in range set";
    const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="ptp" failed (add): failed to allocate for range 0: ${why}: ${machine.shape.podCidr}`;
    agent.event(worker, { type: "Warning", reason: "FailedCreatePodSandBox", message });
    return false;
  }
  const runtime = agent.runtimeOf(worker);
  if (runtime === undefined) {
    const { name, namespace = "default" } = pod.metadata;
    const isStatic = worker.isStatic;
    machine.pods.set(worker.uid, { uid: worker.uid, name, namespace, isStatic, sandbox: true, ip, containers: [] });
  } else {
    runtime.sandbox = true;
    runtime.ip = ip;
  }
  readVolumes(agent, pod, agent.runtimeOf(worker));
  return true;
}

function finishStep(agent: Agent, worker: PodWorker, pod: Pod, slots: readonly Slot[], done: Step): void {
  worker.step = undefined;
  const slot = slots[done.index];
  if (done.kind === "sandbox") {
    if (!endSandbox(agent, worker, pod)) {
      worker.syncMs = agent.nowMs + jittered(agent, SYNC_FREQUENCY_MS);
      return;
    }
    worker.changed = true;
    advance(worker, "SANDBOX_READY");
    writeStatus(agent, worker, slots, { hideIp: true });
  } else if (slot === undefined) return;
  else if (done.kind === "pull") worker.step = endPull(agent, worker, pod, slot, done);
  else if (done.kind === "start") {
    endStart(agent, worker, slot, done.index);
    worker.step = beginPostStart(agent, worker, pod, slot, done.index);
  } else if (done.kind === "hook") worker.step = endPostStart(agent, worker, pod, slot, done);
  else if (done.kind === "resize") {
    delete findContainer(agent.runtimeOf(worker), slot.container.name)?.resources;
    worker.changed = true;
  } else {
    const container = findContainer(agent.runtimeOf(worker), slot.container.name);
    if (container !== undefined) agent.machines.processEnded(agent.machine, container);
    step(worker, done.index, "EXITED");
    worker.changed = true;
  }
  act(agent, worker, pod, slots);
}

function jittered(agent: Agent, ms: number): number {
  return Math.round(ms * (1 + agent.chance() / 2));
}

const sooner = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

// Models pkg/kubelet pod_workers.go completeWork
function endSync(agent: Agent, worker: PodWorker): void {
  const { nowMs } = agent;
  if (worker.changed) {
    worker.syncMs = sooner(worker.syncMs, nowMs + RELIST_AFTER_CHANGE_MS);
    return;
  }
  if (worker.tried.length === 0) return;
  const waitMs = worker.retryMs < 0 ? SYNC_FREQUENCY_MS : Math.max(0, worker.retryMs - nowMs);
  worker.syncMs = sooner(worker.syncMs, nowMs + jittered(agent, Math.min(waitMs, SYNC_FREQUENCY_MS)));
}

/** When a pod that runs has to be looked at next, or -1. */
export function nextSyncMs(agent: Agent, worker: PodWorker): number {
  const { pod } = worker;
  if (pod === undefined) return -1;
  const runtime = agent.runtimeOf(worker);
  // Probes go on while a sync waits for something; everything else waits with it.
  let next = worker.step?.dueMs ?? worker.syncMs;
  if (worker.step === undefined) {
    if (worker.failure === undefined) next = sooner(next, deadlineMs(agent, worker));
    if (runtime !== undefined) next = sooner(next, noticedEndMs(agent, worker, runtime));
  }
  if (runtime === undefined || worker.probes.length === 0) return next;
  return sooner(next, nextProbeMs(worker, slotsOf(pod.spec), runtime, false, agent.nowMs));
}
