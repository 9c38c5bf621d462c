import type { ProcessHost, Went } from "./host.ts";
import type { Frame, Process, Question } from "./process.ts";

/** Asks the interpreter; the answer comes back to the frame on top. */
export function ask(process: Process, question: Omit<Question, "stdin" | "line"> & Partial<Question>): Went {
  process.question = { stdin: "", line: 0, ...question };
  return "asks";
}

export function pushNode(process: Process, frame: Frame, node: number): Went {
  process.frames.push({ script: frame.script, node, at: 0 });
  return "on";
}

/** Ends the frame on top: what it changed for itself is put back. */
export function finish(process: Process, status: number): Went {
  const frame = process.frames.pop();
  process.status = status;
  if (frame !== undefined) leave(process, frame);
  return "on";
}

/** Ends the frame on top, a command of some kind: under `set -e` its failure may end the shell. */
export function conclude(host: ProcessHost, process: Process, status: number): Went {
  finish(process, status);
  if (status === 0 || !process.options.includes("e")) return "on";
  return isTested(host, process) ? "on" : endShell(process, status);
}

/** Puts back what a frame changed: descriptors, parameters, local variables. */
function leave(process: Process, frame: Frame): void {
  if (frame.saved !== undefined) process.fds = { ...frame.saved };
  if (frame.keeps !== undefined) process.status = frame.keeps;
  if (frame.call === undefined) return;
  process.positional = frame.call.positional;
  const variables = { ...process.variables };
  for (const [name, value] of Object.entries(frame.call.locals)) {
    if (value === null) delete variables[name];
    else variables[name] = value;
  }
  process.variables = variables;
}

/** Ends frames from the top as long as the last one ended is not the one asked for. False when there is none. */
export function unwind(process: Process, isIt: (frame: Frame) => boolean, keepsIt: boolean): boolean {
  if (!process.frames.some(isIt)) return false;
  for (;;) {
    const frame = process.frames.at(-1);
    if (frame === undefined) return false;
    const found = isIt(frame);
    if (found && keepsIt) return true;
    process.frames.pop();
    leave(process, frame);
    if (found) return true;
  }
}

/** Ends the shell. */
export function endShell(process: Process, status: number): Went {
  process.frames = [];
  process.status = status & 255;
  return "ended";
}

/** Whether a failure on top of these frames is looked at: it is in a condition, or before `&&` and `||`. */
function isTested(host: ProcessHost, process: Process): boolean {
  return process.frames.some(({ script, node, at }) => {
    const found = host.treeOf(process.scripts[script] ?? "")?.[node];
    if (found === undefined) return false;
    if (found.kind === "and-or") return at < found.body.length;
    if (found.kind === "loop") return at === 1;
    if (found.kind === "if") return at % 2 === 1 && at < 2 * found.clauses.length;
    return found.kind === "not";
  });
}

/** The statuses of children when all of them have ended; they are gone then. */
export function statusOf(host: ProcessHost, pids: readonly number[]): readonly number[] | undefined {
  const found = pids.map((pid) => host.all.processes.find((each) => each.pid === pid));
  if (found.some((child) => child !== undefined && child.state !== "zombie")) return undefined;
  for (const pid of pids) host.reap(pid);
  return found.map((child) => child?.exitCode ?? 127);
}

/** The number of a script among those of a process. */
export function scriptOf(process: Process, source: string): number {
  const index = process.scripts.indexOf(source);
  if (index >= 0) return index;
  process.scripts = [...process.scripts, source];
  return process.scripts.length - 1;
}
