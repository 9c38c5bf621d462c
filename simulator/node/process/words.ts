import { quotedAll } from "./quote.ts";
import type { ShellTree } from "./tree.ts";

/** Before the words of a command line that was never written as a script. */
const MARK = "\u0000";

/** A script that stands for a command line: nobody has to read it. */
export function wordsSource(words: readonly string[]): string {
  return MARK + JSON.stringify(words);
}

/** The tree of such a script; undefined for any other. */
export function wordsTree(source: string): ShellTree | undefined {
  if (!source.startsWith(MARK)) return undefined;
  const literal = JSON.parse(source.slice(1)) as string[];
  const text = quotedAll(literal);
  return [
    {
      kind: "command",
      source: text,
      line: 0,
      words: { source: text, literal },
      named: true,
      name: literal[0],
      assignments: [],
      redirections: [],
    },
  ];
}
