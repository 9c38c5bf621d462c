import type { FileView } from "../files/view.ts";
import { countEnds, waiting, writeTo } from "./channels.ts";
import type { Birth, ProcessHost } from "./host.ts";
import type { ContainerProcesses, Process } from "./process.ts";
import { HARMLESS, signalNumber } from "./signals.ts";
import { scriptOf } from "./stack.ts";
import type { ShellTree } from "./tree.ts";

/** So many processes a container may have: the kubelet's pod pids limit of small machines. */
const MAX_PROCESSES = 256;

/** What `timeout` ends with when it had to end its command. */
const TIMED_OUT = 124;

/** What a container's processes need of the machine that they run on. */
export interface ContainerPorts {
  readonly all: ContainerProcesses;
  readonly nowMs: number;
  files(): FileView;
  treeOf(source: string): ShellTree | undefined;
  /** Sends a message that wakes a process, or signals it; gives the message's number. */
  send(pid: number, delayMs: number, signal?: string): number;
  cancel(message: number): void;
  print(session: number, stream: "stdout" | "stderr", bytes: string): void;
  /** A session's first process has ended. */
  sessionEnded(session: number, exitCode: number): void;
}

/** A new process, not in the table yet. */
export function newProcess(all: ContainerProcesses, session: number): Process {
  return {
    pid: all.nextPid++,
    parent: 0,
    session,
    command: "",
    state: "ready",
    timer: -1,
    scripts: [],
    frames: [],
    arg0: "sh",
    variables: all.environment,
    exported: Object.keys(all.environment),
    functions: {},
    positional: [],
    cwd: all.cwd,
    options: [],
    traps: {},
    pending: [],
    status: 0,
    lastJob: 0,
    jobs: [],
    fds: {},
    exitCode: 0,
    busy: 0,
  };
}

/** The processes of one container at one instant, for the walk through their scripts. */
export class ContainerHost implements ProcessHost {
  readonly #ports: ContainerPorts;
  #files: FileView | undefined;

  constructor(ports: ContainerPorts) {
    this.#ports = ports;
  }

  get all(): ContainerProcesses {
    return this.#ports.all;
  }

  get nowMs(): number {
    return this.#ports.nowMs;
  }

  get files(): FileView {
    this.#files ??= this.#ports.files();
    return this.#files;
  }

  treeOf(source: string): ShellTree | undefined {
    return this.#ports.treeOf(source);
  }

  print(session: number, stream: "stdout" | "stderr", bytes: string): void {
    this.#ports.print(session, stream, bytes);
  }

  fork(parent: Process, birth: Birth): Process | undefined {
    const { all } = this;
    if (all.processes.length >= MAX_PROCESSES) return undefined;
    const isCopy = birth.script === undefined && birth.program === undefined;
    const child: Process = {
      ...newProcess(all, parent.session),
      parent: parent.pid,
      command: birth.command,
      cwd: parent.cwd,
      variables: isCopy ? parent.variables : exportedOf(parent),
      exported: parent.exported,
      arg0: birth.arg0 ?? parent.arg0,
      positional: birth.positional ?? (isCopy ? parent.positional : []),
      fds: birth.fds,
    };
    if (isCopy) {
      child.scripts = parent.scripts;
      child.frames = birth.frames ?? [];
      child.functions = parent.functions;
      child.options = parent.options;
      child.status = parent.status;
      child.lastJob = parent.lastJob;
    }
    // What is ignored stays ignored.
    child.traps = Object.fromEntries(Object.entries(parent.traps).filter(([, action]) => action === ""));
    if (birth.program !== undefined) child.program = birth.program;
    else if (birth.interactive === true) child.interactive = true;
    else if (birth.script !== undefined) child.frames = [{ script: scriptOf(child, birth.script), node: 0, at: 0 }];
    all.processes.push(child);
    countEnds(all);
    this.wake(child, 0);
    return child;
  }

  /** A process goes on after a time. */
  wake(process: Process, delayMs: number): void {
    if (process.timer >= 0) this.#ports.cancel(process.timer);
    process.state = "ready";
    process.timer = this.#ports.send(process.pid, delayMs);
  }

  killLater(process: Process, afterMs: number, signal: string): void {
    if (Number.isFinite(afterMs)) this.#ports.send(process.pid, afterMs, `timeout ${signal}`);
  }

  exit(process: Process, code: number): void {
    if (process.state === "zombie") return;
    if (process.timer >= 0) this.#ports.cancel(process.timer);
    process.timer = -1;
    process.state = "zombie";
    process.exitCode = code;
    process.frames = [];
    delete process.question;
    const { all } = this;
    for (const child of all.processes) if (child.parent === process.pid) child.parent = 1;
    const parent = all.processes.find(({ pid }) => pid === process.parent);
    // Nobody waits for what has no parent, or was handed to process 1.
    all.processes = all.processes.filter((each) => each.state !== "zombie" || this.#isWanted(each));
    if (parent !== undefined && parent.traps.CHLD !== undefined) parent.pending.push("CHLD");
    countEnds(all);
    const session = all.sessions.find(({ leader }) => leader === process.pid);
    if (session !== undefined) {
      session.exitCode = code;
      this.#ports.sessionEnded(session.id, code);
    }
  }

  #isWanted(zombie: Process): boolean {
    const parent = this.all.processes.find(({ pid }) => pid === zombie.parent);
    if (parent === undefined || parent.state === "zombie") return false;
    return parent.jobs.includes(zombie.pid) || parent.frames.some(({ children }) => children?.includes(zombie.pid));
  }

  reap(pid: number): void {
    this.all.processes = this.all.processes.filter((each) => each.pid !== pid || each.state !== "zombie");
  }

  signal(pid: number, name: string): boolean {
    const process = this.all.processes.find((each) => each.pid === pid && each.state !== "zombie");
    if (process === undefined) return false;
    const action = process.traps[name];
    if (action !== undefined && name !== "KILL" && name !== "STOP") {
      if (action !== "") this.#trap(process, name);
      return true;
    }
    if (HARMLESS.has(name)) return true;
    // The kernel gives process 1 no signal that it has no action for; servers have one for SIGTERM.
    const isServer = process.program?.kind === "serve";
    if (pid === 1 && !isServer) return true;
    const isDone = isServer && /TERM|QUIT|INT/.test(name);
    this.exit(process, process.timedOut === true ? TIMED_OUT : isDone ? 0 : 128 + signalNumber(name));
    return true;
  }

  /** The action is run when the command that is under way has ended; `wait` ends for it. */
  #trap(process: Process, name: string): void {
    process.pending.push(name);
    const top = process.frames.at(-1);
    if (process.state !== "blocked" || top?.words?.[0] !== "wait") return;
    process.frames.pop();
    process.status = 128 + signalNumber(name);
    this.wake(process, 0);
  }

  /** Wakes the processes whose waiting has come to its end. */
  rouse(): void {
    for (const process of this.all.processes) {
      if (process.state !== "blocked" || process.wait === undefined) continue;
      const { wait } = process;
      if (wait.for === "child") {
        const isLiving = (pid: number) =>
          this.all.processes.some((each) => each.pid === pid && each.state !== "zombie");
        if (!wait.pids.some(isLiving)) this.wake(process, 0);
      } else if (wait.for === "input") {
        const { bytes, isAll } = waiting(this.all, process.fds["0"], this.files);
        if (bytes.length !== process.seen?.length || isAll !== process.seen.isAll) this.wake(process, 0);
      }
    }
  }

  error(process: Process, text: string): void {
    writeTo(this.all, process.fds["2"], text, this);
  }
}

function exportedOf({ variables, exported }: Process): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => exported.includes(name)));
}
