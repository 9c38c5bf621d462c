import { child, type FieldError, forbidden, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateImmutable, validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { Deployment } from "../../../api/refs.ts";
import type { DeploymentStrategy, RollingUpdateDeployment } from "../../../api/schema/generated/types.ts";
import { numberOrPercent, validateAtMost100Percent, validateIntOrPercent } from "../../int-or-percent.ts";
import { printedSelector, validateWorkloadSelector } from "../selector.ts";
import { validateReplicatedTemplate } from "../template.ts";

const STRATEGY = "spec.strategy";
const ROLLING_UPDATE = "spec.strategy.rollingUpdate";

// Models pkg/apis/apps/validation ValidateDeploymentSpec
export function validateDeployment(object: Deployment): readonly FieldError[] {
  const { replicas = 0, selector, template, strategy = {}, minReadySeconds = 0 } = object.spec;
  const { revisionHistoryLimit, progressDeadlineSeconds } = object.spec;
  const selection = validateWorkloadSelector(selector);
  const errors = [
    ...validateNonNegative(replicas, "spec.replicas"),
    ...selection.errors,
    ...(selection.valid ? validateReplicatedTemplate(template, selector) : []),
    ...validateStrategy(strategy),
    ...validateNonNegative(minReadySeconds, "spec.minReadySeconds"),
  ];
  if (revisionHistoryLimit !== undefined) {
    errors.push(...validateNonNegative(revisionHistoryLimit, "spec.revisionHistoryLimit"));
  }
  if (progressDeadlineSeconds !== undefined) {
    const path = "spec.progressDeadlineSeconds";
    errors.push(...validateNonNegative(progressDeadlineSeconds, path));
    if (progressDeadlineSeconds <= minReadySeconds) {
      errors.push(invalid(path, progressDeadlineSeconds, "must be greater than minReadySeconds"));
    }
  }
  return errors;
}

// Models pkg/registry/apps/deployment ValidateUpdate
export function validateDeploymentUpdate(object: Deployment, old: Deployment): readonly FieldError[] {
  const { selector } = object.spec;
  return [
    ...validateDeployment(object),
    ...validateImmutable(selector, old.spec.selector, "spec.selector", printedSelector(selector)),
  ];
}

function validateStrategy(strategy: DeploymentStrategy): readonly FieldError[] {
  const { type = "", rollingUpdate } = strategy;
  if (type === "Recreate") {
    if (rollingUpdate === undefined) return [];
    return [forbidden(ROLLING_UPDATE, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (type === "RollingUpdate") {
    if (rollingUpdate !== undefined) return validateRollingUpdate(rollingUpdate);
    return [required(ROLLING_UPDATE, "this should be defaulted and never be nil")];
  }
  // Go prints the internal type: its own field names.
  const printed = rollingUpdate
    ? { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 }
    : null;
  return [notSupported(STRATEGY, { Type: type, RollingUpdate: printed }, ["Recreate", "RollingUpdate"])];
}

// Models pkg/apis/apps/validation ValidateRollingUpdateDeployment
function validateRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdateDeployment): readonly FieldError[] {
  const unavailablePath = child(ROLLING_UPDATE, "maxUnavailable");
  const errors = [
    ...validateIntOrPercent(maxUnavailable, unavailablePath),
    ...validateIntOrPercent(maxSurge, child(ROLLING_UPDATE, "maxSurge")),
  ];
  if (numberOrPercent(maxUnavailable) === 0 && numberOrPercent(maxSurge) === 0) {
    errors.push(invalid(unavailablePath, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
  }
  return [...errors, ...validateAtMost100Percent(maxUnavailable, unavailablePath)];
}

// Models pkg/apis/apps/validation ValidateDeploymentStatus and ValidateDeploymentStatusUpdate
export function validateDeploymentStatusUpdate(object: Deployment, old: Deployment): readonly FieldError[] {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = object.status;
  const { observedGeneration = 0, unavailableReplicas = 0, terminatingReplicas = 0, collisionCount } = object.status;
  const counts = {
    observedGeneration,
    replicas,
    updatedReplicas,
    readyReplicas,
    availableReplicas,
    unavailableReplicas,
  };
  const errors = Object.entries({ ...counts, terminatingReplicas }).flatMap(([name, count]) =>
    validateNonNegative(count, child("status", name)),
  );
  for (const [name, count] of Object.entries({ updatedReplicas, readyReplicas, availableReplicas })) {
    if (count > replicas) errors.push(invalid(child("status", name), count, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > readyReplicas) {
    errors.push(invalid("status.availableReplicas", availableReplicas, "cannot be greater than readyReplicas"));
  }
  const oldCollisions = old.status.collisionCount;
  if (oldCollisions !== undefined && (collisionCount ?? -1) < oldCollisions) {
    errors.push(invalid("status.collisionCount", collisionCount ?? null, "cannot be decremented"));
  }
  return errors;
}
