import { type Command, failed, type Output, type Surroundings } from "./command.ts";

interface Key {
  /** Fields from 1; `to` undefined: up to the end of the line. */
  readonly from: number;
  readonly to: number | undefined;
  readonly letters: string;
}

interface Options {
  /** `n`, `r`, `u`, `f`, `h`, `V`, `b`, `c`, `s`. */
  readonly letters: Set<string>;
  readonly keys: Key[];
  separator: string | undefined;
  output: string | undefined;
  readonly files: string[];
}

/** Lines in the order of their bytes, as in the C locale that containers have: the library sorts by the machine's language. */
export const sort: Command = {
  name: "sort",
  run(args, surroundings) {
    const options = read(args);
    if (typeof options === "string") return failed(`sort: ${options}\n`, 2);
    const text = contents(options.files, surroundings);
    if (typeof text !== "string") return text;
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    const compare = comparer(options);
    if (options.letters.has("c")) return checked(lines, compare);
    lines.sort(compare);
    const unique = options.letters.has("u")
      ? lines.filter((line, at) => at === 0 || compareKeys(options)(lines[at - 1] ?? "", line) !== 0)
      : lines;
    const stdout = unique.map((line) => `${line}\n`).join("");
    if (options.output === undefined) return { stdout };
    const problem = surroundings.answering.world.files.write(pathOf(options.output, surroundings), stdout);
    return problem === undefined ? {} : failed(`sort: ${options.output}: ${problem.message}\n`, 2);
  },
};

function read(args: readonly string[]): Options | string {
  const options: Options = { letters: new Set(), keys: [], separator: undefined, output: undefined, files: [] };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      options.files.push(...args.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      options.files.push(word);
      continue;
    }
    const used = readFlags(word.slice(1), args[at + 1], options);
    if (typeof used === "string") return used;
    if (used) at++;
  }
  return options;
}

/** Whether the next word was a value, or what is wrong. */
function readFlags(letters: string, next: string | undefined, options: Options): boolean | string {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters.charAt(at);
    if (!"ktoTS".includes(letter)) {
      if (!"nrufhVbcsmgMdiz".includes(letter)) return `invalid option -- '${letter}'`;
      options.letters.add(letter);
      continue;
    }
    const rest = letters.slice(at + 1);
    const value = rest === "" ? next : rest;
    if (value === undefined) return `option requires an argument -- '${letter}'`;
    if (letter === "t") options.separator = value === "\\t" ? "\t" : value.charAt(0);
    if (letter === "o") options.output = value;
    if (letter === "k") {
      const match = /^(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(value);
      if (match === null || match[1] === "0")
        return `invalid number at field start: invalid count at start of '${value}'`;
      const to = match[3] === undefined ? undefined : Number(match[3]);
      options.keys.push({ from: Number(match[1]), to, letters: (match[2] ?? "") + (match[4] ?? "") });
    }
    return rest === "";
  }
  return false;
}

function pathOf(path: string, { context }: Surroundings): string {
  return path.startsWith("/") ? path : `${context.cwd === "/" ? "" : context.cwd}/${path}`;
}

function contents(files: readonly string[], surroundings: Surroundings): string | Output {
  let text = "";
  for (const file of files.length === 0 ? ["-"] : files) {
    const found =
      file === "-"
        ? String(surroundings.context.stdin ?? "")
        : surroundings.answering.world.files.read(pathOf(file, surroundings));
    if (typeof found !== "string") return failed(`sort: ${file}: ${found.message}\n`, 2);
    text += found === "" || found.endsWith("\n") ? found : `${found}\n`;
  }
  return text;
}

type Compare = (a: string, b: string) => number;

const byBytes: Compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function comparer(options: Options): Compare {
  const byKeys = compareKeys(options);
  const sign = options.letters.has("r") ? -1 : 1;
  const settles = options.letters.has("s") || options.letters.has("u");
  // Lines whose keys are alike stand in the order of their bytes.
  return (a, b) => byKeys(a, b) || (settles ? 0 : sign * byBytes(a, b));
}

function compareKeys({ keys, letters, separator }: Options): Compare {
  const whole = [...letters].join("");
  if (keys.length === 0) return ordered(whole, (line) => line);
  const all = keys.map((key) =>
    ordered(key.letters === "" ? whole : key.letters, (line) => fieldOf(line, key, separator)),
  );
  return (a, b) => {
    for (const compare of all) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function ordered(letters: string, part: (line: string) => string): Compare {
  const sign = letters.includes("r") ? -1 : 1;
  const numeric = /[nghM]/.test(letters);
  return (a, b) => {
    let [x, y] = [part(a), part(b)];
    if (letters.includes("b")) [x, y] = [x.trimStart(), y.trimStart()];
    if (letters.includes("f")) [x, y] = [x.toUpperCase(), y.toUpperCase()];
    if (letters.includes("V")) return sign * byVersion(x, y);
    return sign * (numeric ? numberOf(x) - numberOf(y) : byBytes(x, y));
  };
}

const UNITS = "KMGTPE";

/** The number that a text begins with, 0 without one; a unit such as `K` counts in steps of 1024. */
function numberOf(text: string): number {
  const match = /^\s*(-?\d*\.?\d+)([KMGTPE]?)/i.exec(text);
  if (match === null) return 0;
  const unit = (match[2] ?? "").toUpperCase();
  return Number(match[1]) * (unit === "" ? 1 : 1024 ** (UNITS.indexOf(unit) + 1));
}

function byVersion(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at], right[at]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : byBytes(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

/** A line's fields from one to another. Without a separator a field begins with the blanks before it. */
function fieldOf(line: string, { from, to }: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  return fields.slice(from - 1, to).join(separator ?? "");
}

function checked(lines: readonly string[], compare: Compare): Output {
  const at = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] ?? "", line) > 0);
  return at < 0 ? {} : failed(`sort: -:${at + 1}: disorder: ${lines[at]}\n`);
}
