import type { Bash } from "./library.ts";

type LibraryCommand = Parameters<Bash["registerCommand"]>[0];

const SPECIAL = /^[.|*+?^$()[\]{}\\]$/;

/** One character other than a space separates as it stands, whatever it means in regular expressions. */
const literal = (separator: string): string =>
  SPECIAL.test(separator) ? (/[\^\\\]]/.test(separator) ? `\\${separator}` : `[${separator}]`) : separator;

const IN_PROGRAM = /\bFS\s*=\s*"(\\\\|[^"\\])"/g;

/** The words of an awk command with separators that the library reads as POSIX means them. */
export function withLiteralSeparators(args: readonly string[]): string[] {
  const words = [...args];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "-F" || word === "-v" || word === "-f") {
      const value = words[at + 1] ?? "";
      if (word === "-F") words[at + 1] = literal(value);
      // The library does not listen to the variable.
      else if (word === "-v" && value.startsWith("FS=")) words.splice(at, 2, "-F", literal(value.slice(3)));
      at++;
    } else if (word.startsWith("-F")) words[at] = `-F${literal(word.slice(2))}`;
    else if (!word.startsWith("-")) break;
  }
  const program = words[at];
  if (program !== undefined) {
    words[at] = program.replace(IN_PROGRAM, (_whole, separator: string) => {
      const text = separator === "\\\\" ? "\\" : separator;
      return `FS="${literal(text).replaceAll("\\", "\\\\")}"`;
    });
  }
  return words;
}

/** The library takes a field separator of one character for a regular expression; its awk gets one that means the same. */
export function mendAwk(bash: Bash): void {
  const { commands } = bash as unknown as { readonly commands: ReadonlyMap<string, LibraryCommand> };
  const awk = commands.get("awk");
  if (awk === undefined) return;
  bash.registerCommand({ ...awk, execute: (args, context) => awk.execute(withLiteralSeparators(args), context) });
}
