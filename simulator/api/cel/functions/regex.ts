import { CelError, CelList } from "../values.ts";
import { method, type Overload } from "./overload.ts";

const compiled = new Map<string, RegExp | undefined>();

/**
 * The JavaScript expression of one in Go's RE2 syntax, or undefined where it is none. What only RE2 knows is translated:
 * flags in front, `\A`, `\z`, named groups, POSIX classes. What only JavaScript knows is refused.
 */
export function goRegex(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  const regex = translate(pattern);
  if (compiled.size > 2000) compiled.clear();
  compiled.set(pattern, regex);
  return regex;
}

const POSIX: { readonly [name: string]: string } = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  digit: "0-9",
  lower: "a-z",
  upper: "A-Z",
  space: "\\t\\n\\v\\f\\r ",
  punct: "!-\\/:-@\\[-`{-~",
  xdigit: "0-9A-Fa-f",
  word: "0-9A-Za-z_",
};

function translate(pattern: string): RegExp | undefined {
  if (/\(\?(=|!|<=|<!)|\\[1-9]/.test(pattern)) return undefined;
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll("(?P<", "(?<")
    .replaceAll("\\A", "^")
    .replaceAll("\\z", "$")
    .replace(/\[:(\w+):\]/g, (whole, name: string) => POSIX[name] ?? whole);
  for (const mode of ["u", ""]) {
    try {
      return new RegExp(source, `${flags?.[1] ?? ""}${mode}`);
    } catch {
      // Without the unicode mode, JavaScript forgives escapes that RE2 allows.
    }
  }
  return undefined;
}

function regexOf(pattern: string): RegExp {
  const regex = goRegex(pattern);
  if (regex === undefined)
    throw new CelError(`error parsing regexp: invalid or unsupported Perl syntax: \`${pattern}\``);
  return regex;
}

function findAll(text: string, pattern: string, limit = -1n): CelList {
  const regex = regexOf(pattern);
  const found = [...text.matchAll(new RegExp(regex.source, `${regex.flags}g`))].map(([match]) => match);
  return new CelList(limit < 0n ? found : found.slice(0, Number(limit)));
}

/** `matches`, and Kubernetes' regular expression library. */
export const regexFunctions: readonly Overload[] = [
  method(
    "string",
    "matches",
    "string",
    "bool",
    (text: string, pattern: string) => regexOf(pattern).test(text),
    "matches",
  ),
  method(
    "string",
    "find",
    "string",
    "string",
    (text: string, pattern: string) => regexOf(pattern).exec(text)?.[0] ?? "",
    "matches",
  ),
  method("string", "findAll", "string", "list(string)", findAll, "matches"),
  method("string", "findAll", "string, int", "list(string)", findAll, "matches"),
];
