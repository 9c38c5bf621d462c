import { isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";

/** Metrics as autoscaling/v1 keeps them in annotations: the flat form of older API versions. */

/** Sources by the field they stand under, in the order in which Go writes them. */
type Source = "object" | "pods" | "resource" | "containerResource" | "external";
const SOURCES: readonly Source[] = ["object", "pods", "resource", "containerResource", "external"];

/** What a flat source calls its amounts: those of a spec, or those of a status. */
interface AmountNames {
  readonly value: string;
  readonly averageValue: string;
  readonly averageUtilization: string;
}
const TARGETS: AmountNames = {
  value: "targetValue",
  averageValue: "targetAverageValue",
  averageUtilization: "targetAverageUtilization",
};
const CURRENTS: AmountNames = {
  value: "currentValue",
  averageValue: "currentAverageValue",
  averageUtilization: "currentAverageUtilization",
};

/** Leaves out what is not there, as Go's `omitempty`. */
function compact(fields: { readonly [name: string]: JsonValue | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] != null));
}

function record(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The flat form of one metric of autoscaling/v2: of its spec, or of its status where `isStatus`. */
export function flatMetric(metric: JsonObject, isStatus: boolean): JsonObject {
  const flat: Record<string, JsonValue> = { type: metric.type ?? "" };
  for (const name of SOURCES) {
    if (isObject(metric[name])) flat[name] = flatSource(name, metric[name], isStatus);
  }
  return flat;
}

// Models pkg/apis/autoscaling/v1 Convert_autoscaling_ObjectMetricSource_To_v1_ObjectMetricSource and its siblings
function flatSource(name: Source, source: JsonObject, isStatus: boolean): JsonObject {
  const names = isStatus ? CURRENTS : TARGETS;
  const { value, averageValue, averageUtilization } = record(isStatus ? source.current : source.target);
  const metric = record(source.metric);
  switch (name) {
    case "object":
      return compact({
        target: source.describedObject,
        metricName: metric.name,
        [names.value]: value ?? "0",
        selector: metric.selector,
        averageValue,
      });
    case "pods":
      return compact({ metricName: metric.name, [names.averageValue]: averageValue ?? "0", selector: metric.selector });
    case "external":
      return compact({
        metricName: metric.name,
        metricSelector: metric.selector,
        [names.value]: value ?? (isStatus ? "0" : undefined),
        [names.averageValue]: averageValue,
      });
    default:
      return compact({
        name: source.name,
        [names.averageUtilization]: averageUtilization,
        [names.averageValue]: averageValue ?? (isStatus ? "0" : undefined),
        ...(name === "containerResource" && { container: source.container }),
      });
  }
}

/** The metric of autoscaling/v2 that a flat one stands for. */
export function metricOfFlat(flat: JsonObject, isStatus: boolean): JsonObject {
  const metric: Record<string, JsonValue> = { type: flat.type ?? "" };
  for (const name of SOURCES) {
    if (isObject(flat[name])) metric[name] = sourceOfFlat(name, flat[name], isStatus);
  }
  return metric;
}

function sourceOfFlat(name: Source, flat: JsonObject, isStatus: boolean): JsonObject {
  const names = isStatus ? CURRENTS : TARGETS;
  const amounts = compact({
    value: name === "object" && flat.averageValue != null ? undefined : flat[names.value],
    averageValue: name === "object" ? flat.averageValue : flat[names.averageValue],
    averageUtilization: flat[names.averageUtilization],
  });
  const held = isStatus ? { current: amounts } : { target: { type: targetType(amounts), ...amounts } };
  if (name === "resource") return compact({ name: flat.name, ...held });
  if (name === "containerResource") return compact({ name: flat.name, container: flat.container, ...held });
  const metric = compact({
    name: flat.metricName,
    selector: name === "external" ? flat.metricSelector : flat.selector,
  });
  return compact({ describedObject: name === "object" ? flat.target : undefined, metric, ...held });
}

function targetType({ averageValue, averageUtilization }: JsonObject): string {
  if (averageUtilization !== undefined) return "Utilization";
  return averageValue === undefined ? "Value" : "AverageValue";
}
