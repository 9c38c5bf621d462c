import { isObject, type JsonValue } from "../../base/json.ts";
import { child, type FieldError, index, invalid, key as keyPath, required } from "../meta/field-error.ts";
import { validateObjectMeta } from "../meta/object-meta.ts";
import { nameIsDnsSubdomain } from "../meta/validation.ts";
import type { ObjectMeta } from "../schema/generated/types.ts";
import { isEmbedded, type JsonSchema, valuesOf } from "./json-schema.ts";

// Models apiextensions-apiserver pkg/apiserver/schema/objectmeta Validate
/** Problems of resources that stand within a resource: each must say what it is, and have fair metadata. */
export function validateEmbedded(value: JsonValue | undefined, schema: JsonSchema, path = ""): readonly FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? [] : value.flatMap((item, at) => validateEmbedded(item, items, index(path, at)));
  }
  if (!isObject(value)) return [];
  const errors = isEmbedded(schema) ? validateResource(value, path) : [];
  const values = valuesOf(schema);
  const { properties = {} } = schema;
  const below = Object.entries(value).flatMap(([name, item]) => {
    if (Object.hasOwn(properties, name))
      return validateEmbedded(item, properties[name] as JsonSchema, child(path, name));
    return values === undefined ? [] : validateEmbedded(item, values, keyPath(path, name));
  });
  return [...errors, ...below];
}

function validateResource(value: { readonly [key: string]: JsonValue | undefined }, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ["apiVersion", "kind"]) {
    const text = value[name];
    if (text === undefined || text === "") errors.push(required(child(path, name), "must not be empty"));
    else if (typeof text !== "string") errors.push(invalid(child(path, name), text, "must be a string"));
  }
  const { metadata } = value;
  if (!isObject(metadata) || (metadata.name === undefined && metadata.generateName === undefined)) return errors;
  const isNamespaced = typeof metadata.namespace === "string" && metadata.namespace !== "";
  const problems = validateObjectMeta(metadata as unknown as ObjectMeta, isNamespaced, nameIsDnsSubdomain);
  return [...errors, ...problems.map((problem) => ({ ...problem, field: child(path, problem.field) }))];
}
