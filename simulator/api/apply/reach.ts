import { equalJson, type JsonValue } from "../../base/json.ts";
import type { FieldSet } from "./field-set.ts";
import { fieldElement } from "./path-element.ts";
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

/** What a change does to the fields of a set: nothing, only gives some of them other values, or more than that. */
export type Reach = "none" | "values" | "beyond";

type Side = JsonValue | undefined;

/**
 * How far a change goes beyond giving fields of one set other values, which makes nobody's fields another's. The
 * cluster's own parts write the same few status fields again and again; this tells so without making any set.
 */
export function reachOf(shapes: Shapes, place: Place, before: Side, after: Side, set: FieldSet): Reach {
  if (before === after) return "none";
  const shape = shapes.of(place, after);
  if (shape.kind === "scalar" || shape.atomic) return equalJson(before, after) ? "none" : "beyond";
  if (shape.kind === "list") return reachInList(shapes, shape, before, after, set);
  return reachInMap(shapes, shape, before, after, set);
}

function reachInList(shapes: Shapes, shape: ListShape, before: Side, after: Side, set: FieldSet): Reach {
  const left = asList(before);
  const right = asList(after);
  if (left === undefined || right === undefined || left.length !== right.length) return "beyond";
  let reach: Reach = "none";
  for (const [at, item] of right.entries()) {
    const old = left[at] ?? null;
    if (equalJson(item, old)) continue;
    const element = itemElement(shape, item);
    const oldElement = itemElement(shape, old);
    if (!element.ok || !oldElement.ok || element.value !== oldElement.value) return "beyond";
    const below = set.children.get(element.value);
    if (below === undefined || reachOf(shapes, shape.item, old, item, below) === "beyond") return "beyond";
    reach = "values";
  }
  return reach;
}

function reachInMap(shapes: Shapes, shape: MapShape, before: Side, after: Side, set: FieldSet): Reach {
  const left = asMap(before);
  const right = asMap(after);
  if (left === undefined || right === undefined) return "beyond";
  for (const key in left) if (left[key] !== undefined && right[key] === undefined) return "beyond";
  let reach: Reach = "none";
  for (const key in right) {
    const value = right[key];
    const old = left[key];
    if (value === old || equalJson(value, old)) continue;
    const place = placeOfKey(shape, key);
    if (old === undefined || place === undefined) return "beyond";
    const element = fieldElement(key);
    const below = set.children.get(element);
    const isOwned = below === undefined && set.members.has(element) && isLeaf(shapes, place, value);
    if (!isOwned && (below === undefined || reachOf(shapes, place, old, value, below) === "beyond")) return "beyond";
    reach = "values";
  }
  return reach;
}

function isLeaf(shapes: Shapes, place: Place, value: Side): boolean {
  const shape = shapes.of(place, value);
  return shape.kind === "scalar" || shape.atomic;
}
