import type { Condition, DeleteOptions } from "../schema/generated/types.ts";
import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
  tooLong,
} from "./field-error.ts";
import { byteLength } from "./go-text.ts";
import { validateLabelName } from "./label-validation.ts";
import { isConditionReason } from "./validation.ts";

// Models apimachinery pkg/apis/meta/v1/validation: the options of requests, and conditions.

const FIELD_MANAGER_MAX_BYTES = 128;
const MAX_REASON_BYTES = 1024;
const MAX_MESSAGE_BYTES = 32 * 1024;
const PROPAGATION = ["Foreground", "Background", "Orphan"] as const;

export function validateFieldManager(manager: string, path = "fieldManager"): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (byteLength(manager) > FIELD_MANAGER_MAX_BYTES) errors.push(tooLong(path, FIELD_MANAGER_MAX_BYTES));
  let position = 0;
  for (const char of manager) {
    if (!/^[ \p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char)) {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      errors.push(invalid(path, manager, `invalid character U+${code} (at position ${position})`));
    }
    position += byteLength(char);
  }
  return errors;
}

export function validateDryRun(values: readonly string[], path = "dryRun"): readonly FieldError[] {
  return values.every((value) => value === "All") ? [] : [notSupported(path, values, ["All"])];
}

export function validateFieldValidation(value: string, path = "fieldValidation"): readonly FieldError[] {
  const allowed = ["", "Ignore", "Strict", "Warn"];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

/** What create, update and patch take from the query. */
export interface WriteOptions {
  readonly fieldManager?: string;
  readonly dryRun?: readonly string[];
  readonly fieldValidation?: string;
}

export function validateWriteOptions(options: WriteOptions): readonly FieldError[] {
  return [
    ...validateFieldManager(options.fieldManager ?? ""),
    ...validateDryRun(options.dryRun ?? []),
    ...validateFieldValidation(options.fieldValidation ?? ""),
  ];
}

/** `force` is meant for apply patches only, which in turn need a field manager. */
export function validatePatchOptions(
  options: WriteOptions & { readonly force?: boolean },
  isApply: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isApply) {
    if (!options.fieldManager) errors.push(required("fieldManager", "is required for apply patch"));
  } else if (options.force !== undefined) {
    errors.push(forbidden("force", "may not be specified for non-apply patch"));
  }
  return [...errors, ...validateWriteOptions(options)];
}

function validateIgnoreStoreReadError(options: DeleteOptions): readonly FieldError[] {
  if (!options.ignoreStoreReadErrorWithClusterBreakingPotential) return [];
  const others = ["propagationPolicy", "orphanDependents", "gracePeriodSeconds", "preconditions"] as const;
  const path = "ignoreStoreReadErrorWithClusterBreakingPotential";
  return others
    .filter((name) => options[name] !== undefined)
    .map((name) => invalid(path, true, `cannot be set together with .${name}`));
}

export function validateDeleteOptions(options: DeleteOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  const policy = options.propagationPolicy;
  if (options.orphanDependents !== undefined && policy !== undefined) {
    const text = "orphanDependents and deletionPropagation cannot be both set";
    errors.push(invalid("propagationPolicy", policy, text));
  }
  if (policy !== undefined && !PROPAGATION.some((known) => known === policy)) {
    errors.push(notSupported("propagationPolicy", policy, [...PROPAGATION, "nil"]));
  }
  return [...errors, ...validateDryRun(options.dryRun ?? []), ...validateIgnoreStoreReadError(options)];
}

function validateCondition(condition: Condition, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!condition.type) errors.push(required(child(path, "type"), "is required"));
  else errors.push(...validateLabelName(condition.type, child(path, "type")));
  const statuses = ["False", "True", "Unknown"];
  if (!condition.status) errors.push(required(child(path, "status")));
  else if (!statuses.includes(condition.status)) {
    errors.push(notSupported(child(path, "status"), condition.status, statuses));
  }
  const observed = condition.observedGeneration ?? 0;
  if (observed < 0) {
    errors.push(invalid(child(path, "observedGeneration"), observed, "must be greater than or equal to zero"));
  }
  if (!condition.lastTransitionTime) errors.push(required(child(path, "lastTransitionTime")));
  if (!condition.reason) errors.push(required(child(path, "reason")));
  else {
    const at = child(path, "reason");
    for (const text of isConditionReason(condition.reason)) errors.push(invalid(at, condition.reason, text));
    if (byteLength(condition.reason) > MAX_REASON_BYTES) errors.push(tooLong(at, MAX_REASON_BYTES));
  }
  if (byteLength(condition.message ?? "") > MAX_MESSAGE_BYTES) {
    errors.push(tooLong(child(path, "message"), MAX_MESSAGE_BYTES));
  }
  return errors;
}

/** The conditions of the `metav1.Condition` type: one of each type, all fields set. */
export function validateConditions(conditions: readonly Condition[] | undefined, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, condition] of (conditions ?? []).entries()) {
    if (seen.has(condition.type)) errors.push(duplicate(index(path, at), condition.type));
    seen.add(condition.type);
    errors.push(...validateCondition(condition, index(path, at)));
  }
  return errors;
}
