import { stringify } from "yaml";
import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Result } from "../../base/result.ts";
import { goPlain } from "../meta/go-text.ts";
import type { FieldType, Schema } from "../schema/schema.ts";
import { DIRECTIVE, elementType, expectObject, type JsonList, keyOfItem } from "./element-order.ts";
import { createMergePatch } from "./merge-patch.ts";
import { type PatchError, PatchFailure } from "./patch-error.ts";
import { PatchSchema } from "./patch-meta.ts";
import { Differ } from "./strategic-diff.ts";
import { caught, mergeWith, RETAIN_KEYS } from "./strategic-merge.ts";

/** What client-side apply compares: the last applied manifest, the new one, and the live object. */
export interface ThreeWayInput {
  readonly original: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
}

export interface ThreeWayOptions {
  /** Without it, a field that was changed on the server in another way is a conflict. */
  readonly overwrite: boolean;
  /** Paths that the patch must not touch: `kind`, `metadata.name`. */
  readonly unchanged?: readonly string[];
  readonly schema?: Schema;
}

function valueAt(object: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const key of path.split(".")) value = isObject(value) ? value[key] : undefined;
  return value;
}

function checkUnchanged(patch: JsonObject, paths: readonly string[]): void {
  if (paths.some((path) => valueAt(patch, path) !== undefined)) {
    throw new PatchFailure(400, `precondition failed for: ${goPlain(patch)}`);
  }
}

const yamlText = (value: JsonObject): string => stringify(value, { sortMapEntries: true });

function conflict(patch: JsonObject, changed: JsonObject): never {
  const changes = `conflicts with changes made from original to current:\n${yamlText(changed)}\n`;
  throw new PatchFailure(400, `patch:\n${yamlText(patch)}\n${changes}`);
}

// Models apimachinery pkg/util/strategicpatch CreateThreeWayMergePatch
/** The strategic merge patch that client-side apply sends for an object of a type (`Deployment`). */
export function threeWayMergePatch(
  typeName: string,
  { original, modified, current }: ThreeWayInput,
  options: ThreeWayOptions,
): Result<JsonObject, PatchError> {
  return caught(() => {
    const schema = new PatchSchema(options.schema);
    const type: FieldType = { kind: "struct", type: typeName };
    const additions = { ignoreChangesAndAdditions: false, ignoreDeletions: true, setElementOrder: true };
    const removals = { ignoreChangesAndAdditions: true, ignoreDeletions: false, setElementOrder: true };
    const delta = new Differ(schema, additions).diffMaps(current, modified, type, false);
    const deletions = new Differ(schema, removals).diffMaps(original, modified, type, false);
    const merging = { mergeParallelLists: false, ignoreUnmatchedNulls: false };
    const patch = mergeWith(deletions, delta, type, schema, merging);
    checkUnchanged(patch, options.unchanged ?? []);
    if (!options.overwrite) {
      const everything = { ignoreChangesAndAdditions: false, ignoreDeletions: false, setElementOrder: false };
      const changed = new Differ(schema, everything).diffMaps(original, current, type, false);
      if (mapsConflict(patch, changed, type, schema)) conflict(patch, changed);
    }
    return patch;
  });
}

/** The strategic merge patch that makes `modified` of `original`: what `kubectl set`, `label` and `edit` send. */
export function twoWayMergePatch(
  typeName: string,
  original: JsonObject,
  modified: JsonObject,
  schema?: Schema,
): Result<JsonObject, PatchError> {
  const options = { ignoreChangesAndAdditions: false, ignoreDeletions: false, setElementOrder: true };
  const type: FieldType = { kind: "struct", type: typeName };
  return caught(() => new Differ(new PatchSchema(schema), options).diffMaps(original, modified, type, false));
}

function mapsConflict(left: JsonObject, right: JsonObject, type: FieldType, schema: PatchSchema): boolean {
  if (left[DIRECTIVE] !== right[DIRECTIVE]) return true;
  return Object.entries(left).some(([key, value]) => {
    const other = right[key];
    if (key === DIRECTIVE || key === RETAIN_KEYS || value === undefined || other === undefined) return false;
    if (isObject(value)) {
      const meta = schema.field(type, key);
      if (!isObject(other)) return true;
      if (meta.strategy === "replace") return value[DIRECTIVE] !== other[DIRECTIVE];
      return mapsConflict(value, other, meta.type, schema);
    }
    if (!Array.isArray(value)) return !equalJson(value, other);
    if (!Array.isArray(other)) return true;
    const meta = schema.list(type, key);
    return listsConflict(value as JsonList, other as JsonList, meta.strategy, meta.mergeKey, meta.type, schema);
  });
}

function listsConflict(
  left: JsonList,
  right: JsonList,
  strategy: string,
  mergeKey: string,
  type: FieldType,
  schema: PatchSchema,
): boolean {
  const isMaps = elementType(left, right) === "object";
  if (strategy !== "merge") return !equalJson(left, right);
  if (!isMaps) return false;
  const others = new Map(right.map((item) => [goPlain(keyOfItem(item, mergeKey)), expectObject(item)]));
  return left.some((item) => {
    const other = others.get(goPlain(keyOfItem(item, mergeKey)));
    return other !== undefined && mapsConflict(expectObject(item), other, type, schema);
  });
}

/** Only the nulls of a merge patch, or all but the nulls. */
function half(patch: JsonObject, nulls: boolean): JsonObject {
  const kept: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (isObject(value) && Object.keys(value).length > 0) {
      const inner = half(value, nulls);
      if (Object.keys(inner).length > 0) kept.push([key, inner]);
    } else if ((value === null) === nulls) {
      kept.push([key, value]);
    }
  }
  return Object.fromEntries(kept);
}

/** Two merge patches in one, in which nulls stay. */
function mergePatches(first: JsonObject, second: JsonObject): JsonObject {
  const merged = new Map(Object.entries(first));
  for (const [key, value] of Object.entries(second)) {
    const present = merged.get(key);
    merged.set(key, isObject(present) && isObject(value) ? mergePatches(present, value) : value);
  }
  return Object.fromEntries(merged);
}

function patchesConflict(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (!isObject(left) || !isObject(right)) return !equalJson(left, right);
  return Object.keys(left).some((key) => right[key] !== undefined && patchesConflict(left[key], right[key]));
}

// Models apimachinery pkg/util/jsonmergepatch CreateThreeWayJSONMergePatch
/** The merge patch that client-side apply sends for kinds whose merge rules nobody knows. */
export function threeWayJsonMergePatch(
  { original, modified, current }: ThreeWayInput,
  unchanged: readonly string[] = [],
): Result<JsonObject, PatchError> {
  return caught(() => {
    const changes = half(createMergePatch(current, modified), false);
    const deletions = half(createMergePatch(original, modified), true);
    if (patchesConflict(changes, deletions)) conflict(changes, deletions);
    const patch = mergePatches(deletions, changes);
    checkUnchanged(patch, unchanged);
    return patch;
  });
}
