import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { goPlain } from "../meta/go-text.ts";
import { goTypeOf, PatchFailure } from "./patch-error.ts";

// Models apimachinery pkg/util/strategicpatch: which items of a merged list come first.

export const DIRECTIVE = "$patch";

export type JsonList = readonly JsonValue[];

export function expectObject(value: JsonValue | undefined): JsonObject {
  if (isObject(value)) return value;
  throw new PatchFailure(500, `expected a map[string]interface {}, but received a ${goTypeOf(value)}`);
}

export function expectList(value: JsonValue | undefined): JsonList {
  if (Array.isArray(value)) return value as JsonList;
  throw new PatchFailure(500, `expected a []interface {}, but received a ${goTypeOf(value)}`);
}

/** The value of an item's merge key; "" as merge key means that items are their own. */
export function keyOfItem(item: JsonValue, mergeKey: string): JsonValue {
  if (mergeKey === "") return item;
  const value = expectObject(item)[mergeKey];
  if (value === undefined) {
    throw new PatchFailure(500, `map: ${goPlain(item)} does not contain declared merge key: ${mergeKey}`);
  }
  return value;
}

/** The one JSON type of all items: `object`, `string`, ...; lists in lists and mixed lists cannot be merged. */
export function elementType(...lists: readonly JsonList[]): string {
  let type: string | undefined;
  for (const item of lists.flat() as JsonList) {
    if (Array.isArray(item)) throw new PatchFailure(422, "lists of lists are not supported");
    const current = item === null ? "null" : typeof item;
    if (type !== undefined && type !== current) {
      throw new PatchFailure(500, `list element types are not identical: ${goPlain(lists)}`);
    }
    type = current;
  }
  if (type === undefined) throw new PatchFailure(500, "no elements in any of the given slices");
  return type;
}

/** Splits a list into the items whose key is among those of `by`, and the rest. */
export function partition(list: JsonList, by: JsonList, mergeKey: string): readonly [JsonList, JsonList] {
  const keys = new Set(by.map((item) => (mergeKey === "" ? item : expectObject(item)[mergeKey])));
  const inside: JsonValue[] = [];
  const outside: JsonValue[] = [];
  for (const item of list) (keys.has(keyOfItem(item, mergeKey)) ? inside : outside).push(item);
  return [inside, outside];
}

const isDeletion = (item: JsonValue): boolean => isObject(item) && item[DIRECTIVE] === "delete";

/** Sorts a list by the places of its keys in `order`; deletions come last, unknown keys stay where they are. */
export function sortByOrder(list: JsonList, order: JsonList, mergeKey: string): JsonList {
  const places = placesOf(order, mergeKey);
  const kept = list.filter((item) => !isDeletion(item));
  const deletions = list.filter(isDeletion);
  const place = (item: JsonValue): number => places.get(keyOfItem(item, mergeKey)) ?? Number.NaN;
  const sorted = [...kept].sort((a, b) => place(a) - place(b) || 0);
  return [...sorted, ...deletions];
}

function placesOf(order: JsonList, mergeKey: string): ReadonlyMap<JsonValue, number> {
  const places = new Map<JsonValue, number>();
  for (const [at, item] of order.entries()) {
    const key = keyOfItem(item, mergeKey);
    if (!places.has(key)) places.set(key, at);
  }
  return places;
}

/**
 * Interleaves the items of a patch with those only the server has: both keep their own order, and an item of the server
 * goes before the first patch item that stood behind it in the live list.
 */
export function interleave(
  patch: JsonList,
  serverOnly: JsonList,
  patchOrder: JsonList,
  serverOrder: JsonList,
  mergeKey: string,
): JsonList {
  const right = sortByOrder(patch, patchOrder, mergeKey);
  const left = sortByOrder(serverOnly, serverOrder, mergeKey);
  const places = placesOf(serverOrder, mergeKey);
  const merged: JsonValue[] = [];
  let next = 0;
  for (const item of right) {
    const place = places.get(keyOfItem(item, mergeKey));
    while (next < left.length && place !== undefined) {
      const leftPlace = places.get(keyOfItem(left[next] as JsonValue, mergeKey));
      if (leftPlace === undefined || leftPlace >= place) break;
      merged.push(left[next++] as JsonValue);
    }
    merged.push(item);
  }
  return [...merged, ...left.slice(next)];
}
