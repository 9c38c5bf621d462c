import type { OtherVersion } from "../../../api/kind.ts";
import type { KubeObject, Stored } from "../../../api/object.ts";
import { type HorizontalPodAutoscaler, resourceRef } from "../../../api/refs.ts";
import type {
  HorizontalPodAutoscaler as V1,
  V2HorizontalPodAutoscalerBehavior,
  V2MetricSpec,
  V2MetricStatus,
} from "../../../api/schema/generated/types.ts";
import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import { flatMetric, metricOfFlat } from "./v1-metrics.ts";

type V1Autoscaler = Stored<V1>;

/** Where autoscaling/v1 keeps what it has no fields for. */
const METRICS = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
const KEPT_IN_ANNOTATIONS = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

/** The older version: one target for the processor in fields, all else in annotations. */
export const autoscalerV1: OtherVersion = {
  ref: resourceRef<KubeObject>("autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
  type: "HorizontalPodAutoscaler",
  defaults: (object) => {
    const { spec } = object as unknown as { spec?: { minReplicas?: number } };
    if (spec) spec.minReplicas ??= 1;
  },
  fromStored: (object) => toV1(object as HorizontalPodAutoscaler) as unknown as KubeObject,
  toStored: (object) => fromV1(object as unknown as V1Autoscaler),
};

const isCpu = (metric: V2MetricSpec | V2MetricStatus) => metric.type === "Resource" && metric.resource?.name === "cpu";

// Models pkg/apis/autoscaling/v1 Convert_autoscaling_HorizontalPodAutoscaler_To_v1_HorizontalPodAutoscaler
function toV1({ metadata, spec, status = {} as never, ...rest }: HorizontalPodAutoscaler): V1Autoscaler {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics = [], behavior } = spec ?? {};
  const { currentMetrics, conditions, currentReplicas, desiredReplicas, lastScaleTime, observedGeneration } = status;
  const others = metrics.filter((metric) => !isCpu(metric) || metric.resource?.target.averageUtilization === undefined);
  const target = metrics.find(isCpu)?.resource?.target.averageUtilization;
  const current = currentMetrics?.findLast(isCpu)?.resource?.current.averageUtilization;
  const annotations = {
    ...metadata.annotations,
    ...(others.length > 0 && { [METRICS]: flatText(others, false) }),
    ...(currentMetrics?.length && { [CURRENT_METRICS]: flatText(currentMetrics, true) }),
    ...(behavior && { [BEHAVIOR]: behaviorText(behavior) }),
    ...(conditions?.length && { [CONDITIONS]: JSON.stringify(conditions) }),
  };
  return {
    ...rest,
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      scaleTargetRef,
      minReplicas,
      maxReplicas,
      ...(target !== undefined && { targetCPUUtilizationPercentage: target }),
    },
    status: {
      ...(observedGeneration !== undefined && { observedGeneration }),
      ...(lastScaleTime && { lastScaleTime }),
      currentReplicas: currentReplicas ?? 0,
      desiredReplicas: desiredReplicas ?? 0,
      ...(current !== undefined && { currentCPUUtilizationPercentage: current }),
    },
  };
}

function flatText(metrics: readonly (V2MetricSpec | V2MetricStatus)[], isStatus: boolean): string {
  return JSON.stringify(metrics.map((metric) => flatMetric(metric as unknown as JsonObject, isStatus)));
}

/** The behavior in the names of Go's internal type, which has no others. */
function behaviorText({ scaleUp, scaleDown }: V2HorizontalPodAutoscalerBehavior): string {
  const rules = (given: typeof scaleUp) =>
    given
      ? {
          StabilizationWindowSeconds: given.stabilizationWindowSeconds ?? null,
          SelectPolicy: given.selectPolicy ?? null,
          Policies:
            given.policies?.map(({ type, value, periodSeconds }) => ({
              Type: type,
              Value: value,
              PeriodSeconds: periodSeconds,
            })) ?? null,
          Tolerance: given.tolerance ?? null,
        }
      : null;
  return JSON.stringify({ ScaleUp: rules(scaleUp), ScaleDown: rules(scaleDown) });
}

// Models pkg/apis/autoscaling/v1 Convert_v1_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler
function fromV1({ metadata, spec, status, ...rest }: V1Autoscaler): HorizontalPodAutoscaler {
  const { annotations = {} } = metadata;
  const { targetCPUUtilizationPercentage: target, ...otherSpec } = spec ?? {};
  const { currentCPUUtilizationPercentage: current, ...otherStatus } = status ?? {};
  const cpu = { type: "Utilization", averageUtilization: target };
  const metrics = [
    ...listIn(annotations[METRICS]).map((flat) => metricOfFlat(flat, false)),
    ...(target === undefined ? [] : [{ type: "Resource", resource: { name: "cpu", target: cpu } }]),
  ];
  const kept = listIn(annotations[CURRENT_METRICS]).map((flat) => metricOfFlat(flat, true));
  const seen = { type: "Resource", resource: { name: "cpu", current: { averageUtilization: current } } };
  const currentMetrics = kept.length === 0 && current !== undefined ? [seen] : kept;
  const conditions = listIn(annotations[CONDITIONS]);
  const behavior = behaviorOf(parsed(annotations[BEHAVIOR]));
  return {
    ...rest,
    metadata: withoutKept(metadata),
    spec: { ...otherSpec, ...(metrics.length > 0 && { metrics }), ...(behavior && { behavior }) },
    ...(status && {
      status: {
        ...otherStatus,
        ...(currentMetrics.length > 0 && { currentMetrics }),
        ...(conditions.length > 0 && { conditions }),
      },
    }),
  } as unknown as HorizontalPodAutoscaler;
}

function withoutKept({ annotations, ...metadata }: KubeObject["metadata"]): KubeObject["metadata"] {
  const others = Object.entries(annotations ?? {}).filter(([name]) => !KEPT_IN_ANNOTATIONS.includes(name));
  return others.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(others) };
}

/** What an annotation holds; nothing where it is no JSON, as upstream. */
function parsed(text: string | undefined): JsonValue {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

function listIn(text: string | undefined): readonly JsonObject[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function behaviorOf(value: JsonValue): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const lower = lowerNames(value);
  return isObject(lower) && Object.keys(lower).length > 0 ? lower : undefined;
}

/** Go's names with a small first letter, and without nulls. */
function lowerNames(value: JsonValue = null): JsonValue {
  if (Array.isArray(value)) return value.map((item) => lowerNames(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([name, item]) => [name[0]?.toLowerCase() + name.slice(1), lowerNames(item)]));
}
