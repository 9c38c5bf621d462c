import type {
  V2HorizontalPodAutoscaler,
  V2HPAScalingRules,
  V2MetricSpec,
  V2MetricStatus,
} from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Describing } from "./describer.ts";
import { describeEvents } from "./events.ts";
import { dateText, writeAnnotations, writeLabels } from "./parts.ts";
import type { TextSink } from "./text.ts";
import { writeName } from "./workloads.ts";

const UNKNOWN = "<unknown>";

// Models kubectl pkg/describe describeHorizontalPodAutoscalerV2
export async function describeAutoscaler(object: JsonObject, describing: Describing): Promise<void> {
  const { out } = describing;
  const { metadata = {}, spec, status } = object as unknown as V2HorizontalPodAutoscaler;
  const target = spec?.scaleTargetRef;
  writeName(out, metadata);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`);
  out.write(0, `Reference:\t${target?.kind ?? ""}/${target?.name ?? ""}\n`);
  out.write(0, "Metrics:\t( current / target )\n");
  (spec?.metrics ?? []).forEach((metric, index) => {
    out.write(1, `${metricText(metric, status?.currentMetrics?.[index])}\n`);
  });
  out.write(0, `Min replicas:\t${spec?.minReplicas ?? "<unset>"}\n`);
  out.write(0, `Max replicas:\t${spec?.maxReplicas ?? 0}\n`);
  if (spec?.behavior !== undefined) {
    out.write(0, "Behavior:\n");
    writeRules(out, "Scale Up", spec.behavior.scaleUp);
    writeRules(out, "Scale Down", spec.behavior.scaleDown);
  }
  const { currentReplicas = 0, desiredReplicas = 0, conditions = [] } = status ?? {};
  out.write(0, `${target?.kind ?? ""} pods:\t${currentReplicas} current / ${desiredReplicas} desired\n`);
  if (conditions.length > 0) {
    out.write(0, "Conditions:\n");
    out.write(1, "Type\tStatus\tReason\tMessage\n");
    out.write(1, "----\t------\t------\t-------\n");
  }
  for (const { type, status: value, reason = "", message = "" } of conditions) {
    out.write(1, `${type}\t${value}\t${reason}\t${message}\n`);
  }
  await describeEvents(object, describing);
}

/** A metric with its current and its wanted value. */
function metricText(metric: V2MetricSpec, now: V2MetricStatus | undefined): string {
  const { type, external, pods, object, resource, containerResource } = metric;
  if (type === "External" && external !== undefined) {
    const { target } = external;
    const name = JSON.stringify(external.metric.name);
    if (target.averageValue !== undefined) {
      const current = now?.external?.current.averageValue ?? UNKNOWN;
      return `${name} (target average value):\t${current} / ${target.averageValue}`;
    }
    return `${name} (target value):\t${now?.external ? (now.external.current.value ?? "<nil>") : UNKNOWN} / ${target.value}`;
  }
  if (type === "Pods" && pods !== undefined) {
    const current = now?.pods?.current.averageValue ?? UNKNOWN;
    return `${JSON.stringify(pods.metric.name)} on pods:\t${current} / ${pods.target.averageValue}`;
  }
  if (type === "Object" && object !== undefined) {
    const { target, describedObject } = object;
    const about = `"${object.metric.name}" on ${describedObject.kind}/${describedObject.name} `;
    const current = now?.object?.current;
    return target.type === "AverageValue"
      ? `${about}(target average value):\t${current?.averageValue ?? UNKNOWN} / ${target.averageValue}`
      : `${about}(target value):\t${current?.value ?? UNKNOWN} / ${target.value}`;
  }
  if (type === "Resource" && resource !== undefined) {
    const about = `resource ${resource.name} on pods`;
    // What follows is written at a depth of its own.
    return resourceText(about, "  ", resource.target, now?.resource?.current);
  }
  if (type === "ContainerResource" && containerResource !== undefined) {
    const about = `resource ${containerResource.name} of container "${containerResource.container}" on pods`;
    return resourceText(about, "  ", containerResource.target, now?.containerResource?.current);
  }
  return `<unknown metric type ${JSON.stringify(type)}>`;
}

interface Value {
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

function resourceText(about: string, gap: string, target: Value, now: Value | undefined): string {
  if (target.averageValue !== undefined) return `${about}:\t${now?.averageValue ?? UNKNOWN} / ${target.averageValue}`;
  const used = now?.averageUtilization;
  const current = used === undefined ? UNKNOWN : `${used}% (${now?.averageValue ?? ""})`;
  const wanted = target.averageUtilization === undefined ? "<auto>" : `${target.averageUtilization}%`;
  return `${about}${gap}(as a percentage of request):\t${current} / ${wanted}`;
}

function writeRules(out: TextSink, direction: string, rules: V2HPAScalingRules | undefined): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds, policies = [], selectPolicy = "Max" } = rules;
  out.write(1, `${direction}:\n`);
  if (stabilizationWindowSeconds !== undefined) {
    out.write(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds\n`);
  }
  if (policies.length === 0) return;
  out.write(2, `Select Policy: ${selectPolicy}\n`);
  out.write(2, "Policies:\n");
  for (const { type, value, periodSeconds } of policies) {
    out.write(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds\n`);
  }
}
