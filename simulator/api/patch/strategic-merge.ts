import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goPlain } from "../meta/go-text.ts";
import type { FieldType, Schema } from "../schema/schema.ts";
import {
  DIRECTIVE,
  elementType,
  expectList,
  expectObject,
  interleave,
  type JsonList,
  keyOfItem,
  partition,
} from "./element-order.ts";
import { notAnObject, type PatchError, PatchFailure } from "./patch-error.ts";
import { type PatchMeta, PatchSchema } from "./patch-meta.ts";

// Models apimachinery pkg/util/strategicpatch StrategicMergeMapPatch

export const RETAIN_KEYS = "$retainKeys";
export const SET_ORDER = "$setElementOrder";
export const DELETE_PRIMITIVES = "$deleteFromPrimitiveList";

const BAD_RETAIN_KEYS = "invalid patch format of retainKeys";
const BAD_SET_ORDER = "invalid patch format of setElementOrder list";
const BAD_DELETE_LIST = "invalid patch format of primitive list";

/** How to merge: into an object (as the server does), or two patches into one (as three-way apply does). */
export interface MergeOptions {
  /** False while merging patches: parallel lists ($setElementOrder and others) are kept, not carried out. */
  readonly mergeParallelLists: boolean;
  /** False while merging patches: a null that meets nothing is kept, as it means a deletion. */
  readonly ignoreUnmatchedNulls: boolean;
}

type Working = Map<string, JsonValue>;

const jsonType = (value: JsonValue): string => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);

const entriesOf = (object: JsonObject): [string, JsonValue][] =>
  Object.entries(object).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);

/** A new value as it goes into the result: maps with directives vanish. */
function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (Array.isArray(value)) {
    return (value as JsonList).map(withoutDirectives).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  if (value[DIRECTIVE] !== undefined) return undefined;
  const kept = entriesOf(value).map(([key, item]) => [key, withoutDirectives(item)] as const);
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined));
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as JsonList).map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    entriesOf(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}

/** The list's name behind a directive's prefix: `$setElementOrder/containers`. */
function listName(key: string, prefix: string, error: string): string {
  const slash = key.indexOf("/");
  if (slash < 0 || key.slice(0, slash) !== prefix) throw new PatchFailure(400, error);
  return key.slice(slash + 1);
}

class Merger {
  private readonly schema: PatchSchema;
  private readonly options: MergeOptions;

  constructor(schema: PatchSchema, options: MergeOptions) {
    this.schema = schema;
    this.options = options;
  }

  /** Merges a patch into an object; neither is changed. */
  mergeMap(original: JsonObject, patch: JsonObject, type: FieldType): JsonObject {
    const directive = patch[DIRECTIVE];
    if (directive === "replace") {
      const { [DIRECTIVE]: _, ...rest } = patch;
      return rest;
    }
    if (directive === "delete") return {};
    if (directive !== undefined) {
      throw new PatchFailure(500, `unknown patch type: ${goPlain(directive)} in map: ${goPlain(patch)}`);
    }
    const result: Working = new Map(entriesOf(original));
    const rest: Working = new Map(entriesOf(patch));
    this.retainKeys(result, rest);
    for (const key of [...rest.keys()]) if (key.startsWith(SET_ORDER)) this.setOrder(result, rest, key, type);
    for (const [key, value] of rest) this.mergeKey(result, key, value, type);
    return Object.fromEntries(result);
  }

  private retainKeys(result: Working, patch: Working): void {
    const keys = patch.get(RETAIN_KEYS);
    if (keys === undefined) return;
    patch.delete(RETAIN_KEYS);
    if (!this.options.mergeParallelLists) {
      const present = result.get(RETAIN_KEYS);
      if (present !== undefined && !equalJson(present, keys)) {
        const both = `${goPlain(present)} and ${goPlain(keys)} are not deep equal`;
        throw new PatchFailure(500, `${both}: this may happen when calculating the 3-way diff patch`);
      }
      result.set(RETAIN_KEYS, keys);
      return;
    }
    if (!Array.isArray(keys)) throw new PatchFailure(400, BAD_RETAIN_KEYS);
    const kept = new Set<JsonValue>(keys);
    for (const [key, value] of patch) {
      const isParallel = key.startsWith(DELETE_PRIMITIVES) || key.startsWith(SET_ORDER);
      if (value !== null && !isParallel && !kept.has(key)) throw new PatchFailure(400, BAD_RETAIN_KEYS);
    }
    for (const key of [...result.keys()]) if (!kept.has(key)) result.delete(key);
  }

  /** Carries out one $setElementOrder with the patch list that goes with it, if any. */
  private setOrder(result: Working, patch: Working, directive: string, type: FieldType): void {
    const wanted = patch.get(directive) as JsonValue;
    patch.delete(directive);
    if (!this.options.mergeParallelLists) {
      const present = result.get(directive);
      if (present !== undefined && !equalJson(present, wanted)) throw new PatchFailure(400, BAD_SET_ORDER);
      result.set(directive, wanted);
    }
    const order = expectList(wanted);
    const key = listName(directive, SET_ORDER, BAD_SET_ORDER);
    const live = result.has(key) ? expectList(result.get(key)) : undefined;
    const added = patch.has(key) ? expectList(patch.get(key)) : undefined;
    const meta = this.schema.list(type, key);
    checkOrder(added ?? [], order, meta.mergeKey);
    let merged: JsonList;
    if (live && added) merged = this.mergeList(live, added, meta, false);
    else if (live) merged = live;
    else if (added) merged = withoutDirectives(added) as JsonList;
    else return;
    const [patchItems, serverOnly] = partition(merged, order, meta.mergeKey);
    elementType(live ?? [], added ?? []);
    result.set(key, interleave(patchItems, serverOnly, order, live ?? [], meta.mergeKey));
    patch.delete(key);
  }

  private mergeKey(result: Working, patchKey: string, value: JsonValue, type: FieldType): void {
    const isDeleteList = patchKey.startsWith(DELETE_PRIMITIVES);
    if (isDeleteList && !this.options.mergeParallelLists) {
      result.set(patchKey, value);
      return;
    }
    const key = isDeleteList ? listName(patchKey, DELETE_PRIMITIVES, BAD_DELETE_LIST) : patchKey;
    if (value === null) {
      result.delete(key);
      if (this.options.ignoreUnmatchedNulls) return;
    }
    const present = result.get(key);
    if (present === undefined || jsonType(present) !== jsonType(value)) {
      if (!isDeleteList) this.put(result, key, this.options.ignoreUnmatchedNulls ? withoutNulls(value) : value);
    } else if (isObject(present) && isObject(value)) {
      const meta = this.schema.field(type, key);
      result.set(key, meta.strategy === "replace" ? value : this.mergeMap(present, value, meta.type));
    } else if (Array.isArray(value)) {
      const meta = this.schema.list(type, key);
      result.set(key, this.mergeList(expectList(present), value as JsonList, meta, isDeleteList));
    } else {
      this.put(result, key, value);
    }
  }

  private put(result: Working, key: string, value: JsonValue): void {
    const clean = withoutDirectives(value);
    if (clean === undefined) result.delete(key);
    else result.set(key, clean);
  }

  private mergeList(live: JsonList, patch: JsonList, meta: PatchMeta, isDeleteList: boolean): JsonList {
    if (meta.strategy !== "merge" && !isDeleteList) return patch;
    if (live.length === 0 && patch.length === 0) return live;
    if (elementType(live, patch) !== "object") {
      if (isDeleteList) return live.filter((item) => !patch.includes(item));
      const merged = [...new Set([...live, ...patch])];
      const [patchItems, serverOnly] = partition(merged, patch, "");
      return interleave(patchItems, serverOnly, patch, live, "");
    }
    if (meta.mergeKey === "") throw new PatchFailure(500, "cannot merge lists without merge key for struct");
    const { kept, changes } = this.listDirectives(live, patch, meta.mergeKey);
    const merged = this.mergeItems(kept, changes, meta);
    const [patchItems, serverOnly] = partition(merged, changes, meta.mergeKey);
    return interleave(patchItems, serverOnly, changes, kept, meta.mergeKey);
  }

  /** Carries out items that are directives: deletions, and the replacement of the whole list. */
  private listDirectives(live: JsonList, patch: JsonList, mergeKey: string): { kept: JsonList; changes: JsonList } {
    const changes: JsonValue[] = [];
    let kept = live;
    let isReplaced = false;
    for (const item of patch) {
      const directive = expectObject(item)[DIRECTIVE];
      if (directive === undefined) changes.push(item);
      else if (directive === "delete") {
        const key = keyOfItem(item, mergeKey);
        kept = kept.filter((one) => expectObject(one)[mergeKey] !== key);
      } else if (directive === "replace") isReplaced = true;
      else if (directive === "merge") throw new PatchFailure(500, "merging lists cannot yet be specified in the patch");
      else throw new PatchFailure(500, `unknown patch type: ${goPlain(directive)} in map: ${goPlain(item)}`);
    }
    return isReplaced ? { kept: changes, changes: [] } : { kept, changes };
  }

  private mergeItems(live: JsonList, patch: JsonList, meta: PatchMeta): JsonList {
    const merged = [...live];
    for (const item of patch) {
      const key = keyOfItem(item, meta.mergeKey);
      const at = merged.findIndex((one) => expectObject(one)[meta.mergeKey] === key);
      if (at < 0) merged.push(item);
      else merged[at] = this.mergeMap(expectObject(merged[at]), expectObject(item), meta.type);
    }
    return merged;
  }
}

/** Refuses a patch list whose items are not all in the order list, or stand in another order. */
function checkOrder(patch: JsonList, order: JsonList, mergeKey: string): void {
  if (order.length === 0 || patch.length === 0) return;
  const items = patch.filter((item) => mergeKey === "" || expectObject(item)[DIRECTIVE] === undefined);
  let found = 0;
  for (const wanted of order) {
    if (found === items.length) return;
    if (keyOfItem(items[found] as JsonValue, mergeKey) === keyOfItem(wanted, mergeKey)) found++;
  }
  if (found < items.length) {
    const lists = `${goPlain(patch)}\n doesn't match ${SET_ORDER} list:\n${goPlain(order)}\n`;
    throw new PatchFailure(500, `The order in patch list:\n${lists}`);
  }
}

/** Merges as the options say; throws a PatchFailure. For the algorithms of this folder. */
export function mergeWith(
  original: JsonObject,
  patch: JsonObject,
  type: FieldType,
  schema: PatchSchema,
  options: MergeOptions,
): JsonObject {
  return new Merger(schema, options).mergeMap(original, patch, type);
}

/** Runs a patch algorithm and turns its failures into values. */
export function caught<T>(work: () => T): Result<T, PatchError> {
  try {
    return ok(work());
  } catch (error) {
    if (error instanceof PatchFailure) return fail({ code: error.code, message: error.message });
    throw error;
  }
}

/** Applies a strategic merge patch to an object of a type (`Pod`); neither argument is changed. */
export function applyStrategicMergePatch(
  typeName: string,
  original: JsonObject,
  patch: JsonValue,
  schema?: Schema,
): Result<JsonObject, PatchError> {
  if (!isObject(patch)) return fail({ code: 400, message: notAnObject(patch) });
  const options: MergeOptions = { mergeParallelLists: true, ignoreUnmatchedNulls: true };
  const type: FieldType = { kind: "struct", type: typeName };
  return caught(() => mergeWith(original, patch, type, new PatchSchema(schema), options));
}
