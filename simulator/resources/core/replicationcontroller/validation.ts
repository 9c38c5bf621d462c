import { child, type FieldError, forbidden, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { sortedMap } from "../../../api/meta/go-text.ts";
import { matchesLabels, selectorFromMap } from "../../../api/meta/labels.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { ReplicationController } from "../../../api/refs.ts";
import { validatePodTemplate } from "../pod/validation/pod-template.ts";

const TEMPLATE = "spec.template";

// Models pkg/apis/core/validation ValidateReplicationControllerSpec
export function validateReplicationController(object: ReplicationController): readonly FieldError[] {
  const { minReadySeconds = 0, selector = {}, replicas } = object.spec;
  const replicasPath = "spec.replicas";
  return [
    ...validateNonNegative(minReadySeconds, "spec.minReadySeconds"),
    ...(Object.keys(selector).length === 0 ? [required("spec.selector")] : []),
    ...(replicas === undefined ? [required(replicasPath)] : validateNonNegative(replicas, replicasPath)),
    ...validateTemplate(object),
  ];
}

// Models pkg/apis/core/validation ValidatePodTemplateSpecForRC
function validateTemplate({ spec: { selector = {}, template } }: ReplicationController): readonly FieldError[] {
  if (template === undefined) return [required(TEMPLATE)];
  const { restartPolicy = "", activeDeadlineSeconds } = template.spec ?? {};
  const labels = template.metadata?.labels;
  const errors: FieldError[] = [];
  if (!matchesLabels(selectorFromMap(selector), labels)) {
    const bad = labels === undefined ? null : sortedMap(labels);
    errors.push(invalid(child(TEMPLATE, "metadata.labels"), bad, "`selector` does not match template `labels`"));
  }
  errors.push(...validatePodTemplate(template, TEMPLATE));
  if (restartPolicy !== "Always") {
    errors.push(notSupported(child(TEMPLATE, "spec.restartPolicy"), restartPolicy, ["Always"]));
  }
  if (activeDeadlineSeconds !== undefined) {
    const path = child(TEMPLATE, "spec.activeDeadlineSeconds");
    errors.push(forbidden(path, "activeDeadlineSeconds in ReplicationController is not Supported"));
  }
  return errors;
}

// Models pkg/apis/core/validation ValidateReplicationControllerStatus
export function validateReplicationControllerStatus(object: ReplicationController): readonly FieldError[] {
  const { replicas = 0, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = object.status;
  const { observedGeneration = 0 } = object.status;
  const shares = { fullyLabeledReplicas, readyReplicas, availableReplicas };
  const counts = Object.entries({ replicas, ...shares, observedGeneration });
  const errors = counts.flatMap(([name, count]) => validateNonNegative(count, child("status", name)));
  for (const [name, count] of Object.entries(shares)) {
    if (count > replicas) errors.push(invalid(child("status", name), count, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > readyReplicas) {
    errors.push(invalid("status.availableReplicas", availableReplicas, "cannot be greater than readyReplicas"));
  }
  return errors;
}
