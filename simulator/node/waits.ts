import type { Pod } from "../api/refs.ts";
import type { Waiting } from "../controller-runtime/component.ts";
import type { Agent } from "./agent.ts";
import { isSyncing } from "./pod-sync.ts";
import { pendingProbe } from "./probes.ts";
import { exitOf, findContainer, type RuntimeContainer, stateOf } from "./runtime.ts";
import { type Slot, slotsOf } from "./slots.ts";
import type { PodWorker, Step } from "./worker.ts";

/** What a pod waits for in the hands of its kubelet, read from the timers it runs on. Changes nothing. */
export function podWaits(agent: Agent, worker: PodWorker): readonly Waiting[] {
  const { pod } = worker;
  if (pod === undefined) return [];
  if (worker.stage === "terminating" || worker.stage === "terminated") return stopWaits(worker);
  if (!isSyncing(worker)) return [];
  const slots = slotsOf(pod.spec);
  const step = worker.step && stepWait(agent, worker.step, slots);
  return [...(step ? [step] : []), ...volumeWaits(worker), ...containerWaits(agent, worker, pod, slots)];
}

function stopWaits({ stage, stopMs, graceMs, syncMs, preStops, pod }: PodWorker): readonly Waiting[] {
  if (stage === "terminated") {
    if (pod?.metadata.deletionTimestamp === undefined || syncMs < 0) return [];
    return [{ reason: "Cleanup", message: "Its containers have ended; volumes and cgroups go next.", untilMs: syncMs }];
  }
  const hook = preStops === undefined || preStops.length === 0 ? "" : " A preStop hook still runs.";
  return [
    {
      reason: "TerminationGrace",
      message: `Its containers were asked to stop; what still runs then is killed.${hook}`,
      sinceMs: stopMs,
      untilMs: stopMs + graceMs,
    },
  ];
}

function stepWait(agent: Agent, step: Step, slots: readonly Slot[]): Waiting | undefined {
  const { kind, sinceMs, startMs, dueMs, session } = step;
  const container = slots[step.index]?.container;
  const name = container?.name ?? "";
  const times = { sinceMs, untilMs: dueMs };
  if (kind === "sandbox") return { reason: "Sandbox", message: "The runtime sets up its network.", ...times };
  if (kind === "pull") {
    const isQueued = startMs > agent.nowMs;
    const turn = isQueued ? " Pulls on this node go one by one: others come first." : "";
    return { reason: "ImagePull", message: `${name}: image ${container?.image ?? ""} is pulled.${turn}`, ...times };
  }
  if (kind === "start") return { reason: "ContainerStart", message: `${name}: its process is started.`, ...times };
  if (kind === "resize") return { reason: "Resize", message: `${name}: its resources are changed.`, ...times };
  if (kind === "kill") {
    const message = `${name}: it was asked to stop after a failed probe or hook, or for new resources.`;
    return { reason: "ContainerStop", message, ...times };
  }
  const message = `${name}: its postStart hook runs.`;
  return { reason: "PostStartHook", message, sinceMs, ...(session === undefined && { untilMs: dueMs }) };
}

function volumeWaits(worker: PodWorker): readonly Waiting[] {
  if (worker.stage !== "settingUp" || worker.step !== undefined) return [];
  const waits: Waiting[] = [];
  for (const [key, { sinceMs, delayMs }] of Object.entries(worker.backOffs ?? {})) {
    if (key.startsWith("volume/")) {
      const volume = key.slice("volume/".length);
      const message = `Volume ${volume} could not be mounted; the kubelet tries again then.`;
      waits.push({ reason: "VolumeMount", message, sinceMs, untilMs: sinceMs + delayMs });
    } else if (key.startsWith("claims/")) {
      waits.push({ reason: "VolumeAttach", message: "Its volumes are being attached to the node.", sinceMs });
    }
  }
  return waits;
}

function containerWaits(agent: Agent, worker: PodWorker, pod: Pod, slots: readonly Slot[]): readonly Waiting[] {
  const runtime = agent.runtimeOf(worker);
  const waits: Waiting[] = [];
  slots.forEach((slot, index) => {
    const container = findContainer(runtime, slot.container.name);
    const running = container !== undefined && stateOf(container, agent.nowMs) === "running";
    const wait = running
      ? runningWait(worker, slot, index, container)
      : backOffWait(agent, worker, slot, index, container);
    if (wait !== undefined) waits.push(wait);
  });
  if (worker.step === undefined && waits.length === 0) waits.push(...gateWaits(pod));
  return waits;
}

function runningWait(worker: PodWorker, slot: Slot, index: number, container: RuntimeContainer): Waiting | undefined {
  const { name } = slot.container;
  const sinceMs = container.startedMs;
  if (slot.kind === "init") return { reason: "InitContainer", message: `${name}: it has to end well first.`, sinceMs };
  if (slot.kind === "ephemeral") return undefined;
  const pending = pendingProbe(worker, slot, index, container);
  if (pending === undefined) return undefined;
  const { kind, probe, nextMs, run, lastOk } = pending;
  const word = kind === "startup" ? "StartupProbe" : "ReadinessProbe";
  if (run === 0 && nextMs <= sinceMs + (probe.initialDelaySeconds ?? 0) * 1000 + (probe.periodSeconds ?? 10) * 1000) {
    const delay = probe.initialDelaySeconds ? ` after an initial delay of ${probe.initialDelaySeconds} s` : "";
    return { reason: word, message: `${name}: its ${kind} probe runs first${delay}.`, sinceMs, untilMs: nextMs };
  }
  const wanted = lastOk ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  const result = lastOk ? `${run} of ${wanted} successes` : `failed ${run} times in a row`;
  const period = `every ${probe.periodSeconds ?? 10} s`;
  return {
    reason: word,
    message: `${name}: its ${kind} probe ${result}; it runs ${period}.`,
    sinceMs,
    untilMs: nextMs,
  };
}

/** A container that is not started because it failed before, or could not be. */
function backOffWait(
  agent: Agent,
  worker: PodWorker,
  slot: Slot,
  index: number,
  container: RuntimeContainer | undefined,
): Waiting | undefined {
  const problem = worker.problems[index];
  if (problem === undefined || worker.step?.index === index) return undefined;
  const { name, image = "" } = slot.container;
  const { reason } = problem;
  if (reason === "CrashLoopBackOff" && container !== undefined) {
    const { finishedMs } = exitOf(container);
    const untilMs = finishedMs + (worker.backOffs?.[name]?.delayMs ?? 0);
    const message = `${name}: it crashed; it is started again at the kubelet's first look after then.`;
    return { reason, message, sinceMs: finishedMs, untilMs };
  }
  const pull = worker.backOffs?.[`image/${image}`];
  if (pull !== undefined && (reason === "ImagePullBackOff" || reason === "ErrImagePull")) {
    const message = `${name}: image ${image} could not be pulled; it is tried again at the kubelet's first look after then.`;
    return { reason, message, sinceMs: pull.sinceMs, untilMs: pull.sinceMs + pull.delayMs };
  }
  const next = worker.syncMs > agent.nowMs && { untilMs: worker.syncMs };
  return { reason, message: `${name}: ${problem.message}; the kubelet tries again then.`, ...next };
}

function gateWaits({ spec, status }: Pod): readonly Waiting[] {
  const missing = (spec.readinessGates ?? []).filter(
    ({ conditionType }) => status.conditions?.find(({ type }) => type === conditionType)?.status !== "True",
  );
  return missing.map(({ conditionType }) => ({
    reason: "ReadinessGate",
    message: `Somebody has to set the condition ${conditionType} to True.`,
  }));
}
