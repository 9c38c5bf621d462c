import { isObject, type JsonObject } from "../../base/json.ts";
import { toJson } from "../print/json.ts";
import { annotationsOf, metadataOf, withAnnotation, withMetadata } from "./object.ts";

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

// Models kubectl pkg/util apply.go GetModifiedConfiguration
/** The manifest as a line of JSON, without the annotation that holds it. */
export function configurationText(object: JsonObject): string {
  const { [LAST_APPLIED]: _, ...others } = annotationsOf(object);
  return `${toJson(withMetadata(object, { annotations: others }))}\n`;
}

/** The manifest without the annotation, and without annotations where there are no others. */
export function withoutLastApplied(object: JsonObject): JsonObject {
  const { [LAST_APPLIED]: _, ...others } = annotationsOf(object);
  const { annotations: _all, ...metadata } = metadataOf(object);
  return { ...object, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } };
}

/** The manifest with itself in its annotation, so that the next apply knows what it set. */
export function withLastApplied(object: JsonObject): JsonObject {
  return withAnnotation(object, LAST_APPLIED, configurationText(object));
}

/** What an object was last made from by apply; undefined where it is not known. */
export function lastAppliedText(object: JsonObject): string | undefined {
  const text = annotationsOf(object)[LAST_APPLIED];
  return typeof text === "string" ? text : undefined;
}

export function lastAppliedOf(object: JsonObject): JsonObject | undefined {
  const text = lastAppliedText(object);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What `--save-config` adds; with `onlyKept` only where there is such an annotation already. */
export function savedConfig(object: JsonObject, text: string): JsonObject {
  return withMetadata(object, {
    ...metadataOf(object),
    annotations: { ...annotationsOf(object), [LAST_APPLIED]: text },
  });
}
