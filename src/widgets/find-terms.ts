import { terms } from "./terms.ts";

export interface TextPart {
  readonly text: string;
  /** Set where the part is a term, the first time that it comes. */
  readonly meaning?: string;
}

const MEANINGS: ReadonlyMap<string, string> = new Map(terms.map(([term, meaning]) => [term.toLowerCase(), meaning]));
// The longer of two that begin alike goes first, and a plural counts as the word.
const WORDS = [...MEANINGS.keys()].toSorted((a, b) => b.length - a.length).join("|");
const TERM = new RegExp(`(?<![\\w-])(${WORDS})(?=s?(?![\\w-]))`, "gi");

/** Cuts a text at the terms in it; of each only the first is told. */
export function findTerms(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  const told = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(TERM)) {
    const [found] = match;
    const meaning = MEANINGS.get(found.toLowerCase());
    if (meaning === undefined || told.has(found.toLowerCase())) continue;
    told.add(found.toLowerCase());
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: found, meaning });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
