import { quantityOf, toMilliCpu } from "../../../../api/meta/quantity.ts";
import type { Pod } from "../../../../api/refs.ts";
import { fail, ok, type Result } from "../../../../base/result.ts";
import type { PodMetric, PodMetrics } from "../metrics-source.ts";

// Models pkg/controller/podautoscaler replica_calculator.go

/** Shares by which the usage may miss its target without consequence. */
export interface Tolerances {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

/** What the calculation looks at besides the metrics. Times are virtual milliseconds. */
export interface Situation {
  readonly currentReplicas: number;
  readonly pods: readonly Pod[];
  readonly tolerances: Tolerances;
  readonly nowMs: number;
  parseMs(time: string): number;
}

/** A replica count, and the usage that shows in the status: an average in thousandths, and a percentage. */
export interface Proposal {
  readonly replicas: number;
  readonly milli: number;
  readonly percent?: number;
}

const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;
const NO_PODS = "no pods returned by selector while calculating replica count";
const NO_METRICS = "did not receive metrics for any ready pods";

function isWithin({ scaleUp, scaleDown }: Tolerances, ratio: number): boolean {
  return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
}

interface Groups {
  readonly readyCount: number;
  readonly ignored: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
}

function groupPods({ pods, nowMs, parseMs }: Situation, metrics: PodMetrics, isCpu: boolean): Groups {
  const ignored = new Set<string>();
  const missing = new Set<string>();
  let readyCount = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined || pod.status.phase === "Failed") continue;
    const metric = metrics.get(name);
    if (pod.status.phase === "Pending") ignored.add(name);
    else if (metric === undefined) missing.add(name);
    else if (isCpu && isUnready(pod, metric, nowMs, parseMs)) ignored.add(name);
    else readyCount++;
  }
  return { readyCount, ignored, missing };
}

/** Whether a pod's use of processors says nothing yet: it is starting, or was never ready. */
function isUnready({ status }: Pod, metric: PodMetric, nowMs: number, parseMs: (time: string) => number): boolean {
  const condition = status.conditions?.find(({ type }) => type === "Ready");
  if (condition === undefined || status.startTime === undefined) return true;
  const startMs = parseMs(status.startTime);
  const turnedMs = condition.lastTransitionTime === undefined ? startMs : parseMs(condition.lastTransitionTime);
  const isFalse = condition.status === "False";
  if (startMs + CPU_INITIALIZATION_MS > nowMs) return isFalse || metric.atMs < turnedMs + metric.windowMs;
  return isFalse && startMs + INITIAL_READINESS_MS > turnedMs;
}

// Models replica_calculator.go calculateRequests
/** Thousandths of a resource that each pod asks for; the error names the container that asks for none. */
function requestsOf(
  pods: readonly Pod[],
  resource: string,
  container: string,
): Result<ReadonlyMap<string, number>, string> {
  const requests = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    const whole = container === "" ? spec.resources?.requests?.[resource] : undefined;
    if (whole !== undefined) {
      requests.set(metadata.name, toMilliCpu(quantityOf(whole)));
      continue;
    }
    let sum = 0;
    const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
    for (const each of [...spec.containers, ...sidecars]) {
      if (container !== "" && container !== each.name) continue;
      const asked = each.resources?.requests?.[resource];
      if (asked === undefined) {
        return fail(`missing request for ${resource} in container ${each.name} of Pod ${metadata.name}`);
      }
      sum += toMilliCpu(quantityOf(asked));
    }
    requests.set(metadata.name, sum);
  }
  return ok(requests);
}

interface Ratio {
  readonly ratio: number;
  readonly milli: number;
  readonly percent?: number;
}

function utilizationRatio(
  metrics: PodMetrics,
  requests: ReadonlyMap<string, number>,
  target: number,
): Result<Ratio, string> {
  let used = 0;
  let asked = 0;
  let count = 0;
  for (const [name, { milli }] of metrics) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += milli;
    asked += request;
    count++;
  }
  if (asked === 0) return fail("no metrics returned matched known pods");
  const percent = Math.trunc((used * 100) / asked);
  return ok({ ratio: percent / target, milli: Math.trunc(used / count), percent });
}

function usageRatio(metrics: PodMetrics, target: number): Ratio {
  let total = 0;
  for (const { milli } of metrics.values()) total += milli;
  const milli = Math.trunc(total / metrics.size);
  return { ratio: milli / target, milli };
}

/** Replicas for a share of what pods ask for, in percent. */
export function utilizationReplicas(
  situation: Situation,
  metrics: PodMetrics,
  target: number,
  resource: string,
  container: string,
): Result<Proposal, string> {
  if (situation.pods.length === 0) return fail(NO_PODS);
  const requests = requestsOf(situation.pods, resource, container);
  if (!requests.ok) return requests;
  return balanced(situation, metrics, resource === "cpu", {
    ratioOf: (present) => utilizationRatio(present, requests.value, target),
    full: (name) => requests.value.get(name) ?? 0,
  });
}

/** Replicas for an average over pods, in thousandths. `resource` empty: a metric that is none of a resource. */
export function averageReplicas(
  situation: Situation,
  metrics: PodMetrics,
  target: number,
  resource: string,
): Result<Proposal, string> {
  if (situation.pods.length === 0) return fail(NO_PODS);
  return balanced(situation, metrics, resource === "cpu", {
    ratioOf: (present) => ok(usageRatio(present, target)),
    full: () => target,
  });
}

interface Measure {
  ratioOf(metrics: PodMetrics): Result<Ratio, string>;
  /** What a pod without metrics is taken to use when others use little. */
  full(pod: string): number;
}

/** Pods without metrics are taken to use what speaks against a change; those that start up, to use nothing. */
function balanced(
  situation: Situation,
  metrics: PodMetrics,
  isCpu: boolean,
  { ratioOf, full }: Measure,
): Result<Proposal, string> {
  const { currentReplicas, tolerances } = situation;
  const { readyCount, ignored, missing } = groupPods(situation, metrics, isCpu);
  const counted = new Map([...metrics].filter(([name]) => !ignored.has(name)));
  if (counted.size === 0) return fail(NO_METRICS);
  const first = ratioOf(counted);
  if (!first.ok) return first;
  const { ratio, milli, percent } = first.value;
  const answer = (replicas: number): Result<Proposal, string> =>
    ok({ replicas, milli, ...(percent !== undefined && { percent }) });
  const rebalances = ignored.size > 0 && ratio > 1;
  if (!rebalances && missing.size === 0) {
    return answer(isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * readyCount));
  }
  const assume = (name: string, value: number) => counted.set(name, { milli: value, atMs: 0, windowMs: 0 });
  if (ratio < 1) for (const name of missing) assume(name, full(name));
  else if (ratio > 1) for (const name of missing) assume(name, 0);
  if (rebalances) for (const name of ignored) assume(name, 0);
  const second = ratioOf(counted);
  if (!second.ok) return second;
  const again = second.value.ratio;
  const turns = (ratio < 1 && again > 1) || (ratio > 1 && again < 1);
  if (isWithin(tolerances, again) || turns) return answer(currentReplicas);
  const replicas = Math.ceil(again * counted.size);
  const contradicts = (again < 1 && replicas > currentReplicas) || (again > 1 && replicas < currentReplicas);
  return answer(contradicts ? currentReplicas : replicas);
}

/** Replicas for one value of the whole, such as an object's; scaling to and from zero included. */
export function totalReplicas(situation: Situation, milli: number, target: number): Result<Proposal, string> {
  const { currentReplicas, pods, tolerances } = situation;
  const ratio = milli / target;
  if (currentReplicas === 0) return ok({ replicas: Math.ceil(ratio), milli });
  if (isWithin(tolerances, ratio)) return ok({ replicas: currentReplicas, milli });
  if (pods.length === 0) return fail(`unable to calculate ready pods: ${NO_PODS}`);
  const ready = pods.filter(
    ({ status }) =>
      status.phase === "Running" &&
      status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
  );
  return ok({ replicas: Math.ceil(ratio * ready.length), milli });
}

/** Replicas for one value of the whole that is shared among the pods. */
export function sharedReplicas(
  { tolerances }: Situation,
  statusReplicas: number,
  milli: number,
  target: number,
): Proposal {
  const ratio = milli / (target * statusReplicas);
  const replicas = isWithin(tolerances, ratio) ? statusReplicas : Math.ceil(milli / target);
  return { replicas, milli: Math.ceil(milli / statusReplicas) };
}
