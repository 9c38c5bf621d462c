import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { CustomType } from "../kind.ts";
import { decodeValue } from "../schema/decode.ts";
import { fieldTypesOf } from "./field-types.ts";
import { asResource, isEmbedded, type JsonSchema, META_FIELDS, valuesOf } from "./json-schema.ts";
import { openApiSchema } from "./open-api.ts";
import { pruneObject } from "./prune.ts";

/** How objects of a version of a custom resource are read, merged and described. */
export function customTypeOf(kind: string, schema: JsonSchema): CustomType {
  let fields: CustomType["schema"] | undefined;
  return {
    get schema() {
      fields ??= fieldTypesOf(kind, schema);
      return fields;
    },
    read: (body) => readObject(body, schema),
    openApi: (specification) => openApiSchema(schema, specification),
  };
}

// Models apiextensions-apiserver pkg/apiserver customresource_handler.go unstructuredSchemaCoercer
/** A body without what its schema does not know; the error is the decoder's text. */
function readObject(body: JsonObject, schema: JsonSchema): ReturnType<CustomType["read"]> {
  const metadata = readMetadata(body.metadata, "metadata");
  if (!metadata.ok) return metadata;
  const { object, unknown } = pruneObject(body, schema);
  const embedded: string[] = [];
  const read = readEmbedded(object, asResource({ ...schema }), "", true, embedded);
  if (!read.ok) return read;
  const { apiVersion, kind } = body;
  const result: Record<string, JsonValue | undefined> = {
    ...(isObject(read.value) ? read.value : {}),
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
  };
  if (metadata.value !== undefined) result.metadata = metadata.value.object;
  return ok({ object: result, unknown: [...(metadata.value?.unknown ?? []), ...unknown, ...embedded] });
}

interface ReadMetadata {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
}

function readMetadata(value: JsonValue | undefined, path: string): Result<ReadMetadata | undefined, string> {
  if (value === undefined || value === null) return ok(undefined);
  if (!isObject(value)) return fail(`json: cannot unmarshal ${goKind(value)} into Go value of type v1.ObjectMeta`);
  const decoded = decodeValue("ObjectMeta", value, { fieldValidation: "Warn" });
  if (!decoded.ok) return decoded;
  const unknown = decoded.value.warnings.flatMap((warning) => {
    const name = /^unknown field "(.*)"$/.exec(warning)?.[1];
    return name === undefined ? [] : [`${path}.${name}`];
  });
  return ok({ object: decoded.value.object, unknown });
}

function goKind(value: JsonValue): string {
  return Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
}

/** Metadata of resources within the resource are read as such, too. */
function readEmbedded(
  value: JsonValue,
  schema: JsonSchema | undefined,
  path: string,
  isRoot: boolean,
  unknown: string[],
): Result<JsonValue, string> {
  if (schema === undefined || typeof value !== "object" || value === null) return ok(value);
  const entries: (readonly [string | number, JsonValue])[] = [];
  for (const [key, item] of Object.entries(value) as [string, JsonValue | undefined][]) {
    if (item === undefined) continue;
    const below = Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    if (!isRoot && isEmbedded(schema) && key === "metadata") {
      const metadata = readMetadata(item, below);
      if (!metadata.ok) return metadata;
      unknown.push(...(metadata.value?.unknown ?? []));
      if (metadata.value !== undefined) entries.push([key, metadata.value.object]);
      continue;
    }
    const isMeta = isRoot && META_FIELDS.includes(key);
    const read = isMeta ? ok(item) : readEmbedded(item, schemaBelow(value, schema, key), below, false, unknown);
    if (!read.ok) return read;
    entries.push([key, read.value]);
  }
  return ok(Array.isArray(value) ? entries.map(([, item]) => item) : (Object.fromEntries(entries) as JsonObject));
}

function schemaBelow(value: JsonValue, schema: JsonSchema, key: string): JsonSchema | undefined {
  if (Array.isArray(value)) return schema.items;
  return schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : valuesOf(schema);
}
