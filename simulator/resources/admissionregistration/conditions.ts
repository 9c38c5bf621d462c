import { child, duplicate, type FieldError, index, required, tooMany } from "../../api/meta/field-error.ts";
import { validateLabelName } from "../../api/meta/label-validation.ts";
import type { MatchCondition } from "../../api/schema/generated/types.ts";

export const FAILURE_POLICIES = ["Fail", "Ignore"];
const MAX_CONDITIONS = 64;

/** Conditions in CEL that narrow down what is matched. Models pkg/apis/admissionregistration/validation validateMatchConditions. */
export function validateMatchConditions(conditions: readonly MatchCondition[], path: string): readonly FieldError[] {
  const seen = new Set<string>();
  const errors = conditions.flatMap(({ name = "", expression = "" }, at) => {
    const here = index(path, at);
    const namePath = child(here, "name");
    const repeated = name !== "" && seen.has(name) ? [duplicate(namePath, name)] : [];
    seen.add(name);
    return [
      ...(expression.trim() === "" ? [required(child(here, "expression"))] : []),
      ...(name === "" ? [required(namePath)] : validateLabelName(name, namePath)),
      ...repeated,
    ];
  });
  return conditions.length > MAX_CONDITIONS ? [tooMany(path, conditions.length, MAX_CONDITIONS), ...errors] : errors;
}
