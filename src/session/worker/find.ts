import type { JsonObject, Simulation } from "../../../simulator/index.ts";
import type { ObjectChange } from "../session.ts";
import { keyOf } from "./collections.ts";

const MOST_FOUND = 40;
/** Nobody looks for these by name. */
const HIDDEN: ReadonlySet<string> = new Set(["Event", "Lease", "Clock", "CSINode"]);
/** What a person looks for first. */
const FIRST = ["Node", "Deployment", "Service", "Pod"];

/** Objects whose kind and name have all of these words, in small letters; the first few. */
export function findObjects({ store }: Simulation, words: readonly string[]): readonly ObjectChange[] {
  const found: ObjectChange[] = [];
  const rank = (kind: string) => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);
  const collections = [...store.collections].toSorted((a, b) => rank(a.ref.kind) - rank(b.ref.kind));
  for (const collection of collections) {
    const { kind } = collection.ref;
    if (HIDDEN.has(kind)) continue;
    for (const object of collection.values()) {
      const key = keyOf(object.metadata);
      const text = `${kind} ${key}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      found.push({ kind, key, object: object as unknown as JsonObject });
      if (found.length >= MOST_FOUND) return found;
    }
  }
  return found;
}
