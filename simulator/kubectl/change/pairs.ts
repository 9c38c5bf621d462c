import { complaint } from "../cli/command.ts";

/** The words of a line before its first pair, and the pairs; `stray` is a word among the pairs that is none. */
interface Split {
  readonly before: readonly string[];
  readonly pairs: readonly string[];
  readonly stray?: string;
}

// Models kubectl pkg/cmd/util helpers.go GetResourcesAndPairs
/** `key=value`, or `key-` to take one away. */
export function isPairWord(word: string): boolean {
  return (word.includes("=") && !word.startsWith("=")) || (word.endsWith("-") && word !== "-");
}

export function splitPairs(words: readonly string[], isPair: (word: string) => boolean): Split {
  const first = words.findIndex(isPair);
  if (first < 0) return { before: words, pairs: [] };
  const pairs = words.slice(first);
  const stray = pairs.find((word) => !isPair(word));
  return { before: words.slice(0, first), pairs, ...(stray !== undefined && { stray }) };
}

// Models kubectl pkg/cmd/util helpers.go ParsePairs
export function parsePairs(words: readonly string[], noun: string) {
  const set = new Map<string, string>();
  const unset: string[] = [];
  const invalid: string[] = [];
  for (const word of words) {
    if (word.includes("=") && !word.startsWith("=")) {
      const [key = "", value = ""] = word.split(/=(.*)/s);
      set.set(key, value);
    } else if (word.endsWith("-") && word !== "-") unset.push(word.slice(0, -1));
    else invalid.push(word);
  }
  if (invalid.length > 0) throw complaint(`invalid ${noun} format: ${invalid.join(", ")}`);
  return { set, unset };
}
