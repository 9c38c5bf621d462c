import { formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import type { HorizontalPodAutoscaler } from "../../../api/refs.ts";
import type { V2HPAScalingRules, V2MetricSpec } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";

const UTILIZATION_PERCENT = 80;
const PERIOD_SECONDS = 15;

const SCALE_UP: V2HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: PERIOD_SECONDS },
    { type: "Percent", value: 100, periodSeconds: PERIOD_SECONDS },
  ],
};
const SCALE_DOWN: V2HPAScalingRules = {
  selectPolicy: "Max",
  policies: [{ type: "Percent", value: 100, periodSeconds: PERIOD_SECONDS }],
};

// Models pkg/apis/autoscaling/v2 SetDefaults_HorizontalPodAutoscaler
export function defaultAutoscaler(object: Draft<HorizontalPodAutoscaler>): void {
  const spec: Partial<Draft<HorizontalPodAutoscaler>["spec"]> = object.spec ?? {};
  spec.minReplicas ??= 1;
  spec.maxReplicas ??= 0;
  if (!spec.metrics?.length) {
    const target = { type: "Utilization", averageUtilization: UTILIZATION_PERCENT };
    spec.metrics = [{ type: "Resource", resource: { name: "cpu", target } }];
  }
  for (const metric of spec.metrics) roundTargets(metric);
  const { behavior } = spec;
  // With a behavior there are rules both ways, given or not.
  if (behavior) {
    behavior.scaleUp = withRules(SCALE_UP, behavior.scaleUp);
    behavior.scaleDown = withRules(SCALE_DOWN, behavior.scaleDown);
  }
  object.spec = spec as Draft<HorizontalPodAutoscaler>["spec"];
}

/** Amounts in their canonical text. */
function roundTargets({ object, pods, resource, containerResource, external }: Draft<V2MetricSpec>): void {
  for (const source of [object, pods, resource, containerResource, external]) {
    const target = source?.target;
    if (target?.value !== undefined) target.value = formatQuantity(quantityOf(target.value));
    if (target?.averageValue !== undefined) target.averageValue = formatQuantity(quantityOf(target.averageValue));
  }
}

// Models pkg/apis/autoscaling/v2 GenerateHPAScaleUpRules and GenerateHPAScaleDownRules
function withRules(rules: V2HPAScalingRules, given: Draft<V2HPAScalingRules> | undefined): Draft<V2HPAScalingRules> {
  const policies = given?.policies ?? rules.policies?.map((policy) => ({ ...policy })) ?? [];
  return { ...rules, ...given, policies };
}
