import { type FieldError, invalid, required } from "../../api/meta/field-error.ts";
import { sortedMap } from "../../api/meta/go-text.ts";
import { validateLabelSelector } from "../../api/meta/label-validation.ts";
import { selectorFromLabelSelector } from "../../api/meta/labels.ts";
import type { LabelSelector } from "../../api/schema/generated/types.ts";

const PATH = "spec.selector";

/** A selector as Go prints it: keys in the order of its type, maps sorted. */
export function printedSelector(selector: LabelSelector | undefined): unknown {
  if (selector === undefined) return null;
  const { matchLabels, matchExpressions } = selector;
  return {
    ...(matchLabels && Object.keys(matchLabels).length > 0 && { matchLabels: sortedMap(matchLabels) }),
    ...(matchExpressions?.length && {
      matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        ...(values?.length && { values }),
      })),
    }),
  };
}

/** Checks a workload's selector. `valid` tells whether it can be compared with labels. */
export function validateWorkloadSelector(selector: LabelSelector | undefined): {
  readonly errors: readonly FieldError[];
  readonly valid: boolean;
} {
  if (selector === undefined) return { errors: [required(PATH)], valid: true };
  const errors = [...validateLabelSelector(selector, PATH)];
  if (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length) {
    // The words are the same for every kind of workload.
    errors.push(invalid(PATH, printedSelector(selector), "empty selector is invalid for deployment"));
  }
  const valid = selectorFromLabelSelector(selector).ok;
  if (!valid) errors.push(invalid(PATH, printedSelector(selector), "invalid label selector"));
  return { errors, valid };
}
