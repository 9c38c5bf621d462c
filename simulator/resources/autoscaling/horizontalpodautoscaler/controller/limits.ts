import type { HorizontalPodAutoscaler } from "../../../../api/refs.ts";
import type { V2HPAScalingRules } from "../../../../api/schema/generated/types.ts";

// Models pkg/controller/podautoscaler horizontal.go normalizeDesiredReplicas and normalizeDesiredReplicasWithBehaviors

/** The setting horizontal-pod-autoscaler-downscale-stabilization. */
const DOWNSCALE_STABILIZATION_SECONDS = 300;
const SCALE_UP_FACTOR = 2;
const SCALE_UP_MINIMUM = 4;

/** What an autoscaler asked for, or did, at a virtual time. */
export interface Remembered {
  readonly replicas: number;
  readonly atMs: number;
}

/** What the controller remembers of one autoscaler. Changes of replicas are counted positive both ways. */
export interface Memory {
  recommendations: readonly Remembered[];
  ups: readonly Remembered[];
  downs: readonly Remembered[];
}

export interface Verdict {
  readonly reason: string;
  readonly message: string;
}

/** The replicas that come out, and what the conditions AbleToScale and ScalingLimited say. */
export interface Normalized {
  readonly replicas: number;
  readonly able: Verdict;
  readonly limited: Verdict & { readonly isLimited: boolean };
}

const READY: Verdict = { reason: "ReadyForNewScale", message: "recommended size matches current size" };
const STABILIZED_DOWN: Verdict = {
  reason: "ScaleDownStabilized",
  message: "recent recommendations were higher than current one, applying the highest recent recommendation",
};
const STABILIZED_UP: Verdict = {
  reason: "ScaleUpStabilized",
  message: "recent recommendations were lower than current one, applying the lowest recent recommendation",
};
const WITHIN: Verdict = {
  reason: "DesiredWithinRange",
  message: "the desired count is within the acceptable range",
};
const TOO_FEW: Verdict = {
  reason: "TooFewReplicas",
  message: "the desired replica count is less than the minimum replica count",
};
const TOO_MANY: Verdict = {
  reason: "TooManyReplicas",
  message: "the desired replica count is more than the maximum replica count",
};
const UP_LIMIT: Verdict = {
  reason: "ScaleUpLimit",
  message: "the desired replica count is increasing faster than the maximum scale rate",
};
const DOWN_LIMIT: Verdict = {
  reason: "ScaleDownLimit",
  message: "the desired replica count is decreasing faster than the maximum scale rate",
};

interface Sizes {
  readonly current: number;
  readonly wanted: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What becomes of a recommendation: held back for a while, and moved no faster than the rules allow. */
export function normalized(
  { behavior }: HorizontalPodAutoscaler["spec"],
  memory: Memory,
  sizes: Sizes,
  nowMs: number,
): Normalized {
  if (behavior === undefined) {
    const steady = stabilizedDown(memory, sizes.wanted, nowMs);
    const [replicas, verdict] = withinDefaults({ ...sizes, wanted: steady });
    return outcome(replicas, steady, steady === sizes.wanted ? READY : STABILIZED_DOWN, verdict);
  }
  const up = behavior.scaleUp ?? {};
  const down = behavior.scaleDown ?? {};
  const steady = stabilized(memory, sizes, up, down, nowMs);
  const held = sizes.wanted >= sizes.current ? STABILIZED_UP : STABILIZED_DOWN;
  const [replicas, verdict] = withinRates({ ...sizes, wanted: steady }, memory, up, down, nowMs);
  return outcome(replicas, steady, steady === sizes.wanted ? READY : held, verdict);
}

function outcome(replicas: number, steady: number, able: Verdict, verdict: Verdict): Normalized {
  return { replicas, able, limited: { ...verdict, isLimited: replicas !== steady } };
}

/** Takes the place of something too old, or stands at the end: no list grows beyond what its window holds. */
function remember(list: readonly Remembered[], replicas: number, nowMs: number, cutoffMs: number): Remembered[] {
  const fresh = { replicas, atMs: nowMs };
  const old = list.findLastIndex(({ atMs }) => atMs < cutoffMs);
  return old < 0 ? [...list, fresh] : list.map((each, index) => (index === old ? fresh : each));
}

/**
 * Until when recommendations from before hold an autoscaler at more replicas than it asks for now, in virtual
 * milliseconds; undefined: they do not.
 */
export function heldUntilMs(
  { behavior }: HorizontalPodAutoscaler["spec"],
  { recommendations }: Memory,
  nowMs: number,
): number | undefined {
  const seconds = behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWNSCALE_STABILIZATION_SECONDS;
  const recent = recommendations.filter(({ atMs }) => atMs > nowMs - seconds * 1000).sort((a, b) => a.atMs - b.atMs);
  const wanted = recent.at(-1)?.replicas;
  const higher = recent.findLast(({ replicas }) => replicas > (wanted ?? replicas));
  return higher && higher.atMs + seconds * 1000;
}

function stabilizedDown(memory: Memory, wanted: number, nowMs: number): number {
  const cutoffMs = nowMs - DOWNSCALE_STABILIZATION_SECONDS * 1000;
  const recent = memory.recommendations.filter(({ atMs }) => atMs >= cutoffMs);
  memory.recommendations = remember(memory.recommendations, wanted, nowMs, cutoffMs);
  return Math.max(wanted, ...recent.map(({ replicas }) => replicas));
}

function stabilized(
  memory: Memory,
  { current, wanted }: Sizes,
  up: V2HPAScalingRules,
  down: V2HPAScalingRules,
  nowMs: number,
): number {
  const upMs = (up.stabilizationWindowSeconds ?? 0) * 1000;
  const downMs = (down.stabilizationWindowSeconds ?? DOWNSCALE_STABILIZATION_SECONDS) * 1000;
  let lowest = wanted;
  let highest = wanted;
  for (const { replicas, atMs } of memory.recommendations) {
    if (atMs > nowMs - upMs) lowest = Math.min(lowest, replicas);
    if (atMs > nowMs - downMs) highest = Math.max(highest, replicas);
  }
  memory.recommendations = remember(memory.recommendations, wanted, nowMs, nowMs - Math.max(upMs, downMs));
  return Math.min(Math.max(current, lowest), highest);
}

function withinDefaults({ current, wanted, minimum, maximum }: Sizes): readonly [number, Verdict] {
  const limit = Math.max(SCALE_UP_FACTOR * current, SCALE_UP_MINIMUM);
  const [most, verdict] = maximum > limit ? ([limit, UP_LIMIT] as const) : ([maximum, TOO_MANY] as const);
  if (wanted < minimum) return [minimum, TOO_FEW];
  return wanted > most ? [most, verdict] : [wanted, WITHIN];
}

function withinRates(
  { current, wanted, minimum, maximum }: Sizes,
  memory: Memory,
  up: V2HPAScalingRules,
  down: V2HPAScalingRules,
  nowMs: number,
): readonly [number, Verdict] {
  if (wanted > current) {
    const limit = Math.max(current, upLimit(current, memory, up, nowMs));
    const [most, verdict] = maximum > limit ? ([limit, UP_LIMIT] as const) : ([maximum, TOO_MANY] as const);
    if (wanted > most) return [most, verdict];
  } else if (wanted < current) {
    const limit = Math.min(current, downLimit(current, memory, down, nowMs));
    const [least, verdict] = minimum < limit ? ([limit, DOWN_LIMIT] as const) : ([minimum, TOO_FEW] as const);
    if (wanted < least) return [least, verdict];
  }
  return [wanted, WITHIN];
}

function changeWithin(list: readonly Remembered[], seconds: number, nowMs: number): number {
  let sum = 0;
  for (const { replicas, atMs } of list) if (atMs > nowMs - seconds * 1000) sum += replicas;
  return sum;
}

function upLimit(current: number, { ups, downs }: Memory, rules: V2HPAScalingRules, nowMs: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const limits = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const added = changeWithin(ups, periodSeconds, nowMs);
    const start = current - added + changeWithin(downs, periodSeconds, nowMs);
    return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return rules.selectPolicy === "Min" ? Math.min(...limits) : Math.max(...limits);
}

function downLimit(current: number, { ups, downs }: Memory, rules: V2HPAScalingRules, nowMs: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const limits = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const added = changeWithin(ups, periodSeconds, nowMs);
    const start = current - added + changeWithin(downs, periodSeconds, nowMs);
    return type === "Pods" ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return rules.selectPolicy === "Min" ? Math.max(...limits) : Math.min(...limits);
}

/** Notes a change of size, where there are rules that count them. */
export function rememberScale(
  { behavior }: HorizontalPodAutoscaler["spec"],
  memory: Memory,
  from: number,
  to: number,
  nowMs: number,
): void {
  if (behavior === undefined) return;
  const longest = (rules: V2HPAScalingRules | undefined) =>
    nowMs - Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds)) * 1000;
  if (to > from) memory.ups = remember(memory.ups, to - from, nowMs, longest(behavior.scaleUp));
  else memory.downs = remember(memory.downs, from - to, nowMs, longest(behavior.scaleDown));
}
