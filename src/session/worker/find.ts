import type { JsonObject, ObjectMeta, Simulation } from "../../../simulator/index.ts";
import type { ObjectChange } from "../session.ts";
import { keyOf } from "./collections.ts";

const MOST_FOUND = 40;
/** Nobody looks for these by name. */
const HIDDEN: ReadonlySet<string> = new Set(["Event", "Lease", "Clock", "CSINode"]);
/** What a person looks for first. */
const FIRST = ["Node", "Deployment", "Service", "Pod"];

/** Texts are not put together for it: of 150,000 objects that alone would take a tenth of a second. */
function hasWord(metadata: ObjectMeta, word: string): boolean {
  if (word.includes("/")) return keyOf(metadata).toLowerCase().includes(word);
  const { name = "", namespace = "" } = metadata;
  return name.toLowerCase().includes(word) || namespace.toLowerCase().includes(word);
}

/** Objects whose kind and name have all of these words, in small letters; the first few. */
export function findObjects({ store }: Simulation, words: readonly string[]): readonly ObjectChange[] {
  const found: ObjectChange[] = [];
  const rank = (kind: string) => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);
  const collections = [...store.collections].toSorted((a, b) => rank(a.ref.kind) - rank(b.ref.kind));
  for (const collection of collections) {
    const { kind } = collection.ref;
    if (HIDDEN.has(kind)) continue;
    const ofKind = kind.toLowerCase();
    const others = words.filter((word) => !ofKind.includes(word));
    for (const object of collection.values()) {
      if (!others.every((word) => hasWord(object.metadata, word))) continue;
      found.push({ kind, key: keyOf(object.metadata), object: object as unknown as JsonObject });
      if (found.length >= MOST_FOUND) return found;
    }
  }
  return found;
}
