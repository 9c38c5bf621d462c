import { type FieldError, forbidden } from "../../api/meta/field-error.ts";
import { equalJson } from "../../base/json.ts";

const FROZEN = "field is immutable when `immutable` is set";

/** ConfigMaps and Secrets with `immutable: true` keep it, and their data, for good. */
export function validateFrozenWhenImmutable<T extends { readonly immutable?: boolean }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): readonly FieldError[] {
  if (old.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (object.immutable !== true) errors.push(forbidden("immutable", FROZEN));
  for (const field of fields) {
    if (!equalJson(object[field] ?? {}, old[field] ?? {})) errors.push(forbidden(field, FROZEN));
  }
  return errors;
}
