import { matchesLabels, selectorFromLabelSelector } from "../meta/labels.ts";
import type { Pod, PodDisruptionBudget } from "../refs.ts";
import type { Condition } from "../schema/generated/types.ts";

const DISRUPTION_ALLOWED = "DisruptionAllowed";

/** The budgets, of those of its namespace, that guard a pod: an empty selector guards every pod, none at all no pod. */
export function budgetsOf(pod: Pod, budgets: Iterable<PodDisruptionBudget>): readonly PodDisruptionBudget[] {
  return [...budgets].filter(({ spec }) => {
    const selector = selectorFromLabelSelector(spec.selector);
    return selector.ok && matchesLabels(selector.value, pod.metadata.labels);
  });
}

/** What the condition of a budget is to say; `reason` by the disruptions allowed unless it is given. */
interface Disruptability {
  readonly status: PodDisruptionBudget["status"];
  readonly reason?: string;
  readonly message?: string;
  readonly now: string;
}

// Models component-helpers apps/poddisruptionbudget UpdateDisruptionAllowedCondition, apimachinery SetStatusCondition
/** A budget's conditions after a change of its counts. */
export function disruptionConditions({ status, reason, message = "", now }: Disruptability): readonly Condition[] {
  const conditions = status.conditions ?? [];
  const allowed = (status.disruptionsAllowed ?? 0) > 0;
  const old = conditions.find(({ type }) => type === DISRUPTION_ALLOWED);
  const value = allowed ? "True" : "False";
  const { observedGeneration } = status;
  const condition: Condition = {
    type: DISRUPTION_ALLOWED,
    status: value,
    ...(observedGeneration && { observedGeneration }),
    lastTransitionTime: old?.status === value ? old.lastTransitionTime : now,
    reason: reason ?? (allowed ? "SufficientPods" : "InsufficientPods"),
    message,
  };
  return old === undefined ? [...conditions, condition] : conditions.map((one) => (one === old ? condition : one));
}

/** Whether the condition says what the status does. */
export function isConditionUpToDate({ metadata, status }: PodDisruptionBudget): boolean {
  const condition = status.conditions?.find(({ type }) => type === DISRUPTION_ALLOWED);
  if (condition === undefined || status.observedGeneration !== metadata.generation) return false;
  return condition.status === ((status.disruptionsAllowed ?? 0) > 0 ? "True" : "False");
}
