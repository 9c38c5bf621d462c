import { type JsonValue, setOwn } from "../../base/json.ts";
import type { PathElement } from "./path-element.ts";
import {
  asList,
  asMap,
  itemElement,
  type ListShape,
  type MapShape,
  type Place,
  placeOfKey,
  type Shapes,
} from "./shapes.ts";
import { entries, isEmptyFor } from "./walk.ts";

// Models structured-merge-diff typed merge

type Side = JsonValue | undefined;

/**
 * A live value with a configuration laid over it: nothing is taken away, the configuration's leaves win, and lists are
 * ordered as the configuration has them. Both must fit the type. Undefined where nothing is left to say.
 */
export function mergeValues(shapes: Shapes, place: Place, live: Side, config: Side): Side {
  const shape = shapes.of(place, config === undefined ? live : config);
  if (shape.kind === "scalar" || shape.atomic || (isEmptyFor(shape, live) && isEmptyFor(shape, config))) {
    return config === undefined ? live : config;
  }
  return shape.kind === "list"
    ? mergeLists(shapes, shape, asList(live) ?? [], asList(config) ?? [])
    : mergeMaps(shapes, shape, live, config);
}

function mergeMaps(shapes: Shapes, shape: MapShape, live: Side, config: Side): Side {
  const left = new Map(entries(asMap(live)));
  const right = new Map(entries(asMap(config)));
  const merged: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const place = placeOfKey(shape, key);
    const value = place && mergeValues(shapes, place, left.get(key), right.get(key));
    if (value === undefined) continue;
    setOwn(merged, key, value);
    isEmpty = false;
  }
  return isEmpty ? undefined : merged;
}

interface Indexed {
  readonly elements: readonly PathElement[];
  /** What stands where, beside `elements`. */
  readonly list: readonly JsonValue[];
  /** By element; null where several items share it, for those do not merge. */
  readonly items: ReadonlyMap<PathElement, JsonValue>;
}

function indexed(shape: ListShape, list: readonly JsonValue[]): Indexed {
  const elements: PathElement[] = [];
  const found: JsonValue[] = [];
  const items = new Map<PathElement, JsonValue>();
  for (const item of list) {
    const element = itemElement(shape, item);
    if (!element.ok) continue;
    elements.push(element.value);
    found.push(item);
    items.set(element.value, items.has(element.value) ? null : item);
  }
  return { elements, list: found, items };
}

/** Goes through both lists at once: items of both in the configuration's order, those of the live list between them. */
function mergeLists(shapes: Shapes, shape: ListShape, live: readonly JsonValue[], config: readonly JsonValue[]): Side {
  const left = indexed(shape, live);
  const right = indexed(shape, config);
  const shared = right.elements.filter((element) => left.items.has(element));
  const done = new Set<PathElement>();
  const merged: JsonValue[] = [];
  const add = (a: Side, b: Side) => {
    const value = mergeValues(shapes, shape.item, a, b);
    if (value !== undefined) merged.push(value);
  };
  const takeRight = (element: PathElement) => {
    done.add(element);
    add(left.items.get(element), right.items.get(element));
    if (shared[0] === element) shared.shift();
  };
  let l = 0;
  let r = 0;
  while (l < left.elements.length || r < right.elements.length) {
    const mine = left.elements[l];
    const theirs = right.elements[r];
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        takeRight(mine);
        l++;
        r++;
        continue;
      }
      // Shared, but its turn comes later.
      if (right.items.has(mine) && shared.length > 0 && shared[0] !== mine) {
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!right.items.has(mine)) {
        add(left.list[l], undefined);
        l++;
        continue;
      }
      if (done.has(mine)) l++;
    }
    if (theirs !== undefined) {
      takeRight(theirs);
      r++;
    }
  }
  return merged.length > 0 ? merged : undefined;
}
