import { isFull, passEnd, take, waiting, writeTo } from "./channels.ts";
import type { ContainerHost } from "./container-host.ts";
import type { Went } from "./host.ts";
import type { ShellRunResult } from "./port.ts";
import type { Process, Question } from "./process.ts";
import { stepProgram } from "./programs.ts";
import { conclude, endShell, scriptOf } from "./stack.ts";
import { walk } from "./walk.ts";

/** So many steps without a command that takes time are a loop of nothing: the clock must go on. */
const MAX_STEPS = 1000;
/** After so many commands without a sleep a process is slowed down, and after as many again once more. */
const BUSY = 2000;
const COMMAND_MS = 1;
const SLOW_MS = 10;
const SLOWEST_MS = 100;

function commandMs(process: Process): number {
  process.busy++;
  return process.busy < BUSY ? COMMAND_MS : process.busy < 2 * BUSY ? SLOW_MS : SLOWEST_MS;
}

/** Runs a process up to its next command's end; "asks" when the interpreter has to answer first. */
export function stepOn(host: ContainerHost, process: Process): "asks" | "ok" {
  delete process.wait;
  delete process.seen;
  if (isFull(host.all, process.fds["1"])) {
    host.wake(process, SLOW_MS);
    return "ok";
  }
  for (let count = 0; count < MAX_STEPS; count++) {
    startTraps(process);
    const went = next(host, process);
    if (went === "on") continue;
    if (went === "ended") {
      if (process.frames.length > 0) continue;
      if (startExitTrap(process)) continue;
      host.exit(process, process.timedOut === true && process.status >= 128 ? 124 : process.status);
      return "ok";
    }
    if (went === "asks") {
      process.state = "asking";
      return "asks";
    }
    settle(host, process, went);
    return "ok";
  }
  host.wake(process, SLOW_MS);
  return "ok";
}

function settle(host: ContainerHost, process: Process, went: Exclude<Went, "on" | "ended" | "asks">): void {
  // It may have been killed by its own hand.
  if (process.state === "zombie") return;
  if (went === "waits") {
    process.state = "blocked";
    process.busy = 0;
    if (process.wait?.for === "input") {
      const { bytes, isAll } = waiting(host.all, process.fds["0"], host.files);
      process.seen = { length: bytes.length, isAll };
    }
  } else if (went === "done") host.wake(process, commandMs(process));
  else {
    process.busy = 0;
    host.wake(process, Math.max(went, COMMAND_MS));
  }
}

function next(host: ContainerHost, process: Process): Went {
  if (process.program !== undefined) return stepProgram(host, process, process.program);
  if (process.frames.length > 0) return walk(host, process);
  return process.interactive === true ? readLine(host, process) : "ended";
}

/** Actions of signals that came are run before anything else. */
function startTraps(process: Process): void {
  const name = process.pending.shift();
  if (name === undefined) return;
  const action = process.traps[name];
  if (action) process.frames.push({ script: scriptOf(process, action), node: 0, at: 0, keeps: process.status });
}

function startExitTrap(process: Process): boolean {
  const action = process.traps.EXIT;
  if (!action) return false;
  const { EXIT: _done, ...traps } = process.traps;
  process.traps = traps;
  delete process.interactive;
  process.frames.push({ script: scriptOf(process, action), node: 0, at: 0, keeps: process.status });
  return true;
}

/** A shell that reads commands takes the next line, or waits for one. */
function readLine(host: ContainerHost, process: Process): Went {
  const channel = process.fds["0"];
  const { bytes, isAll } = waiting(host.all, channel, host.files);
  const session = host.all.sessions.find(({ id }) => id === process.session);
  const end = bytes.indexOf("\n");
  if (end < 0 && !isAll) {
    if (session?.tty === true && process.prompted !== true) {
      writeTo(host.all, process.fds["2"], process.partial === undefined ? promptOf(host, process) : "> ", host);
      process.prompted = true;
    }
    process.wait = { for: "input", fd: 0 };
    return "waits";
  }
  delete process.prompted;
  if (end < 0 && bytes === "") {
    passEnd(host.all, channel);
    delete process.interactive;
    return "ended";
  }
  take(host.all, channel, end < 0 ? bytes.length : end + 1);
  const source = (process.partial ?? "") + (end < 0 ? bytes : bytes.slice(0, end + 1));
  delete process.partial;
  if (source.trim() === "") return "on";
  process.scripts = process.frames.length === 0 && Object.keys(process.functions).length === 0 ? [] : process.scripts;
  process.frames.push({ script: scriptOf(process, source), node: 0, at: 0 });
  return "on";
}

function promptOf(host: ContainerHost, process: Process): string {
  const { uid, flavour, hostname } = host.all;
  const sign = uid === 0 ? "#" : "$";
  const home = process.variables.HOME ?? "";
  const folder = home !== "/" && process.cwd === home ? "~" : process.cwd;
  if (flavour === "busybox") return `${folder} ${sign} `;
  return flavour === "dash" ? `${sign} ` : `${uid === 0 ? "root" : "user"}@${hostname}:${folder}${sign} `;
}

/** Takes the interpreter's answer to a process's question; it goes on from there. */
export function takeAnswer(
  host: ContainerHost,
  process: Process,
  question: Question,
  answer: ShellRunResult,
): "asks" | "ok" {
  delete process.question;
  process.state = "ready";
  process.variables = answer.variables;
  process.exported = answer.exported;
  process.cwd = answer.cwd;
  for (const { pid, signal } of answer.signals) host.signal(pid, signal);
  writeTo(host.all, process.fds["2"], answer.stderr, host);
  const went = put(host, process, question, answer);
  if (went === "on" || process.frames.length === 0) return stepOn(host, process);
  if (typeof went !== "string" || went === "done") settle(host, process, went);
  return "ok";
}

function put(host: ContainerHost, process: Process, question: Question, answer: ShellRunResult): Went {
  const frame = process.frames.at(-1);
  if (frame === undefined) return "on";
  if (answer.fatal && process.interactive !== true) {
    writeTo(host.all, process.fds["1"], question.use === "command" ? answer.stdout : "", host);
    return endShell(process, answer.exitCode);
  }
  switch (question.use) {
    case "words":
      frame.words = JSON.parse(answer.stdout || "[]") as string[];
      return "on";
    case "targets":
      frame.targets?.push(
        question.kind === "words" ? (JSON.parse(answer.stdout || "[]") as string[]).join(" ") : answer.stdout,
      );
      return "on";
    case "status":
      process.status = answer.exitCode;
      return "on";
    case "pick":
      frame.at = answer.stdout === "" ? -1 : Number(answer.stdout) + 1;
      return "on";
    case "filter":
      frame.result = frame.result === 0 ? 0 : answer.exitCode;
      return print(host, process, answer) ? commandMs(process) : endShell(process, 141);
    default:
      if (!print(host, process, answer)) return endShell(process, 141);
      conclude(host, process, answer.exitCode);
      return answer.tookMs > 0 ? answer.tookMs : "done";
  }
}

function print(host: ContainerHost, process: Process, { stdout }: ShellRunResult): boolean {
  return writeTo(host.all, process.fds["1"], stdout, host);
}
