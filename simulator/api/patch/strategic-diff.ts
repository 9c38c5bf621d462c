import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { goPlain } from "../meta/go-text.ts";
import type { FieldType } from "../schema/schema.ts";
import { DIRECTIVE, elementType, expectObject, type JsonList, keyOfItem, sortByOrder } from "./element-order.ts";
import { PatchFailure } from "./patch-error.ts";
import type { PatchMeta, PatchSchema } from "./patch-meta.ts";
import { DELETE_PRIMITIVES, RETAIN_KEYS, SET_ORDER } from "./strategic-merge.ts";

// Models apimachinery pkg/util/strategicpatch diffMaps

/** Which half of a difference to keep. */
export interface DiffOptions {
  readonly ignoreChangesAndAdditions: boolean;
  readonly ignoreDeletions: boolean;
  /** Whether to write $setElementOrder lists. */
  readonly setElementOrder: boolean;
}

interface ListDiff {
  readonly changes: JsonList;
  /** Scalars to delete; deleted maps are in `changes`, with a directive. */
  readonly deletions: JsonList;
  readonly order: JsonList;
}

const jsonType = (value: JsonValue): string => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);
const isNotUndefined = (value: JsonValue | undefined): value is JsonValue => value !== undefined;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class Differ {
  private readonly schema: PatchSchema;
  private readonly options: DiffOptions;

  constructor(schema: PatchSchema, options: DiffOptions) {
    this.schema = schema;
    this.options = options;
  }

  /** The strategic merge patch that makes `modified` of `original`, or the half of it that the options ask for. */
  diffMaps(original: JsonObject, modified: JsonObject, type: FieldType, retainKeys: boolean): JsonObject {
    const patch: Record<string, JsonValue> = {};
    const keys: string[] = [];
    for (const [key, value] of Object.entries(modified)) {
      if (value === undefined) continue;
      if (retainKeys && value !== null) keys.push(key);
      const old = original[key];
      if (old === undefined || jsonType(old) !== jsonType(value)) {
        if (!this.options.ignoreChangesAndAdditions) patch[key] = value;
      } else if (isObject(old) && isObject(value)) {
        this.diffMapField(patch, key, old, value, type);
      } else if (Array.isArray(value)) {
        this.diffListField(patch, key, old as JsonList, value as JsonList, type);
      } else {
        this.replaceIfChanged(patch, key, old, value);
      }
    }
    const gone = Object.keys(original).filter((key) => isNotUndefined(original[key]) && modified[key] === undefined);
    if (!this.options.ignoreDeletions) for (const key of gone) patch[key] = null;
    const hasMore = gone.some((key) => original[key] !== null);
    if (keys.length > 0 && (Object.keys(patch).length > 0 || hasMore)) patch[RETAIN_KEYS] = keys.sort(byText);
    return patch;
  }

  private replaceIfChanged(patch: Record<string, JsonValue>, key: string, old: JsonValue, value: JsonValue): void {
    if (!this.options.ignoreChangesAndAdditions && !equalJson(old, value)) patch[key] = value;
  }

  private diffMapField(
    patch: Record<string, JsonValue>,
    key: string,
    old: JsonObject,
    value: JsonObject,
    type: FieldType,
  ): void {
    const meta = this.lookup(old, value, () => this.schema.field(type, key));
    if (!meta) return;
    if (meta.strategy === "replace") {
      if (!this.options.ignoreChangesAndAdditions) patch[key] = value;
      return;
    }
    const inner = this.diffMaps(old, value, meta.type, meta.retainKeys);
    if (Object.keys(inner).length > 0) patch[key] = inner;
  }

  /** The merge rules; where no type knows the field that does not matter while both values are equal. */
  private lookup(old: JsonValue, value: JsonValue, find: () => PatchMeta): PatchMeta | undefined {
    try {
      return find();
    } catch (error) {
      if (error instanceof PatchFailure && equalJson(old, value)) return undefined;
      throw error;
    }
  }

  private diffListField(
    patch: Record<string, JsonValue>,
    key: string,
    old: JsonList,
    value: JsonList,
    type: FieldType,
  ): void {
    const meta = this.lookup(old, value, () => this.schema.list(type, key));
    if (!meta) return;
    if (meta.strategy !== "merge") {
      this.replaceIfChanged(patch, key, old, value);
      return;
    }
    const { changes, deletions, order } = this.diffLists(old, value, meta);
    if (changes.length > 0) patch[key] = changes;
    if (deletions.length > 0) patch[`${DELETE_PRIMITIVES}/${key}`] = deletions;
    if (order.length > 0) patch[`${SET_ORDER}/${key}`] = order;
  }

  private diffLists(old: JsonList, value: JsonList, meta: PatchMeta): ListDiff {
    const { ignoreChangesAndAdditions, ignoreDeletions, setElementOrder } = this.options;
    if (old.length === 0) {
      const changes = ignoreChangesAndAdditions ? [] : value;
      return { changes, deletions: [], order: [] };
    }
    if (elementType(old, value) !== "object") {
      const added = ignoreChangesAndAdditions ? [] : without(value, old);
      const deletions = ignoreDeletions ? [] : [...new Set(without(old, value))];
      const isChanged = deletions.length > 0 || (!ignoreChangesAndAdditions && !equalJson(old, value));
      return { changes: sortByOrder(added, value, ""), deletions, order: setElementOrder && isChanged ? value : [] };
    }
    const { changed, deleted } = this.diffItems(old, value, meta);
    const changes = [...sortByOrder(changed, value, meta.mergeKey), ...deleted];
    const keys = (list: JsonList): JsonList => list.map((item) => keyOfItem(item, meta.mergeKey));
    const isReordered = !equalJson(keys(old), keys(value));
    const isChanged =
      (!ignoreChangesAndAdditions && (changes.length > 0 || isReordered)) || (!ignoreDeletions && changes.length > 0);
    const order = setElementOrder && isChanged ? keys(value).map((key) => ({ [meta.mergeKey]: key })) : [];
    return { changes, deletions: [], order };
  }

  /** Pairs the items of two lists by merge key, in the order of the keys' texts. */
  private diffItems(old: JsonList, value: JsonList, meta: PatchMeta): { changed: JsonList; deleted: JsonList } {
    const { mergeKey } = meta;
    const text = (item: JsonValue): string => goPlain(keyOfItem(item, mergeKey));
    const left = [...old].sort((a, b) => byText(text(a), text(b)));
    const right = [...value].sort((a, b) => byText(text(a), text(b)));
    const changed: JsonValue[] = [];
    const deleted: JsonValue[] = [];
    let at = 0;
    for (const item of right) {
      while (at < left.length && text(left[at] as JsonValue) < text(item)) deleted.push(left[at++] as JsonValue);
      const pair = left[at];
      if (pair !== undefined && text(pair) === text(item)) {
        at++;
        const inner = this.diffMaps(expectObject(pair), expectObject(item), meta.type, meta.retainKeys);
        if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: keyOfItem(item, mergeKey) });
      } else if (!this.options.ignoreChangesAndAdditions) {
        changed.push(item);
      }
    }
    deleted.push(...left.slice(at));
    if (this.options.ignoreDeletions) return { changed, deleted: [] };
    const directives = deleted.map((item) => ({ [mergeKey]: keyOfItem(item, mergeKey), [DIRECTIVE]: "delete" }));
    return { changed, deleted: directives };
  }
}

/** The scalars of a list that are not in another, one for one, sorted by their text. */
function without(list: JsonList, other: JsonList): JsonList {
  const counts = new Map<string, number>();
  for (const item of other) counts.set(goPlain(item), (counts.get(goPlain(item)) ?? 0) + 1);
  const sorted = [...list].sort((a, b) => byText(goPlain(a), goPlain(b)));
  return sorted.filter((item) => {
    const left = counts.get(goPlain(item)) ?? 0;
    counts.set(goPlain(item), left - 1);
    return left <= 0;
  });
}
