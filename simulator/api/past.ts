import { fail, ok, type Result } from "../base/result.ts";
import { continueExpired, resourceExpired, type Status } from "./errors.ts";
import { encodeContinue, type Page } from "./list-options.ts";
import { type KubeObject, keyOf } from "./object.ts";
import { keyOfSortKey, placeOf, sortKeyOf } from "./sorted-keys.ts";
import type { Collection } from "./store.ts";

/** How long the past is kept: etcd is compacted by then. Models apiserver pkg/storage/storagebackend DefaultCompactInterval. */
const COMPACTED_AFTER_MS = 5 * 60_000;

/** The sort keys of objects in the order of a list, and the object at each place. */
export interface View {
  readonly keys: readonly string[];
  at(place: number): KubeObject | undefined;
}

/** A collection as it was at the page's revision; a refusal where that is forgotten. */
export function viewAt(collection: Collection, page: Page, nowMs: number): Result<View, Status> {
  const isCompacted = page.begunMs !== undefined && nowMs - page.begunMs >= COMPACTED_AFTER_MS;
  const changes = isCompacted ? undefined : collection.changesSince(page.revision ?? 0);
  if (changes === undefined) {
    return fail(
      page.isContinued
        ? continueExpired(encodeContinue(page.after, -1))
        : resourceExpired("The resourceVersion for the provided list is too old."),
    );
  }
  const before = new Map<string, KubeObject | undefined>();
  for (const { object, previous } of changes) {
    const key = keyOf(object);
    if (!before.has(key)) before.set(key, previous);
  }
  const keys = keysBefore(collection, before);
  const at = (place: number) => {
    const key = keyOfSortKey(keys[place] as string);
    return before.has(key) ? before.get(key) : collection.get(key);
  };
  return ok({ keys, at });
}

/** The present keys, without those that came since and with those that went; the present ones themselves when none did. */
function keysBefore(collection: Collection, before: ReadonlyMap<string, KubeObject | undefined>): readonly string[] {
  const present = collection.sortedKeys();
  const moved = [...before].filter(([key, object]) => (object === undefined) !== (collection.get(key) === undefined));
  if (moved.length === 0) return present;
  const keys = [...present];
  for (const [key, object] of moved) {
    const sortKey = sortKeyOf(key);
    const place = placeOf(keys, sortKey);
    if (object === undefined) keys.splice(place, 1);
    else keys.splice(place, 0, sortKey);
  }
  return keys;
}
