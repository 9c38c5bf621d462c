/**
 * Keys in the order of a list answer (etcd's: by namespace, then name, compared apart and byte by byte). Sorted when first
 * asked for, then kept in order: a list of many objects after each of many writes must not sort them all again.
 */
export class SortedKeys {
  readonly #source: () => Iterable<string>;
  /** With a zero between namespace and name, which sorts below all that a name may hold. */
  #sorted: string[] | undefined;

  /** `source` gives all keys, in any order. */
  constructor(source: () => Iterable<string>) {
    this.#source = source;
  }

  get all(): readonly string[] {
    this.#sorted ??= Array.from(this.#source(), sortKeyOf).sort();
    return this.#sorted;
  }

  add(key: string): void {
    if (this.#sorted === undefined) return;
    const sortKey = sortKeyOf(key);
    this.#sorted.splice(placeOf(this.#sorted, sortKey), 0, sortKey);
  }

  remove(key: string): void {
    if (this.#sorted === undefined) return;
    const sortKey = sortKeyOf(key);
    const place = placeOf(this.#sorted, sortKey);
    if (this.#sorted[place] === sortKey) this.#sorted.splice(place, 1);
  }

  forget(): void {
    this.#sorted = undefined;
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
