import { type FieldError, invalid } from "../../api/meta/field-error.ts";

// Models pkg/apis/core/validation IsDecremented
/** A workload's count of name collisions only ever grows. */
export function validateDecrement(count: number | undefined, old: number | undefined): readonly FieldError[] {
  if (old === undefined || (count ?? -1) >= old) return [];
  return [invalid("status.collisionCount", count ?? 0, "cannot be decremented")];
}
