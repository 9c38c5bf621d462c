import { child, type FieldError, invalid, notSupported } from "../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { PodDisruptionBudget } from "../../../api/refs.ts";
import { printedSelector } from "../../apps/selector.ts";
import { validateConditions } from "../../conditions.ts";
import { validateAtMost100Percent, validateIntOrPercent } from "../../int-or-percent.ts";

const EVICTION_POLICIES = ["AlwaysAllow", "IfHealthyBudget"];

// Models pkg/apis/policy/validation ValidatePodDisruptionBudgetSpec
export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget): readonly FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    // Go prints the internal type: its own field names.
    const printed = {
      MinAvailable: minAvailable,
      Selector: printedSelector(selector),
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.push(invalid("spec", printed, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue;
    const path = child("spec", field);
    errors.push(...validateIntOrPercent(value, path), ...validateAtMost100Percent(value, path));
  }
  errors.push(...validateLabelSelector(selector, "spec.selector"));
  if (policy === undefined || EVICTION_POLICIES.includes(policy)) return errors;
  return [...errors, notSupported("spec.unhealthyPodEvictionPolicy", policy, EVICTION_POLICIES)];
}

// Models pkg/apis/policy/validation ValidatePodDisruptionBudgetStatusUpdate
export function validatePodDisruptionBudgetStatusUpdate({ status }: PodDisruptionBudget): readonly FieldError[] {
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0, conditions } = status;
  const counts = { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods };
  return [
    ...validateConditions(conditions, "status.conditions"),
    ...Object.entries(counts).flatMap(([name, count]) => validateNonNegative(count, child("status", name))),
  ];
}
