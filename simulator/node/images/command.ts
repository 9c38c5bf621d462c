import { type Behaviour, endsAfter, type FileChange, runsForever } from "./image.ts";

const UNIT_MS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** From its exec to the end of a program that has nothing to do. */
const INSTANT_MS = 20;
const SHELLS = new Set(["sh", "bash", "ash", "dash"]);
/** Programs that end at once, with success, whatever their arguments. */
const HARMLESS = new Set(
  "true : echo printf set export cd mkdir date hostname whoami id uname env pwd umask chmod chown sync".split(" "),
);

/** The program's own name in a path: `/bin/sh` is `sh`. */
export function programName(word: string): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

/** Milliseconds of the argument of `sleep`; Infinity for `infinity`; undefined for nonsense. */
function sleepMs(words: readonly string[]): number | undefined {
  let total = 0;
  for (const word of words) {
    if (word === "infinity" || word === "inf") return Number.POSITIVE_INFINITY;
    const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(word);
    if (match === null) return undefined;
    total += Number(match[1]) * (UNIT_MS[match[2] || "s"] ?? 0);
  }
  return words.length === 0 ? undefined : Math.round(total);
}

/** How a script has gone so far. */
interface Progress {
  atMs: number;
  code: number;
  files: FileChange[];
}

type Went = "on" | "exits" | "forever" | "unknown";

function runSimple(words: readonly string[], state: Progress): Went {
  const [word = "", ...rest] = words;
  const program = programName(word);
  if (program === "exec") return runSimple(rest, state) === "on" ? "exits" : "forever";
  if (program === "sleep") {
    const forMs = sleepMs(rest);
    if (forMs === undefined) {
      state.code = 1;
      return "on";
    }
    if (forMs === Number.POSITIVE_INFINITY) return "forever";
    state.atMs += forMs;
    state.code = 0;
    return "on";
  }
  if (program === "exit") {
    if (rest[0] !== undefined) state.code = Number(rest[0]) & 255;
    return "exits";
  }
  if (program === "false") state.code = 1;
  else if (program === "touch" || program === "rm") {
    for (const path of rest.filter((each) => !each.startsWith("-"))) {
      state.files.push({ path, atMs: state.atMs, exists: program === "touch" });
    }
    state.code = 0;
  } else if (HARMLESS.has(program)) state.code = 0;
  else return "unknown";
  return "on";
}

/** Splits at blanks, honouring quotes; the quotes go. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"']+))+/g)) {
    words.push(match[0].replace(/"([^"]*)"|'([^']*)'/g, (_whole, double, single) => double ?? single ?? ""));
  }
  return words;
}

/** One command of a script, with a redirection to a file counting as making it. */
function runCommand(text: string, state: Progress): Went {
  const redirected = /\s>>?\s*([^\s&|]+)\s*$/.exec(text);
  const command = redirected === null ? text : text.slice(0, redirected.index);
  const bare = command.replace(/"[^"]*"|'[^']*'/g, "");
  const isPrint = /^\s*(echo|printf)\s/.test(command);
  if (/[|&<>]/.test(bare) || (!isPrint && /[$`(){}]/.test(bare))) return "unknown";
  const went = runSimple(splitWords(command), state);
  const path = redirected?.[1];
  if (went === "on" && path !== undefined) state.files.push({ path, atMs: state.atMs, exists: true });
  return went;
}

const JOINTS = new Set(["&&", "||", ";", "\n"]);
/** Commands with what is in quotes, and what joins them. */
const COMMAND_OR_JOINT = /&&|\|\||;|\n|(?:"[^"]*"|'[^']*'|&(?!&)|\|(?!\|)|[^;\n&|"'])+/g;

// Until containers run a real shell: reads the scripts that examples are made of.
/**
 * What a shell script does when it is a sequence of sleeps, exits, echoes, touches and removals joined by `;`, `&&`,
 * `||` and line ends. Undefined when something in it can't be read.
 */
export function readScript(script: string): Behaviour | undefined {
  if (/^\s*(while\s+(true|:)|until\s+false)\s*[;\n]/.test(script)) return runsForever();
  if (/(^|[\s;&|])(while|until|for|if|case|function|trap)\s/.test(script)) return undefined;
  const state: Progress = { atMs: INSTANT_MS, code: 0, files: [] };
  let joint = ";";
  for (const [part] of script.matchAll(COMMAND_OR_JOINT)) {
    if (JOINTS.has(part)) {
      joint = part;
      continue;
    }
    const text = part.trim();
    if (text === "" || text.startsWith("#")) continue;
    if ((joint === "&&" && state.code !== 0) || (joint === "||" && state.code === 0)) continue;
    const went = runCommand(text, state);
    if (went === "unknown") return undefined;
    if (went === "forever") return { ...runsForever(), files: state.files };
    if (went === "exits") break;
  }
  return { ...endsAfter(state.atMs, state.code), files: state.files };
}

/** What a command line does, when it is one that can be read: `sleep 5`, `sh -c "exit 1"`, `true`, … */
export function readCommand(words: readonly string[]): Behaviour | undefined {
  const program = programName(words[0] ?? "");
  if (SHELLS.has(program)) {
    const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
    return flag < 0 ? undefined : readScript(words[flag + 1] ?? "");
  }
  if (program === "tail" && words.some((word) => /^-[a-zA-Z0-9]*f/.test(word))) return runsForever();
  const state: Progress = { atMs: INSTANT_MS, code: 0, files: [] };
  const went = runSimple(words, state);
  if (went === "forever") return runsForever();
  return went === "unknown" ? undefined : { ...endsAfter(state.atMs, state.code), files: state.files };
}
