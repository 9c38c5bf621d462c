import { equalJson, isObject, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";
import { type FieldSet, type FieldSetDraft, insertPath, newFieldSet } from "./field-set.ts";
import { fieldElement, fieldName, type Path, type PathElement } from "./path-element.ts";
import {
  asList,
  asMap,
  itemElement,
  type ListShape,
  type MapShape,
  type Place,
  placeOfKey,
  type Shape,
  type Shapes,
} from "./shapes.ts";

// Models structured-merge-diff typed: ToFieldSet, Compare, RemoveItems, EnsureNamedFieldsAreMembers

/** The fields that a value has. */
export function fieldSetOf(shapes: Shapes, place: Place, value: JsonValue): FieldSet {
  const set = newFieldSet();
  collect(shapes, place, value, [], set);
  return set;
}

function collect(shapes: Shapes, place: Place, value: JsonValue, path: Path, set: FieldSetDraft): void {
  const shape = shapes.of(place, value);
  if (shape.kind === "scalar" || shape.atomic) insertPath(set, path);
  else if (shape.kind === "list") collectItems(shapes, shape, asList(value) ?? [], path, set);
  else {
    for (const [key, item] of entries(asMap(value))) {
      const at = [...path, fieldElement(key)];
      const below = placeOfKey(shape, key);
      if (below !== undefined) collect(shapes, below, item, at, set);
      const isEmpty = item === null || (isObject(item) && Object.keys(item).length === 0);
      if (isEmpty || !shape.fields?.has(key)) insertPath(set, at);
    }
  }
}

function collectItems(
  shapes: Shapes,
  shape: ListShape,
  list: readonly JsonValue[],
  path: Path,
  set: FieldSetDraft,
): void {
  for (const [element, items] of itemsByElement(shape, list)) {
    const at = [...path, element];
    const [only] = items;
    if (items.length === 1 && only !== undefined) collect(shapes, shape.item, only, at, set);
    insertPath(set, at);
  }
}

/** The items of a list by what finds them, in the list's order; items that nothing finds are left out. */
export function itemsByElement(shape: ListShape, list: readonly JsonValue[]): Map<PathElement, JsonValue[]> {
  const found = new Map<PathElement, JsonValue[]>();
  for (const item of list) {
    const element = itemElement(shape, item);
    if (!element.ok) continue;
    const items = found.get(element.value);
    if (items === undefined) found.set(element.value, [item]);
    else items.push(item);
  }
  return found;
}

export function entries(map: JsonObject | undefined): (readonly [string, JsonValue])[] {
  if (map === undefined) return [];
  return Object.entries(map).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
}

/** What a change does to fields: a field is in one of the three sets at most. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface ComparisonDraft extends Comparison {
  readonly added: FieldSetDraft;
  readonly modified: FieldSetDraft;
  readonly removed: FieldSetDraft;
}

type Side = JsonValue | undefined;

export function compare(shapes: Shapes, place: Place, before: JsonValue, after: JsonValue): Comparison {
  const comparison = { added: newFieldSet(), modified: newFieldSet(), removed: newFieldSet() };
  comparePlace(shapes, place, before, after, [], comparison);
  return comparison;
}

/** Sides are undefined where there is nothing. */
function comparePlace(shapes: Shapes, place: Place, before: Side, after: Side, path: Path, to: ComparisonDraft): void {
  if (before === after) return;
  const right = shapes.of(place, after ?? before);
  const left = shapes.of(place, before ?? after);
  let isLeaf = compareShape(shapes, right, before, after, path, to);
  // A free-form value that changes its shape is compared as either.
  if (left.kind !== right.kind) isLeaf = compareShape(shapes, left, before, after, path, to) || isLeaf;
  if (isLeaf) return;
  if (before === undefined) insertPath(to.added, path);
  else if (after === undefined) insertPath(to.removed, path);
}

/** Compares as one shape; true when the value counts as a whole. */
function compareShape(shapes: Shapes, shape: Shape, before: Side, after: Side, path: Path, to: ComparisonDraft) {
  const isLeaf = shape.kind === "scalar" || shape.atomic || (isEmptyFor(shape, before) && isEmptyFor(shape, after));
  if (isLeaf) compareLeaf(before, after, path, to);
  else if (shape.kind === "list") compareItems(shapes, shape, asList(before) ?? [], asList(after) ?? [], path, to);
  else {
    const left = asMap(before) ?? {};
    const right = asMap(after) ?? {};
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const below = placeOfKey(shape, key);
      const old = Object.hasOwn(left, key) ? left[key] : undefined;
      const next = Object.hasOwn(right, key) ? right[key] : undefined;
      if (below !== undefined) comparePlace(shapes, below, old, next, [...path, fieldElement(key)], to);
    }
  }
  return isLeaf;
}

/** Whether a list or map has nothing in it. */
export function isEmptyFor(shape: ListShape | MapShape, value: Side): boolean {
  if (shape.kind === "list") return (asList(value) ?? []).length === 0;
  return entries(asMap(value)).length === 0;
}

function compareLeaf(before: Side, after: Side, path: Path, to: ComparisonDraft): void {
  if (before === undefined) insertPath(to.added, path);
  else if (after === undefined) insertPath(to.removed, path);
  else if (!equalJson(before, after)) insertPath(to.modified, path);
}

function compareItems(
  shapes: Shapes,
  shape: ListShape,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: Path,
  to: ComparisonDraft,
): void {
  const left = itemsByElement(shape, before);
  const right = itemsByElement(shape, after);
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const old = left.get(element) ?? [];
    const next = right.get(element) ?? [];
    const at = [...path, element];
    if (old.length <= 1 && next.length <= 1) comparePlace(shapes, shape.item, old[0], next[0], at, to);
    // Items that stand twice are owned as one.
    else if (old.length >= 2 && next.length >= 2) {
      if (!equalJson(old, next)) insertPath(to.modified, at);
    } else if (old.length >= 2) {
      if (next.length > 0) comparePlace(shapes, shape.item, undefined, next[0], at, to);
      insertPath(to.removed, at);
    } else {
      if (old.length > 0) comparePlace(shapes, shape.item, old[0], undefined, at, to);
      insertPath(to.added, at);
    }
  }
}

/** The value without the fields and items of a set. What has nothing left becomes null. */
export function removeItems(shapes: Shapes, place: Place, value: JsonValue, gone: FieldSet): JsonValue {
  const shape = shapes.of(place, value);
  if (shape.kind === "scalar") return value;
  if (shape.atomic) return null;
  if (shape.kind === "list") {
    const items: JsonValue[] = [];
    for (const item of asList(value) ?? []) {
      const element = itemElement(shape, item);
      if (element.ok && gone.members.has(element.value)) continue;
      const below = element.ok ? gone.children.get(element.value) : undefined;
      items.push(below === undefined ? item : removeItems(shapes, shape.item, item, below));
    }
    return items.length > 0 ? items : null;
  }
  const kept: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const [key, item] of entries(asMap(value))) {
    const element = fieldElement(key);
    if (gone.members.has(element)) continue;
    const below = gone.children.get(element);
    const inner = placeOfKey(shape, key);
    setOwn(kept, key, below === undefined || inner === undefined ? item : removeItems(shapes, inner, item, below));
    isEmpty = false;
  }
  return isEmpty ? null : kept;
}

/** The set with each struct's field that leads on to members as a member itself. */
export function withNamedFields(shapes: Shapes, place: Place | undefined, set: FieldSet): FieldSet {
  const shape = place === undefined ? undefined : shapes.of(place, undefined);
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, below] of set.children) {
    const name = fieldName(element);
    if (name !== undefined && shape?.kind === "map" && shape.fields?.has(name)) members.add(element);
    const inner =
      shape?.kind === "map" && name !== undefined
        ? placeOfKey(shape, name)
        : shape?.kind === "list" && element.startsWith("k:")
          ? shape.item
          : undefined;
    children.set(element, withNamedFields(shapes, inner, below));
  }
  return { members, children };
}
