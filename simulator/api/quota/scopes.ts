import type { KubeObject } from "../object.ts";
import { PODS, type Pod, type ResourceQuota } from "../refs.ts";
import type { PodAffinityTerm, ScopedResourceSelectorRequirement } from "../schema/generated/types.ts";

// Models pkg/quota/v1/evaluator/core podMatchesScopeFunc, and apiserver pkg/quota/v1/generic Matches
/** Whether a quota is about an object: a quota with scopes is about some pods, one without about everything. */
export function isInScope({ spec }: ResourceQuota, resource: string, object: KubeObject): boolean {
  const named = (spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: "Exists" }));
  const scopes: readonly ScopedResourceSelectorRequirement[] = [
    ...named,
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  if (scopes.length === 0) return true;
  return resource === PODS.id && scopes.every((scope) => isPodIn(object as Pod, scope));
}

function isPodIn(pod: Pod, { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement): boolean {
  switch (scopeName) {
    case "Terminating":
      return isTerminating(pod);
    case "NotTerminating":
      return !isTerminating(pod);
    case "BestEffort":
      return pod.status?.qosClass === "BestEffort";
    case "NotBestEffort":
      return pod.status?.qosClass !== "BestEffort";
    case "CrossNamespacePodAffinity":
      return affinityTerms(pod).some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector);
    case "PriorityClass":
      return matchesPriority(pod.spec.priorityClassName ?? "", operator, values);
    default:
      return false;
  }
}

function isTerminating({ spec }: Pod): boolean {
  return (spec.activeDeadlineSeconds ?? -1) >= 0;
}

function matchesPriority(name: string, operator: string, values: readonly string[]): boolean {
  if (operator === "Exists") return name !== "";
  if (operator === "DoesNotExist") return name === "";
  return name !== "" && values.includes(name) === (operator === "In");
}

function affinityTerms({ spec: { affinity } }: Pod): readonly PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((rules) => [
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}
