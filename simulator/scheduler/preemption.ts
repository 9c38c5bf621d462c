import { matchesLabels, selectorFromLabelSelector } from "../api/meta/labels.ts";
import type { Stored } from "../api/object.ts";
import type { PodDisruptionBudget } from "../api/schema/generated/types.ts";
import type { ComponentContext } from "../controller-runtime/component.ts";
import { type NodeFilter, type Status, unresolvable } from "./framework.ts";
import type { NodeCache } from "./node-cache.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";

type Budget = Stored<PodDisruptionBudget>;

/** A node and the pods that would have to leave it. */
export interface Candidate {
  readonly node: NodeInfo;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  /** How many of them a disruption budget guards. */
  readonly violations: number;
}

export const NO_VICTIMS = unresolvable("DefaultPreemption", "No preemption victims found for incoming pod");

/** When the pod began to run; one that has not begun counts as beginning now. */
function startedMs(info: PodInfo, context: ComponentContext): number {
  const start = info.pod.status.startTime;
  return start === undefined ? context.nowMs : context.parseMs(start);
}

/** Important pods first; the key settles what upstream leaves open. Models pkg/scheduler/util MoreImportantPod. */
function byImportance(context: ComponentContext) {
  return (a: PodInfo, b: PodInfo): number =>
    b.priority - a.priority ||
    startedMs(a, context) - startedMs(b, context) ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Pods whose removal their budgets do not allow, and the others. Models filterPodsWithPDBViolation. */
function splitByBudgets(pods: readonly PodInfo[], budgets: readonly Budget[]) {
  const left = budgets.map(({ status }) => status.disruptionsAllowed ?? 0);
  const guarded: PodInfo[] = [];
  const free: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    // A pod without labels is guarded by none, not even by a selector of labels that must be absent.
    const isLabelled = Object.keys(pod.labels).length > 0;
    for (const [index, budget] of isLabelled ? budgets.entries() : []) {
      if (budget.metadata.namespace !== pod.namespace) continue;
      const selector = selectorFromLabelSelector(budget.spec.selector);
      // Here, unlike elsewhere, an empty selector guards nothing.
      if (!selector.ok || selector.value.requirements.length === 0) continue;
      if (!matchesLabels(selector.value, pod.labels)) continue;
      if (budget.status.disruptedPods?.[pod.pod.metadata.name] !== undefined) continue;
      left[index] = (left[index] ?? 0) - 1;
      if ((left[index] ?? 0) < 0) violates = true;
    }
    (violates ? guarded : free).push(pod);
  }
  return { guarded, free };
}

/**
 * The fewest pods of lower priority that must leave the node so that the pod fits, or why none would help. Tries by
 * really taking them off the node and putting them back. Models SelectVictimsOnNode.
 */
export function selectVictims(
  pod: PodInfo,
  node: NodeInfo,
  cache: NodeCache,
  filter: NodeFilter,
  budgets: readonly Budget[],
  context: ComponentContext,
): Candidate | Status {
  const lower = [...node.pods.values()].filter(({ priority }) => priority < pod.priority);
  if (lower.length === 0) return NO_VICTIMS;
  lower.sort(byImportance(context));
  for (const one of lower) cache.displace(one, node.name);
  const status = filter(node);
  if (status !== undefined) {
    for (const one of lower) cache.place(one, node.name);
    return status;
  }
  const { guarded, free } = splitByBudgets(lower, budgets);
  const victims: PodInfo[] = [];
  const reprieve = (one: PodInfo): boolean => {
    cache.place(one, node.name);
    if (filter(node) === undefined) return true;
    cache.displace(one, node.name);
    victims.push(one);
    return false;
  };
  let violations = 0;
  for (const one of guarded) if (!reprieve(one)) violations++;
  for (const one of free) reprieve(one);
  for (const one of victims) cache.place(one, node.name);
  return { node, victims: victims.sort(byImportance(context)), violations };
}

/** The node whose victims are the least loss; earlier criteria first. Models pickOneNodeForPreemption. */
export function pickCandidate(candidates: readonly Candidate[], context: ComponentContext): Candidate | undefined {
  const criteria: readonly ((candidate: Candidate) => number)[] = [
    ({ violations }) => violations,
    ({ victims }) => victims[0]?.priority ?? 0,
    // Raised so that few pods of negative priority still weigh less than many.
    ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
    ({ victims }) => victims.length,
    ({ victims }) => -earliestStart(victims, context),
  ];
  let best = candidates;
  for (const cost of criteria) {
    if (best.length < 2) break;
    const costs = best.map(cost);
    const least = Math.min(...costs);
    best = best.filter((_, index) => costs[index] === least);
  }
  return best[0];
}

/** Among the most important victims. Models GetEarliestPodStartTime. */
function earliestStart(victims: readonly PodInfo[], context: ComponentContext): number {
  const highest = Math.max(...victims.map(({ priority }) => priority));
  const starts = victims.filter(({ priority }) => priority === highest).map((one) => startedMs(one, context));
  return Math.min(...starts);
}
