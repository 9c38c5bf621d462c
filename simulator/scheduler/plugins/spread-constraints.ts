import { matchesLabels, type Requirement, type Selector } from "../../api/meta/labels.ts";
import type { TopologySpreadConstraint } from "../../api/schema/generated/types.ts";
import { compiledSelector, selectorKey } from "../affinity-terms.ts";
import type { NodeInfo } from "../node-info.ts";
import { untoleratedTaint } from "../node-selection.ts";
import type { CountedPods } from "../pod-counters.ts";
import type { PodInfo } from "../pod-info.ts";

export const HOSTNAME = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";

/** A topologySpreadConstraint, compiled, with the questions whose answers are the counts it needs. */
export interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  readonly counted: CountedPods;
  readonly countedForScore: CountedPods;
  /** Keys of all constraints together, which a node must have to count; undefined: each for itself. */
  readonly demandedKeys: readonly string[] | undefined;
}

type Action = "DoNotSchedule" | "ScheduleAnyway";

// Models plugins/podtopologyspread systemDefaultConstraints
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: "ScheduleAnyway", maxSkew: 3 },
  { topologyKey: ZONE, whenUnsatisfiable: "ScheduleAnyway", maxSkew: 5 },
];

/** The pod's own constraints of one sort. */
export function ownConstraints(pod: PodInfo, whenUnsatisfiable: Action): readonly Constraint[] {
  const list = pod.shape.spec.topologySpreadConstraints;
  if (list === undefined || list.length === 0) return NONE;
  const values = list.flatMap(({ matchLabelKeys = [] }) => matchLabelKeys.map((key) => pod.labels[key] ?? null));
  return remembered(pod, `${whenUnsatisfiable}|${JSON.stringify(values)}`, () => {
    const wanted = list.filter((one) => one.whenUnsatisfiable === whenUnsatisfiable);
    const keys = wanted.map(({ topologyKey }) => topologyKey);
    return wanted.map((one) => compile(one, pod, selectorOf(one, pod), keys));
  });
}

/**
 * What a scheduler asks of pods that have no constraints but are a service's or a replica set's. With the system's, nodes
 * that lack a topology key count for the others; with a list of its own they don't. Models buildDefaultConstraints.
 */
export class DefaultConstraints {
  readonly #lists: Readonly<Record<Action, readonly TopologySpreadConstraint[]>>;
  readonly #isSystem: boolean;
  readonly #key: string;

  constructor(configured: "system" | readonly TopologySpreadConstraint[]) {
    this.#isSystem = configured === "system";
    const list = configured === "system" ? SYSTEM_DEFAULTS : configured;
    const of = (action: Action) => list.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
    this.#lists = { DoNotSchedule: of("DoNotSchedule"), ScheduleAnyway: of("ScheduleAnyway") };
    this.#key = this.#isSystem ? "system" : JSON.stringify(list);
  }

  /** Whether there are any of this sort, before a pod's selector is looked for. */
  has(action: Action): boolean {
    return this.#lists[action].length > 0;
  }

  /** `selector`: the pods that the pod is one of. */
  of(pod: PodInfo, action: Action, selector: Selector): readonly Constraint[] {
    return remembered(pod, `default|${action}|${this.#key}|${selectorKey(selector)}`, () => {
      const list = this.#lists[action];
      const keys = this.#isSystem ? undefined : list.map(({ topologyKey }) => topologyKey);
      return list.map((one) => compile(one, pod, selector, keys));
    });
  }
}

const NONE: readonly Constraint[] = [];

function remembered(pod: PodInfo, key: string, make: () => readonly Constraint[]): readonly Constraint[] {
  const { memo } = pod.shape;
  const known = memo.get(key) as readonly Constraint[] | undefined;
  if (known !== undefined) return known;
  const made = make();
  memo.set(key, made);
  return made;
}

/** The API server merges matchLabelKeys into the selector already; a pod from elsewhere may come without. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, pod: PodInfo): Selector {
  const selector = compiledSelector(labelSelector);
  const merged = matchLabelKeys.flatMap((key): Requirement[] => {
    const value = pod.labels[key];
    return value === undefined ? [] : [{ key, operator: "in", values: [value] }];
  });
  if (selector.nothing || merged.length === 0) return selector;
  return { requirements: [...selector.requirements, ...merged], nothing: false };
}

function compile(
  constraint: TopologySpreadConstraint,
  pod: PodInfo,
  selector: Selector,
  demandedKeys: readonly string[] | undefined,
): Constraint {
  const { topologyKey, maxSkew, minDomains = 1, nodeAffinityPolicy, nodeTaintsPolicy } = constraint;
  const { requiredNodes, tolerations } = pod.shape;
  const honorsAffinity = nodeAffinityPolicy !== "Ignore" && !requiredNodes.isEmpty;
  const honorsTaints = nodeTaintsPolicy === "Honor";
  const isCountedNode = (node: NodeInfo): boolean => {
    if (demandedKeys !== undefined) for (const key of demandedKeys) if (node.labels[key] === undefined) return false;
    if (honorsAffinity && !requiredNodes.matches(node)) return false;
    return !honorsTaints || untoleratedTaint(tolerations, node.hardTaints) === undefined;
  };
  const what = `spread|${pod.namespace}|${selectorKey(selector)}|${topologyKey}`;
  const conditions = [
    demandedKeys ? [...demandedKeys].sort().join(",") : "",
    honorsAffinity ? requiredNodes.key : "",
    honorsTaints ? JSON.stringify(tolerations) : "-",
  ];
  const pods = {
    topologyKey,
    namespaces: new Set([pod.namespace]),
    selector,
    matches: (other: PodInfo) => !other.isTerminating && matchesLabels(selector, other.labels),
  };
  const counted: CountedPods = { ...pods, key: `${what}|${conditions.join("|")}`, isCountedNode };
  // Scores count a host's own pods whatever the policies say.
  const countedForScore = topologyKey === HOSTNAME ? { ...pods, key: `${what}|own` } : counted;
  return { topologyKey, maxSkew, minDomains, selector, counted, countedForScore, demandedKeys };
}
