import {
  formatSelector,
  type Labels,
  matchesLabels,
  NOTHING,
  type Selector,
  selectorFromLabelSelector,
} from "../api/meta/labels.ts";
import type { LabelSelector, PodAffinityTerm, PodSpec } from "../api/schema/generated/types.ts";

/** A pod as selection sees it. */
export interface PodFacts {
  readonly namespace: string;
  readonly labels: Labels;
}

/** A compiled pod (anti-)affinity term: which pods, and within which domain. */
export interface AffinityTerm {
  /** Equal for terms that mean the same. */
  readonly key: string;
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector | undefined;
  readonly selector: Selector;
}

export interface WeightedTerm {
  readonly weight: number;
  readonly term: AffinityTerm;
}

/** All the pod (anti-)affinity of a pod. Models framework PodInfo's parsed terms. */
export interface PodAffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedTerm[];
  readonly preferredAnti: readonly WeightedTerm[];
}

/** The selector of a label selector; one that can't be read selects nothing. */
export function compiledSelector(selector: LabelSelector | undefined): Selector {
  const result = selectorFromLabelSelector(selector);
  return result.ok ? result.value : NOTHING;
}

/** A text that is equal for equal selectors. */
export function selectorKey(selector: Selector): string {
  return selector.nothing ? "-" : `{${formatSelector(selector)}}`;
}

function compileTerm(term: PodAffinityTerm, namespace: string): AffinityTerm {
  const selector = compiledSelector(term.labelSelector);
  const own = (term.namespaces ?? []).length === 0 && term.namespaceSelector === undefined;
  const namespaces = new Set(own ? [namespace] : term.namespaces);
  const namespaceSelector = term.namespaceSelector === undefined ? undefined : compiledSelector(term.namespaceSelector);
  const where = `${[...namespaces].sort().join(",")}|${namespaceSelector ? selectorKey(namespaceSelector) : ""}`;
  return {
    key: `${term.topologyKey}|${where}|${selectorKey(selector)}`,
    topologyKey: term.topologyKey,
    namespaces,
    namespaceSelector,
    selector,
  };
}

/** The terms of a pod in a namespace, or undefined when it has none. */
export function affinityTermsOf(spec: Pick<PodSpec, "affinity">, namespace: string): PodAffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return undefined;
  const required = (terms: readonly PodAffinityTerm[] = []) => terms.map((term) => compileTerm(term, namespace));
  const preferred = (terms: NonNullable<typeof podAffinity>["preferredDuringSchedulingIgnoredDuringExecution"] = []) =>
    terms
      .filter(({ weight }) => weight !== 0)
      .map(({ weight, podAffinityTerm }) => ({ weight, term: compileTerm(podAffinityTerm, namespace) }));
  const terms = {
    requiredAffinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAnti: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
  return Object.values(terms).some((list) => list.length > 0) ? terms : undefined;
}

/** Gives the labels of a namespace. */
export type NamespaceLabels = (namespace: string) => Labels;

/** Whether a term selects a pod. Models framework AffinityTerm.Matches. */
export function termMatches(term: AffinityTerm, pod: PodFacts, labelsOf: NamespaceLabels): boolean {
  if (!matchesLabels(term.selector, pod.labels)) return false;
  if (term.namespaces.has(pod.namespace)) return true;
  return term.namespaceSelector !== undefined && matchesLabels(term.namespaceSelector, labelsOf(pod.namespace));
}

export function allTermsMatch(terms: readonly AffinityTerm[], pod: PodFacts, labelsOf: NamespaceLabels): boolean {
  for (const term of terms) if (!termMatches(term, pod, labelsOf)) return false;
  return true;
}
