import { child, type FieldError, invalid } from "../../../api/meta/field-error.ts";
import { validateImmutable, validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { ReplicaSet } from "../../../api/refs.ts";
import { printedSelector, validateWorkloadSelector } from "../selector.ts";
import { validateReplicatedTemplate } from "../template.ts";

// Models pkg/apis/apps/validation ValidateReplicaSet
export function validateReplicaSet(object: ReplicaSet): readonly FieldError[] {
  const { replicas = 0, minReadySeconds = 0, selector, template } = object.spec;
  const selection = validateWorkloadSelector(selector);
  return [
    ...validateNonNegative(replicas, "spec.replicas"),
    ...validateNonNegative(minReadySeconds, "spec.minReadySeconds"),
    ...selection.errors,
    ...(selection.valid ? validateReplicatedTemplate(template, selector) : []),
  ];
}

// Models pkg/registry/apps/replicaset ValidateUpdate
export function validateReplicaSetUpdate(object: ReplicaSet, old: ReplicaSet): readonly FieldError[] {
  const { selector } = object.spec;
  return [
    ...validateReplicaSet(object),
    ...validateImmutable(selector, old.spec.selector, "spec.selector", printedSelector(selector)),
  ];
}

// Models pkg/apis/apps/validation ValidateReplicaSetStatus
export function validateReplicaSetStatusUpdate(object: ReplicaSet): readonly FieldError[] {
  const { replicas = 0, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = object.status;
  const { observedGeneration = 0, terminatingReplicas = 0 } = object.status;
  const counts = {
    replicas,
    fullyLabeledReplicas,
    readyReplicas,
    availableReplicas,
    observedGeneration,
    terminatingReplicas,
  };
  const tooLarge = Object.entries({ fullyLabeledReplicas, readyReplicas, availableReplicas }).flatMap(
    ([name, count]) =>
      count > replicas ? [invalid(child("status", name), count, "cannot be greater than status.replicas")] : [],
  );
  const unready =
    availableReplicas > readyReplicas
      ? [invalid("status.availableReplicas", availableReplicas, "cannot be greater than readyReplicas")]
      : [];
  return [
    ...Object.entries(counts).flatMap(([name, count]) => validateNonNegative(count, child("status", name))),
    ...tooLarge,
    ...unready,
  ];
}
