import { type FieldError, invalid } from "../api/meta/field-error.ts";
import { type IntOrString, intValue, percentOf } from "../api/meta/intstr.ts";
import { validateNonNegative } from "../api/meta/object-meta.ts";
import { isPercent } from "../api/meta/validation.ts";

/** The number, or the number before the percent sign. */
export function numberOrPercent(value: IntOrString): number {
  return percentOf(value) ?? intValue(value);
}

// Models pkg/apis/apps/validation ValidatePositiveIntOrPercent
/** A number that is not negative, or a percentage. */
export function validateIntOrPercent(value: IntOrString, path: string): readonly FieldError[] {
  if (typeof value === "number") return validateNonNegative(value, path);
  return isPercent(value).map((text) => invalid(path, value, text));
}

// Models pkg/apis/apps/validation IsNotMoreThan100Percent
export function validateAtMost100Percent(value: IntOrString, path: string): readonly FieldError[] {
  return (percentOf(value) ?? 0) > 100 ? [invalid(path, value, "must not be greater than 100%")] : [];
}
