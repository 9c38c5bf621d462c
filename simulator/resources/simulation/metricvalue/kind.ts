import type { Kind } from "../../../api/kind.ts";
import { type FieldError, forbidden, invalid, required } from "../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { isPathSegmentName } from "../../../api/meta/validation.ts";
import { METRIC_VALUES, type MetricValue } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";

/** The value of a custom or external metric, as an instructor sets it: our own kind. */
export const metricValueKind: Kind<MetricValue> = {
  ref: METRIC_VALUES,
  singular: "metricvalue",
  namespaced: true,
  hasGeneration: true,
  types: {
    MetricValue: { apiVersion: "string", kind: "string", metadata: "ObjectMeta", spec: "MetricValueSpec!" },
    MetricValueSpec: {
      metric: "MetricValueMetric!",
      describedObject: "MetricValueObject",
      pods: "LabelSelector",
      value: "quantity!",
    },
    MetricValueMetric: { name: "string!", labels: "{string}" },
    MetricValueObject: { apiVersion: "string", kind: "string!", name: "string!" },
  },
  validate: validateValue,
  validateUpdate: validateValue,
  columns: [
    nameColumn(),
    {
      name: "Metric",
      type: "string",
      description: "The metric's name.",
      priority: 0,
      cell: ({ spec }) => spec.metric.name,
    },
    {
      name: "About",
      type: "string",
      description: "The object or pods that it is about; an external metric is about none.",
      priority: 0,
      cell: ({ spec: { describedObject: about, pods } }) =>
        about === undefined ? (pods === undefined ? "external" : "pods") : `${about.kind}/${about.name}`,
    },
    { name: "Value", type: "string", description: "Its value.", priority: 0, cell: ({ spec }) => spec.value },
    ageColumn(),
  ],
};

function validateValue({ spec }: MetricValue): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = spec?.metric?.name ?? "";
  if (name === "") errors.push(required("spec.metric.name"));
  else errors.push(...isPathSegmentName(name).map((text) => invalid("spec.metric.name", name, text)));
  if (!spec?.value) errors.push(required("spec.value"));
  if (spec?.describedObject !== undefined && spec.pods !== undefined) {
    errors.push(forbidden("spec.pods", "may not be set together with `describedObject`"));
  }
  errors.push(...validateLabelSelector(spec?.pods, "spec.pods"));
  return errors;
}
