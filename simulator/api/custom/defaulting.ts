import { cloneJson, isObject, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";
import { type JsonSchema, propertyOf } from "./json-schema.ts";

// Models apiextensions-apiserver pkg/apiserver/schema/defaulting

/** A value with the defaults of its schema; the value itself where nothing is missing. */
export function withDefaults(value: JsonValue, schema: JsonSchema | undefined): JsonValue {
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => {
      const { items: itemSchema } = schema;
      const given = isForbiddenNull(item, itemSchema) ? defaultOf(itemSchema) : item;
      return withDefaults(given ?? null, itemSchema);
    });
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  return isObject(value) ? mapWithDefaults(value, schema) : value;
}

function mapWithDefaults(map: JsonObject, schema: JsonSchema): JsonObject {
  const result: Record<string, JsonValue> = {};
  let changed = false;
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue;
    const property = propertyOf(schema, key);
    const replaced = isForbiddenNull(value, property) ? defaultOf(property) : value;
    // A null that may not be and has no default is as if it were not there.
    if (replaced === undefined) {
      changed = true;
      continue;
    }
    const filled = withDefaults(replaced, property);
    changed ||= filled !== value;
    setOwn(result, key, filled);
  }
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(result, key) || property.default === undefined) continue;
    const fallback = defaultOf(property);
    if (fallback === undefined) continue;
    changed = true;
    setOwn(result, key, withDefaults(fallback, property));
  }
  return changed ? result : map;
}

function isForbiddenNull(value: JsonValue, schema: JsonSchema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}

function defaultOf(schema: JsonSchema | undefined): JsonValue | undefined {
  return schema?.default === undefined ? undefined : (cloneJson(schema.default) as JsonValue);
}
