import { BUILTINS, runBuiltin } from "./builtins.ts";
import { passEnd, take, waiting, writeTo } from "./channels.ts";
import type { ProcessHost, Went } from "./host.ts";
import { type Frame, flavourOf, type Process } from "./process.ts";
import { isProgram, runProgram, scriptAt } from "./programs.ts";
import { quotedAll } from "./quote.ts";
import { redirect } from "./redirections.ts";
import { ask, conclude, finish } from "./stack.ts";
import type { CommandNode } from "./tree.ts";

/** Programs that do to each line what they do to the others: they need not wait for the end of their input. */
const FILTERS = /^(cat|tee|grep|egrep|fgrep|cut|tr|sed)$/;
/** Programs that read their standard input when no file is named. */
const READERS = new Set(
  "cat tee grep egrep fgrep sed awk sort uniq wc head tail cut tr xargs base64 md5sum sha1sum sha256sum sha512sum jq yq od hexdump xxd rev nl tac fold paste column gzip gunzip tar bc dd nc less more".split(
    " ",
  ),
);
/** A function that calls itself more often ends with SIGSEGV, as in a real shell. */
const MAX_FRAMES = 2000;

/** Whether the interpreter runs a command of that name by itself. */
export function isPlain(host: ProcessHost, process: Process, name: string): boolean {
  return (
    name !== "" &&
    !name.includes("/") &&
    process.functions[name] === undefined &&
    !BUILTINS.has(name) &&
    !isProgram(name) &&
    scriptAt(host, process, name) === undefined
  );
}

export function runCommand(host: ProcessHost, process: Process, frame: Frame, node: CommandNode): Went {
  if (!node.named) return runUnnamed(host, process, frame, node);
  const { name } = node;
  if (name !== undefined && frame.words === undefined && isPlain(host, process, name)) {
    const echoed =
      node.redirections.length === 0 && node.assignments.length === 0 ? echoOf(node.words.literal) : undefined;
    if (echoed === undefined || process.options.includes("x")) {
      return runPlain(host, process, frame, { source: node.source, line: node.line, names: [name] });
    }
    if (!writeTo(host.all, process.fds["1"], echoed, host)) host.signal(process.pid, "PIPE");
    conclude(host, process, 0);
    return "done";
  }
  frame.words ??= node.words.literal;
  if (frame.words === undefined) {
    return ask(process, { kind: "words", source: node.words.source, use: "words", line: node.line });
  }
  if (node.redirections.length > 0 && frame.saved === undefined) {
    const problem = redirect(host, process, frame, node.redirections);
    if (problem === "asks") return "asks";
    if (problem !== undefined) {
      say(host, process, problem.message, node.line);
      conclude(host, process, 1);
      return "done";
    }
  }
  return dispatch(host, process, frame, node, frame.words);
}

/** Programs that are files too, which the core runs by itself: by their path as by their name. */
const BY_PATH = /^\/(?:usr\/)?bin\/(sleep|true|false)$/;

function dispatch(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  node: CommandNode,
  given: readonly string[],
): Went {
  const byPath = BY_PATH.exec(given[0] ?? "")?.[1];
  const words = byPath === undefined ? given : [byPath, ...given.slice(1)];
  const [name = ""] = words;
  if (name === "") return finish(process, 0);
  const found = process.functions[name];
  if (found !== undefined && frame.at === 0) {
    if (process.frames.length > MAX_FRAMES) {
      host.signal(process.pid, "SEGV");
      process.frames = [];
      process.status = 139;
      return "ended";
    }
    frame.at = 1;
    frame.call = { positional: process.positional, locals: {} };
    process.positional = words.slice(1);
    process.frames.push({ script: found.script, node: found.node, at: 0 });
    return "done";
  }
  if (found !== undefined) return finish(process, process.status);
  if (BUILTINS.has(name)) {
    if (frame.at === 0 && process.options.includes("x"))
      writeTo(host.all, process.fds["2"], `+ ${quotedAll(words)}\n`, host);
    return runBuiltin(host, process, frame, words, node.line);
  }
  const literal = node.assignments.map(({ name: variable, source }) => `${variable}=${source}`).join(" ");
  if (isProgram(name) || scriptAt(host, process, name) !== undefined) {
    return runProgram(host, process, frame, words, setsOf(node));
  }
  const base = /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$/.exec(name)?.[1];
  const line = quotedAll(base === undefined ? words : [base, ...words.slice(1)]);
  const source = literal === "" ? line : `${literal} ${line}`;
  return runPlain(host, process, frame, { source, line: node.line, names: [base ?? name] });
}

function setsOf({ assignments }: CommandNode): Readonly<Record<string, string>> {
  return Object.fromEntries(
    assignments.flatMap(({ name, literal }) => (literal === undefined ? [] : [[name, literal]])),
  );
}

/** Prints an error in the shell's manner. */
export function say(host: ProcessHost, process: Process, message: string, line: number): void {
  const flavour = flavourOf(host.all, process);
  const place = flavour === "bash" ? `line ${Math.max(line, 1)}: ` : flavour === "dash" ? `${Math.max(line, 1)}: ` : "";
  writeTo(host.all, process.fds["2"], `${process.arg0}: ${place}${message}\n`, host);
}

/** Assignments, `[[ ]]` and `(( ))`. */
function runUnnamed(host: ProcessHost, process: Process, frame: Frame, node: CommandNode): Went {
  const isLiteral = node.assignments.length > 0 && node.assignments.every(({ literal }) => literal !== undefined);
  if (!isLiteral || node.redirections.length > 0 || process.options.includes("x")) {
    return runPlain(host, process, frame, { source: node.source, line: node.line, names: [] });
  }
  const variables = { ...process.variables };
  for (const { name, literal = "" } of node.assignments) variables[name] = literal;
  process.variables = variables;
  conclude(host, process, 0);
  return "done";
}

/** What `echo` prints of literal words; undefined when the interpreter should look at it. */
function echoOf(words: readonly string[] | undefined): string | undefined {
  if (words?.[0] !== "echo" || words[1]?.startsWith("-") === true) return undefined;
  const text = words.slice(1).join(" ");
  return /[\\\u0080-\uffff]/.test(text) ? undefined : `${text}\n`;
}

/** Lets the interpreter run a command or pipeline, with the input that it needs. */
export function runPlain(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  command: { readonly source: string; readonly line: number; readonly names: readonly string[] },
): Went {
  const { source, line, names } = command;
  const channel = process.fds["0"];
  const first = names[0] ?? "";
  if (channel === undefined || channel.to === "null" || !READERS.has(first)) {
    return ask(process, { kind: "output", source, line, use: "command" });
  }
  const { bytes, isAll } = waiting(host.all, channel, host.files);
  if (isAll && frame.result === undefined) {
    take(host.all, channel, bytes.length);
    passEnd(host.all, channel);
    return ask(process, { kind: "output", source, line, stdin: bytes, use: "command" });
  }
  if (channel.to === "session" && !readsInput(source))
    return ask(process, { kind: "output", source, line, use: "command" });
  if (names.length === 1 && FILTERS.test(first) && !/ -[a-z]*[cqmn]/.test(source) && !/\$\(|>/.test(source)) {
    const end = isAll ? bytes.length : bytes.lastIndexOf("\n") + 1;
    if (end > 0) {
      take(host.all, channel, end);
      return ask(process, { kind: "output", source, line, stdin: bytes.slice(0, end), use: "filter" });
    }
    if (isAll) {
      passEnd(host.all, channel);
      conclude(host, process, frame.result ?? 0);
      return "done";
    }
  }
  if (first === "head" && names.length === 1) {
    const wanted = Number(/-n? ?(\d+)/.exec(source)?.[1] ?? 10);
    const lines = bytes.split("\n");
    if (lines.length > wanted && !source.includes("-c")) {
      const text = `${lines.slice(0, wanted).join("\n")}\n`;
      take(host.all, channel, text.length);
      return ask(process, { kind: "output", source, line, stdin: text, use: "command" });
    }
  }
  process.wait = { for: "input", fd: 0 };
  return "waits";
}

/** Whether a command of a terminal's line reads what is typed next: it names no file. */
function readsInput(source: string): boolean {
  const words = source
    .replace(/\d*>>?&?\s*\S+/g, "")
    .trim()
    .split(" ")
    .slice(1)
    .filter((word) => word !== "-" && !word.startsWith("-"));
  return (
    words.length === 0 ||
    /^(tee|tr|xargs|dd|tar) /.test(source) ||
    (words.length === 1 && /^(grep|sed|awk|head|cut) /.test(source))
  );
}
