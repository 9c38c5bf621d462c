import { isObject, type JsonValue } from "../../base/json.ts";

const ESCAPED = /[<>&\u2028\u2029]/g;

/** JSON as Go writes it: keys sorted, and what could end a script tag escaped. `indent` is a number of blanks. */
export function toJson(value: JsonValue, indent = 0): string {
  return goJson(sortedKeys(value), indent);
}

/** JSON with the keys as they stand, escaped as Go does it. */
export function goJson(value: JsonValue, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    ESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The value with the keys of its objects in order. */
export function sortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isObject(value)) return value;
  // Without a prototype, a key such as __proto__ is one like any other.
  const sorted: { [key: string]: JsonValue } = Object.create(null);
  for (const key of Object.keys(value).sort()) {
    const inner = value[key];
    if (inner !== undefined) sorted[key] = sortedKeys(inner);
  }
  return sorted;
}
