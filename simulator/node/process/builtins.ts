import { countEnds, passEnd, take, waiting, writeTo } from "./channels.ts";
import { runPlain, say } from "./command.ts";
import type { ProcessHost, Went } from "./host.ts";
import type { Frame, Process } from "./process.ts";
import { become, durationMs } from "./programs.ts";
import { quoted, quotedAll } from "./quote.ts";
import { absolute } from "./redirections.ts";
import { signalName } from "./signals.ts";
import { conclude, endShell, finish, scriptOf, statusOf, unwind } from "./stack.ts";
import { wordsSource } from "./words.ts";

type Builtin = (host: ProcessHost, process: Process, frame: Frame, words: readonly string[], line: number) => Went;

/** The end of a builtin that took the time of a command. */
function done(host: ProcessHost, process: Process, status: number): Went {
  return conclude(host, process, status) === "ended" ? "ended" : "done";
}

const kindOf = (host: ProcessHost, process: Process, { script, node }: Frame): string | undefined =>
  host.treeOf(process.scripts[script] ?? "")?.[node]?.kind;

/** Leaves loops: as many as asked for, the last one for good or for its next round. */
const jump: Builtin = (host, process, _frame, [name, count = "1"]) => {
  let left = Math.max(1, Number(count) || 1);
  const isLoop = (each: Frame) => /^(loop|for|counting-for)$/.test(kindOf(host, process, each) ?? "");
  const inside = process.frames.filter((each) => isLoop(each)).length;
  left = Math.min(left, inside);
  if (left === 0) return done(host, process, 0);
  for (; left > 1; left--) unwind(process, isLoop, false);
  unwind(process, isLoop, true);
  process.status = 0;
  const loop = process.frames.at(-1);
  if (loop === undefined) return "done";
  if (name === "break") {
    finish(process, 0);
    return "done";
  }
  if (kindOf(host, process, loop) === "loop") {
    loop.result = 0;
    loop.at = 0;
  } else if (kindOf(host, process, loop) === "counting-for") loop.at = 3;
  return "done";
};

const giveBack: Builtin = (_host, process, _frame, [, code]) => {
  const status = code === undefined ? process.status : Number(code) & 255;
  const found = unwind(process, ({ call }) => call !== undefined, false);
  if (!found) return endShell(process, status);
  process.status = status;
  return "done";
};

const exit: Builtin = (_host, process, _frame, [, code]) =>
  endShell(process, code === undefined ? process.status : /^\d+$/.test(code) ? Number(code) : 2);

const exec: Builtin = (host, process, frame, words, line) => {
  if (words.length < 2) {
    delete frame.saved;
    countEnds(host.all);
    return done(host, process, 0);
  }
  const problem = become(host, process, words.slice(1));
  if (problem === undefined) return "done";
  say(host, process, problem.message, line);
  return endShell(process, problem.code);
};

const evaluate: Builtin = (_host, process, frame, words) => {
  if (frame.at > 0) return finish(process, process.status);
  frame.at = 1;
  process.frames.push({ script: scriptOf(process, words.slice(1).join(" ")), node: 0, at: 0 });
  return "on";
};

const source: Builtin = (host, process, frame, words, line) => {
  if (frame.at > 0) return finish(process, process.status);
  const [name, path = "", ...rest] = words;
  const text = host.files.read(absolute(process.cwd, path));
  if (typeof text !== "string") {
    const isBusybox = host.all.flavour === "busybox";
    say(host, process, isBusybox ? `${name}: can't open '${path}': ${text.message}` : `${path}: ${text.message}`, line);
    return host.all.flavour === "bash" ? done(host, process, 1) : endShell(process, 2);
  }
  frame.at = 1;
  frame.call = { positional: process.positional, locals: {} };
  if (rest.length > 0) process.positional = rest;
  process.frames.push({ script: scriptOf(process, text), node: 0, at: 0 });
  return "on";
};

const OPTION_NAMES: { readonly [name: string]: string } = { errexit: "e", nounset: "u", xtrace: "x", noglob: "f" };

const set: Builtin = (host, process, frame, words, line) => {
  if (words.length === 1) return runPlain(host, process, frame, { source: "set", line, names: ["set"] });
  const options = new Set(process.options);
  let index = 1;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      index++;
      process.positional = words.slice(index);
      break;
    }
    if (!/^[-+]./.test(word)) {
      process.positional = words.slice(index);
      break;
    }
    const isOn = word.startsWith("-");
    for (const letter of word.slice(1)) {
      const option = letter === "o" ? (words[++index] ?? "") : letter;
      const short = OPTION_NAMES[option] ?? option;
      if (isOn) options.add(short);
      else options.delete(short);
    }
  }
  process.options = [...options];
  return done(host, process, 0);
};

const shift: Builtin = (host, process, _frame, [, count = "1"]) => {
  const by = Number(count);
  if (by > process.positional.length) return done(host, process, 1);
  process.positional = process.positional.slice(by);
  return done(host, process, 0);
};

const local: Builtin = (host, process, _frame, words) => {
  const call = process.frames.findLast((each) => each.call !== undefined)?.call;
  const variables = { ...process.variables };
  for (const word of words.slice(1)) {
    if (word.startsWith("-")) continue;
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    if (call !== undefined && !(name in call.locals)) call.locals[name] = variables[name] ?? null;
    if (equals >= 0) variables[name] = word.slice(equals + 1);
    else delete variables[name];
  }
  process.variables = variables;
  return done(host, process, 0);
};

const trap: Builtin = (host, process, _frame, words) => {
  const rest = words.slice(1).filter((word) => word !== "--");
  if (rest.length === 0) {
    for (const [signal, action] of Object.entries(process.traps)) {
      writeTo(host.all, process.fds["1"], `trap -- ${quoted(action)} ${signal}\n`, host);
    }
    return done(host, process, 0);
  }
  const isReset = rest.length === 1 || rest[0] === "-";
  const [action = ""] = rest;
  const traps = { ...process.traps };
  for (const word of rest.length === 1 ? rest : rest.slice(1)) {
    const name = signalName(word);
    if (name === undefined) return done(host, process, 1);
    if (isReset) delete traps[name];
    else traps[name] = action;
  }
  process.traps = traps;
  return done(host, process, 0);
};

const pidsOf = (process: Process, words: readonly string[]): number[] =>
  words.map((word) =>
    word.startsWith("%") ? (process.jobs[Number(word.slice(1)) - 1] ?? process.lastJob) : Number(word),
  );

const wait: Builtin = (host, process, _frame, words) => {
  const named = pidsOf(
    process,
    words.slice(1).filter((word) => !word.startsWith("-")),
  );
  const pids = named.length > 0 ? named : process.jobs;
  const statuses = statusOf(host, pids);
  if (statuses === undefined) {
    process.wait = { for: "child", pids };
    return "waits";
  }
  process.jobs = process.jobs.filter((pid) => !pids.includes(pid));
  return done(host, process, named.length === 0 ? 0 : (statuses.at(-1) ?? 0));
};

const kill: Builtin = (host, process, _frame, words, line) => {
  let signal = "TERM";
  let rest = words.slice(1);
  if (rest[0] === "-s" || rest[0] === "-n") {
    signal = rest[1] ?? "";
    rest = rest.slice(2);
  } else if (rest[0] === "-l") {
    writeTo(host.all, process.fds["1"], "HUP INT QUIT ABRT KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP\n", host);
    return done(host, process, 0);
  } else if (rest[0]?.startsWith("-") === true && rest[0] !== "--") {
    signal = rest[0].slice(1);
    rest = rest.slice(1);
  }
  const name = signal === "0" ? "0" : signalName(signal);
  if (name === undefined) {
    say(host, process, `kill: ${signal}: invalid signal specification`, line);
    return done(host, process, 1);
  }
  let status = 0;
  for (const pid of pidsOf(
    process,
    rest.filter((word) => word !== "--"),
  )) {
    const found = name === "0" ? host.all.processes.some((each) => each.pid === pid) : host.signal(pid, name);
    if (found) continue;
    say(
      host,
      process,
      host.all.flavour === "busybox" ? `can't kill pid ${pid}: No such process` : `kill: (${pid}) - No such process`,
      line,
    );
    status = 1;
  }
  return done(host, process, status);
};

const sleep: Builtin = (host, process, _frame, words, line) => {
  let total = 0;
  for (const word of words.slice(1)) {
    const ms = durationMs(word);
    if (ms === undefined) {
      const text =
        host.all.flavour === "busybox" ? `sleep: invalid number '${word}'` : `sleep: invalid time interval '${word}'`;
      writeTo(host.all, process.fds["2"], `${text}\n`, host);
      return done(host, process, 1);
    }
    total += ms;
  }
  if (words.length === 1) {
    say(host, process, "sleep: missing operand", line);
    return done(host, process, 1);
  }
  if (total === Number.POSITIVE_INFINITY) {
    process.wait = { for: "ever" };
    return "waits";
  }
  finish(process, 0);
  return total;
};

/** Splits a line for the variables of `read`. */
function split(line: string, count: number, separators: string): string[] {
  const isBlank = (char: string) => separators.includes(char);
  const values: string[] = [];
  let rest = line.replace(/^[ \t]+/, (blank) => (isBlank(" ") ? "" : blank));
  while (values.length < count - 1 && rest !== "") {
    const end = [...rest].findIndex(isBlank);
    if (end < 0) break;
    values.push(rest.slice(0, end));
    rest = rest.slice(end + 1).replace(/^[ \t]+/, (blank) => (isBlank(" ") ? "" : blank));
  }
  values.push(isBlank(" ") ? rest.replace(/[ \t]+$/, "") : rest);
  return values;
}

const read: Builtin = (host, process, frame, words) => {
  const names: string[] = [];
  let isRaw = false;
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? "";
    if (/^-[rse]+$/.test(word)) isRaw ||= word.includes("r");
    else if (/^-[tpnNdu]/.test(word)) {
      if (word.length === 2) index++;
    } else names.push(word);
  }
  if (names.length === 0) names.push("REPLY");
  const channel = process.fds["0"];
  const { bytes, isAll } = waiting(host.all, channel, host.files);
  const end = bytes.indexOf("\n");
  if (end < 0 && !isAll) {
    const timeout = words[words.indexOf("-t") + 1];
    if (words.includes("-t") && frame.at++ > 0) return done(host, process, 142);
    process.wait = { for: "input", fd: 0 };
    return words.includes("-t") ? (durationMs(timeout ?? "") ?? 0) : "waits";
  }
  const line = end < 0 ? bytes : bytes.slice(0, end);
  take(host.all, channel, end < 0 ? bytes.length : end + 1);
  if (end < 0) passEnd(host.all, channel);
  const text = isRaw ? line : line.replace(/\\(.)/g, "$1");
  const values = split(text, names.length, process.variables.IFS ?? " \t\n");
  const variables = { ...process.variables };
  for (const [index, name] of names.entries()) variables[name] = values[index] ?? "";
  process.variables = variables;
  return done(host, process, end < 0 ? 1 : 0);
};

const command: Builtin = (host, process, frame, words, line) => {
  const rest = words.slice(1);
  if (rest.length === 0 || rest[0]?.startsWith("-") === true) {
    return runPlain(host, process, frame, { source: quotedAll(words), line, names: [words[0] ?? ""] });
  }
  if (frame.at > 0) return finish(process, process.status);
  frame.at = 1;
  process.frames.push({ script: scriptOf(process, wordsSource(rest)), node: 0, at: 0 });
  return "on";
};

const always =
  (status: number): Builtin =>
  (host, process) =>
    done(host, process, status);

/** Commands that change the shell's own walk, or its time. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ["break", jump],
  ["continue", jump],
  ["return", giveBack],
  ["exit", exit],
  ["exec", exec],
  ["eval", evaluate],
  [".", source],
  ["source", source],
  ["set", set],
  ["shift", shift],
  ["local", local],
  ["trap", trap],
  ["wait", wait],
  ["kill", kill],
  ["sleep", sleep],
  ["read", read],
  ["command", command],
  [":", always(0)],
  ["true", always(0)],
  ["false", always(1)],
]);

export function runBuiltin(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  words: readonly string[],
  line: number,
): Went {
  return BUILTINS.get(words[0] ?? "")?.(host, process, frame, words, line) ?? finish(process, 127);
}
