import type { Outlet } from "./channels.ts";
import type { Channel, ContainerProcesses, Frame, Process, Program } from "./process.ts";
import type { ShellTree } from "./tree.ts";

/** How a new process differs from the one that it comes from. */
export interface Birth {
  readonly command: string;
  readonly fds: { [fd: string]: Channel };
  /** A script to run from its beginning; undefined: it goes on in its parent's scripts, at `frames`. */
  readonly script?: string;
  readonly frames?: Frame[];
  readonly arg0?: string;
  readonly positional?: readonly string[];
  readonly program?: Program;
  readonly interactive?: boolean;
}

/** What walking through a script asks of the container around it. */
export interface ProcessHost extends Outlet {
  readonly all: ContainerProcesses;
  readonly nowMs: number;
  /** A script's tree; undefined while the interpreter has not read it. */
  treeOf(source: string): ShellTree | undefined;
  /** A copy of the process that goes its own way; undefined when the container has too many. */
  fork(parent: Process, birth: Birth): Process | undefined;
  exit(process: Process, code: number): void;
  /** Sends a signal to a process after a time, if it is still there: it has timed out. */
  killLater(process: Process, afterMs: number, signal: string): void;
  /** False when there is no such process. */
  signal(pid: number, name: string): boolean;
  /** Takes a child out of the table that has ended. */
  reap(pid: number): void;
}

/** How a process goes on after a step. */
export type Went =
  /** At once. */
  | "on"
  /** Its question is before the interpreter. */
  | "asks"
  /** Until something happens to it. */
  | "waits"
  /** After the time of one command. */
  | "done"
  /** After a number of milliseconds. */
  | number
  | "ended";
