import { child, type FieldError, forbidden, index, invalid, notSupported } from "../../../../api/meta/field-error.ts";
import { validateLabelName } from "../../../../api/meta/label-validation.ts";
import { isLabelValue } from "../../../../api/meta/validation.ts";
import type { Toleration } from "../../../../api/schema/generated/types.ts";
import { equalJson } from "../../../../base/json.ts";

/** Effects in the order of the error. */
export const TAINT_EFFECTS: readonly string[] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const OPERATORS = ["Equal", "Exists"];
/** Comparisons of numbers are behind a gate that is off in v1.36: refused, though the error names them. */
const GATED_OPERATORS = ["Lt", "Gt"];

// Models pkg/apis/core/validation ValidateTolerations
export function validateTolerations(tolerations: readonly Toleration[], path: string): readonly FieldError[] {
  return tolerations.flatMap((toleration, at) => validateToleration(toleration, index(path, at)));
}

function validateToleration(toleration: Toleration, path: string): readonly FieldError[] {
  const { key = "", operator = "", value = "", effect = "", tolerationSeconds } = toleration;
  const operatorPath = child(path, "operator");
  const effectPath = child(path, "effect");
  const errors: FieldError[] = [];
  if (key !== "") errors.push(...validateLabelName(key, child(path, "key")));
  if (key === "" && operator !== "Exists") {
    const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(operatorPath, operator, text));
  }
  if (tolerationSeconds !== undefined && effect !== "NoExecute") {
    errors.push(invalid(effectPath, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  if (operator === "" || operator === "Equal") {
    const wrong = isLabelValue(value);
    if (wrong.length > 0) errors.push(invalid(operatorPath, value, wrong.join(";")));
  } else if (operator === "Exists") {
    if (value !== "") errors.push(invalid(operatorPath, value, "value must be empty when `operator` is 'Exists'"));
  } else {
    const gated = GATED_OPERATORS.includes(operator) ? GATED_OPERATORS : [];
    errors.push(notSupported(operatorPath, operator, [...OPERATORS, ...gated]));
  }
  if (effect !== "" && !TAINT_EFFECTS.includes(effect)) errors.push(notSupported(effectPath, effect, TAINT_EFFECTS));
  return errors;
}

// Models pkg/apis/core/validation validateOnlyAddedTolerations
/** A pod's tolerations may grow in number, and change in their seconds. */
export function validateOnlyAddedTolerations(
  tolerations: readonly Toleration[],
  old: readonly Toleration[],
  path: string,
): readonly FieldError[] {
  const kept = (before: Toleration) =>
    tolerations.some((now) => equalJson({ ...before, tolerationSeconds: now.tolerationSeconds }, now));
  if (!old.every(kept)) {
    return [forbidden(path, "existing toleration can not be modified except its tolerationSeconds")];
  }
  return validateTolerations(tolerations, path);
}
