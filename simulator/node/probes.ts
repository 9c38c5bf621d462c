import type { Container, Probe } from "../api/schema/generated/types.ts";
import type { Agent } from "./agent.ts";
import { behaviourOf } from "./images/registry.ts";
import type { ErrandEnd } from "./ports.ts";
import { type ProbeAnswer, runProbe } from "./probe-run.ts";
import { findContainer, type RuntimeContainer, type RuntimePod, stateOf } from "./runtime.ts";
import type { Slot } from "./slots.ts";
import type { PodWorker } from "./worker.ts";

export type ProbeKind = "startup" | "readiness" | "liveness";

/** One probe of one container. Plain data. Models pkg/kubelet/prober worker. */
export interface ProbeState {
  readonly index: number;
  readonly kind: ProbeKind;
  /** Its ticks are at this time plus multiples of its period. */
  anchorMs: number;
  /** When it ran last. */
  lastMs: number;
  /** The attempt of the container that the rest is about. */
  attempt: number;
  /** What counts: readiness begins as failed, liveness as good. */
  result: "good" | "failed" | "unknown";
  lastOk: boolean;
  /** How often in a row it gave `lastOk`. */
  run: number;
  /** It has done its work until the container is started anew. */
  onHold: boolean;
  /** The session that its command runs in. */
  session?: number;
  /** What its command came to, until that is counted. */
  answer?: ProbeAnswer;
}

const FIELDS = { startup: "startupProbe", readiness: "readinessProbe", liveness: "livenessProbe" } as const;
const KINDS: readonly ProbeKind[] = ["startup", "readiness", "liveness"];
const WORDS = { startup: "Startup", readiness: "Readiness", liveness: "Liveness" } as const;

function probeOf(container: Container, kind: ProbeKind): Probe | undefined {
  return container[FIELDS[kind]];
}

/** Sets up the probes of a pod's containers, for slots that have none yet. Returns whether there were any to set up. */
export function addProbes(worker: PodWorker, slots: readonly Slot[], nowMs: number): boolean {
  const before = worker.probes.length;
  slots.forEach(({ container, kind: slotKind }, index) => {
    if (slotKind === "init" || slotKind === "ephemeral") return;
    for (const kind of KINDS) {
      if (probeOf(container, kind) === undefined || find(worker, index, kind) !== undefined) continue;
      const fresh = { attempt: -1, result: "unknown", lastOk: false, run: 0, onHold: false } as const;
      worker.probes = worker.probes.concat({ index, kind, anchorMs: nowMs, lastMs: -1, ...fresh });
    }
  });
  return worker.probes.length > before;
}

function find(worker: PodWorker, index: number, kind: ProbeKind): ProbeState | undefined {
  for (const state of worker.probes) if (state.index === index && state.kind === kind) return state;
  return undefined;
}

function reset(state: ProbeState, attempt: number): void {
  state.attempt = attempt;
  state.result = state.kind === "liveness" ? "good" : state.kind === "readiness" ? "failed" : "unknown";
  state.run = 0;
  state.lastOk = false;
  state.onHold = false;
  delete state.session;
  delete state.answer;
}

/** The state for this attempt of the container; begun anew when it was about another. */
function current(state: ProbeState, container: RuntimeContainer): ProbeState {
  if (state.attempt !== container.attempt) reset(state, container.attempt);
  return state;
}

/** Takes over what a container's status says, when the kubelet finds it running after its own restart. */
export function adoptResults(
  worker: PodWorker,
  index: number,
  attempt: number,
  started: boolean,
  ready: boolean,
): void {
  for (const state of worker.probes) {
    if (state.index !== index) continue;
    reset(state, attempt);
    if (state.kind === "startup" && started) state.result = "good";
    if (state.kind === "readiness" && ready) state.result = "good";
  }
}

/** Whether a running container has started up: its startup probe, if any, has succeeded. */
export function hasStarted(worker: PodWorker, index: number, container: RuntimeContainer | undefined): boolean {
  const state = find(worker, index, "startup");
  return container !== undefined && (state === undefined || current(state, container).result === "good");
}

export function isReady(worker: PodWorker, index: number, container: RuntimeContainer | undefined): boolean {
  if (container === undefined || !hasStarted(worker, index, container)) return false;
  const state = find(worker, index, "readiness");
  return state === undefined || current(state, container).result === "good";
}

/** The kind of probe that wants a running container to be killed, if any. */
export function failedProbe(worker: PodWorker, index: number, container: RuntimeContainer): ProbeKind | undefined {
  for (const state of worker.probes) {
    if (state.index !== index || state.kind === "readiness") continue;
    if (current(state, container).result === "failed") return state.kind;
  }
  return undefined;
}

/** Asks readiness probes of containers that are not ready to run at once, as each sync does. */
export function triggerReadiness(worker: PodWorker, slots: readonly Slot[], runtime: RuntimePod, nowMs: number): void {
  for (const state of worker.probes) {
    if (state.kind !== "readiness") continue;
    const container = findContainer(runtime, slots[state.index]?.container.name ?? "");
    if (container === undefined || stateOf(container, nowMs) !== "running") continue;
    if (!hasStarted(worker, state.index, container) || current(state, container).result === "good") continue;
    state.anchorMs = nowMs;
    state.lastMs = Math.min(state.lastMs, nowMs - 1);
  }
}

/** When a probe runs next, or -1 when nothing is to be probed. */
function dueMs(
  worker: PodWorker,
  state: ProbeState,
  slots: readonly Slot[],
  runtime: RuntimePod,
  isDeleted: boolean,
  nowMs: number,
): number {
  const slot = slots[state.index];
  const container = findContainer(runtime, slot?.container.name ?? "");
  if (slot === undefined || container === undefined || stateOf(container, nowMs) !== "running") return -1;
  const { onHold, result, session, answer } = current(state, container);
  if (session !== undefined) return answer === undefined ? -1 : nowMs;
  if (onHold || (isDeleted && state.kind !== "readiness")) return -1;
  if (state.kind === "startup" ? result === "good" : !hasStarted(worker, state.index, container)) return -1;
  return nextTickMs(state, container, probeOf(slot.container, state.kind));
}

/** The first tick of a probe after its last run, and after its initial delay. */
function nextTickMs(state: ProbeState, container: RuntimeContainer, probe: Probe | undefined): number {
  const periodMs = (probe?.periodSeconds ?? 10) * 1000;
  const earliestMs = Math.max(state.lastMs + 1, container.startedMs + (probe?.initialDelaySeconds ?? 0) * 1000);
  return state.anchorMs + Math.max(0, Math.ceil((earliestMs - state.anchorMs) / periodMs)) * periodMs;
}

/** A probe that has not let its container be started, or ready, yet. */
export interface PendingProbe {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly nextMs: number;
  /** How often in a row it has succeeded, or failed. */
  readonly run: number;
  readonly lastOk: boolean;
}

/** What a running container's readiness waits for: its startup probe, then its readiness probe. Changes nothing. */
export function pendingProbe(
  worker: PodWorker,
  slot: Slot,
  index: number,
  container: RuntimeContainer,
): PendingProbe | undefined {
  for (const kind of ["startup", "readiness"] as const) {
    const state = find(worker, index, kind);
    const probe = probeOf(slot.container, kind);
    if (state === undefined || probe === undefined) continue;
    const isOld = state.attempt !== container.attempt;
    if (!isOld && state.result === "good") continue;
    const [run, lastOk] = isOld ? [0, false] : [state.run, state.lastOk];
    return { kind, probe, nextMs: nextTickMs(state, container, probe), run, lastOk };
  }
  return undefined;
}

/** When the next probe of a pod is due, or -1. */
export function nextProbeMs(
  worker: PodWorker,
  slots: readonly Slot[],
  runtime: RuntimePod,
  isDeleted: boolean,
  nowMs: number,
): number {
  let next = -1;
  for (const state of worker.probes) {
    const due = dueMs(worker, state, slots, runtime, isDeleted, nowMs);
    if (due >= 0 && (next < 0 || due < next)) next = due;
  }
  return next;
}

export interface ProbeFailure {
  readonly slot: Slot;
  /** `Readiness probe failed: …`. */
  readonly message: string;
}

export interface ProbeRound {
  /** Whether a result that counts has changed. */
  readonly changed: boolean;
  readonly failures: readonly ProbeFailure[];
}

const NOTHING: ProbeRound = { changed: false, failures: [] };

/** Runs the probes that are due. */
export function runDueProbes(
  agent: Agent,
  worker: PodWorker,
  slots: readonly Slot[],
  runtime: RuntimePod,
  isDeleted: boolean,
): ProbeRound {
  if (worker.probes.length === 0) return NOTHING;
  const { nowMs } = agent;
  const failures: ProbeFailure[] = [];
  let changed = false;
  // Found first, run then: what one probe finds out may let another begin, at its own next tick.
  const dues = worker.probes.filter((state) => {
    const due = dueMs(worker, state, slots, runtime, isDeleted, nowMs);
    return due >= 0 && due <= nowMs;
  });
  for (const state of dues) {
    const slot = slots[state.index];
    const container = findContainer(runtime, slot?.container.name ?? "");
    if (slot === undefined || container === undefined) continue;
    const probe = probeOf(slot.container, state.kind);
    if (probe === undefined) continue;
    const answer = answerOf(agent, state, probe, slot, runtime, container);
    if (answer === undefined) continue;
    const how = answer.errored === true ? "errored and resulted in unknown state" : "failed";
    if (!answer.ok) failures.push({ slot, message: `${WORDS[state.kind]} probe ${how}: ${answer.message}` });
    // What could not even be run says nothing of the container.
    if (answer.errored !== true && count(state, probe, answer.ok)) changed = true;
  }
  return { changed, failures };
}

/** What a probe that is due came to; undefined when its command has only just begun. */
function answerOf(
  { machines, machine, nowMs }: Agent,
  state: ProbeState,
  probe: Probe,
  slot: Slot,
  runtime: RuntimePod,
  container: RuntimeContainer,
): ProbeAnswer | undefined {
  if (state.answer !== undefined) {
    const { answer } = state;
    delete state.session;
    delete state.answer;
    return answer;
  }
  state.lastMs = nowMs;
  const { shells } = machines.ports;
  if (probe.exec !== undefined && shells !== undefined) {
    const errand = { command: probe.exec.command ?? [], timeoutMs: (probe.timeoutSeconds ?? 1) * 1000 };
    const started = shells.run({ machine, runtime, container }, errand);
    const why = started.ok ? "" : started.error.replace("error executing command in container: ", "");
    if (!started.ok) return { ok: false, errored: true, message: `rpc error: code = Unknown desc = ${why}` };
    state.session = started.value;
    return undefined;
  }
  const ageMs = nowMs - container.startedMs;
  const behaviour = behaviourOf(slot.container);
  const ip = runtime.ip ?? "";
  return runProbe(probe, { container: slot.container, behaviour, machines, machine, runtimePod: runtime, ip, ageMs });
}

// Models pkg/probe/exec exec.go Probe
/** A command has ended: if it was a probe's, its answer is counted in the next look at the pod. */
export function takeProbeAnswer(worker: PodWorker, { container }: Slot, index: number, end: ErrandEnd): void {
  const state = worker.probes.find((each) => each.index === index && each.session === end.session);
  if (state === undefined || state.attempt !== end.attempt) return;
  const probe = probeOf(container, state.kind);
  const took = `command timed out: "${(probe?.exec?.command ?? []).join(" ")}" timed out after ${probe?.timeoutSeconds ?? 1}s`;
  state.answer = { ok: end.exitCode === 0, message: end.exitCode < 0 ? took : end.output };
}

/** Counts an answer; true when it changes the result. Models pkg/kubelet/prober worker.go doProbe. */
function count(state: ProbeState, probe: Probe, ok: boolean): boolean {
  state.run = state.run > 0 && state.lastOk === ok ? state.run + 1 : 1;
  state.lastOk = ok;
  const threshold = ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  if (state.run < threshold) return false;
  const before = state.result;
  state.result = ok ? "good" : "failed";
  if (!ok && state.kind !== "readiness") {
    // The container is about to be killed: no more probes until it is another one.
    state.onHold = true;
    state.run = 0;
  }
  return before !== state.result;
}
