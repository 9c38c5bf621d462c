import type { FileView } from "../files/view.ts";
import { passEnd, take, waiting, writeTo } from "./channels.ts";
import { runPlain, say } from "./command.ts";
import type { Birth, ProcessHost, Went } from "./host.ts";
import { KNOWN } from "./known.ts";
import type { Frame, Process, Program } from "./process.ts";
import { quotedAll } from "./quote.ts";
import { absolute } from "./redirections.ts";
import { conclude, scriptOf, statusOf } from "./stack.ts";
import { wordsSource } from "./words.ts";

const SHELLS = new Set(["sh", "bash", "ash", "dash"]);
/** Programs that serve until they are stopped, whatever image they are in. */
const SERVERS = new Set(
  "nginx httpd apache2 httpd-foreground redis-server mysqld mariadbd postgres mongod memcached node java php-fpm gunicorn uvicorn flask dotnet rabbitmq-server etcd haproxy caddy traefik consul vault coredns envoy tini dumb-init supervisord cron crond sshd".split(
    " ",
  ),
);
/** Where programs are looked for when nothing says where. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const OTHERS = new Set(["tail", "ncat", "yes", "timeout", "nohup"]);

/** The program's own name in a path in one of the usual folders; undefined for other paths. */
function baseName(name: string): string | undefined {
  if (!name.includes("/")) return name;
  return /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$/.exec(name)?.[1];
}

/** Whether a command is a program that the core runs itself. */
export function isProgram(name: string): boolean {
  const base = baseName(name);
  return base !== undefined && (SHELLS.has(base) || SERVERS.has(base) || OTHERS.has(base));
}

/** The script in a file that is run by its path, or by its name on the PATH; undefined when that is no script. */
export function scriptAt(host: ProcessHost, process: Process, name: string): string | undefined {
  const path = pathOf(host.files, process, name);
  const text = path === undefined ? undefined : host.files.read(path);
  return typeof text === "string" && text.startsWith("#!") ? text : undefined;
}

/** Where a command's file is, by its path or on the PATH; undefined for those that the interpreter or the core knows. */
export function pathOf(
  files: FileView,
  { cwd, variables }: Pick<Process, "cwd" | "variables">,
  name: string,
): string | undefined {
  if (name.includes("/")) return absolute(cwd, name);
  if (name === "" || KNOWN.has(name) || OTHERS.has(name)) return undefined;
  for (const folder of (variables.PATH ?? PATH).split(":")) {
    const path = `${folder}/${name}`;
    if (files.stat(path, true)?.kind === "file") return path;
  }
  return undefined;
}

type Start = Omit<Birth, "fds" | "command">;

const failure = (code: number, message: string) => ({ code, message });
type Failure = ReturnType<typeof failure>;

/** How a command line starts a process; a failure; undefined while input is awaited; "plain" for the interpreter. */
export function startOf(
  host: ProcessHost,
  process: Process,
  words: readonly string[],
): Start | Failure | "plain" | undefined {
  const [name = "", ...rest] = words;
  const base = baseName(name);
  const script = scriptAt(host, process, name);
  if (script !== undefined) {
    const stat = host.files.stat(pathOf(host.files, process, name) ?? name, true);
    if (stat !== undefined && (stat.mode & 0o111) === 0) return failure(126, `${name}: Permission denied`);
    return { script, arg0: name, positional: rest };
  }
  const isThere = host.files.stat(`/bin/${base}`, true) ?? host.files.stat(`/usr/bin/${base}`, true);
  if (base !== undefined && SHELLS.has(base) && isThere === undefined) return "plain";
  if (base !== undefined && SHELLS.has(base)) return startShell(host, process, name, rest);
  if (base === "tail") {
    const path = rest.filter((word) => !word.startsWith("-") && !/^\d+$/.test(word)).at(-1);
    const follows = rest.some((word) => /^-[a-zA-Z0-9]*[fF]/.test(word) || word === "--follow");
    if (!follows || path === undefined) return "plain";
    const retries = rest.some((word) => /^-[a-zA-Z0-9]*F/.test(word) || word === "--retry");
    return { program: { kind: "tail", path: absolute(process.cwd, path), offset: -1, retries } };
  }
  if (base === "ncat") {
    return rest.some((word) => word === "-l" || word === "--listen")
      ? { program: { kind: "serve", name: base } }
      : "plain";
  }
  if (base === "yes") return { program: { kind: "yes", text: `${rest.join(" ") || "y"}\n` } };
  if (base === "nohup") return { script: wordsSource(rest) };
  if (base === "timeout") return { script: wordsSource(rest.slice(timeoutOf(rest).words)) };
  if (base !== undefined && SERVERS.has(base)) {
    const isQuick = rest.some((word) => /^(-v|-V|--version|-t|-h|--help|-e|-p)$/.test(word)) && base !== "httpd";
    return isQuick ? "plain" : { program: { kind: "serve", name: base } };
  }
  return "plain";
}

function startShell(
  host: ProcessHost,
  process: Process,
  name: string,
  rest: readonly string[],
): Start | Failure | undefined {
  let index = 0;
  const options: string[] = [];
  let isScript = false;
  for (; index < rest.length && /^[-+]./.test(rest[index] ?? ""); index++) {
    const word = rest[index] ?? "";
    if (word === "--") {
      index++;
      break;
    }
    if (word.startsWith("--")) continue;
    if (word.includes("c")) isScript = true;
    if (word === "-o") options.push(rest[++index] ?? "");
    else options.push(...word.slice(1).replace(/[ci]/g, ""));
  }
  const set = options.filter((each) => each === "pipefail" || "euxf".includes(each));
  const prefix = set.map((each) => (each.length === 1 ? `set -${each}\n` : `set -o ${each}\n`)).join("");
  const arg0 = name;
  if (isScript) {
    const [script = "", zero = arg0, ...positional] = rest.slice(index);
    return { script: prefix + script, arg0: zero, positional };
  }
  const file = rest[index];
  if (file !== undefined) {
    const text = host.files.read(absolute(process.cwd, file));
    if (typeof text === "string") return { script: prefix + text, arg0: file, positional: rest.slice(index + 1) };
    if (host.all.flavour === "busybox") return failure(2, `can't open '${file}': ${text.message}`);
    return host.all.flavour === "bash"
      ? failure(127, `${file}: ${text.message}`)
      : failure(2, `0: cannot open ${file}: No such file`);
  }
  const channel = process.fds["0"];
  if (channel?.to === "session") return { interactive: true, arg0, script: "" };
  const { bytes, isAll } = waiting(host.all, channel, host.files);
  if (!isAll) return undefined;
  take(host.all, channel, bytes.length);
  passEnd(host.all, channel);
  return { script: prefix + bytes, arg0 };
}

/** The time and signal of `timeout`, and how many words they take. */
export function timeoutOf(rest: readonly string[]): {
  readonly ms: number;
  readonly signal: string;
  readonly words: number;
} {
  let index = 0;
  let signal = "TERM";
  for (; rest[index]?.startsWith("-") === true; index++) {
    const word = rest[index] ?? "";
    if (word === "-s" || word === "-k" || word === "-t") {
      index++;
      if (word === "-s") signal = (rest[index] ?? "TERM").replace(/^SIG/, "");
      if (word === "-t") return { ms: durationMs(rest[index] ?? "") ?? 0, signal, words: index + 1 };
    } else if (/^-[A-Z0-9]/.test(word)) signal = word.slice(1);
  }
  return { ms: durationMs(rest[index] ?? "") ?? 0, signal, words: index + 1 };
}

const UNIT_MS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of an argument of `sleep`; Infinity for `infinity`; undefined for nonsense. */
export function durationMs(word: string): number | undefined {
  if (/^inf(inity)?$/.test(word)) return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(word);
  return match === null ? undefined : Math.round(Number(match[1]) * (UNIT_MS[match[2] || "s"] ?? 0));
}

/** Runs a program as a child, and waits for it. */
export function runProgram(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  words: readonly string[],
  sets: Readonly<Record<string, string>>,
): Went {
  if (frame.children === undefined) {
    const start = startOf(host, process, words);
    if (start === undefined) {
      process.wait = { for: "input", fd: 0 };
      return "waits";
    }
    if (start === "plain")
      return runPlain(host, process, frame, { source: quotedAll(words), line: 0, names: [words[0] ?? ""] });
    if ("code" in start) {
      say(host, process, start.message, 0);
      conclude(host, process, start.code);
      return "done";
    }
    const child = host.fork(process, { command: words.join(" "), fds: { ...process.fds }, ...start });
    if (child === undefined) {
      say(host, process, "can't fork: Resource temporarily unavailable", 0);
      conclude(host, process, 2);
      return "done";
    }
    child.variables = { ...child.variables, ...sets };
    child.exported = [...new Set([...child.exported, ...Object.keys(sets)])];
    if (SHELLS.has(baseName(words[0] ?? "") ?? "")) deepen(host, child);
    frame.children = [child.pid];
    if (words[0]?.endsWith("timeout") === true) {
      const { ms, signal } = timeoutOf(words.slice(1));
      host.killLater(child, ms, signal);
    }
  }
  const status = statusOf(host, frame.children);
  if (status === undefined) {
    process.wait = { for: "child", pids: frame.children };
    return "waits";
  }
  conclude(host, process, status[0] ?? 0);
  return "done";
}

/** A shell in a shell counts how deep it is, as busybox' and bash do. */
function deepen(host: ProcessHost, process: Process): void {
  if (host.all.flavour === "dash") return;
  const level = Number(process.variables.SHLVL ?? 0) + 1;
  process.variables = { ...process.variables, SHLVL: String(level) };
  if (!process.exported.includes("SHLVL")) process.exported = [...process.exported, "SHLVL"];
}

/** The process becomes another program, as `exec` does. Gives the failure when it can't. */
export function become(host: ProcessHost, process: Process, words: readonly string[]): Failure | undefined {
  const start = startOf(host, process, words);
  if (start !== undefined && start !== "plain" && "code" in start) return start;
  process.traps = Object.fromEntries(Object.entries(process.traps).filter(([, action]) => action === ""));
  process.functions = {};
  process.options = [];
  process.command = words.join(" ");
  process.variables = Object.fromEntries(
    Object.entries(process.variables).filter(([name]) => process.exported.includes(name)),
  );
  process.scripts = [];
  process.frames = [];
  if (start === undefined || start === "plain") {
    process.frames = [{ script: scriptOf(process, wordsSource(words)), node: 0, at: 0 }];
    return undefined;
  }
  if (SHELLS.has(baseName(words[0] ?? "") ?? "")) deepen(host, process);
  if (words[0]?.endsWith("timeout") === true) host.killLater(process, timeoutOf(words.slice(1)).ms, "TERM");
  if (start.arg0 !== undefined) process.arg0 = start.arg0;
  process.positional = start.positional ?? [];
  if (start.program !== undefined) process.program = start.program;
  else if (start.interactive === true) process.interactive = true;
  else process.frames = [{ script: scriptOf(process, start.script ?? ""), node: 0, at: 0 }];
  return undefined;
}

const TAIL_EVERY_MS = 1000;
const LAST_LINES = 10;
const YES_EVERY_MS = 10;

/** One step of a program that the core runs itself. */
export function stepProgram(host: ProcessHost, process: Process, program: Program): Went {
  switch (program.kind) {
    case "sleep":
    case "serve":
      process.wait = { for: "ever" };
      return "waits";
    case "yes": {
      const text = program.text.repeat(Math.max(1, Math.floor(4096 / program.text.length)));
      if (!writeTo(host.all, process.fds["1"], text, host)) return endBySignal(process, 141);
      return YES_EVERY_MS;
    }
    case "tail":
      return stepTail(host, process, program);
  }
}

function endBySignal(process: Process, code: number): Went {
  process.frames = [];
  process.status = code;
  return "ended";
}

function stepTail(host: ProcessHost, process: Process, program: Program & { kind: "tail" }): Went {
  const text = host.files.read(program.path);
  if (typeof text !== "string") {
    if (program.path === "/dev/null" || program.offset >= 0) return TAIL_EVERY_MS;
    if (program.complained === true) return TAIL_EVERY_MS;
    const busybox = host.all.flavour === "busybox";
    const problem = busybox
      ? `tail: can't open '${program.path}': ${text.message}\n`
      : `tail: cannot open '${program.path}' for reading: ${text.message}\n`;
    const end = program.retries ? "" : busybox ? "tail: no files\n" : "tail: no files remaining\n";
    writeTo(host.all, process.fds["2"], `${problem}${end}`, host);
    program.complained = true;
    return program.retries ? TAIL_EVERY_MS : endBySignal(process, 1);
  }
  if (program.path === "/dev/null") {
    process.wait = { for: "ever" };
    return "waits";
  }
  if (program.offset < 0 || program.offset > text.length) program.offset = startOfTail(text);
  const fresh = text.slice(program.offset);
  program.offset = text.length;
  if (!writeTo(host.all, process.fds["1"], fresh, host)) return endBySignal(process, 141);
  return TAIL_EVERY_MS;
}

/** Where the last ten lines begin. */
function startOfTail(text: string): number {
  let at = text.endsWith("\n") ? text.length - 1 : text.length;
  for (let line = 0; line < LAST_LINES && at > 0; line++) at = text.lastIndexOf("\n", at - 1);
  return at < 0 ? 0 : text[at] === "\n" && at < text.length - 1 ? at + 1 : at === 0 ? 0 : at;
}
