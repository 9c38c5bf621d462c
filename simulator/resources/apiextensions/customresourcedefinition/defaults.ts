import type { CustomResourceDefinition } from "../../../api/refs.ts";
import { decodeValue } from "../../../api/schema/decode.ts";
import { type Draft, isObject, type JsonObject } from "../../../base/json.ts";

const HTTPS_PORT = 443;

// Models apiextensions-apiserver pkg/apis/apiextensions/v1 SetDefaults_CustomResourceDefinitionSpec
export function definitionDefaults(definition: Draft<CustomResourceDefinition>): void {
  definition.spec ??= { group: "", names: { plural: "", kind: "" }, scope: "", versions: [] };
  const { spec } = definition;
  spec.names ??= { plural: "", kind: "" };
  spec.group ??= "";
  spec.scope ??= "";
  spec.versions ??= [];
  const { names } = spec;
  names.plural ??= "";
  names.kind ??= "";
  if (!names.singular && names.kind) names.singular = names.kind.toLowerCase();
  if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: "None" };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service) service.port ??= HTTPS_PORT;
  // What is false is not said.
  if (spec.preserveUnknownFields === false) delete spec.preserveUnknownFields;
  for (const version of spec.versions) {
    version.name ??= "";
    readSchema(version.schema?.openAPIV3Schema);
  }
}

/** Schemas that may also be something else, such as `items`, come undecoded: what is none becomes the empty schema. */
function readSchema(schema: unknown): void {
  if (!isObject(schema)) return;
  const draft = schema as Record<string, unknown>;
  for (const name of ["items", "additionalProperties"]) {
    const value = draft[name];
    if (value === undefined || Array.isArray(value) || (name !== "items" && typeof value === "boolean")) continue;
    const decoded = isObject(value) ? decodeValue("JSONSchemaProps", value, { fieldValidation: "Ignore" }) : undefined;
    draft[name] = decoded?.ok ? decoded.value.object : {};
    readSchema(draft[name]);
  }
  for (const one of Object.values((draft.properties ?? {}) as JsonObject)) readSchema(one);
  for (const name of ["allOf", "anyOf", "oneOf"]) for (const one of (draft[name] ?? []) as unknown[]) readSchema(one);
  readSchema(draft.not);
  for (const rule of (draft["x-kubernetes-validations"] ?? []) as { rule?: string }[]) rule.rule ??= "";
}
