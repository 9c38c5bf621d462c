import type { JsonObject, JsonValue } from "../../base/json.ts";
import { isIntOrString, type JsonSchema, preservesUnknown, valuesOf } from "./json-schema.ts";

const HINTS = {
  apiVersion: {
    type: "string",
    description:
      "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources",
  },
  kind: {
    type: "string",
    description:
      "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
  },
} as const;

// Models apiextensions-apiserver pkg/controller/openapi/builder buildKubeNative
/** What the OpenAPI documents say of a custom resource; `metadata` is put in by the document, which has the reference. */
export function openApiSchema(schema: JsonSchema, specification: "v2" | "v3"): JsonObject {
  // A schema that lets everything pass says nothing in version 2, whose readers would refuse unknown fields.
  if (specification === "v2" && preservesUnknown(schema)) return { type: "object" };
  const shown = specification === "v3" ? (schema as unknown as JsonObject) : forVersion2(schema);
  const properties = (shown.properties ?? {}) as JsonObject;
  return { ...shown, type: "object", properties: { ...properties, ...HINTS } };
}

/** Version 2 knows neither alternatives nor null, and its readers take every property that is listed for all there are. */
function forVersion2(schema: JsonSchema): JsonObject {
  const {
    allOf: _,
    anyOf: __,
    oneOf: ___,
    not: ____,
    nullable,
    items,
    properties,
    additionalProperties,
    type,
    ...rest
  } = schema;
  const isLoose = preservesUnknown(schema) || nullable === true;
  const values = valuesOf(schema);
  const result: Record<string, JsonValue | undefined> = { ...(rest as unknown as JsonObject) };
  if (type !== undefined && nullable !== true && !isIntOrString(schema)) result.type = type;
  if (isLoose || isIntOrString(schema)) return result;
  if (items !== undefined) result.items = forVersion2(items);
  if (values !== undefined) result.additionalProperties = forVersion2(values);
  else if (typeof additionalProperties === "boolean") result.additionalProperties = additionalProperties;
  if (properties !== undefined) {
    result.properties = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, forVersion2(one)]));
  }
  return result;
}
