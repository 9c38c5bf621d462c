import type { Kind } from "../../../api/kind.ts";
import { parseDuration } from "../../../api/meta/duration.ts";
import { type FieldError, forbidden, invalid, required } from "../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { parseQuantity, signOf } from "../../../api/meta/quantity.ts";
import { LOADS, type Load } from "../../../api/refs.ts";
import { ageColumn, NONE, nameColumn } from "../../columns.ts";

/** Load on an application, as an instructor puts it: our own kind. */
export const loadKind: Kind<Load> = {
  ref: LOADS,
  singular: "load",
  namespaced: true,
  hasGeneration: true,
  types: {
    Load: { apiVersion: "string", kind: "string", metadata: "ObjectMeta", spec: "LoadSpec!" },
    LoadSpec: {
      service: "string",
      requestsPerSecond: "double",
      selector: "LabelSelector",
      cpu: "quantity",
      memory: "quantity",
      duration: "string",
    },
  },
  validate: validateLoad,
  validateUpdate: validateLoad,
  columns: [
    nameColumn(),
    {
      name: "Target",
      type: "string",
      description: "What it is put on.",
      priority: 0,
      cell: ({ spec: { service, selector } }) =>
        service === undefined
          ? Object.entries(selector?.matchLabels ?? {})
              .map(([key, value]) => `${key}=${value}`)
              .join(",") || NONE
          : `service/${service}`,
    },
    {
      name: "Load",
      type: "string",
      description: "How much it is: requests a second, or what each pod takes more.",
      priority: 0,
      cell: ({ spec: { service, requestsPerSecond = 0, cpu, memory } }) =>
        service === undefined ? [cpu, memory].filter(Boolean).join(", ") : `${requestsPerSecond}/s`,
    },
    ageColumn(),
  ],
};

function validateLoad({ spec }: Load): readonly FieldError[] {
  const { service, requestsPerSecond, selector, duration } = spec ?? {};
  const errors: FieldError[] = [];
  if (service === undefined && selector === undefined) {
    errors.push(required("spec", "must specify one of `service`, `selector`"));
  } else if (service !== undefined && selector !== undefined) {
    errors.push(forbidden("spec", "may not specify more than one of `service`, `selector`"));
  }
  if (service !== undefined && !(requestsPerSecond !== undefined && requestsPerSecond >= 0)) {
    errors.push(invalid("spec.requestsPerSecond", requestsPerSecond ?? null, "must be greater than or equal to 0"));
  }
  errors.push(...validateLabelSelector(selector, "spec.selector"));
  for (const field of ["cpu", "memory"] as const) {
    const text = spec?.[field];
    const amount = text === undefined ? undefined : parseQuantity(text);
    if (amount?.ok === true && signOf(amount.value) < 0) {
      errors.push(invalid(`spec.${field}`, text, "must be greater than or equal to 0"));
    }
  }
  const parsed = duration === undefined ? undefined : parseDuration(duration);
  if (parsed?.ok === false) errors.push(invalid("spec.duration", duration, parsed.error));
  return errors;
}
