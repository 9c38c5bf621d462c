import { canonicalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Kind } from "../kind.ts";
import { byteLength } from "../meta/go-text.ts";
import type { KubeObject } from "../object.ts";
import { apiVersionOf } from "../operations.ts";
import { difference, type FieldSet, isEmptySet } from "./field-set.ts";
import type { Conflicts, MergeType } from "./updater.ts";
import { typeError } from "./validate.ts";
import { compare, fieldSetOf } from "./walk.ts";

// Models apimachinery pkg/util/managedfields/internal lastAppliedManager and lastAppliedUpdater

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** What kubectl applied on its own side last, as text. */
export function lastAppliedOf(object: KubeObject): string | undefined {
  return object.metadata.annotations?.[ANNOTATION] || undefined;
}

/** The conflicts that are left when kubectl may take the fields that its own last client-side apply set. */
export function allowedByLastApplied(
  kind: Kind,
  type: MergeType,
  view: JsonObject,
  live: KubeObject,
  conflicts: Conflicts,
): Conflicts {
  const allowed = fieldsOfLastApplied(kind, type, view, live);
  if (allowed === undefined) return conflicts;
  const rest = new Map<string, FieldSet>();
  for (const [identity, set] of conflicts) {
    const left = difference(set, allowed);
    if (!isEmptySet(left)) rest.set(identity, left);
  }
  return rest;
}

/** The fields of the last client-side apply that the live object still has as they were. */
function fieldsOfLastApplied(kind: Kind, { shapes, root }: MergeType, view: JsonObject, live: KubeObject) {
  const config = parsed(lastAppliedOf(live));
  if (!isObject(config) || config.apiVersion !== apiVersionOf(kind.ref)) return undefined;
  if (typeError(shapes, root, config) !== undefined) return undefined;
  const { added, modified, removed } = compare(shapes, root, config, view);
  return [modified, added, removed].reduce(difference, fieldSetOf(shapes, root, config));
}

function parsed(text: string | undefined): JsonValue | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}

/** Keeps the annotation in step with what kubectl applies on the server, as long as it fits. */
export function withLastApplied<T extends KubeObject>(object: T, config: JsonObject): T {
  const { [ANNOTATION]: _, ...others } = object.metadata.annotations ?? {};
  const text = `${canonicalJson(withoutAnnotation(config))}\n`;
  const annotations: Record<string, string> = { ...others, [ANNOTATION]: text };
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) bytes += byteLength(key) + byteLength(value);
  return {
    ...object,
    metadata: { ...object.metadata, annotations: bytes > MAX_ANNOTATIONS_BYTES ? others : annotations },
  };
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const metadata = isObject(config.metadata) ? config.metadata : undefined;
  if (metadata === undefined || !isObject(metadata.annotations)) return config;
  const { [ANNOTATION]: _, ...annotations } = metadata.annotations;
  return { ...config, metadata: { ...metadata, annotations } };
}
