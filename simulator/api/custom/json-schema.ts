import { isObject, type JsonValue } from "../../base/json.ts";
import type { JSONSchemaProps, ValidationRule } from "../schema/generated/types.ts";

/** A structural schema of a custom resource, as its definition holds it. */
export interface JsonSchema
  extends Omit<
    JSONSchemaProps,
    "additionalProperties" | "items" | "properties" | "allOf" | "anyOf" | "oneOf" | "not" | "default" | "enum"
  > {
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly default?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
}

/** Fields that every resource has, whatever its schema says. */
export const META_FIELDS: readonly string[] = ["apiVersion", "kind", "metadata"];

/** The schema of a map's values; undefined where it gives none. */
export function valuesOf(schema: JsonSchema): JsonSchema | undefined {
  return isObject(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined;
}

/** The schema of a property, or of any key of a map. */
export function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const { properties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return valuesOf(schema);
}

export const preservesUnknown = (schema: JsonSchema): boolean =>
  schema["x-kubernetes-preserve-unknown-fields"] === true;
export const isEmbedded = (schema: JsonSchema): boolean => schema["x-kubernetes-embedded-resource"] === true;
export const isIntOrString = (schema: JsonSchema): boolean => schema["x-kubernetes-int-or-string"] === true;

/** The schema of a whole resource: its own metadata is there without being named. */
export function asResource(schema: JsonSchema): JsonSchema {
  return { ...schema, "x-kubernetes-embedded-resource": true };
}

/** Some schema below this one, or it, for which the question is answered with yes. */
export function someSchema(schema: JsonSchema | undefined, test: (schema: JsonSchema) => boolean): boolean {
  if (schema === undefined) return false;
  if (test(schema)) return true;
  const { items, properties = {}, allOf = [], anyOf = [], oneOf = [], not } = schema;
  const below = [items, valuesOf(schema), not, ...Object.values(properties), ...allOf, ...anyOf, ...oneOf];
  return below.some((one) => someSchema(one, test));
}
