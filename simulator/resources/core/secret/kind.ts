import type { Kind } from "../../../api/kind.ts";
import { SECRETS, type Secret } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { encodeBase64 } from "../base64.ts";
import { validateSecret, validateSecretUpdate } from "./validation.ts";

export const secretKind: Kind<Secret> = {
  ref: SECRETS,
  singular: "secret",
  namespaced: true,
  type: "Secret",
  defaults: defaultSecret,
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  selectableFields: { type: (object) => object.type ?? "" },
  columns: [
    nameColumn(),
    {
      name: "Type",
      type: "string",
      description: { type: "Secret", field: "type" },
      priority: 0,
      cell: (object) => object.type ?? "",
    },
    {
      name: "Data",
      type: "string",
      description: { type: "Secret", field: "data" },
      priority: 0,
      cell: (object) => Object.keys(object.data ?? {}).length,
    },
    ageColumn(),
  ],
};

// Models pkg/apis/core/v1 SetDefaults_Secret and Convert_v1_Secret_To_core_Secret
function defaultSecret(object: Draft<Secret>): void {
  object.type ||= "Opaque";
  if (object.stringData === undefined) return;
  object.data ??= {};
  for (const [name, text] of Object.entries(object.stringData)) object.data[name] = encodeBase64(text);
  delete object.stringData;
}
