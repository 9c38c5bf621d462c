import { NAMESPACES } from "../../api/refs.ts";
import { type AffinityTerm, allTermsMatch, type NamespaceLabels, termMatches } from "../affinity-terms.ts";
import {
  type ClusterEvent,
  MAX_NODE_SCORE,
  type PluginDefinition,
  rejected,
  SKIP,
  unresolvable,
} from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import type { CountedPods } from "../pod-counters.ts";
import { PodInfo, type PodShape } from "../pod-info.ts";
import type { TermGroups } from "../term-groups.ts";
import type { TopologyCounts } from "../topology-counts.ts";

const NAME = "InterPodAffinity";
const NOT_NEAR = unresolvable(NAME, "node(s) didn't match pod affinity rules");
const TOO_NEAR = rejected(NAME, "node(s) didn't match pod anti-affinity rules");
const UNWANTED = rejected(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

interface FilterState {
  /** For each required affinity term, the pods that match all of them. */
  readonly near: readonly TopologyCounts[];
  readonly away: readonly TopologyCounts[];
  /** Whether the pod may be the first of its kind: it matches its own terms. */
  readonly canBeFirst: boolean;
}

interface Attraction {
  readonly counts: TopologyCounts;
  readonly weight: number;
}

const NO_NEIGHBOURS: FilterState = { near: [], away: [], canBeFirst: false };

/** How to count the pods that match all terms, in the domains of one of them. */
function question(terms: readonly AffinityTerm[], at: AffinityTerm, labelsOf: NamespaceLabels): CountedPods {
  const first = terms[0] ?? at;
  const byLabels = terms.some(({ namespaceSelector }) => namespaceSelector !== undefined);
  return {
    key: `terms|${at.topologyKey}|${terms.map(({ key }) => key).join("&")}`,
    topologyKey: at.topologyKey,
    namespaces: byLabels ? undefined : first.namespaces,
    selector: first.selector,
    matches: (pod) => allTermsMatch(terms, pod, labelsOf),
  };
}

interface Questions {
  readonly near: readonly CountedPods[];
  readonly away: readonly CountedPods[];
  readonly preferred: readonly { readonly weight: number; readonly question: CountedPods }[];
}

/** What a template asks about its neighbours. */
function makeQuestions({ affinity: terms }: PodShape, labelsOf: NamespaceLabels): Questions {
  const one = (term: AffinityTerm) => question([term], term, labelsOf);
  return {
    near: (terms?.requiredAffinity ?? []).map((term) => question(terms?.requiredAffinity ?? [], term, labelsOf)),
    away: (terms?.requiredAnti ?? []).map(one),
    preferred: [
      ...(terms?.preferredAffinity ?? []).map(({ weight, term }) => ({ weight, question: one(term) })),
      ...(terms?.preferredAnti ?? []).map(({ weight, term }) => ({ weight: -weight, question: one(term) })),
    ],
  };
}

// Models plugins/interpodaffinity satisfyPodAffinity
function isNear({ near, canBeFirst }: FilterState, node: NodeInfo): boolean {
  let all = true;
  for (const counts of near) {
    if (node.labels[counts.topologyKey] === undefined) return false;
    if (counts.at(node) === 0) all = false;
  }
  return all || (canBeFirst && near.every(({ total }) => total === 0));
}

function filter(state: FilterState, pod: PodInfo, node: NodeInfo, groups: TermGroups, labelsOf: NamespaceLabels) {
  if (state.near.length > 0 && !isNear(state, node)) return NOT_NEAR;
  for (const counts of state.away) if (counts.at(node) > 0) return TOO_NEAR;
  if (groups.isEmpty) return undefined;
  for (const { role, counts } of groups.matching(pod, labelsOf)) {
    if (role === "requiredAnti" && counts.at(node) > 0) return UNWANTED;
  }
  return undefined;
}

// Models plugins/interpodaffinity NormalizeScore
function normalize(scores: Float64Array, count: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    least = Math.min(least, scores[index] ?? 0);
    most = Math.max(most, scores[index] ?? 0);
  }
  const range = most - least;
  for (let index = 0; index < count; index++) {
    const share = range > 0 ? ((scores[index] ?? 0) - least) / range : 0;
    scores[index] = Math.trunc(MAX_NODE_SCORE * share);
  }
}

/** Whether another pod's coming, going or change may let this pod in. */
function isAbout(pod: PodInfo, event: ClusterEvent, labelsOf: NamespaceLabels): boolean {
  const own = pod.shape.affinity;
  return [event.pod, event.previousPod].some((other) => {
    if (other === undefined) return false;
    const info = new PodInfo(other);
    const terms = [...(own?.requiredAffinity ?? []), ...(own?.requiredAnti ?? [])];
    return (
      terms.some((term) => termMatches(term, info, labelsOf)) ||
      (info.shape.affinity?.requiredAnti ?? []).some((term) => termMatches(term, pod, labelsOf))
    );
  });
}

/** Pods that want to be near or away from others, both ways. Models plugins/interpodaffinity. */
export const interPodAffinity: PluginDefinition = {
  name: NAME,
  weight: 2,
  create: ({ nodes, objects, options }) => {
    const { counters, termGroups } = nodes;
    const labelsOf: NamespaceLabels = (namespace) => objects.get(NAMESPACES, namespace)?.metadata.labels ?? {};
    const questions = new WeakMap<PodShape, Questions>();
    const questionsOf = (shape: PodShape): Questions => {
      const known = questions.get(shape) ?? makeQuestions(shape, labelsOf);
      questions.set(shape, known);
      return known;
    };
    const byPod = (pod: PodInfo, event: ClusterEvent) => isAbout(pod, event, labelsOf);
    const weights = {
      requiredAnti: () => 0,
      requiredAffinity: () => options.hardPodAffinityWeight,
      preferredAffinity: (weight: number) => weight,
      preferredAnti: (weight: number) => -weight,
    };
    return {
      name: NAME,
      events: {
        "pod/add": byPod,
        "pod/delete": byPod,
        "pod/label": byPod,
        "self/label": true,
        "node/add": true,
        "node/label": true,
      },
      // Never skipped: a nominated pod that is thought onto a node may bring anti-affinity that nobody had before.
      preFilter: (pod) => {
        const terms = pod.shape.affinity;
        if (terms === undefined) return { state: NO_NEIGHBOURS };
        const { near, away } = questionsOf(pod.shape);
        const state: FilterState = {
          near: near.map((one) => counters.ask(one)),
          away: away.map((one) => counters.ask(one)),
          canBeFirst: allTermsMatch(terms.requiredAffinity, pod, labelsOf),
        };
        return { state };
      },
      filter: (state, pod, node) => filter(state as FilterState, pod, node, termGroups, labelsOf),
      preScore: (pod) => {
        const attractions: Attraction[] = [];
        const own = questionsOf(pod.shape).preferred;
        if (own.length === 0 && options.ignorePreferredTermsOfExistingPods) return SKIP;
        for (const { weight, question: asked } of own) {
          attractions.push({ weight, counts: counters.ask(asked) });
        }
        for (const { role, weight, counts } of termGroups.matching(pod, labelsOf)) {
          if (weights[role](weight) !== 0) attractions.push({ weight: weights[role](weight), counts });
        }
        const state = attractions.filter(({ counts }) => counts.total > 0);
        return state.length === 0 ? SKIP : { state };
      },
      score: (state, _, node) => {
        let sum = 0;
        for (const { counts, weight } of state as readonly Attraction[]) sum += weight * counts.at(node);
        return sum;
      },
      normalizeScore: (_, scores, count) => normalize(scores, count),
    };
  },
};
