import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { compareElements, type Path, type PathElement, parseElement } from "./path-element.ts";

// Models structured-merge-diff fieldpath Set

/** A set of paths as a tree: `members` are in the set themselves, `children` lead to members further down. */
export interface FieldSet {
  readonly members: ReadonlySet<PathElement>;
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

export const EMPTY_SET: FieldSet = { members: new Set(), children: new Map() };

/** A set that is being made. */
export interface FieldSetDraft extends FieldSet {
  readonly members: Set<PathElement>;
  readonly children: Map<PathElement, FieldSetDraft>;
}

export function newFieldSet(): FieldSetDraft {
  return { members: new Set(), children: new Map() };
}

/** Adds a path; the empty path, the whole object, belongs to no set. */
export function insertPath(set: FieldSetDraft, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let node = set;
  for (let at = 0; at < path.length - 1; at++) {
    const element = path[at] as PathElement;
    let child = node.children.get(element);
    if (child === undefined) {
      child = newFieldSet();
      node.children.set(element, child);
    }
    node = child;
  }
  node.members.add(last);
}

export function fieldSetOfPaths(paths: readonly Path[]): FieldSet {
  const set = newFieldSet();
  for (const path of paths) insertPath(set, path);
  return set;
}

export function isEmptySet({ members, children }: FieldSet): boolean {
  if (members.size > 0) return false;
  for (const child of children.values()) if (!isEmptySet(child)) return false;
  return true;
}

export function hasPath(set: FieldSet, path: Path): boolean {
  let node: FieldSet | undefined = set;
  for (let at = 0; at < path.length - 1; at++) node = node?.children.get(path[at] as PathElement);
  const last = path.at(-1);
  return last !== undefined && node?.members.has(last) === true;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const children = new Map(a.children);
  for (const [element, set] of b.children) {
    const mine = children.get(element);
    children.set(element, mine === undefined ? set : union(mine, set));
  }
  return { members: new Set([...a.members, ...b.members]), children };
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const members = new Set<PathElement>();
  for (const element of a.members) if (b.members.has(element)) members.add(element);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, set] of a.children) {
    const other = b.children.get(element);
    const shared = other === undefined ? EMPTY_SET : intersection(set, other);
    if (!isEmptySet(shared)) children.set(element, shared);
  }
  return { members, children };
}

/** The paths of `a` that are not in `b`; `a` itself where that is all of them. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false);
}

/** As `difference`; a path in `b` takes all that is below it along. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true);
}

function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  let changed = false;
  const members = new Set<PathElement>();
  for (const element of a.members) {
    if (b.members.has(element)) changed = true;
    else members.add(element);
  }
  const children = new Map<PathElement, FieldSet>();
  for (const [element, set] of a.children) {
    const other = b.children.get(element);
    const rest = recursive && b.members.has(element) ? EMPTY_SET : other ? subtract(set, other, recursive) : set;
    if (rest !== set) changed = true;
    if (!isEmptySet(rest)) children.set(element, rest);
  }
  return changed ? { members, children } : a;
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  return a === b || (isEmptySet(difference(a, b)) && isEmptySet(difference(b, a)));
}

/** All paths in canonical order: at each level the members before what is below. */
export function pathsOf(set: FieldSet, prefix: Path = []): Path[] {
  const paths: Path[] = [...set.members].sort(compareElements).map((element) => [...prefix, element]);
  for (const element of [...set.children.keys()].sort(compareElements)) {
    const child = set.children.get(element);
    if (child !== undefined) paths.push(...pathsOf(child, [...prefix, element]));
  }
  return paths;
}

/** The set in the form of metadata.managedFields, keys in canonical order. */
export function toFieldsV1(set: FieldSet): JsonObject {
  return contentsOf(set, false);
}

function contentsOf({ members, children }: FieldSet, isMember: boolean): JsonObject {
  const contents: Record<string, JsonValue> = {};
  if (isMember) contents["."] = {};
  for (const element of [...new Set([...members, ...children.keys()])].sort(compareElements)) {
    const child = children.get(element);
    contents[element] = child === undefined ? {} : contentsOf(child, members.has(element));
  }
  return contents;
}

/** Sets that were read already: what is stored is frozen, so one reading lasts. */
const known = new WeakMap<JsonObject, FieldSet>();

/** Reads the form of metadata.managedFields; fails on steps that are no steps. */
export function fromFieldsV1(fields: JsonObject): Result<FieldSet, string> {
  const cached = known.get(fields);
  if (cached !== undefined) return ok(cached);
  const set = newFieldSet();
  const problem = readInto(set, fields);
  if (problem !== undefined) return fail(problem);
  if (Object.isFrozen(fields)) known.set(fields, set);
  return ok(set);
}

function readInto(set: FieldSetDraft, fields: JsonObject): string | undefined {
  for (const [key, below] of Object.entries(fields)) {
    if (key === "." || below === undefined) continue;
    const element = parseElement(key);
    if (!element.ok) return element.error;
    if (element.value === undefined) continue;
    if (below !== null && !isObject(below)) return `no fields: ${key}`;
    const child = newFieldSet();
    const problem = readInto(child, below ?? {});
    if (problem !== undefined) return problem;
    const hasChildren = child.members.size > 0 || child.children.size > 0;
    if (!hasChildren || (below !== null && Object.hasOwn(below, "."))) set.members.add(element.value);
    if (hasChildren) set.children.set(element.value, child);
  }
  return undefined;
}
