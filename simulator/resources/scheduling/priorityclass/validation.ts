import { type FieldError, forbidden, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { PriorityClass } from "../../../api/refs.ts";

const SYSTEM_PREFIX = "system-";
/** The priority classes that every cluster has, with their values. */
export const SYSTEM_PRIORITY_CLASSES: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};
const HIGHEST_USER_VALUE = 1_000_000_000;
const PREEMPTION_POLICIES = ["PreemptLowerPriority", "Never"];

// Models pkg/apis/scheduling/validation ValidatePriorityClass
export function validatePriorityClass(object: PriorityClass): readonly FieldError[] {
  const { name } = object.metadata;
  const { value = 0, preemptionPolicy } = object;
  const errors: FieldError[] = [];
  if (name.startsWith(SYSTEM_PREFIX)) {
    const why = systemClassProblem(object);
    if (why !== undefined) {
      const text = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${why}`;
      errors.push(forbidden("metadata.name", text));
    }
  } else if (value > HIGHEST_USER_VALUE) {
    errors.push(forbidden("value", `maximum allowed value of a user defined priority is ${HIGHEST_USER_VALUE}`));
  }
  if (preemptionPolicy === "") errors.push(required("preemptionPolicy"));
  else if (preemptionPolicy !== undefined && !PREEMPTION_POLICIES.includes(preemptionPolicy)) {
    errors.push(notSupported("preemptionPolicy", preemptionPolicy, PREEMPTION_POLICIES));
  }
  return errors;
}

function systemClassProblem(object: PriorityClass): string | undefined {
  const { name } = object.metadata;
  const value = SYSTEM_PRIORITY_CLASSES[name];
  if (value === undefined) return `${name} is not a known system priority class`;
  if (object.value !== value) return `value of ${name} PriorityClass must be ${value}`;
  return object.globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

// Models pkg/apis/scheduling/validation ValidatePriorityClassUpdate
export function validatePriorityClassUpdate(object: PriorityClass, old: PriorityClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  if ((object.value ?? 0) !== (old.value ?? 0)) errors.push(forbidden("Value", "may not be changed in an update."));
  return [...errors, ...validateImmutable(object.preemptionPolicy, old.preemptionPolicy, "preemptionPolicy")];
}
