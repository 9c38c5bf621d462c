import type { Node, Pod } from "../../../../simulator/api/refs.ts";
import type {
  LabelSelector,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from "../../../../simulator/api/schema/generated/types.ts";

// The rules about neighbours as upstream computes them, anew for each pod over all nodes: slow, and easy to compare with
// pkg/scheduler/framework/plugins. What the scheduler keeps up to date has to come to the same.

/** Everything there is: nodes, the pods that have one, labels of namespaces. */
export interface Plain {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly namespaces: ReadonlyMap<string, Labels>;
}

type Labels = { readonly [key: string]: string };
const HOSTNAME = "kubernetes.io/hostname";

const labelsOf = (object: { readonly metadata: { readonly labels?: Labels } }): Labels => object.metadata.labels ?? {};
const namespaceOf = (pod: Pod): string => pod.metadata.namespace ?? "";
const podsOn = ({ pods }: Plain, node: Node) => pods.filter(({ spec }) => spec.nodeName === node.metadata.name);

/** No selector selects nothing, an empty one everything. */
function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  const expressions = selector.matchExpressions ?? [];
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      return (value !== undefined) === (operator === "Exists");
    })
  );
}

function isEligible(pod: Pod, node: Node, { nodeAffinityPolicy, nodeTaintsPolicy }: TopologySpreadConstraint): boolean {
  const wanted = pod.spec.nodeSelector ?? {};
  if (nodeAffinityPolicy !== "Ignore") {
    if (!Object.entries(wanted).every(([key, value]) => labelsOf(node)[key] === value)) return false;
  }
  return nodeTaintsPolicy !== "Honor" || (node.spec.taints ?? []).length === 0;
}

const hasAll = (node: Node, keys: readonly string[]) => keys.every((key) => labelsOf(node)[key] !== undefined);

function countOn(world: Plain, pod: Pod, node: Node, selector: LabelSelector | undefined): number {
  return podsOn(world, node).filter(
    (other) =>
      other.metadata.deletionTimestamp === undefined &&
      namespaceOf(other) === namespaceOf(pod) &&
      selects(selector, labelsOf(other)),
  ).length;
}

function constraintsOf(pod: Pod, action: string): readonly TopologySpreadConstraint[] {
  return (pod.spec.topologySpreadConstraints ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
}

/** Models podtopologyspread filtering.go: "" or which of the two reasons, by node. */
export function spreadFilter(world: Plain, pod: Pod): { readonly [node: string]: string } {
  const constraints = constraintsOf(pod, "DoNotSchedule");
  const keys = constraints.map(({ topologyKey }) => topologyKey);
  const counts = constraints.map((constraint) => {
    const domains = new Map<string, number>();
    for (const node of world.nodes) {
      if (!hasAll(node, keys) || !isEligible(pod, node, constraint)) continue;
      const value = labelsOf(node)[constraint.topologyKey] ?? "";
      domains.set(value, (domains.get(value) ?? 0) + countOn(world, pod, node, constraint.labelSelector));
    }
    return domains;
  });
  const verdict = (node: Node): string => {
    for (const [index, { topologyKey, maxSkew, minDomains = 1, labelSelector }] of constraints.entries()) {
      const value = labelsOf(node)[topologyKey];
      if (value === undefined) return "label";
      const domains = counts[index] ?? new Map<string, number>();
      const least = domains.size < minDomains ? 0 : Math.min(...domains.values());
      const self = selects(labelSelector, labelsOf(pod)) ? 1 : 0;
      if ((domains.get(value) ?? 0) + self - least > maxSkew) return "skew";
    }
    return "";
  };
  return byNode(world.nodes, verdict);
}

/** Models podtopologyspread scoring.go over all nodes; undefined where the plugin is skipped. */
export function spreadScores(world: Plain, pod: Pod): { readonly [node: string]: number } | undefined {
  const constraints = constraintsOf(pod, "ScheduleAnyway");
  if (constraints.length === 0) return undefined;
  const keys = constraints.map(({ topologyKey }) => topologyKey);
  const scored = world.nodes.filter((node) => hasAll(node, keys));
  const raw = new Map<Node, number>();
  for (const node of scored) {
    let sum = 0;
    for (const constraint of constraints) {
      const { topologyKey, maxSkew, labelSelector } = constraint;
      const isHost = topologyKey === HOSTNAME;
      const value = labelsOf(node)[topologyKey];
      const size = isHost ? scored.length : new Set(scored.map((one) => labelsOf(one)[topologyKey])).size;
      const counted = isHost
        ? [node]
        : scored.filter((one) => labelsOf(one)[topologyKey] === value && isEligible(pod, one, constraint));
      const count = counted.reduce((total, one) => total + countOn(world, pod, one, labelSelector), 0);
      sum += count * Math.log(size + 2) + (maxSkew - 1);
    }
    raw.set(node, Math.round(sum));
  }
  const least = Math.min(...raw.values());
  const most = Math.max(...raw.values());
  return byNode(world.nodes, (node) => {
    const score = raw.get(node);
    if (score === undefined) return 0;
    return most === 0 ? 100 : Math.trunc((100 * (most + least - score)) / most);
  });
}

function termSelects(world: Plain, owner: Pod, term: PodAffinityTerm, other: Pod): boolean {
  const { namespaces = [], namespaceSelector } = term;
  const own = namespaces.length === 0 && namespaceSelector === undefined;
  const isThere =
    (own ? namespaceOf(other) === namespaceOf(owner) : namespaces.includes(namespaceOf(other))) ||
    (namespaceSelector !== undefined && selects(namespaceSelector, world.namespaces.get(namespaceOf(other)) ?? {}));
  return isThere && selects(term.labelSelector, labelsOf(other));
}

type Half = "podAffinity" | "podAntiAffinity";
const requiredOf = (pod: Pod, half: Half): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.[half]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
const preferredOf = (pod: Pod, half: Half) =>
  pod.spec.affinity?.[half]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

/** Pods that are chosen, by `key=value` of the topology. */
type Pairs = Map<string, number>;

function add(pairs: Pairs, node: Node, key: string, amount: number): void {
  const value = labelsOf(node)[key];
  if (value !== undefined) pairs.set(`${key}=${value}`, (pairs.get(`${key}=${value}`) ?? 0) + amount);
}

/** Models interpodaffinity filtering.go: "" or which of the three reasons, by node. */
export function affinityFilter(world: Plain, pod: Pod): { readonly [node: string]: string } {
  const near = requiredOf(pod, "podAffinity");
  const away = requiredOf(pod, "podAntiAffinity");
  const nearPairs: Pairs = new Map();
  const awayPairs: Pairs = new Map();
  const unwanted: Pairs = new Map();
  for (const node of world.nodes) {
    for (const other of podsOn(world, node)) {
      if (near.length > 0 && near.every((term) => termSelects(world, pod, term, other))) {
        for (const { topologyKey } of near) add(nearPairs, node, topologyKey, 1);
      }
      for (const term of away) if (termSelects(world, pod, term, other)) add(awayPairs, node, term.topologyKey, 1);
      for (const term of requiredOf(other, "podAntiAffinity")) {
        if (termSelects(world, other, term, pod)) add(unwanted, node, term.topologyKey, 1);
      }
    }
  }
  const at = (pairs: Pairs, node: Node, key: string) => pairs.get(`${key}=${labelsOf(node)[key]}`) ?? 0;
  const isNear = (node: Node): boolean => {
    if (!near.every(({ topologyKey }) => labelsOf(node)[topologyKey] !== undefined)) return false;
    if (near.every(({ topologyKey }) => at(nearPairs, node, topologyKey) > 0)) return true;
    return nearPairs.size === 0 && near.every((term) => termSelects(world, pod, term, pod));
  };
  return byNode(world.nodes, (node) => {
    if (!isNear(node)) return "near";
    if (away.some(({ topologyKey }) => at(awayPairs, node, topologyKey) > 0)) return "away";
    return Object.keys(labelsOf(node)).some((key) => at(unwanted, node, key) > 0) ? "unwanted" : "";
  });
}

/** Models interpodaffinity scoring.go over all nodes; undefined where the plugin is skipped. */
export function affinityScores(world: Plain, pod: Pod): { readonly [node: string]: number } | undefined {
  const pairs: Pairs = new Map();
  for (const node of world.nodes) {
    for (const other of podsOn(world, node)) {
      const count = (owner: Pod, term: PodAffinityTerm, wanted: Pod, weight: number) => {
        if (termSelects(world, owner, term, wanted)) add(pairs, node, term.topologyKey, weight);
      };
      for (const [half, sign] of [["podAffinity", 1] as const, ["podAntiAffinity", -1] as const]) {
        for (const { weight, podAffinityTerm } of preferredOf(pod, half))
          count(pod, podAffinityTerm, other, sign * weight);
        for (const { weight, podAffinityTerm } of preferredOf(other, half))
          count(other, podAffinityTerm, pod, sign * weight);
      }
      for (const term of requiredOf(other, "podAffinity")) count(other, term, pod, 1);
    }
  }
  if (pairs.size === 0) return undefined;
  const raw = world.nodes.map((node) =>
    Object.entries(labelsOf(node)).reduce((sum, [key, value]) => sum + (pairs.get(`${key}=${value}`) ?? 0), 0),
  );
  const least = Math.min(...raw);
  const range = Math.max(...raw) - least;
  const scores = new Map(world.nodes.map((node, index) => [node, raw[index] ?? 0]));
  return byNode(world.nodes, (node) =>
    range === 0 ? 0 : Math.trunc(100 * (((scores.get(node) ?? 0) - least) / range)),
  );
}

function byNode<T>(nodes: readonly Node[], of: (node: Node) => T): { readonly [node: string]: T } {
  return Object.fromEntries(nodes.map((node) => [node.metadata.name, of(node)]));
}
