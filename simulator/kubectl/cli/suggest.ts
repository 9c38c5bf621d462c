import type { Command } from "./command.ts";

const MAX_DISTANCE = 2;

/** How many letters must be put in, taken out or changed to make one word of the other; case does not count. */
export function editDistance(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

// Models spf13/cobra Command.SuggestionsFor
/** Names of commands that a mistyped word may have meant, in the order of the list. */
export function suggestionsFor(word: string, commands: readonly Command[]): string[] {
  return commands
    .filter(({ hidden }) => hidden !== true)
    .map(({ name }) => name)
    .filter((name) => editDistance(word, name) <= MAX_DISTANCE || name.toLowerCase().startsWith(word.toLowerCase()));
}
