/**
 * Objects in the order of a list answer (etcd's: by namespace, then name, compared apart and byte by byte). Sorted when first
 * asked for, then kept in order: a list of many objects after each of many writes must not sort them all again.
 */
export class SortedObjects<T> {
  readonly #source: () => Iterable<readonly [string, T]>;
  /** With a zero between namespace and name, which sorts below all that a name may hold. */
  #keys: string[] | undefined;
  #objects: T[] = [];

  /** `source` gives all objects by their keys, in any order. */
  constructor(source: () => Iterable<readonly [string, T]>) {
    this.#source = source;
  }

  get keys(): readonly string[] {
    if (this.#keys === undefined) {
      const bySortKey = new Map<string, T>();
      for (const [key, object] of this.#source()) bySortKey.set(sortKeyOf(key), object);
      this.#keys = [...bySortKey.keys()].sort();
      this.#objects = this.#keys.map((key) => bySortKey.get(key) as T);
    }
    return this.#keys;
  }

  /** Each at the place of its key. */
  get objects(): readonly T[] {
    return this.keys.length === 0 ? [] : this.#objects;
  }

  /** Adds an object, or puts it in the place of the one with its key. */
  put(key: string, object: T): void {
    if (this.#keys === undefined) return;
    const sortKey = sortKeyOf(key);
    const place = placeOf(this.#keys, sortKey);
    if (this.#keys[place] !== sortKey) {
      this.#keys.splice(place, 0, sortKey);
      this.#objects.splice(place, 0, object);
    } else this.#objects[place] = object;
  }

  remove(key: string): void {
    if (this.#keys === undefined) return;
    const sortKey = sortKeyOf(key);
    const place = placeOf(this.#keys, sortKey);
    if (this.#keys[place] !== sortKey) return;
    this.#keys.splice(place, 1);
    this.#objects.splice(place, 1);
  }

  forget(): void {
    this.#keys = undefined;
    this.#objects = [];
  }
}

/** A key as it is sorted: `namespace\0name`. */
export function sortKeyOf(key: string): string {
  return key.replace("/", "\0");
}

export function keyOfSortKey(sortKey: string): string {
  return sortKey.replace("\0", "/");
}

/** The place of the first sort key that is not less than `wanted`. */
export function placeOf(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the keys of a namespace begin and end; all keys without one. */
export function rangeOf(sorted: readonly string[], namespace: string | undefined): readonly [number, number] {
  if (namespace === undefined) return [0, sorted.length];
  return [placeOf(sorted, `${namespace}\0`), placeOf(sorted, `${namespace}\x01`)];
}
