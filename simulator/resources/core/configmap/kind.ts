import type { Kind } from "../../../api/kind.ts";
import { CONFIG_MAPS, type ConfigMap } from "../../../api/refs.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateConfigMap, validateConfigMapUpdate } from "./validation.ts";

export const configMapKind: Kind<ConfigMap> = {
  ref: CONFIG_MAPS,
  singular: "configmap",
  shortNames: ["cm"],
  namespaced: true,
  type: "ConfigMap",
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [
    nameColumn(),
    {
      name: "Data",
      type: "string",
      description: { type: "ConfigMap", field: "data" },
      priority: 0,
      cell: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    ageColumn(),
  ],
};
