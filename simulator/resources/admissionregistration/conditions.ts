import type { Compilation, PolicyCompiler } from "../../api/admission/policies/environment.ts";
import { BOOL } from "../../api/cel/types.ts";
import { child, duplicate, type FieldError, index, invalid, required, tooMany } from "../../api/meta/field-error.ts";
import { validateLabelName } from "../../api/meta/label-validation.ts";
import type { MatchCondition } from "../../api/schema/generated/types.ts";

export const FAILURE_POLICIES = ["Fail", "Ignore"];
const MAX_CONDITIONS = 64;

/** What is wrong with an expression, at its path. */
export function compileErrors(compiled: Compilation, expression: string, path: string): readonly FieldError[] {
  return compiled.ok ? [] : [invalid(path, expression, compiled.error)];
}

/** Conditions in CEL that narrow down what is matched. Models pkg/apis/admissionregistration/validation validateMatchConditions. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[],
  path: string,
  compiler: PolicyCompiler,
): readonly FieldError[] {
  const seen = new Set<string>();
  const errors = conditions.flatMap(({ name = "", expression = "" }, at) => {
    const here = index(path, at);
    const namePath = child(here, "name");
    const repeated = name !== "" && seen.has(name) ? [duplicate(namePath, name)] : [];
    seen.add(name);
    return [
      ...(expression.trim() === ""
        ? [required(child(here, "expression"))]
        : compileErrors(compiler.compile(expression, [BOOL]), expression, child(here, "expression"))),
      ...(name === "" ? [required(namePath)] : validateLabelName(name, namePath)),
      ...repeated,
    ];
  });
  return conditions.length > MAX_CONDITIONS ? [tooMany(path, conditions.length, MAX_CONDITIONS), ...errors] : errors;
}
