import { countEnds, writeTo } from "./channels.ts";
import { isPlain, runCommand, runPlain } from "./command.ts";
import type { ProcessHost, Went } from "./host.ts";
import type { Channel, Frame, Process } from "./process.ts";
import { redirect } from "./redirections.ts";
import { ask, conclude, finish, pushNode, statusOf } from "./stack.ts";
import type { ShellNode } from "./tree.ts";

/** One step of a process's walk through its script. */
export function walk(host: ProcessHost, process: Process): Went {
  const frame = process.frames.at(-1);
  if (frame === undefined) return "ended";
  const source = process.scripts[frame.script] ?? "";
  const tree = host.treeOf(source);
  if (tree === undefined) return ask(process, { kind: "parse", source, use: "script" });
  const node = tree[frame.node];
  if (node === undefined) {
    finish(process, process.status);
    return "on";
  }
  return walkNode(host, process, frame, node);
}

function walkNode(host: ProcessHost, process: Process, frame: Frame, node: ShellNode): Went {
  switch (node.kind) {
    case "command":
      return runCommand(host, process, frame, node);
    case "pipeline":
      return walkPipeline(host, process, frame, node);
    case "background":
      return startJob(host, process, frame, node);
    case "subshell":
      return walkSubshell(host, process, frame, node);
    case "redirected":
      return walkRedirected(host, process, frame, node);
    case "syntax-error":
      return misread(host, process, frame, node.message);
    case "function":
      process.functions = {
        ...process.functions,
        [node.name]: { source: node.source, script: frame.script, node: node.body },
      };
      return finish(process, 0);
    default:
      return walkCompound(process, frame, node);
  }
}

/** A script that can't be read ends the shell; a person at a prompt may go on, and write the rest of what is open. */
function misread(host: ProcessHost, process: Process, frame: Frame, message: string): Went {
  if (process.interactive === true && /unexpected (end of file|EOF)|unterminated/i.test(message)) {
    process.partial = process.scripts[frame.script] ?? "";
    process.frames.pop();
    return "on";
  }
  writeTo(host.all, process.fds["2"], message, host);
  process.frames = [];
  process.status = 2;
  return process.interactive === true ? "on" : "ended";
}

type Compound = Exclude<
  ShellNode,
  { kind: "command" | "pipeline" | "background" | "subshell" | "redirected" | "syntax-error" | "function" }
>;

function walkCompound(process: Process, frame: Frame, node: Compound): Went {
  switch (node.kind) {
    case "sequence": {
      const next = node.body[frame.at++];
      return next === undefined
        ? finish(process, node.body.length === 0 ? 0 : process.status)
        : pushNode(process, frame, next);
    }
    case "and-or":
      for (;;) {
        const next = node.body[frame.at];
        if (next === undefined) return finish(process, process.status);
        const operator = frame.at === 0 ? ";" : node.operators[frame.at - 1];
        frame.at++;
        const isSkipped = (operator === "&&" && process.status !== 0) || (operator === "||" && process.status === 0);
        if (!isSkipped) return pushNode(process, frame, next);
      }
    case "not":
      if (frame.at++ === 0) return pushNode(process, frame, node.body);
      return finish(process, process.status === 0 ? 1 : 0);
    case "if":
      return walkIf(process, frame, node);
    case "loop":
      return walkLoop(process, frame, node);
    case "for":
      return walkFor(process, frame, node);
    case "counting-for":
      return walkCountingFor(process, frame, node);
    case "case":
      return walkCase(process, frame, node);
  }
}

/** Even: a condition is to be run; odd: it was. Past the end: a body was run. */
function walkIf(process: Process, frame: Frame, node: ShellNode & { kind: "if" }): Went {
  const after = 2 * node.clauses.length;
  if (frame.at > after) return finish(process, process.status);
  const clause = node.clauses[frame.at >> 1];
  if (clause === undefined) {
    frame.at = after + 1;
    return node.otherwise === undefined ? finish(process, 0) : pushNode(process, frame, node.otherwise);
  }
  if (frame.at % 2 === 0) {
    frame.at++;
    return pushNode(process, frame, clause.condition);
  }
  frame.at = process.status === 0 ? after + 1 : frame.at + 1;
  return process.status === 0 ? pushNode(process, frame, clause.body) : "on";
}

function walkLoop(process: Process, frame: Frame, node: ShellNode & { kind: "loop" }): Went {
  if (frame.at === 0) {
    frame.at = 1;
    return pushNode(process, frame, node.condition);
  }
  if (frame.at === 1) {
    if ((process.status === 0) === node.until) return finish(process, frame.result ?? 0);
    frame.at = 2;
    return pushNode(process, frame, node.body);
  }
  frame.result = process.status;
  frame.at = 0;
  return "on";
}

function walkFor(process: Process, frame: Frame, node: ShellNode & { kind: "for" }): Went {
  frame.words ??= node.words.literal;
  if (frame.words === undefined) return ask(process, { kind: "words", source: node.words.source, use: "words" });
  const value = frame.words[frame.at];
  if (value === undefined) return finish(process, frame.at === 0 ? 0 : process.status);
  frame.at++;
  process.variables = { ...process.variables, [node.variable]: value };
  return pushNode(process, frame, node.body);
}

/** 0: start; 1: condition; 2: it is known; 3: update. */
function walkCountingFor(process: Process, frame: Frame, node: ShellNode & { kind: "counting-for" }): Went {
  const at = frame.at;
  frame.at = at === 3 ? 1 : at + 1;
  if (at === 2) {
    if (process.status !== 0) return finish(process, frame.result ?? 0);
    return pushNode(process, frame, node.body);
  }
  if (at === 3) frame.result = process.status;
  const expression = at === 0 ? node.start : at === 1 ? node.condition || "1" : node.update;
  return expression === "" ? "on" : ask(process, { kind: "output", source: `((${expression}))`, use: "status" });
}

function walkCase(process: Process, frame: Frame, node: ShellNode & { kind: "case" }): Went {
  if (frame.at === 0) return ask(process, { kind: "output", source: node.pick, use: "pick" });
  // `at` is one more than the item that fits; none: below 0.
  const item = frame.at > 0 ? node.items[frame.at - 1] : undefined;
  if (item === undefined) return finish(process, frame.result ?? 0);
  if (frame.result === undefined) {
    frame.result = 0;
    return pushNode(process, frame, item.body);
  }
  frame.result = process.status;
  if (item.terminator !== ";&") return finish(process, process.status);
  frame.at++;
  const next = node.items[frame.at - 1];
  return next === undefined ? finish(process, process.status) : pushNode(process, frame, next.body);
}

const NO_FORK = "can't fork: Resource temporarily unavailable";

function cannotFork(host: ProcessHost, process: Process): Went {
  writeTo(host.all, process.fds["2"], `${process.arg0}: ${NO_FORK}\n`, host);
  process.frames = [];
  process.status = 2;
  return "ended";
}

function startJob(host: ProcessHost, process: Process, frame: Frame, node: ShellNode & { kind: "background" }): Went {
  const child = host.fork(process, {
    command: node.text,
    fds: { ...process.fds, ...(process.interactive !== true && { "0": { to: "null" } }) },
    frames: [{ script: frame.script, node: node.body, at: 0 }],
  });
  if (child === undefined) return cannotFork(host, process);
  process.lastJob = child.pid;
  process.jobs = [...process.jobs, child.pid];
  return finish(process, 0);
}

function walkSubshell(host: ProcessHost, process: Process, frame: Frame, node: ShellNode & { kind: "subshell" }): Went {
  if (frame.children === undefined) {
    const child = host.fork(process, {
      command: process.command,
      fds: { ...process.fds },
      frames: [{ script: frame.script, node: node.body, at: 0 }],
    });
    if (child === undefined) return cannotFork(host, process);
    frame.children = [child.pid];
  }
  const status = statusOf(host, frame.children);
  if (status === undefined) {
    process.wait = { for: "child", pids: frame.children };
    return "waits";
  }
  return conclude(host, process, status.at(-1) ?? 0);
}

/** A pipeline of simple commands goes to the interpreter as a whole; in any other each stage is a process. */
function walkPipeline(host: ProcessHost, process: Process, frame: Frame, node: ShellNode & { kind: "pipeline" }): Went {
  if (frame.children === undefined && node.source !== undefined) {
    if (node.names.every((name) => isPlain(host, process, name))) {
      return runPlain(host, process, frame, { source: node.source, line: node.line, names: node.names });
    }
  }
  if (frame.children === undefined) {
    const started = startStages(host, process, frame, node);
    if (started === undefined) return cannotFork(host, process);
    frame.children = started;
  }
  const all = statusOf(host, frame.children);
  if (all === undefined) {
    process.wait = { for: "child", pids: frame.children };
    return "waits";
  }
  const failed = process.options.includes("pipefail") ? all.findLast((each) => each !== 0) : undefined;
  return conclude(host, process, failed ?? all.at(-1) ?? 0);
}

function startStages(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  node: ShellNode & { kind: "pipeline" },
): number[] | undefined {
  const pids: number[] = [];
  let input: Channel | undefined = process.fds["0"];
  for (const [index, stage] of node.stages.entries()) {
    const isLast = index === node.stages.length - 1;
    const pipe = isLast ? undefined : { id: host.all.nextPipe++, bytes: "", writers: 1, readers: 1 };
    if (pipe !== undefined) host.all.pipes.push(pipe);
    const fds = { ...process.fds };
    if (input !== undefined) fds["0"] = input;
    if (pipe !== undefined) fds["1"] = { to: "pipe", pipe: pipe.id };
    const child = host.fork(process, {
      command: node.texts[index] ?? "",
      fds,
      frames: [{ script: frame.script, node: stage, at: 0 }],
    });
    if (child === undefined) return undefined;
    pids.push(child.pid);
    input = pipe && { to: "pipe", pipe: pipe.id };
  }
  countEnds(host.all);
  return pids;
}

function walkRedirected(
  host: ProcessHost,
  process: Process,
  frame: Frame,
  node: ShellNode & { kind: "redirected" },
): Went {
  if (frame.at === 0) {
    const problem = redirect(host, process, frame, node.redirections);
    if (problem === "asks") return "asks";
    if (typeof problem === "object") {
      writeTo(host.all, process.fds["2"], `${process.arg0}: ${problem.message}\n`, host);
      return finish(process, 1);
    }
    frame.at = 1;
    countEnds(host.all);
    return pushNode(process, frame, node.body);
  }
  finish(process, process.status);
  countEnds(host.all);
  return "on";
}
