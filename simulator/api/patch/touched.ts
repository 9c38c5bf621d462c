import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";

// Models the JSON patch library's lazy documents: an object that a patch goes into is taken apart and written anew with
// its keys sorted; what it does not go into stays as it was, byte by byte.

/** An object as the library writes it after a merge patch. */
export function mergedOrder(object: JsonObject, patch: JsonValue): JsonObject {
  if (!isObject(patch)) return object;
  return sorted(object, (key, value) =>
    Object.hasOwn(patch, key) && isObject(value) ? mergedOrder(value, patch[key] ?? null) : value,
  );
}

/** An object as the library writes it after a JSON patch. */
export function patchedOrder(object: JsonObject, patch: JsonValue): JsonObject {
  const steps = Array.isArray(patch) ? patch.filter(isObject) : [];
  const paths = steps
    .flatMap(({ path, from }) => [path, from])
    .filter((path) => typeof path === "string")
    .map((path) => path.split("/").slice(1).map(unescaped));
  return alongPaths(object, paths) as JsonObject;
}

function alongPaths(value: JsonValue, paths: readonly (readonly string[])[]): JsonValue {
  if (paths.length === 0) return value;
  const below = (key: string) => paths.filter(([first]) => first === key).map(([, ...rest]) => rest);
  const inside = (key: string, item: JsonValue) =>
    alongPaths(
      item,
      below(key).filter(({ length }) => length > 0),
    );
  if (Array.isArray(value)) return value.map((item, index) => inside(String(index), item));
  return isObject(value) ? sorted(value, inside) : value;
}

function sorted(object: JsonObject, change: (key: string, value: JsonValue) => JsonValue): JsonObject {
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, change(key, value as JsonValue)]));
}

function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
