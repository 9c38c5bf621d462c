import { assert, present } from "../base/assert.ts";
import { deepFreeze } from "../base/json.ts";
import { addMember, countMembers, type Members, Reading, readMembers, removeMember } from "./members.ts";
import { type KubeObject, keyOf } from "./object.ts";
import type { ResourceRef } from "./refs.ts";
import { SortedObjects } from "./sorted-keys.ts";

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** One committed write: what watches see. `previous` is the object before it, absent for ADDED. */
export interface Change<T extends KubeObject = KubeObject> {
  readonly type: ChangeType;
  readonly revision: number;
  readonly object: T;
  readonly previous?: T;
}

export type ChangeHandler<T extends KubeObject> = (change: Change<T>) => void;

/** Gives the index values of an object: none, one, or several. */
export interface Indexer {
  (object: KubeObject): string | readonly string[] | undefined;
  /** The part that the values follow from: while it is the same one, so are they. */
  readonly part?: (object: KubeObject) => unknown;
}

/** An indexer that looks at a part of an object only: most writes leave most parts as they are. */
export function indexBy<Part>(
  part: (object: KubeObject) => Part,
  values: (part: Part) => ReturnType<Indexer>,
): Indexer {
  return Object.assign((object: KubeObject) => values(part(object)), { part });
}

/** What a collection remembers for watches that come back with an older revision; beyond it they get 410 Gone. */
const HISTORY_LENGTH = 2048;
/** So many are forgotten at once: to move the rest for each would cost more than the write. */
const FORGOTTEN_AT_ONCE = 256;

interface Subscription<T extends KubeObject> {
  /** Fixes who hears first among all who listen, whenever they subscribed: part of determinism. */
  readonly order: string;
  readonly handler: ChangeHandler<T>;
}

/**
 * An object's place: it is filled anew at each change, so that what leads to it (indexes, order) need not be touched. A kind
 * of which there are very many may bring its own, that keeps objects in pieces and puts them together when they are read.
 */
export interface Cell<T extends KubeObject> {
  readonly key: string;
  object: T;
}

export type NewCell<T extends KubeObject> = (key: string, object: T) => Cell<T>;

function plainCell<T extends KubeObject>(key: string, object: T): Cell<T> {
  return { key, object };
}

interface Index<T extends KubeObject> {
  readonly indexer: Indexer;
  readonly values: Members<Cell<T>>;
  readonly listeners: Map<string, Subscription<T>[]>;
}

export interface CollectionState {
  readonly objects: readonly KubeObject[];
  /** Index name -> [value, keys in order]. Orders are saved because readers may depend on them. */
  readonly indexes: { readonly [name: string]: readonly (readonly [string, readonly string[]])[] };
}

/** All objects of one resource, with its indexes, history and listeners. */
export class Collection<T extends KubeObject = KubeObject> {
  readonly ref: ResourceRef<T>;
  readonly #newCell: NewCell<T>;
  readonly #objects = new Map<string, Cell<T>>();
  readonly indexers: readonly (readonly [string, Indexer])[];
  readonly #indexes = new Map<string, Index<T>>();
  /** The same, in a row. */
  readonly #kept: Index<T>[] = [];
  readonly #listeners: Subscription<T>[] = [];
  readonly #sorted = new SortedObjects<Cell<T>>(() => this.#objects);
  #history: Change<T>[] = [];
  #forgottenRevision: number;
  #era = 0;

  constructor(
    ref: ResourceRef<T>,
    indexers: { readonly [name: string]: Indexer },
    revision: number,
    newCell: NewCell<T> = plainCell,
  ) {
    this.ref = ref;
    this.#newCell = newCell;
    this.indexers = Object.entries(indexers);
    for (const [name, indexer] of this.indexers) {
      const index: Index<T> = { indexer, values: new Map(), listeners: new Map() };
      this.#indexes.set(name, index);
      this.#kept.push(index);
    }
    this.#forgottenRevision = revision;
  }

  /** The newest revision whose change is no longer remembered. */
  get forgottenRevision(): number {
    return this.#forgottenRevision;
  }

  /** Another number when what is served here has changed, or is gone: watches of before end. */
  get era(): number {
    return this.#era;
  }

  endWatches(): void {
    this.#era++;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)?.object;
  }

  /** All objects in the order they were created. */
  values(): IterableIterator<T> {
    return new Reading<Cell<T>, T>(this.#objects.values(), objectIn);
  }

  /** All keys in the order of a list answer, as sorted-keys.ts writes them; good until the next write. */
  sortedKeys(): readonly string[] {
    return this.#sorted.keys;
  }

  /** The object at a place in that order. */
  sortedAt(place: number): T | undefined {
    return this.#sorted.objects[place]?.object;
  }

  /** Objects with an index value, in the order they got it. The collection must have that index. */
  byIndex(index: string, value: string): Iterable<T> {
    return readMembers(this.#index(index).values, value, objectIn);
  }

  countByIndex(index: string, value: string): number {
    const found = this.#indexes.get(index);
    return found === undefined ? 0 : countMembers(found.values, value);
  }

  /** Index values that some object has. */
  indexValues(index: string): IterableIterator<string> {
    return this.#index(index).values.keys();
  }

  /** Calls `handler` at each commit, in the commit. It may note what to do later; it must not write. */
  listen(order: string, handler: ChangeHandler<T>): () => void {
    return addListener(this.#listeners, { order, handler });
  }

  /** As `listen`, for the changes of objects that have, or had until the change, the index value. */
  listenByIndex(index: string, value: string, order: string, handler: ChangeHandler<T>): () => void {
    const values = this.#index(index).listeners;
    const listeners = values.get(value) ?? [];
    values.set(value, listeners);
    const remove = addListener(listeners, { order, handler });
    return () => {
      remove();
      if (listeners.length === 0 && values.get(value) === listeners) values.delete(value);
    };
  }

  /** The revision of the last change. */
  get newestRevision(): number {
    return this.#history.at(-1)?.revision ?? this.#forgottenRevision;
  }

  /** Changes after `revision`, oldest first, `limit` of them at most; undefined when they are no longer all remembered. */
  changesSince(revision: number, limit = Number.POSITIVE_INFINITY): readonly Change<T>[] | undefined {
    if (revision < this.#forgottenRevision) return undefined;
    let start = this.#history.length;
    // Who asks has mostly seen all but the last.
    for (let step = 1; start > 0 && (this.#history[start - 1]?.revision ?? 0) > revision; step *= 2) {
      start = Math.max(start - step, 0);
    }
    while (start < this.#history.length && (this.#history[start]?.revision ?? 0) <= revision) start++;
    return this.#history.slice(start, start + limit);
  }

  /** Puts a committed change in place and tells the listeners. Only the store calls this. */
  apply(change: Change<T>): void {
    const key = keyOf(change.object);
    let cell = this.#objects.get(key);
    assert((cell === undefined) === (change.type === "ADDED"), `${this.ref.id} ${key}: ${change.type} out of turn`);
    if (cell === undefined) {
      cell = this.#newCell(key, change.object);
      this.#objects.set(key, cell);
    } else cell.object = change.object;
    if (change.type === "DELETED") this.#objects.delete(key);
    if (change.type === "ADDED") this.#sorted.put(key, cell);
    else if (change.type === "DELETED") this.#sorted.remove(key);
    for (let at = 0; at < this.#kept.length; at++) this.#reindex(this.#kept[at] as Index<T>, cell, change);
    this.#remember(change);
    tell(this.#listeners, change);
  }

  save(): CollectionState {
    const indexes: Record<string, (readonly [string, readonly string[]])[]> = {};
    for (const [name, { values }] of this.#indexes) {
      indexes[name] = Array.from(values.keys(), (value) => [
        value,
        Array.from(readMembers(values, value, ({ key }) => key)),
      ]);
    }
    return { objects: [...this.values()], indexes };
  }

  load(state: CollectionState, revision: number): void {
    this.#objects.clear();
    for (const object of state.objects) {
      const key = keyOf(object);
      this.#objects.set(key, this.#newCell(key, deepFreeze(object) as T));
    }
    for (const [name, { values }] of this.#indexes) {
      values.clear();
      for (const [value, keys] of state.indexes[name] ?? []) {
        for (const key of keys) addMember(values, value, present(this.#objects.get(key), `no ${key} in the state`));
      }
    }
    this.#sorted.forget();
    this.#history = [];
    this.#forgottenRevision = revision;
  }

  #reindex({ indexer, values, listeners }: Index<T>, cell: Cell<T>, change: Change<T>): void {
    const { part } = indexer;
    if (part !== undefined && change.type === "MODIFIED" && part(change.object) === part(change.previous as T)) {
      if (listeners.size > 0) for (const value of toList(indexer(change.object))) tell(listeners.get(value), change);
      return;
    }
    const was = change.previous === undefined ? undefined : indexer(change.previous);
    const is = change.type === "DELETED" ? undefined : indexer(change.object);
    if (was === undefined && is === undefined) return;
    if (typeof is === "string" && was === is) {
      // Most changes move nothing.
      if (listeners.size > 0) tell(listeners.get(is), change);
      return;
    }
    const before = toList(was);
    const after = toList(is);
    for (const value of before) if (!after.includes(value)) removeMember(values, value, cell);
    for (const value of after) addMember(values, value, cell);
    if (listeners.size === 0) return;
    for (const value of before) tell(listeners.get(value), change);
    for (const value of after) if (!before.includes(value)) tell(listeners.get(value), change);
  }

  #index(name: string): Index<T> {
    return present(this.#indexes.get(name), `${this.ref.id} has no index ${name}`);
  }

  #remember(change: Change<T>): void {
    this.#history.push(change);
    if (this.#history.length < HISTORY_LENGTH + FORGOTTEN_AT_ONCE) return;
    const gone = this.#history.splice(0, FORGOTTEN_AT_ONCE);
    this.#forgottenRevision = gone.at(-1)?.revision ?? this.#forgottenRevision;
  }
}

const NOWHERE: readonly string[] = [];

function objectIn<T extends KubeObject>(cell: Cell<T>): T {
  return cell.object;
}

function tell<T extends KubeObject>(listeners: readonly Subscription<T>[] | undefined, change: Change<T>): void {
  if (listeners === undefined) return;
  // By place: an iterator would make an object a listener, and each pod's write has twenty.
  for (let at = 0; at < listeners.length; at++) listeners[at]?.handler(change);
}

function toList(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? NOWHERE : typeof value === "string" ? [value] : value;
}

function addListener<T extends KubeObject>(list: Subscription<T>[], subscription: Subscription<T>): () => void {
  const place = list.findIndex((other) => other.order > subscription.order);
  list.splice(place < 0 ? list.length : place, 0, subscription);
  return () => {
    const index = list.indexOf(subscription);
    if (index >= 0) list.splice(index, 1);
  };
}

export interface StoreState {
  readonly revision: number;
  readonly collections: { readonly [id: string]: CollectionState };
}

/** All truth: every object of every resource under one revision counter, as etcd keeps it. */
export class Store {
  #revision = 1;
  #shape = 0;
  readonly #collections = new Map<string, Collection>();
  /** Hears every commit of every resource, after the resource's own listeners: the journal, the page's view. */
  onCommit: ((change: Change, collection: Collection) => void) | undefined;

  get revision(): number {
    return this.#revision;
  }

  /** Changes with the set of collections. */
  get shape(): number {
    return this.#shape;
  }

  get collections(): IterableIterator<Collection> {
    return this.#collections.values();
  }

  add<T extends KubeObject>(
    ref: ResourceRef<T>,
    indexers: { readonly [name: string]: Indexer },
    newCell?: NewCell<T>,
  ): void {
    assert(!this.#collections.has(ref.id), `${ref.id} is in the store already`);
    this.#shape++;
    this.#collections.set(ref.id, new Collection(ref, indexers, this.#revision, newCell) as unknown as Collection);
  }

  remove(ref: ResourceRef<KubeObject>): void {
    this.#shape++;
    this.#collections.get(ref.id)?.endWatches();
    this.#collections.delete(ref.id);
  }

  of<T extends KubeObject>(ref: ResourceRef<T>): Collection<T> {
    return present(this.#collections.get(ref.id), `no resource ${ref.id}`) as unknown as Collection<T>;
  }

  /** Writes an object that is not there yet. Its resourceVersion becomes the new revision. Returns it as stored. */
  create<T extends KubeObject>(ref: ResourceRef<T>, object: T): T {
    const collection = this.of(ref);
    const stored = this.#stamp(object);
    this.#commit(collection, { type: "ADDED", revision: this.#revision, object: stored });
    return stored;
  }

  /** Replaces an object. */
  update<T extends KubeObject>(ref: ResourceRef<T>, object: T): T {
    const collection = this.of(ref);
    const previous = present(collection.get(keyOf(object)), `${ref.id} ${keyOf(object)} is absent`);
    const stored = this.#stamp(object);
    this.#commit(collection, { type: "MODIFIED", revision: this.#revision, object: stored, previous });
    return stored;
  }

  /** Takes an object away; the last state that watches see is `object` with the deletion's revision. */
  delete<T extends KubeObject>(ref: ResourceRef<T>, object: T): T {
    const collection = this.of(ref);
    const previous = present(collection.get(keyOf(object)), `${ref.id} ${keyOf(object)} is absent`);
    const last = this.#stamp(object);
    this.#commit(collection, { type: "DELETED", revision: this.#revision, object: last, previous });
    return last;
  }

  save(): StoreState {
    const collections = [...this.#collections].map(([id, collection]) => [id, collection.save()]);
    return { revision: this.#revision, collections: Object.fromEntries(collections) };
  }

  load(state: StoreState): void {
    this.#revision = state.revision;
    for (const [id, collection] of this.#collections) {
      collection.load(state.collections[id] ?? { objects: [], indexes: {} }, state.revision);
    }
  }

  /** Gives an object its revision. One that nobody froze yet was made for this write: it need not be copied again. */
  #stamp<T extends KubeObject>(object: T): T {
    this.#revision++;
    const resourceVersion = String(this.#revision);
    if (Object.isFrozen(object)) return deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion } });
    const stamped = object as { -readonly [Field in keyof T]: T[Field] };
    if (Object.isFrozen(stamped.metadata)) stamped.metadata = { ...stamped.metadata, resourceVersion };
    else (stamped.metadata as { resourceVersion: string }).resourceVersion = resourceVersion;
    return deepFreeze(object);
  }

  #commit<T extends KubeObject>(collection: Collection<T>, change: Change<T>): void {
    collection.apply(change);
    this.onCommit?.(change, collection as unknown as Collection);
  }
}
