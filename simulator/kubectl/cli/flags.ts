import { fail, ok, type Result } from "../../base/result.ts";

export type FlagType =
  | "bool"
  | "string"
  | "int"
  | "duration"
  | "stringArray"
  | "stringSlice"
  | "stringToString"
  | "mapStringString";

/** What may be given several times. */
const LIST_TYPES: readonly FlagType[] = ["stringSlice", "stringArray", "stringToString", "mapStringString"];

/** One flag of a command. Models spf13/pflag, whose dialect kubectl's users know. */
export interface FlagSpec {
  readonly name: string;
  /** One letter, for `-o`. */
  readonly short?: string;
  readonly type: FlagType;
  /** As on the command line; lists begin empty when it is "". */
  readonly default: string;
  /** What it stands for when it is given without a value, such as `client` for a bare `--dry-run`. */
  readonly bare?: string;
  readonly usage: string;
  /** What a help text gives as the default, where it is not the type's usual form. */
  readonly shown?: string;
  readonly hidden?: true;
  /** What is said of it whenever it is given. */
  readonly deprecated?: string;
}

/** What was given, and where the bare words are. */
export interface ParsedLine {
  readonly flags: Flags;
  readonly words: readonly string[];
  /** How many words came before `--`; -1 without one. */
  readonly wordsBeforeDash: number;
}

/** A flag as it was given. */
export interface GivenFlag {
  readonly name: string;
  readonly text: string;
  readonly deprecated: string | undefined;
}

/** The values of a command's flags, with their defaults. */
export class Flags {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #given = new Map<string, string[]>();
  readonly #order: GivenFlag[] = [];

  constructor(specs: readonly FlagSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  /** Notes a value; the words of pflag's complaint when it can't be one. */
  set(spec: FlagSpec, text: string): string | undefined {
    const problem = valueProblem(spec.type, text);
    if (problem !== undefined) {
      const name = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      return `invalid argument ${JSON.stringify(text)} for "${name}" flag: ${problem}`;
    }
    this.#order.push({ name: spec.name, text, deprecated: spec.deprecated });
    const values =
      spec.type === "stringSlice"
        ? splitList(text)
        : spec.type === "mapStringString"
          ? text.split(",")
          : spec.type === "stringToString"
            ? pairsIn(text)
            : [text];
    const isList = LIST_TYPES.includes(spec.type);
    const before = isList ? (this.#given.get(spec.name) ?? []) : [];
    this.#given.set(spec.name, [...before, ...values]);
    return undefined;
  }

  /** All that stood on the command line, in order. */
  given(): readonly GivenFlag[] {
    return this.#order;
  }

  /** Whether it stood on the command line. */
  changed(name: string): boolean {
    return this.#given.has(name);
  }

  has(name: string): boolean {
    return this.#specs.has(name);
  }

  text(name: string): string {
    return this.#given.get(name)?.at(-1) ?? this.#specs.get(name)?.default ?? "";
  }

  on(name: string): boolean {
    return parseBool(this.text(name)) ?? false;
  }

  number(name: string): number {
    return Number(this.text(name));
  }

  /** Milliseconds of a duration such as `1m30s`; `0` is 0. */
  durationMs(name: string): number {
    return goDurationMs(this.text(name)) ?? 0;
  }

  /** Pairs such as `a=b` as an object; the last of a key holds. */
  pairs(name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.list(name).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
  }

  list(name: string): readonly string[] {
    const given = this.#given.get(name);
    if (given !== undefined) return given;
    const fallback = this.#specs.get(name)?.default ?? "";
    return fallback === "" ? [] : splitList(fallback);
  }
}

/** The pairs of a word: a single one may hold commas. Models spf13/pflag string_to_string.go. */
function pairsIn(text: string): string[] {
  return text.split("=").length <= 2 ? [text.replace(/^"+|"+$/g, "")] : splitList(text);
}

/** A list in one word: commas part its items, unless they stand in double quotes, as in CSV. */
function splitList(text: string): string[] {
  if (text === "") return [];
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
  );
}

const TRUTHS = ["1", "t", "T", "true", "TRUE", "True"];
const LIES = ["0", "f", "F", "false", "FALSE", "False"];

/** A truth as Go reads it; undefined for what is none. Models strconv.ParseBool. */
export function parseBool(text: string): boolean | undefined {
  return TRUTHS.includes(text) ? true : LIES.includes(text) ? false : undefined;
}

const UNIT_MS: { readonly [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration, or undefined when it is none. Models time.ParseDuration. */
export function goDurationMs(text: string): number | undefined {
  const match = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+|0)$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, amount, unit = ""] of (match[2] ?? "").matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return match[1] === "-" ? -total : total;
}

function valueProblem(type: FlagType, text: string): string | undefined {
  const quoted = JSON.stringify(text);
  if (type === "bool" && parseBool(text) === undefined) return `strconv.ParseBool: parsing ${quoted}: invalid syntax`;
  if (type === "int" && !/^[-+]?(\d+|0x[\da-fA-F]+|0o?[0-7]+|0b[01]+)$/.test(text)) {
    return `strconv.ParseInt: parsing ${quoted}: invalid syntax`;
  }
  if (type === "int" && !Number.isSafeInteger(Number(text))) {
    return `strconv.ParseInt: parsing ${quoted}: value out of range`;
  }
  if (type === "stringToString") {
    const odd = pairsIn(text).find((pair) => !pair.includes("="));
    return odd === undefined ? undefined : `${odd} must be formatted as key=value`;
  }
  // Models k8s.io/component-base cli/flag map_string_string.go
  if (type === "mapStringString") {
    return text.split(",").every((pair) => pair.includes("=")) ? undefined : "malformed pair, expect string=string";
  }
  if (type !== "duration" || goDurationMs(text) !== undefined) return undefined;
  if (/^[-+]?[\d.]+$/.test(text)) return `time: missing unit in duration ${quoted}`;
  const unit = /^[-+]?[\d.]+([^\d.]+)/.exec(text)?.[1];
  return unit === undefined ? `time: invalid duration ${quoted}` : `time: unknown unit "${unit}" in duration ${quoted}`;
}

/** Reads a command's words; flags may stand anywhere before `--`. Errors are pflag's words. */
export function parseFlags(line: readonly string[], specs: readonly FlagSpec[]): Result<ParsedLine, string> {
  const flags = new Flags(specs);
  const words: string[] = [];
  let wordsBeforeDash = -1;
  for (let index = 0; index < line.length; index++) {
    const word = line[index] ?? "";
    if (word === "--") {
      wordsBeforeDash = words.length;
      words.push(...line.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const next = line[index + 1];
    const read = word.startsWith("--") ? readLong(flags, specs, word, next) : readShorts(flags, specs, word, next);
    if (!read.ok) return read;
    if (read.value) index++;
  }
  return ok({ flags, words, wordsBeforeDash });
}

/** Gives whether the next word was used as the value. */
function readLong(
  flags: Flags,
  specs: readonly FlagSpec[],
  word: string,
  next: string | undefined,
): Result<boolean, string> {
  const body = word.slice(2);
  if (body.startsWith("-") || body.startsWith("=")) return fail(`bad flag syntax: ${word}`);
  const cut = body.indexOf("=");
  const name = cut < 0 ? body : body.slice(0, cut);
  // kubectl takes `_` for `-` in names of flags.
  const spec = specs.find((each) => each.name === name.replaceAll("_", "-"));
  if (spec === undefined) return fail(`unknown flag: --${name}`);
  if (cut >= 0) return take(flags, spec, body.slice(cut + 1), false);
  const bare = bareValue(spec);
  if (bare !== undefined) return take(flags, spec, bare, false);
  return next === undefined ? fail(`flag needs an argument: --${name}`) : take(flags, spec, next, true);
}

function readShorts(
  flags: Flags,
  specs: readonly FlagSpec[],
  word: string,
  next: string | undefined,
): Result<boolean, string> {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const spec = specs.find(({ short }) => short === letter);
    if (spec === undefined) return fail(`unknown shorthand flag: '${letter}' in -${word.slice(at)}`);
    const rest = word.slice(at + 1);
    if (rest.length > 1 && rest.startsWith("=")) return take(flags, spec, rest.slice(1), false);
    const bare = bareValue(spec);
    if (bare !== undefined) {
      const taken = take(flags, spec, bare, false);
      if (!taken.ok) return taken;
      continue;
    }
    if (rest !== "") return take(flags, spec, rest, false);
    return next === undefined
      ? fail(`flag needs an argument: '${letter}' in -${word.slice(at)}`)
      : take(flags, spec, next, true);
  }
  return ok(false);
}

function bareValue(spec: FlagSpec): string | undefined {
  return spec.bare ?? (spec.type === "bool" ? "true" : undefined);
}

function take(flags: Flags, spec: FlagSpec, text: string, usedNext: boolean): Result<boolean, string> {
  const problem = flags.set(spec, text);
  return problem === undefined ? ok(usedNext) : fail(problem);
}
