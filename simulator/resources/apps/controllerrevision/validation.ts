import { type FieldError, required } from "../../../api/meta/field-error.ts";
import { validateImmutable, validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { ControllerRevision } from "../../../api/refs.ts";
import { isObject } from "../../../base/json.ts";

// Models pkg/apis/apps/validation ValidateControllerRevisionCreate
export function validateControllerRevision(object: ControllerRevision): readonly FieldError[] {
  const { data, revision } = object;
  const errors = [...validateNonNegative(revision, "revision")];
  if (data === undefined || data === null) errors.push(required("data", "data is mandatory"));
  else if (!isObject(data)) errors.push(required("data", "data must be a valid JSON object"));
  return errors;
}

// Models pkg/apis/apps/validation ValidateControllerRevisionUpdate
export function validateControllerRevisionUpdate(
  object: ControllerRevision,
  old: ControllerRevision,
): readonly FieldError[] {
  return [...validateNonNegative(object.revision, "revision"), ...validateImmutable(object.data, old.data, "data")];
}
