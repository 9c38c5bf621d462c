import type { Kind } from "../../../api/kind.ts";
import { key } from "../../../api/meta/field-error.ts";
import { RUNTIME_CLASSES, type RuntimeClass } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { roundResources } from "../../core/pod/container-defaults.ts";
import { REPLACED_LABELS } from "../../core/pod/warnings.ts";
import { validateRuntimeClass, validateRuntimeClassUpdate } from "./validation.ts";

export const runtimeClassKind: Kind<RuntimeClass> = {
  ref: RUNTIME_CLASSES,
  singular: "runtimeclass",
  namespaced: false,
  type: "RuntimeClass",
  defaults: (object) => {
    object.handler ??= "";
    if (object.overhead?.podFixed) object.overhead.podFixed = roundResources(object.overhead.podFixed);
  },
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
  // Models pkg/api/node GetWarningsForRuntimeClass
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {}).flatMap((label) =>
      REPLACED_LABELS[label] ? [`${key("scheduling.nodeSelector", label)}: ${REPLACED_LABELS[label]}`] : [],
    ),
  // Models pkg/printers/internalversion printRuntimeClass
  columns: [
    nameColumn(),
    // The real server has no words for it.
    { name: "Handler", type: "string", description: "", priority: 0, cell: (object) => object.handler },
    ageColumn(),
  ],
};
