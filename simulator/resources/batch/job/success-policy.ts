import { child, type FieldError, index, invalid, required, tooLong, tooMany } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { JobSpec, SuccessPolicyRule } from "../../../api/schema/generated/types.ts";
import { countIndexes, parseIndexes } from "./indexes.ts";

// Models pkg/apis/batch/validation validateSuccessPolicy

const MAX_RULES = 20;
const MAX_INDEXES_BYTES = 64 * 1024;

/** When an indexed job counts as done before all of it is. `spec.successPolicy` is set. */
export function validateSuccessPolicy(spec: Partial<JobSpec>, path: string): readonly FieldError[] {
  const rules = spec.successPolicy?.rules ?? [];
  const rulesPath = child(path, "rules");
  const errors: FieldError[] = [];
  if (rules.length === 0) {
    errors.push(required(rulesPath, "at least one rules must be specified when the successPolicy is specified"));
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesPath, rules.length, MAX_RULES));
  const completions = spec.completions ?? 0;
  return [...errors, ...rules.flatMap((rule, at) => validateRule(rule, completions, index(rulesPath, at)))];
}

function validateRule(rule: SuccessPolicyRule, completions: number, path: string): readonly FieldError[] {
  const { succeededCount, succeededIndexes } = rule;
  const errors: FieldError[] = [];
  if (succeededCount === undefined && succeededIndexes === undefined) {
    errors.push(required(path, "at least one of succeededCount or succeededIndexes must be specified"));
  }
  let total = 0;
  if (succeededIndexes !== undefined) {
    const here = child(path, "succeededIndexes");
    if (byteLength(succeededIndexes) > MAX_INDEXES_BYTES) errors.push(tooLong(here, MAX_INDEXES_BYTES));
    const parsed = parseIndexes(succeededIndexes, completions);
    if (parsed.ok) total = countIndexes(parsed.value);
    else errors.push(invalid(here, succeededIndexes, `error parsing succeededIndexes: ${parsed.error}`));
  }
  if (succeededCount === undefined) return errors;
  const here = child(path, "succeededCount");
  errors.push(...validateNonNegative(succeededCount, here));
  const limit = (most: number, what: string) =>
    invalid(here, succeededCount, `must be less than or equal to ${most} (the number of ${what})`);
  if (succeededCount > completions) errors.push(limit(completions, "specified completions"));
  if (succeededIndexes !== undefined && succeededCount > total) {
    errors.push(limit(total, "indexes in the specified succeededIndexes field"));
  }
  return errors;
}
