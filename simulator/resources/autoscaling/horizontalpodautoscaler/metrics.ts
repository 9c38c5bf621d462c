import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { formatQuantity, quantityOf, signOf } from "../../../api/meta/quantity.ts";
import { isPathSegmentName } from "../../../api/meta/validation.ts";
import type {
  V2ContainerResourceMetricSource,
  V2CrossVersionObjectReference,
  V2ExternalMetricSource,
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricTarget,
  V2ObjectMetricSource,
  V2PodsMetricSource,
  V2ResourceMetricSource,
} from "../../../api/schema/generated/types.ts";
import { validateDnsLabel } from "../../core/pod/validation/formats.ts";
import { validateContainerResourceName } from "../../core/pod/validation/resources.ts";

// What an autoscaler measures. Models pkg/apis/autoscaling/validation.

const TYPES = ["ContainerResource", "External", "Object", "Pods", "Resource"];
const TARGET_TYPES = ["Utilization", "Value", "AverageValue"];

/** `toZero`: the autoscaler may scale to no pods at all, which only metrics from elsewhere can end. */
export function validateMetrics(
  metrics: readonly V2MetricSpec[],
  toZero: boolean,
  path: string,
): readonly FieldError[] {
  const errors = metrics.flatMap((metric, at) => validateMetric(metric, index(path, at)));
  if (!toZero || metrics.some(({ type }) => type === "Object" || type === "External")) return errors;
  const text = "must specify at least one Object or External metric to support scaling to zero replicas";
  return [...errors, forbidden(path, text)];
}

// Models pkg/apis/autoscaling/validation ValidateCrossVersionObjectReference
export function validateTargetReference(
  reference: V2CrossVersionObjectReference | undefined,
  path: string,
): readonly FieldError[] {
  return (["kind", "name"] as const).flatMap((field) => {
    const here = child(path, field);
    const value = reference?.[field] ?? "";
    return value === "" ? [required(here)] : isPathSegmentName(value).map((text) => invalid(here, value, text));
  });
}

type SourceField = "object" | "external" | "pods" | "resource" | "containerResource";

const FIELD_OF_TYPE: Readonly<Record<string, SourceField>> = {
  Object: "object",
  Pods: "pods",
  Resource: "resource",
  External: "external",
  ContainerResource: "containerResource",
};

function validateMetric(metric: V2MetricSpec, path: string): readonly FieldError[] {
  const { type = "" } = metric;
  const typePath = child(path, "type");
  const unknown = notSupported(typePath, type, TYPES);
  const expected = FIELD_OF_TYPE[type];
  const given = SOURCES.filter(([field]) => metric[field] !== undefined);
  const errors: FieldError[] = [];
  if (type === "") errors.push(required(typePath, "must specify a metric source type"));
  if (expected === undefined) errors.push(unknown);
  const [first] = given;
  if (first) errors.push(...first[1](metric, child(path, first[0])));
  if (expected === undefined) errors.push(unknown);
  else if (metric[expected] === undefined) {
    errors.push(required(child(path, expected), "must populate information for the given metric source"));
  }
  if (given.length === 1) return errors;
  const surplus = given.filter(([field]) => field !== expected);
  return [
    ...errors,
    ...surplus.map(([field]) => forbidden(child(path, field), "must populate the given metric source only")),
  ];
}

/** The sources in the order in which upstream looks at them: only the first one given is checked. */
const SOURCES: readonly (readonly [SourceField, (metric: V2MetricSpec, path: string) => readonly FieldError[]])[] = [
  ["object", ({ object }, path) => (object ? validateObject(object, path) : [])],
  ["external", ({ external }, path) => (external ? validateExternal(external, path) : [])],
  ["pods", ({ pods }, path) => (pods ? validatePods(pods, path) : [])],
  ["resource", ({ resource }, path) => (resource ? validateResource(resource, path) : [])],
  ["containerResource", ({ containerResource: source }, path) => (source ? validateContainer(source, path) : [])],
];

const NO_TARGET: V2MetricTarget = { type: "" };

function validateObject(source: V2ObjectMetricSource, path: string): readonly FieldError[] {
  const { describedObject, metric, target = NO_TARGET } = source;
  const targetPath = child(path, "target");
  const unset = target.value === undefined && target.averageValue === undefined;
  return [
    ...validateTargetReference(describedObject, child(path, "describedObject")),
    ...validateIdentifier(metric, child(path, "metric")),
    ...validateTarget(target, targetPath),
    ...(unset ? [required(child(targetPath, "averageValue"), "must set either a target value or averageValue")] : []),
  ];
}

function validateExternal(source: V2ExternalMetricSource, path: string): readonly FieldError[] {
  const { metric, target = NO_TARGET } = source;
  const { value, averageValue } = target;
  const targetPath = child(path, "target");
  const errors = [...validateIdentifier(metric, child(path, "metric")), ...validateTarget(target, targetPath)];
  if (value === undefined && averageValue === undefined) {
    const text = "must set either a target value for metric or a per-pod target";
    errors.push(required(child(targetPath, "averageValue"), text));
  }
  if (value !== undefined && averageValue !== undefined) {
    const text = "may not set both a target value for metric and a per-pod target";
    errors.push(forbidden(child(targetPath, "value"), text));
  }
  return errors;
}

function validatePods({ metric, target = NO_TARGET }: V2PodsMetricSource, path: string): readonly FieldError[] {
  const targetPath = child(path, "target");
  const unset = target.averageValue === undefined;
  return [
    ...validateIdentifier(metric, child(path, "metric")),
    ...validateTarget(target, targetPath),
    ...(unset ? [required(child(targetPath, "averageValue"), "must specify a positive target averageValue")] : []),
  ];
}

function validateResource({ name, target }: V2ResourceMetricSource, path: string): readonly FieldError[] {
  const unnamed = name ? [] : [required(child(path, "name"), "must specify a resource name")];
  return [...unnamed, ...validateResourceTarget(target ?? NO_TARGET, child(path, "target"))];
}

function validateContainer(source: V2ContainerResourceMetricSource, path: string): readonly FieldError[] {
  const { name, container, target = NO_TARGET } = source;
  const namePath = child(path, "name");
  const containerPath = child(path, "container");
  return [
    ...(name ? validateContainerResourceName(name, namePath) : [required(namePath, "must specify a resource name")]),
    ...(container ? validateDnsLabel(container, containerPath) : [required(containerPath, "must specify a container")]),
    ...validateResourceTarget(target, child(path, "target")),
  ];
}

function validateResourceTarget(target: V2MetricTarget, path: string): readonly FieldError[] {
  const { averageUtilization, averageValue } = target;
  const errors = [...validateTarget(target, path)];
  if (averageUtilization === undefined && averageValue === undefined) {
    const text = "must set either a target raw value or a target utilization";
    errors.push(required(child(path, "averageUtilization"), text));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const text = "may not set both a target raw value and a target utilization";
    errors.push(forbidden(child(path, "averageValue"), text));
  }
  return errors;
}

function validateTarget({ type = "", value, averageValue, averageUtilization }: V2MetricTarget, path: string) {
  const typePath = child(path, "type");
  const errors: FieldError[] = [];
  if (type === "") errors.push(required(typePath, "must specify a metric target type"));
  if (!TARGET_TYPES.includes(type)) {
    errors.push(invalid(typePath, type, "must be either Utilization, Value, or AverageValue"));
  }
  for (const [field, text] of Object.entries({ value, averageValue })) {
    if (text === undefined || signOf(quantityOf(text)) > 0) continue;
    errors.push(invalid(child(path, field), formatQuantity(quantityOf(text)), "must be positive"));
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalid(child(path, "averageUtilization"), averageUtilization, "must be greater than 0"));
  }
  return errors;
}

function validateIdentifier(metric: V2MetricIdentifier | undefined, path: string): readonly FieldError[] {
  const here = child(path, "name");
  const name = metric?.name ?? "";
  if (name === "") return [required(here, "must specify a metric name")];
  return isPathSegmentName(name).map((text) => invalid(here, name, text));
}
