import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { notAnObject, type PatchError } from "./patch-error.ts";

// Models evanphx/json-patch MergePatch and CreateMergePatch, RFC 7386. Own code: the npm package stops at a key named
// "constructor".

/** The value without the null members of objects, at any depth; null items of lists stay. */
function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => (item === null ? null : withoutNulls(item)));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item as JsonValue)]));
}

function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const present = merged.get(key);
    if (value === null) merged.delete(key);
    else if (isObject(value) && isObject(present)) merged.set(key, mergeObjects(present, value));
    else merged.set(key, withoutNulls(value));
  }
  return Object.fromEntries(merged);
}

/** Applies a JSON merge patch; neither argument is changed, untouched parts are shared. */
export function applyMergePatch(target: JsonObject, patch: JsonValue): Result<JsonObject, PatchError> {
  if (!isObject(patch)) return fail({ code: 400, message: `error decoding patch: ${notAnObject(patch)}` });
  return ok(mergeObjects(target, patch));
}

/** The merge patch that makes `modified` of `original`; lists are replaced whole. */
export function createMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: [string, JsonValue][] = [];
  const before = new Map(Object.entries(original));
  for (const [key, value] of Object.entries(modified)) {
    if (value === undefined) continue;
    const old = before.get(key);
    before.delete(key);
    if (isObject(value) && isObject(old)) {
      const inner = createMergePatch(old, value);
      if (Object.keys(inner).length > 0) patch.push([key, inner]);
    } else if (!equalJson(old, value)) {
      patch.push([key, value]);
    }
  }
  for (const [key, value] of before) if (value !== undefined) patch.push([key, null]);
  return Object.fromEntries(patch);
}
