import type { Pod } from "../api/refs.ts";
import type { PodStatus } from "../api/schema/generated/types.ts";
import type { ProbeState } from "./probes.ts";

/** Why a container waits, for its status. */
export interface Problem {
  readonly reason: string;
  readonly message: string;
}

/** A wait that doubles: it began at `sinceMs` and is over `delayMs` later. */
export interface BackOff {
  readonly delayMs: number;
  readonly sinceMs: number;
}

/** A condition about a change of resources: it waits for room, or is being made. */
export interface ResizeState extends Problem {
  readonly type: "PodResizePending" | "PodResizeInProgress";
  readonly generation: number;
}

/** What a sync is waiting for. `index` is the container's slot; -1 for the pod's own. */
export interface Step {
  readonly kind: "sandbox" | "pull" | "start" | "kill" | "resize" | "hook";
  readonly index: number;
  /** When it was asked for, when its turn came, and when it is done. */
  readonly sinceMs: number;
  readonly startMs: number;
  readonly dueMs: number;
  /** Of a hook that is a command: its session. */
  readonly session?: number;
  /** Of a hook that has failed: why. */
  readonly problem?: string;
}

/** A preStop hook that is a command, and under way. */
export interface PreStop {
  readonly index: number;
  readonly session: number;
  readonly startMs: number;
  readonly graceMs: number;
}

/**
 * What a kubelet remembers of one pod. Plain data: there are as many as pods on the node. Arrays go by slot (see
 * slots.ts). Times of -1 mean never.
 */
export interface PodWorker {
  /** The uid that the runtime knows it by: the pod's, or for a static pod its manifest's. */
  readonly uid: string;
  readonly key: string;
  readonly isStatic: boolean;
  /** As last seen; undefined for a pod that only the runtime knows of. For a static pod: from its manifest. */
  pod: Pod | undefined;
  /** Revision of the pod that it works on, as of the last change of what is wanted; 0: none is known. */
  cause: number;
  /** State of the pod's machine. */
  stage: string;
  /** States of the containers' machines. */
  containers: string[];
  problems: readonly (Problem | undefined)[];
  /** By container name for restarts, by `image/<reference>` for pulls. */
  backOffs: { [key: string]: BackOff } | undefined;
  probes: readonly ProbeState[];
  /** What the present sync waits for. */
  step: Step | undefined;
  /** Slots that this sync has given up on. */
  tried: readonly number[];
  /** Whether this sync changed something in the runtime. */
  changed: boolean;
  /** Earliest end of a back-off that this sync ran into. */
  retryMs: number;
  /** When to sync next. */
  syncMs: number;
  /** Ends of containers up to this time are known. */
  seenMs: number;
  /** No longer in the API. */
  gone: boolean;
  /** When the containers were asked to stop, and how long they have. */
  stopMs: number;
  graceMs: number;
  /** Hooks that its containers wait for before they are asked to stop. */
  preStops?: readonly PreStop[];
  /** Why it has failed as a whole: its deadline, a refusal. */
  failure: Problem | undefined;
  /** How long it has to end when it is evicted for a soft threshold. */
  evictionGraceMs?: number;
  /** How far a change of its resources is, while one is under way. */
  resize?: ResizeState | undefined;
  /** A status that the API server has not taken yet. */
  unsent: PodStatus | undefined;
  timerSeq: number;
  timerMs: number;
}

/** One empty list for all workers: most never have anything in theirs. */
export const NONE: readonly never[] = Object.freeze([]);

/** Notes why a slot's container waits; undefined: for nothing. */
export function setProblem(worker: PodWorker, index: number, problem: Problem | undefined): void {
  if (worker.problems[index] === problem) return;
  const problems = [...worker.problems];
  problems[index] = problem;
  worker.problems = problems;
}

export function newWorker(uid: string, key: string, isStatic: boolean, stage: string): PodWorker {
  return {
    uid,
    key,
    isStatic,
    pod: undefined,
    cause: 0,
    stage,
    containers: [],
    problems: NONE,
    backOffs: undefined,
    probes: NONE,
    step: undefined,
    tried: NONE,
    changed: false,
    retryMs: -1,
    syncMs: -1,
    seenMs: -1,
    gone: false,
    stopMs: -1,
    graceMs: -1,
    failure: undefined,
    unsent: undefined,
    timerSeq: -1,
    timerMs: -1,
  };
}

const FIRST_DELAY_MS = 10_000;
const MAX_DELAY_MS = 300_000;
/** A container, or pull, that was quiet for this long starts again from the first delay. */
const FORGIVEN_AFTER_MS = 2 * MAX_DELAY_MS;

// Models client-go util/flowcontrol Backoff
/** Notes one more failure under a key: 10 s, then twice as long each time up to 5 min. */
export function growBackOff(worker: PodWorker, key: string, eventMs: number, nowMs: number): void {
  const old = worker.backOffs?.[key];
  const isFirst = old === undefined || eventMs - old.sinceMs > FORGIVEN_AFTER_MS;
  const delayMs = isFirst ? FIRST_DELAY_MS : Math.min(2 * old.delayMs, MAX_DELAY_MS);
  worker.backOffs = { ...worker.backOffs, [key]: { delayMs, sinceMs: nowMs } };
}

/** The wait that is on for something that failed at `eventMs`, or undefined when it is over. */
export function backOffAt(worker: PodWorker, key: string, eventMs: number, nowMs: number): BackOff | undefined {
  const backOff = worker.backOffs?.[key];
  if (backOff === undefined || eventMs - backOff.sinceMs > FORGIVEN_AFTER_MS) return undefined;
  return nowMs - eventMs < backOff.delayMs ? backOff : undefined;
}
