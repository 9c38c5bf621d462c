import { canonicalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { child, duplicate, type FieldError, index, invalid, key as keyPath } from "../meta/field-error.ts";
import { type JsonSchema, valuesOf } from "./json-schema.ts";

// Models apiextensions-apiserver pkg/apiserver/schema/listtype
/** Items that stand twice in lists that are sets or maps. */
export function validateListTypes(value: JsonValue | undefined, schema: JsonSchema, path = ""): readonly FieldError[] {
  if (Array.isArray(value)) return validateList(value, schema, path);
  if (!isObject(value)) return [];
  const { properties = {} } = schema;
  const values = valuesOf(schema);
  return Object.entries(value).flatMap(([key, item]) => {
    if (Object.hasOwn(properties, key)) return validateListTypes(item, properties[key] as JsonSchema, child(path, key));
    return values === undefined ? [] : validateListTypes(item, values, keyPath(path, key));
  });
}

function validateList(list: readonly JsonValue[], schema: JsonSchema, path: string): readonly FieldError[] {
  const { items } = schema;
  const below = items === undefined ? [] : list.flatMap((item, at) => validateListTypes(item, items, index(path, at)));
  switch (schema["x-kubernetes-list-type"]) {
    case "set":
      return [...duplicatesOf(list).map((at) => duplicate(index(path, at), list[at])), ...below];
    case "map": {
      const wrong = list.findIndex((item) => item !== null && !isObject(item));
      if (wrong >= 0) {
        return [invalid(index(path, wrong), list[wrong], "must be an object for an array of list-type map"), ...below];
      }
      const keys = list.map((item) => keysOf(schema, isObject(item) ? item : {}));
      return [...duplicatesOf(keys).map((at) => duplicate(index(path, at), keys[at])), ...below];
    }
    default:
      return below;
  }
}

function keysOf(schema: JsonSchema, item: JsonObject): JsonObject {
  const names = schema["x-kubernetes-list-map-keys"] ?? [];
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

/** Where values stand the second time; the third time is not told. */
function duplicatesOf(list: readonly JsonValue[]): number[] {
  const times = new Map<string, number>();
  return [...list.entries()].flatMap(([at, item]) => {
    const text = canonicalJson(item);
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    return before === 1 ? [at] : [];
  });
}
