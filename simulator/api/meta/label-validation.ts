import type { LabelSelector, LabelSelectorRequirement } from "../schema/generated/types.ts";
import { child, type FieldError, forbidden, index, invalid, required } from "./field-error.ts";
import { isLabelValue, isQualifiedName } from "./validation.ts";

// Models apimachinery pkg/apis/meta/v1/validation: labels and label selectors inside objects.

export function validateLabelName(name: string, path: string): readonly FieldError[] {
  return isQualifiedName(name).map((text) => invalid(path, name, text));
}

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  path: string,
): readonly FieldError[] {
  if (!labels) return [];
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels)) {
    errors.push(...validateLabelName(key, path));
    for (const text of isLabelValue(value)) errors.push(invalid(path, value, text));
  }
  return errors;
}

export interface LabelSelectorOptions {
  /** Values that are no label values pass: some old fields allow them. */
  readonly allowInvalidValues?: boolean;
  /** Operators that nobody knows pass: access reviews check them elsewhere. */
  readonly allowUnknownOperator?: boolean;
}

function validateRequirement(
  requirement: LabelSelectorRequirement,
  options: LabelSelectorOptions,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const values = requirement.values ?? [];
  const operator = requirement.operator ?? "";
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) {
      errors.push(required(child(path, "values"), "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) {
      errors.push(
        forbidden(child(path, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
    }
  } else if (!options.allowUnknownOperator) {
    errors.push(invalid(child(path, "operator"), operator, "not a valid selector operator"));
  }
  errors.push(...validateLabelName(requirement.key ?? "", child(path, "key")));
  if (options.allowInvalidValues) return errors;
  for (const [at, value] of values.entries()) {
    for (const text of isLabelValue(value)) errors.push(invalid(index(child(path, "values"), at), value, text));
  }
  return errors;
}

export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: string,
  options: LabelSelectorOptions = {},
): readonly FieldError[] {
  if (!selector) return [];
  const errors = [...validateLabels(selector.matchLabels, child(path, "matchLabels"))];
  for (const [at, requirement] of (selector.matchExpressions ?? []).entries()) {
    errors.push(...validateRequirement(requirement, options, index(child(path, "matchExpressions"), at)));
  }
  return errors;
}
