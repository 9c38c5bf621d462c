import { child, type FieldError, index, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import { formatQuantity, quantityOf, signOf } from "../../../api/meta/quantity.ts";
import { NEGATIVE_ERROR } from "../../../api/meta/validation.ts";
import type { HorizontalPodAutoscaler } from "../../../api/refs.ts";
import type { V2HPAScalingPolicy, V2HPAScalingRules } from "../../../api/schema/generated/types.ts";
import { validateMetrics, validateTargetReference } from "./metrics.ts";

const SELECT_POLICIES = ["Disabled", "Max", "Min"];
const POLICY_TYPES = ["Percent", "Pods"];
const MAX_PERIOD_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;

// Models pkg/apis/autoscaling/validation ValidateHorizontalPodAutoscaler
export function validateAutoscaler(object: HorizontalPodAutoscaler): readonly FieldError[] {
  return validateSpec(object, 1);
}

/** An autoscaler that scaled to nothing once may go on so; no new one may: the feature gate HPAScaleToZero is off. */
export function validateAutoscalerUpdate(
  object: HorizontalPodAutoscaler,
  old: HorizontalPodAutoscaler,
): readonly FieldError[] {
  return validateSpec(object, old.spec.minReplicas === 0 ? 0 : 1);
}

function validateSpec({ spec }: HorizontalPodAutoscaler, fewest: number): readonly FieldError[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec;
  const maxPath = "spec.maxReplicas";
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < fewest) {
    errors.push(invalid("spec.minReplicas", minReplicas, `must be greater than or equal to ${fewest}`));
  }
  if (maxReplicas === 0) errors.push(required(maxPath, "must be set and greater than 0"));
  else if (maxReplicas < 0) errors.push(invalid(maxPath, maxReplicas, "must be greater than 0"));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalid(maxPath, maxReplicas, "must be greater than or equal to `minReplicas`"));
  }
  return [
    ...errors,
    ...validateTargetReference(scaleTargetRef, "spec.scaleTargetRef"),
    ...validateMetrics(metrics, minReplicas === 0, "spec.metrics"),
    ...validateRules(behavior?.scaleUp, "spec.behavior.scaleUp"),
    ...validateRules(behavior?.scaleDown, "spec.behavior.scaleDown"),
  ];
}

function validateRules(rules: V2HPAScalingRules | undefined, path: string): readonly FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules;
  const windowPath = child(path, "stabilizationWindowSeconds");
  const policiesPath = child(path, "policies");
  const errors: FieldError[] = [];
  if (seconds !== undefined && seconds < 0) {
    errors.push(invalid(windowPath, seconds, "must be greater than or equal to zero"));
  }
  if (seconds !== undefined && seconds > MAX_WINDOW_SECONDS) {
    errors.push(invalid(windowPath, seconds, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  }
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy)) {
    errors.push(notSupported(child(path, "selectPolicy"), selectPolicy, SELECT_POLICIES));
  }
  if (policies.length === 0) errors.push(required(policiesPath, "must specify at least one Policy"));
  errors.push(...policies.flatMap((policy, at) => validatePolicy(policy, index(policiesPath, at))));
  if (tolerance !== undefined && signOf(quantityOf(tolerance)) < 0) {
    errors.push(invalid(child(path, "tolerance"), formatQuantity(quantityOf(tolerance)), NEGATIVE_ERROR));
  }
  return errors;
}

function validatePolicy(policy: V2HPAScalingPolicy, path: string): readonly FieldError[] {
  const { type = "", value = 0, periodSeconds = 0 } = policy;
  const periodPath = child(path, "periodSeconds");
  const errors: FieldError[] = [];
  if (!POLICY_TYPES.includes(type)) errors.push(notSupported(child(path, "type"), type, POLICY_TYPES));
  if (value <= 0) errors.push(invalid(child(path, "value"), value, "must be greater than zero"));
  if (periodSeconds <= 0) errors.push(invalid(periodPath, periodSeconds, "must be greater than zero"));
  if (periodSeconds > MAX_PERIOD_SECONDS) {
    errors.push(invalid(periodPath, periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
  }
  return errors;
}

// Models pkg/apis/autoscaling/validation ValidateHorizontalPodAutoscalerStatusUpdate
export function validateAutoscalerStatusUpdate({ status }: HorizontalPodAutoscaler): readonly FieldError[] {
  const { currentReplicas = 0, desiredReplicas = 0 } = status;
  return [
    ...validateNonNegative(currentReplicas, "status.currentReplicas"),
    ...validateNonNegative(desiredReplicas, "status.desiredReplicas"),
  ];
}
