import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";

/** Parts of objects of any kind, as clients meet them: whatever may be absent or of another type. */

export function metadataOf(object: JsonObject): JsonObject {
  return isObject(object.metadata) ? object.metadata : {};
}

export function annotationsOf(object: JsonObject): JsonObject {
  const { annotations } = metadataOf(object);
  return isObject(annotations) ? annotations : {};
}

/** The object with other metadata. */
export function withMetadata(object: JsonObject, metadata: JsonObject): JsonObject {
  return { ...object, metadata: { ...metadataOf(object), ...metadata } };
}

/** The object with one annotation more. */
export function withAnnotation(object: JsonObject, key: string, text: string): JsonObject {
  return withMetadata(object, { annotations: { ...annotationsOf(object), [key]: text } });
}

/** What stands at a path of keys and indexes, or undefined. */
export function at(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonValue | undefined {
  let here = value;
  for (const step of path) {
    here = isObject(here) ? here[step] : Array.isArray(here) && typeof step === "number" ? here[step] : undefined;
  }
  return here;
}

/** The object at a path; empty when there is none. */
export function partOf(value: JsonValue | undefined, ...path: readonly (string | number)[]): JsonObject {
  const part = at(value, ...path);
  return isObject(part) ? part : {};
}

/** The objects of a list at a path. */
export function listOf(value: JsonValue | undefined, ...path: readonly (string | number)[]): readonly JsonObject[] {
  const part = at(value, ...path);
  return Array.isArray(part) ? part.filter(isObject) : [];
}

/** A text at a path; empty when there is none. */
export function textOf(value: JsonValue | undefined, ...path: readonly (string | number)[]): string {
  const part = at(value, ...path);
  return typeof part === "string" ? part : "";
}
