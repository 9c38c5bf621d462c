import type { Column } from "../../../api/kind.ts";
import { formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import type { HorizontalPodAutoscaler } from "../../../api/refs.ts";
import type {
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from "../../../api/schema/generated/types.ts";
import { ageColumn, NONE, nameColumn, UNKNOWN, UNSET } from "../../columns.ts";

const SHOWN_METRICS = 2;

const amountText = (text: string | undefined): string => formatQuantity(quantityOf(text));

/** A target and how far it is reached: `5/10`, or `5/10 (avg)` where it is an average over pods. */
function valueText(target: V2MetricTarget, current: V2MetricValueStatus | undefined): string {
  if (target.averageValue === undefined) {
    return `${current ? amountText(current.value) : UNKNOWN}/${amountText(target.value)}`;
  }
  const average = current?.averageValue;
  return `${average === undefined ? UNKNOWN : amountText(average)}/${amountText(target.averageValue)} (avg)`;
}

/** `cpu: 40%/80%`, or `memory: 10Mi/100Mi`. */
function resourceText(name: string, target: V2MetricTarget, current: V2MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) {
    return `${name}: ${current ? amountText(current.averageValue) : UNKNOWN}/${amountText(target.averageValue)}`;
  }
  const percent = (share: number | undefined, otherwise: string) => (share === undefined ? otherwise : `${share}%`);
  return `${name}: ${percent(current?.averageUtilization, UNKNOWN)}/${percent(target.averageUtilization, "<auto>")}`;
}

function metricText(spec: V2MetricSpec, status: V2MetricStatus | undefined): string {
  const { external, object, pods, resource, containerResource } = spec;
  if (spec.type === "External" && external) return valueText(external.target, status?.external?.current);
  if (spec.type === "Object" && object) return valueText(object.target, status?.object?.current);
  if (spec.type === "Resource" && resource) {
    return resourceText(resource.name, resource.target, status?.resource?.current);
  }
  if (spec.type === "ContainerResource" && containerResource) {
    return resourceText(containerResource.name, containerResource.target, status?.containerResource?.current);
  }
  if (spec.type === "Pods" && pods) {
    const current = status?.pods?.current;
    return `${current ? amountText(current.averageValue) : UNKNOWN}/${amountText(pods.target.averageValue)}`;
  }
  return "<unknown type>";
}

function targetsText({ spec: { metrics = [] }, status }: HorizontalPodAutoscaler): string {
  if (metrics.length === 0) return NONE;
  const texts = metrics.map((metric, at) => metricText(metric, status.currentMetrics?.[at]));
  const shown = texts.slice(0, SHOWN_METRICS).join(", ");
  return texts.length > SHOWN_METRICS ? `${shown} + ${texts.length - SHOWN_METRICS} more...` : shown;
}

// Models pkg/printers/internalversion printHorizontalPodAutoscaler
export const autoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn(),
  {
    name: "Reference",
    type: "string",
    description:
      "scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.",
    priority: 0,
    cell: ({ spec: { scaleTargetRef } }) => `${scaleTargetRef?.kind ?? ""}/${scaleTargetRef?.name ?? ""}`,
  },
  {
    name: "Targets",
    type: "string",
    description: { type: "V2HorizontalPodAutoscalerSpec", field: "metrics" },
    priority: 0,
    cell: targetsText,
  },
  {
    name: "MinPods",
    type: "string",
    description: { type: "V2HorizontalPodAutoscalerSpec", field: "minReplicas" },
    priority: 0,
    cell: (object) => String(object.spec.minReplicas ?? UNSET),
  },
  {
    name: "MaxPods",
    type: "string",
    description: { type: "V2HorizontalPodAutoscalerSpec", field: "maxReplicas" },
    priority: 0,
    cell: (object) => object.spec.maxReplicas,
  },
  {
    name: "Replicas",
    type: "string",
    description: { type: "V2HorizontalPodAutoscalerStatus", field: "currentReplicas" },
    priority: 0,
    cell: (object) => object.status.currentReplicas ?? 0,
  },
  ageColumn(),
];
