import type { Kind } from "../../../api/kind.ts";
import { PRIORITY_CLASSES, type PriorityClass } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validatePriorityClass, validatePriorityClassUpdate } from "./validation.ts";

export const priorityClassKind: Kind<PriorityClass> = {
  ref: PRIORITY_CLASSES,
  singular: "priorityclass",
  shortNames: ["pc"],
  namespaced: false,
  type: "PriorityClass",
  hasGeneration: true,
  defaults: (object) => {
    object.value ??= 0;
    object.preemptionPolicy ??= "PreemptLowerPriority";
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  indexes: { globalDefault: (object) => ((object as PriorityClass).globalDefault ? "true" : undefined) },
  columns: [
    nameColumn(),
    {
      name: "Value",
      type: "integer",
      description: { type: "PriorityClass", field: "value" },
      priority: 0,
      cell: (object) => object.value ?? 0,
    },
    {
      name: "Global-Default",
      type: "boolean",
      description: { type: "PriorityClass", field: "globalDefault" },
      priority: 0,
      cell: (object) => object.globalDefault ?? false,
    },
    ageColumn(),
    {
      name: "PreemptionPolicy",
      type: "string",
      description: { type: "PriorityClass", field: "preemptionPolicy" },
      priority: 0,
      cell: (object) => object.preemptionPolicy ?? "",
    },
  ],
};
