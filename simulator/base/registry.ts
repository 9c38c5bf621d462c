import { assert } from "./assert.ts";

/** An explicit list whose entries have unique names; its order is part of determinism. */
export interface Registry<T> {
  readonly all: readonly T[];
  get(name: string): T | undefined;
}

/** Makes a registry; throws when two entries have the same name. */
export function defineRegistry<T>(what: string, entries: readonly T[], nameOf: (entry: T) => string): Registry<T> {
  const byName = new Map<string, T>();
  for (const entry of entries) {
    const name = nameOf(entry);
    assert(!byName.has(name), `${what} ${JSON.stringify(name)} is registered twice`);
    byName.set(name, entry);
  }
  return { all: Object.freeze([...entries]), get: (name) => byName.get(name) };
}
