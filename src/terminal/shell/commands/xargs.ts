import { INTERRUPTED, type OwnCommand, type Run } from "./command.ts";

interface Plan {
  /** How many words, or lines, go to one command; undefined for all. */
  readonly words: number | undefined;
  readonly lines: number | undefined;
  /** What stands for the line in the command; one command a line then. */
  readonly place: string | undefined;
  readonly delimiter: string | undefined;
  readonly notWhenEmpty: boolean;
  readonly tells: boolean;
  readonly command: readonly string[];
}

const VALUED = "nLIdPsaE";
const LONG: { readonly [name: string]: string } = {
  "max-args": "n",
  "max-lines": "L",
  replace: "I",
  delimiter: "d",
  "max-procs": "P",
  "max-chars": "s",
  null: "0",
  "no-run-if-empty": "r",
  verbose: "t",
};

/** The options before the command, or what is wrong with them. Models GNU findutils xargs. */
function planOf(words: readonly string[]): Plan | string {
  const given = new Map<string, string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const long = /^--([\w-]+)(?:=(.*))?$/.exec(word);
    const letters = long === null ? word.slice(1) : (LONG[long[1] ?? ""] ?? "");
    if (letters === "") return `xargs: unrecognized option '${word}'`;
    for (let index = 0; index < letters.length; index++) {
      const letter = letters.charAt(index);
      if (!`${VALUED}0rtxo`.includes(letter)) return `xargs: invalid option -- '${letter}'`;
      if (!VALUED.includes(letter)) {
        given.set(letter, "");
        continue;
      }
      const value = long?.[2] ?? (letters.slice(index + 1) || words[++at]);
      if (value === undefined) return `xargs: option requires an argument -- '${letter}'`;
      given.set(letter, value);
      break;
    }
  }
  const whole = (letter: string) => (given.has(letter) ? Number(given.get(letter)) : undefined);
  for (const letter of ["n", "L"]) {
    const value = given.get(letter);
    if (value !== undefined && !/^[1-9]\d*$/.test(value)) {
      return `xargs: invalid number "${value}" for -${letter} option`;
    }
  }
  const command = words.slice(at);
  return {
    words: whole("n"),
    lines: whole("L"),
    place: given.get("I"),
    delimiter: given.has("0") ? "\0" : given.get("d")?.replace("\\n", "\n").replace("\\t", "\t"),
    notWhenEmpty: given.has("r"),
    tells: given.has("t"),
    command: command.length === 0 ? ["echo"] : command,
  };
}

/** Words of a line: blanks part them, quotes and backslashes hold them together. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    words.push(match[0].replace(/"([^"]*)"|'([^']*)'|\\(.)/g, (_all, double, single, one) => double ?? single ?? one));
  }
  return words;
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}

/** The command lines to run. */
function commandsOf(plan: Plan, input: string): string[][] {
  const { command, place, delimiter } = plan;
  const lines = input.split(delimiter ?? "\n").filter((line) => (delimiter === undefined ? line.trim() !== "" : true));
  if (delimiter !== undefined && lines.at(-1) === "") lines.pop();
  if (place !== undefined) {
    return lines.map((line) => command.map((word) => word.replaceAll(place, line.replace(/^\s+/, ""))));
  }
  const taken = (some: readonly string[]) => (delimiter === undefined ? some.flatMap(wordsOf) : [...some]);
  const all = taken(lines);
  const groups =
    plan.lines !== undefined ? inGroups(lines, plan.lines).map(taken) : inGroups(all, plan.words ?? (all.length || 1));
  if (groups.length === 0) return plan.notWhenEmpty ? [] : [[...command]];
  return groups.map((words) => [...command, ...words]);
}

const FAILED = 123;

/** `xargs`: commands out of what is piped in, one after another. */
async function xargs(run: Run): Promise<number> {
  const plan = planOf(run.words);
  if (typeof plan === "string") {
    run.err(`${plan}\nTry 'xargs --help' for more information.\n`);
    return 1;
  }
  let code = 0;
  for (const words of commandsOf(plan, run.input ?? "")) {
    if (run.signal.aborted) return INTERRUPTED;
    if (plan.tells) run.err(`${words.join(" ")}\n`);
    // Its commands read nothing: the input is what their words were made of.
    const exit = await run.spawn({ ...run, input: "" }, words, run.signal);
    if (exit === 127) return exit;
    if (exit !== 0) code = FAILED;
  }
  return code;
}

export const xargsCommand: OwnCommand = { name: "xargs", run: xargs };
