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
      description:
        "value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.",
      priority: 0,
      cell: (object) => object.value ?? 0,
    },
    {
      name: "Global-Default",
      type: "boolean",
      description:
        "globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of such global default PriorityClasses will be used as the default priority.",
      priority: 0,
      cell: (object) => object.globalDefault ?? false,
    },
    ageColumn(),
    {
      name: "PreemptionPolicy",
      type: "string",
      description:
        "preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset.",
      priority: 0,
      cell: (object) => object.preemptionPolicy ?? "",
    },
  ],
};
