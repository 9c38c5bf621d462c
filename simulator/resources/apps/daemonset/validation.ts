import { child, type FieldError, forbidden, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { sortedMap } from "../../../api/meta/go-text.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { matchesLabels, selectorFromLabelSelector } from "../../../api/meta/labels.ts";
import { validateImmutable, validateNonNegative } from "../../../api/meta/object-meta.ts";
import type { DaemonSet } from "../../../api/refs.ts";
import type { DaemonSetUpdateStrategy } from "../../../api/schema/generated/types.ts";
import { validatePodTemplate } from "../../core/pod/validation/pod-template.ts";
import { numberOrPercent, validateAtMost100Percent, validateIntOrPercent } from "../../int-or-percent.ts";
import { printedSelector } from "../selector.ts";
import { validateDecrement } from "../status.ts";

const TEMPLATE = "spec.template";
const STRATEGY = "spec.updateStrategy";

// Models pkg/apis/apps/validation ValidateDaemonSetSpec
export function validateDaemonSet(object: DaemonSet): readonly FieldError[] {
  const { template, updateStrategy = {}, minReadySeconds = 0, revisionHistoryLimit = 0 } = object.spec;
  const { restartPolicy = "", activeDeadlineSeconds } = template?.spec ?? {};
  const errors = [...validateSelection(object), ...validatePodTemplate(template ?? {}, TEMPLATE)];
  if (restartPolicy !== "Always") {
    errors.push(notSupported(child(TEMPLATE, "spec.restartPolicy"), restartPolicy, ["Always"]));
  }
  if (activeDeadlineSeconds !== undefined) {
    const path = child(TEMPLATE, "spec.activeDeadlineSeconds");
    errors.push(forbidden(path, "activeDeadlineSeconds in DaemonSet is not Supported"));
  }
  return [
    ...errors,
    ...validateNonNegative(minReadySeconds, "spec.minReadySeconds"),
    ...validateStrategy(updateStrategy),
    ...validateNonNegative(revisionHistoryLimit, "spec.revisionHistoryLimit"),
  ];
}

// Models pkg/apis/apps/validation ValidateDaemonSetUpdate
export function validateDaemonSetUpdate(object: DaemonSet, old: DaemonSet): readonly FieldError[] {
  const { selector } = object.spec;
  return [
    ...validateImmutable(selector, old.spec.selector, "spec.selector", printedSelector(selector)),
    ...validateDaemonSet(object),
  ];
}

function validateSelection({ spec: { selector, template } }: DaemonSet): readonly FieldError[] {
  const path = "spec.selector";
  const errors = [...validateLabelSelector(selector, path)];
  const labels = template?.metadata?.labels;
  const compiled = selectorFromLabelSelector(selector);
  if (compiled.ok && !matchesLabels(compiled.value, labels)) {
    const bad = labels === undefined ? null : sortedMap(labels);
    errors.push(invalid(child(TEMPLATE, "metadata.labels"), bad, "`selector` does not match template `labels`"));
  }
  if (selector && !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length) {
    errors.push(invalid(path, printedSelector(selector), "empty selector is invalid for daemonset"));
  }
  return errors;
}

// Models pkg/apis/apps/validation ValidateDaemonSetUpdateStrategy and ValidateRollingUpdateDaemonSet
function validateStrategy({ type = "", rollingUpdate }: DaemonSetUpdateStrategy): readonly FieldError[] {
  if (type === "OnDelete") return [];
  const path = child(STRATEGY, "rollingUpdate");
  if (type !== "RollingUpdate") {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    // Go prints the internal type: its own field names.
    const printed = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    return [notSupported(STRATEGY, { Type: type, RollingUpdate: printed }, ["RollingUpdate", "OnDelete"])];
  }
  if (!rollingUpdate) return [required(path)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const unavailablePath = child(path, "maxUnavailable");
  const surgePath = child(path, "maxSurge");
  const errors = [
    ...validateIntOrPercent(maxUnavailable, unavailablePath),
    ...validateIntOrPercent(maxSurge, surgePath),
    ...validateAtMost100Percent(maxUnavailable, unavailablePath),
    ...validateAtMost100Percent(maxSurge, surgePath),
  ];
  const hasUnavailable = numberOrPercent(maxUnavailable) !== 0;
  const hasSurge = numberOrPercent(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) {
    errors.push(invalid(surgePath, maxSurge, "may not be set when maxUnavailable is non-zero"));
  }
  if (!hasUnavailable && !hasSurge) errors.push(required(unavailablePath, "cannot be 0 when maxSurge is 0"));
  return errors;
}

// Models pkg/apis/apps/validation validateDaemonSetStatus and ValidateDaemonSetStatusUpdate
export function validateDaemonSetStatusUpdate(object: DaemonSet, old: DaemonSet): readonly FieldError[] {
  const { currentNumberScheduled = 0, numberMisscheduled = 0, desiredNumberScheduled = 0 } = object.status;
  const { numberReady = 0, observedGeneration = 0, updatedNumberScheduled = 0 } = object.status;
  const { numberAvailable = 0, numberUnavailable = 0, collisionCount } = object.status;
  const counts = {
    currentNumberScheduled,
    numberMisscheduled,
    desiredNumberScheduled,
    numberReady,
    observedGeneration,
    updatedNumberScheduled,
    numberAvailable,
    numberUnavailable,
    collisionCount: collisionCount ?? 0,
  };
  return [
    ...Object.entries(counts).flatMap(([name, count]) => validateNonNegative(count, child("status", name))),
    ...validateDecrement(collisionCount, old.status.collisionCount),
  ];
}
