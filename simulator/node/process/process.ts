import type { ShellFlavour } from "./port.ts";

/** Where bytes of a descriptor come from, or go to. */
export type Channel =
  | { readonly to: "null" }
  /** Standard input or one of the outputs of the session that it belongs to. */
  | { readonly to: "session"; readonly session: number; readonly stream: "stdin" | "stdout" | "stderr" }
  | { readonly to: "file"; readonly path: string; offset?: number }
  | { readonly to: "pipe"; readonly pipe: number }
  /** Bytes that are all there: a here-document. */
  | { readonly to: "text"; text: string };

/** Bytes on their way from one process to another. */
export interface Pipe {
  readonly id: number;
  bytes: string;
  /** Processes that may still write to it, and read from it. */
  writers: number;
  readers: number;
}

/** What a process has asked the interpreter, and what its answer is for. */
export interface Question {
  readonly kind: "parse" | "output" | "words";
  readonly source: string;
  readonly stdin: string;
  readonly line: number;
  readonly use: "script" | "command" | "words" | "targets" | "status" | "pick" | "filter" | "value";
}

/** A place in a script: a node of its tree, and how far the walk is in it. */
export interface Frame {
  /** Which of the process's scripts. */
  readonly script: number;
  readonly node: number;
  at: number;
  /** Words that were expanded for it. */
  words?: readonly string[];
  /** Targets of redirections that were expanded. */
  targets?: string[];
  /** Children that it waits for. */
  children?: readonly number[];
  /** Status of the last round of a loop, or of what a filter has done so far. */
  result?: number;
  /** Descriptors to put back in the end. */
  saved?: { readonly [fd: string]: Channel };
  /** Of a function's call: positional parameters, and variables that it made local (null: unset before). */
  call?: { readonly positional: readonly string[]; readonly locals: { [name: string]: string | null } };
  /** What it ends with is to be put back as the status: a trap's action. */
  keeps?: number;
}

/** What a process does just now. */
export type ProcessState =
  /** A message is on its way to it. */
  | "ready"
  /** Its command is before the interpreter. */
  | "asking"
  /** It waits for bytes, for a child, or for a signal. */
  | "blocked"
  /** It has ended, and its parent does not know yet. */
  | "zombie";

/** What a process that is blocked waits for. */
export type Wait =
  | { readonly for: "input"; readonly fd: number }
  | { readonly for: "child"; readonly pids: readonly number[] }
  | { readonly for: "ever" };

/** One process of a container, as plain data. */
export interface Process {
  readonly pid: number;
  parent: number;
  readonly session: number;
  /** As `ps` shows it. */
  command: string;
  state: ProcessState;
  wait?: Wait;
  /** What there was of its input when it began to wait for more. */
  seen?: { readonly length: number; readonly isAll: boolean };
  /** Killed by a `timeout`. */
  timedOut?: boolean;
  /** Number of the message that wakes it; -1 for none. */
  timer: number;
  question?: Question;
  /** Reads its commands from its standard input. */
  interactive?: boolean;
  /** Its prompt stands there already. */
  prompted?: boolean;
  /** Lines of a command that is not complete yet. */
  partial?: string;
  /** Sources of the scripts that its frames are in. */
  scripts: string[];
  frames: Frame[];
  arg0: string;
  variables: Readonly<Record<string, string>>;
  exported: readonly string[];
  functions: { [name: string]: { readonly source: string; readonly script: number; readonly node: number } };
  positional: readonly string[];
  cwd: string;
  options: readonly string[];
  /** Signal -> action; an empty action ignores it. */
  traps: { [signal: string]: string };
  pending: string[];
  status: number;
  lastJob: number;
  jobs: number[];
  fds: { [fd: string]: Channel };
  exitCode: number;
  /** Commands since it slept last: who never sleeps is slowed down. */
  busy: number;
  /** Set when it is no shell: a program that the core runs itself. */
  program?: Program;
}

/** A program that the core runs itself. */
export type Program =
  | { readonly kind: "sleep" }
  | { readonly kind: "serve"; readonly name: string }
  | { readonly kind: "tail"; readonly path: string; offset: number; readonly retries: boolean; complained?: boolean }
  | { readonly kind: "yes"; readonly text: string };

/** A pair of ends that somebody outside holds: a container's own streams, or those of an exec. */
export interface Session {
  readonly id: number;
  /** Its first process. */
  readonly leader: number;
  readonly tty: boolean;
  /** Bytes that nobody has read yet. */
  input: string;
  /** Nothing more will come. */
  inputClosed: boolean;
  /** Goes to the container's log; else to whoever listens to the session. */
  readonly logged: boolean;
  /** Characters of its output that are kept, and those. */
  readonly keep: number;
  output: string;
  /** What was typed of a line so far, on a terminal. */
  line: string;
  /** Set when its first process has ended. */
  exitCode?: number;
}

/** How a process's shell speaks: bash is itself in every image. */
export function flavourOf({ flavour }: ContainerProcesses, { arg0 }: Process): ShellFlavour {
  return /(^|\/)bash$/.test(arg0) ? "bash" : flavour;
}

/** What a container's processes share. */
export interface ContainerProcesses {
  readonly flavour: ShellFlavour;
  readonly uid: number;
  readonly gid: number;
  readonly hostname: string;
  /** Environment that every process of the container is born with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The command line of a main process that is not in the table, because what it does is known. */
  readonly main: string;
  nextPid: number;
  nextPipe: number;
  nextSession: number;
  processes: Process[];
  pipes: Pipe[];
  sessions: Session[];
}
