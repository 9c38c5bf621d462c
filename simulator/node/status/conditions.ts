import type { Pod } from "../../api/refs.ts";
import type { ContainerStatus, PodCondition } from "../../api/schema/generated/types.ts";
import type { Slot } from "../slots.ts";
import type { ResizeState } from "../worker.ts";
import type { Phase } from "./phase.ts";

interface Verdict {
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}

const TRUE: Verdict = { status: "True" };
const FALSE: Verdict = { status: "False" };
/** The conditions that a kubelet owns, in its order; all others it leaves alone. */
const OWN = new Set([
  "PodResizePending",
  "PodResizeInProgress",
  "PodReadyToStartContainers",
  "Initialized",
  "Ready",
  "ContainersReady",
  "PodScheduled",
]);

const nameList = (names: readonly string[]): string => `[${names.join(" ")}]`;

// Models pkg/kubelet/status generate.go GenerateContainersReadyCondition
function containersReady(slots: readonly Slot[], statuses: readonly ContainerStatus[], phase: Phase): Verdict {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  let unready: string[] | undefined;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index];
    if (slot === undefined || slot.kind === "init" || slot.kind === "ephemeral") continue;
    if (statuses[index]?.ready === true) continue;
    unready ??= [];
    unready.push(slot.container.name);
  }
  if (unready === undefined) return TRUE;
  return {
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: ${nameList(unready)}`,
  };
}

// Models pkg/kubelet/status generate.go GeneratePodReadyCondition
function ready(pod: Pod, containers: Verdict, others: readonly PodCondition[]): Verdict {
  if (containers.status !== "True" || pod.spec.readinessGates === undefined) return containers;
  const problems = pod.spec.readinessGates.flatMap(({ conditionType }) => {
    const condition = others.find((other) => other.type === conditionType);
    if (condition === undefined) {
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    }
    if (condition.status === "True") return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (problems.length === 0) return TRUE;
  return { status: "False", reason: "ReadinessGatesNotReady", message: problems.join(", ") };
}

// Models pkg/kubelet/status generate.go GeneratePodInitializedCondition
function initialized(
  slots: readonly Slot[],
  statuses: readonly ContainerStatus[],
  phase: Phase,
  hasStarted: boolean,
): Verdict {
  if (phase === "Succeeded") return { status: "True", reason: "PodCompleted" };
  if (hasStarted) return TRUE;
  const incomplete = slots.filter(({ kind }, index) => {
    const status = statuses[index];
    return (kind === "init" && status?.ready !== true) || (kind === "sidecar" && status?.started !== true);
  });
  if (incomplete.length === 0) return TRUE;
  return {
    status: "False",
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: ${nameList(incomplete.map(({ container }) => container.name))}`,
  };
}

export interface ConditionInput {
  readonly pod: Pod;
  readonly previous: readonly PodCondition[];
  readonly slots: readonly Slot[];
  readonly statuses: readonly ContainerStatus[];
  readonly phase: Phase;
  readonly resize: ResizeState | undefined;
  /** Of a pod that the kubelet evicts: why. */
  readonly evicted: string | undefined;
  readonly hasSandbox: boolean;
  readonly hasStarted: boolean;
  readonly now: string;
}

/** All conditions of a pod: those of others as they are, then the kubelet's. What did not change is the same object. */
export function conditionsOf(input: ConditionInput): readonly PodCondition[] {
  const { pod, previous, slots, statuses, phase, now } = input;
  const others = previous.filter((condition) => !OWN.has(condition.type));
  const containers = containersReady(slots, statuses, phase);
  const make = (type: string, verdict: Verdict) => conditionOf(previous, type, verdict, pod.metadata.generation, now);
  const own = [
    make("PodReadyToStartContainers", input.hasSandbox ? TRUE : FALSE),
    make("Initialized", initialized(slots, statuses, phase, input.hasStarted)),
    make("Ready", ready(pod, containers, others)),
    make("ContainersReady", containers),
    make("PodScheduled", TRUE),
  ];
  const more = others.concat(disrupted(input, others), resizing(input));
  // Lists that grow have room to spare: of those of all pods that would be much.
  return more.length === 0 ? sharedList(own) : more.concat(own);
}

/** Lists that were made last: pods that came to the same in one second have one list. */
const recentLists: (readonly PodCondition[])[] = [];
const RECENT_LISTS = 8;
let nextList = 0;

function sharedList(conditions: readonly PodCondition[]): readonly PodCondition[] {
  for (const list of recentLists) {
    if (list.length === conditions.length && list.every((each, index) => each === conditions[index])) return list;
  }
  recentLists[nextList] = Object.freeze(conditions);
  nextList = (nextList + 1) % RECENT_LISTS;
  return conditions;
}

// Models pkg/kubelet/status status_manager.go GetPodResizeConditions
function resizing({ resize, previous, now }: ConditionInput): PodCondition[] {
  if (resize === undefined) return [];
  const { type, reason, message, generation } = resize;
  const verdict = { status: "True", ...(reason && { reason }), ...(message && { message }) } as const;
  return [conditionOf(previous, type, verdict, generation, now)];
}

function conditionOf(
  previous: readonly PodCondition[],
  type: string,
  verdict: Verdict,
  observedGeneration: number | undefined,
  now: string,
): PodCondition {
  const old = ofType(previous, type);
  const { status, reason, message } = verdict;
  const isSame =
    old?.status === status &&
    old.reason === reason &&
    old.message === message &&
    old.observedGeneration === observedGeneration;
  if (isSame) return old;
  const lastTransitionTime = old?.status === status && old.lastTransitionTime ? old.lastTransitionTime : now;
  return shared(type, status, lastTransitionTime, observedGeneration, reason, message);
}

function ofType(conditions: readonly PodCondition[], type: string): PodCondition | undefined {
  for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** Pods that were started in one second have the same conditions: one object serves them all. By type, the last few. */
const sharedConditions = new Map<string, PodCondition[]>();
const SHARED_MAX = 8;

function shared(
  type: string,
  status: string,
  lastTransitionTime: string,
  observedGeneration: number | undefined,
  reason: string | undefined,
  message: string | undefined,
): PodCondition {
  let recent = sharedConditions.get(type);
  if (recent === undefined) {
    recent = [];
    sharedConditions.set(type, recent);
  }
  for (const each of recent) {
    if (each.lastTransitionTime !== lastTransitionTime || each.status !== status) continue;
    if (each.observedGeneration !== observedGeneration || each.reason !== reason) continue;
    if (each.message === message) return each;
  }
  const condition = Object.freeze({
    type,
    ...(observedGeneration !== undefined && { observedGeneration }),
    status,
    lastTransitionTime,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  });
  recent.unshift(condition);
  if (recent.length > SHARED_MAX) recent.pop();
  return condition;
}

// Models pkg/kubelet/eviction eviction_manager.go synchronize: the condition goes with the eviction
function disrupted({ evicted, pod, now }: ConditionInput, others: readonly PodCondition[]): readonly PodCondition[] {
  if (evicted === undefined || others.some(({ type }) => type === "DisruptionTarget")) return [];
  const verdict = { status: "True", reason: "TerminationByKubelet", message: evicted } as const;
  return [conditionOf([], "DisruptionTarget", verdict, pod.metadata.generation, now)];
}
