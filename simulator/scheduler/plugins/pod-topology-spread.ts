import { matchesLabels } from "../../api/meta/labels.ts";
import type { Node } from "../../api/refs.ts";
import {
  type ClusterEvent,
  MAX_NODE_SCORE,
  type PluginDefinition,
  rejected,
  SKIP,
  unresolvable,
} from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import type { PodInfo } from "../pod-info.ts";
import type { TopologyCounts } from "../topology-counts.ts";
import { DefaultSelectors } from "./default-selectors.ts";
import { type Constraint, DefaultConstraints, HOSTNAME, ownConstraints } from "./spread-constraints.ts";

const NAME = "PodTopologySpread";
const TOO_SKEWED = rejected(NAME, "node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)");

interface HardConstraint {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly counts: TopologyCounts;
  /** The pod itself, if it is one of those that it spreads from. */
  readonly self: 0 | 1;
}

interface SoftConstraint {
  readonly maxSkew: number;
  readonly counts: TopologyCounts;
  readonly weight: number;
}

interface SoftState {
  readonly constraints: readonly SoftConstraint[];
  /** Nodes without all topology keys score nothing; undefined: every node has a say. */
  readonly demandedKeys: readonly string[] | undefined;
}

function hasKeys(node: NodeInfo, keys: readonly string[] | undefined): boolean {
  if (keys !== undefined) for (const key of keys) if (node.labels[key] === undefined) return false;
  return true;
}

// Models plugins/podtopologyspread filtering
function filter(constraints: readonly HardConstraint[], node: NodeInfo) {
  for (const { counts, maxSkew, minDomains, self } of constraints) {
    if (!counts.hasLabel(node)) return NO_LABEL;
    const least = counts.domainCount < minDomains ? 0 : counts.least;
    if (counts.at(node) + self - least > maxSkew) return TOO_SKEWED;
  }
  return undefined;
}

/** The more domains a key has, the more a pod in one of them counts. Models topologyNormalizingWeight. */
function domainWeight(
  counts: TopologyCounts,
  nodes: readonly NodeInfo[],
  places: Int32Array,
  keys: readonly string[] | undefined,
): number {
  const counted = keys === undefined ? nodes : nodes.filter((node) => hasKeys(node, keys));
  const at = keys === undefined ? places : Int32Array.from(counted, ({ place }) => place);
  return Math.log((counts.topologyKey === HOSTNAME ? counted.length : counts.distinctAmong(counted, at)) + 2);
}

function score({ constraints, demandedKeys }: SoftState, node: NodeInfo): number {
  if (!hasKeys(node, demandedKeys)) return 0;
  let sum = 0;
  for (const { counts, maxSkew, weight } of constraints) {
    if (counts.hasLabel(node)) sum += counts.at(node) * weight + (maxSkew - 1);
  }
  return Math.round(sum);
}

function scoreAll(state: SoftState, nodes: readonly NodeInfo[], places: Int32Array, scores: Float64Array): void {
  const { constraints, demandedKeys } = state;
  const count = nodes.length;
  if (demandedKeys !== undefined) {
    for (let index = 0; index < count; index++) scores[index] = score(state, nodes[index] as NodeInfo);
    return;
  }
  scores.fill(0, 0, count);
  for (const { counts, maxSkew, weight } of constraints) counts.addTo(scores, nodes, places, weight, maxSkew - 1);
  for (let index = 0; index < count; index++) scores[index] = Math.round(scores[index] as number);
}

// Models plugins/podtopologyspread scoring NormalizeScore: fewest pods, most points.
function normalize(state: SoftState, scores: Float64Array, count: number, nodes: readonly NodeInfo[]): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  const { demandedKeys } = state;
  const counts = (index: number): boolean =>
    demandedKeys === undefined || hasKeys(nodes[index] as NodeInfo, demandedKeys);
  for (let index = 0; index < count; index++) {
    if (!counts(index)) continue;
    least = Math.min(least, scores[index] ?? 0);
    most = Math.max(most, scores[index] ?? 0);
  }
  for (let index = 0; index < count; index++) {
    if (!counts(index)) scores[index] = 0;
    else if (most === 0) scores[index] = MAX_NODE_SCORE;
    else scores[index] = Math.trunc((MAX_NODE_SCORE * (most + least - (scores[index] ?? 0))) / most);
  }
}

function isAbout(constraints: readonly Constraint[], pod: PodInfo, { pod: other, previousPod }: ClusterEvent): boolean {
  return [other, previousPod].some(
    (one) =>
      one?.metadata.namespace === pod.namespace &&
      constraints.some(({ selector }) => matchesLabels(selector, one.metadata.labels)),
  );
}

function hasTopology(constraints: readonly Constraint[], node: Node | undefined): boolean {
  return (
    node !== undefined && constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined)
  );
}

/** Keeps pods of one kind spread over zones, hosts or other domains. Models plugins/podtopologyspread. */
export const podTopologySpread: PluginDefinition = {
  name: NAME,
  weight: 2,
  create: (handle) => {
    const { counters } = handle.nodes;
    const selectors = new DefaultSelectors(handle.context);
    const defaults = new DefaultConstraints(handle.options.defaultConstraints);
    const constraintsOf = (pod: PodInfo, action: "DoNotSchedule" | "ScheduleAnyway"): readonly Constraint[] => {
      if ((pod.shape.spec.topologySpreadConstraints ?? []).length > 0) return ownConstraints(pod, action);
      const selector = defaults.has(action) ? selectors.of(pod) : undefined;
      return selector === undefined ? [] : defaults.of(pod, action, selector);
    };
    const hard = (pod: PodInfo) => constraintsOf(pod, "DoNotSchedule");
    const byPod = (pod: PodInfo, event: ClusterEvent) => isAbout(hard(pod), pod, event);
    const byNode = (pod: PodInfo, { node, previousNode }: ClusterEvent) =>
      hasTopology(hard(pod), node) || hasTopology(hard(pod), previousNode);
    return {
      name: NAME,
      events: {
        "pod/add": byPod,
        "pod/delete": byPod,
        "pod/label": byPod,
        "self/label": true,
        // With other tolerations other nodes may count.
        "self/toleration": true,
        "node/add": byNode,
        "node/delete": byNode,
        "node/label": byNode,
        "node/taint": byNode,
      },
      preFilter: (pod) => {
        const constraints = hard(pod);
        if (constraints.length === 0) return SKIP;
        const state = constraints.map(({ maxSkew, minDomains, counted, selector }): HardConstraint => {
          const self = matchesLabels(selector, pod.labels) ? 1 : 0;
          return { maxSkew, minDomains, counts: counters.ask(counted), self };
        });
        return { state };
      },
      filter: (state, _, node) => filter(state as readonly HardConstraint[], node),
      preScore: (pod, nodes, places) => {
        const constraints = constraintsOf(pod, "ScheduleAnyway");
        if (constraints.length === 0) return SKIP;
        const demandedKeys = constraints[0]?.demandedKeys;
        const weighed = constraints.map(({ maxSkew, countedForScore }): SoftConstraint => {
          const counts = counters.ask(countedForScore);
          return { maxSkew, weight: domainWeight(counts, nodes, places, demandedKeys), counts };
        });
        return { state: { constraints: weighed, demandedKeys } satisfies SoftState };
      },
      score: (state, _, node) => score(state as SoftState, node),
      scoreAll: (state, _, nodes, places, scores) => scoreAll(state as SoftState, nodes, places, scores),
      normalizeScore: (state, scores, count, nodes) => normalize(state as SoftState, scores, count, nodes),
    };
  },
};
