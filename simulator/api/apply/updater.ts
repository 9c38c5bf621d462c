import { equalJson, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { difference, EMPTY_SET, type FieldSet, intersection, isEmptySet, union } from "./field-set.ts";
import { type Manager, type Managers, withManager } from "./managed.ts";
import { mergeValues } from "./merge.ts";
import type { FieldFilter } from "./reset-fields.ts";
import type { Place, Shapes } from "./shapes.ts";
import { type Comparison, compare, fieldSetOf, removeItems, withNamedFields } from "./walk.ts";

// Models structured-merge-diff merge Updater

/** The type that a merge works on, and what the request's endpoint lets its clients own. */
export interface MergeType {
  readonly shapes: Shapes;
  readonly root: Place;
  readonly filter: FieldFilter;
}

/** Fields of others that an apply would change, by the identity of who has them. */
export type Conflicts = ReadonlyMap<string, FieldSet>;

/** Who manages what after a change: everyone without the fields that it touched, and those that its author gets. */
export function updated(
  type: MergeType,
  managers: Managers,
  before: JsonObject,
  after: JsonObject,
): { readonly managers: Managers; readonly taken: FieldSet } {
  const changes = changesOf(type, before, after);
  const taken = union(changes.modified, changes.added);
  return { managers: release(managers, union(taken, changes.removed)), taken };
}

/** The outcome of an apply: the object, or undefined where it is the live one still, and its managers. */
export interface Applied {
  readonly object: JsonValue | undefined;
  readonly managers: Managers;
}

/** Lays a configuration over a live object; what `author` applied before and leaves out now goes. */
export function applied(
  type: MergeType,
  managers: Managers,
  live: JsonObject,
  config: JsonObject,
  author: Omit<Manager, "set">,
  identity: string,
  force: boolean,
): Result<Applied, Conflicts> {
  const { shapes, root, filter } = type;
  const merged = mergeValues(shapes, root, live, config) ?? {};
  const last = managers.get(identity)?.set ?? EMPTY_SET;
  const set = filter(fieldSetOf(shapes, root, config));
  const claimed = new Map(managers).set(identity, { ...author, set });
  const object = isEmptySet(last) ? merged : pruned(type, merged, claimed, last);

  const changes = changesOf(type, live, object);
  const changed = union(changes.modified, changes.added);
  const conflicts = conflictsWith(claimed, changed, identity);
  if (!force && conflicts.size > 0) return fail(conflicts);
  const settled = withManager(release(claimed, union(changed, changes.removed), identity), identity, {
    ...author,
    set,
  });
  return ok({ object: equalJson(live, object) ? undefined : object, managers: settled });
}

function changesOf({ shapes, root, filter }: MergeType, before: JsonValue, after: JsonValue): Comparison {
  const { added, modified, removed } = compare(shapes, root, before, after);
  return { added: filter(added), modified: filter(modified), removed: filter(removed) };
}

function conflictsWith(managers: Managers, changed: FieldSet, identity: string): Conflicts {
  const conflicts = new Map<string, FieldSet>();
  for (const [other, { set }] of managers) {
    const theirs = other === identity ? EMPTY_SET : intersection(set, changed);
    if (!isEmptySet(theirs)) conflicts.set(other, theirs);
  }
  return conflicts;
}

/** Takes fields from everyone but one. Who has none left goes. */
function release(managers: Managers, fields: FieldSet, except?: string): Managers {
  const rest = new Map<string, Manager>();
  for (const [identity, manager] of managers) {
    const set = identity === except ? manager.set : difference(manager.set, fields);
    if (!isEmptySet(set)) rest.set(identity, set === manager.set ? manager : { ...manager, set });
  }
  return rest;
}

/** The merged object without what was applied last time and no manager claims any more. */
function pruned({ shapes, root }: MergeType, merged: JsonValue, managers: Managers, last: FieldSet): JsonValue {
  const named = (set: FieldSet) => withNamedFields(shapes, root, set);
  const mergedSet = named(fieldSetOf(shapes, root, merged));
  const lastSet = named(last);
  const bare = removeItems(shapes, root, merged, lastSet);
  let owned = EMPTY_SET;
  for (const { set } of managers.values()) owned = union(owned, set);
  const kept = union(named(fieldSetOf(shapes, root, bare)), named(owned));
  const withOwned = removeItems(shapes, root, merged, difference(mergedSet, kept));
  // What went although it was never applied, because it stood in something that was, stays.
  const gone = difference(mergedSet, named(fieldSetOf(shapes, root, withOwned)));
  return removeItems(shapes, root, merged, intersection(gone, lastSet));
}
