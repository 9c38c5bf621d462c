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
      description:
        "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process.",
      priority: 0,
      cell: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    ageColumn(),
  ],
};
