import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
} from "../api/meta/field-error.ts";
import { byteLength } from "../api/meta/go-text.ts";
import { isConditionReason, isQualifiedName } from "../api/meta/validation.ts";
import type { Condition } from "../api/schema/generated/types.ts";

const STATUSES = ["False", "True", "Unknown"];
const MAX_REASON_BYTES = 1024;
const MAX_MESSAGE_BYTES = 32 * 1024;

// Models apimachinery pkg/apis/meta/v1/validation ValidateConditions
/** Conditions of the common form: each type once, all fields given. */
export function validateConditions(conditions: readonly Condition[] | undefined, path: string): readonly FieldError[] {
  const list = conditions ?? [];
  return list.flatMap((condition, at) => {
    const here = index(path, at);
    const { type } = condition;
    const repeated = list.slice(0, at).some((other) => other.type === type);
    return [...(repeated ? [duplicate(child(here, "type"), type)] : []), ...validateCondition(condition, here)];
  });
}

function validateCondition(condition: Condition, path: string): readonly FieldError[] {
  const { type = "", status = "", observedGeneration = 0, lastTransitionTime, reason = "", message = "" } = condition;
  const reasonPath = child(path, "reason");
  const errors = isQualifiedName(type).map((text) => invalid(child(path, "type"), type, text));
  if (!STATUSES.includes(status)) errors.push(notSupported(child(path, "status"), status, STATUSES));
  if (observedGeneration < 0) {
    const text = "must be greater than or equal to zero";
    errors.push(invalid(child(path, "observedGeneration"), observedGeneration, text));
  }
  if (!lastTransitionTime) errors.push(required(child(path, "lastTransitionTime"), "must be set"));
  if (reason === "") errors.push(required(reasonPath, "must be set"));
  else {
    errors.push(...isConditionReason(reason).map((text) => invalid(reasonPath, reason, text)));
    if (byteLength(reason) > MAX_REASON_BYTES) errors.push(tooLong(reasonPath, MAX_REASON_BYTES));
  }
  if (byteLength(message) > MAX_MESSAGE_BYTES) errors.push(tooLong(child(path, "message"), MAX_MESSAGE_BYTES));
  return errors;
}
