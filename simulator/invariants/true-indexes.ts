import { keyOf } from "../api/object.ts";
import type { Invariant } from "./invariant.ts";

/** What an index gives is what a scan would give; revisions stay behind the store's. */
export const trueIndexes: Invariant = {
  name: "true indexes",
  check: (store) => {
    const problems: string[] = [];
    for (const collection of store.collections) {
      for (const [index, indexer] of collection.indexers) {
        let indexed = 0;
        // By their revisions, which no two have: an object may be put together anew at each reading.
        const under = new Map<string, Set<string>>();
        for (const value of collection.indexValues(index)) {
          indexed += collection.countByIndex(index, value);
          const found = Array.from(collection.byIndex(index, value), ({ metadata }) => metadata.resourceVersion);
          under.set(value, new Set(found));
        }
        let expected = 0;
        for (const object of collection.values()) {
          const value = indexer(object);
          const values = value === undefined ? [] : typeof value === "string" ? [value] : value;
          expected += new Set(values).size;
          for (const each of values) {
            if (under.get(each)?.has(object.metadata.resourceVersion) !== true) {
              problems.push(`${collection.ref.id} ${keyOf(object)} is not under ${index}=${each}`);
            }
          }
        }
        if (indexed !== expected) problems.push(`${collection.ref.id} ${index}: ${indexed} entries for ${expected}`);
      }
      for (const object of collection.values()) {
        const revision = Number(object.metadata.resourceVersion);
        if (!(revision <= store.revision)) problems.push(`${keyOf(object)} has revision ${revision}`);
        if (!Object.isFrozen(object)) problems.push(`${keyOf(object)} is not frozen`);
      }
    }
    return problems;
  },
};
