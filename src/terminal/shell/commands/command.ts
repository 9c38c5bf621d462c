import type { Jobs } from "../jobs.ts";
import type { IFileSystem } from "../library.ts";
import type { LocalPorts } from "../local-ports.ts";
import type { ClusterWorld, Screen } from "../world.ts";

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** One run of a command of ours. */
export interface Run {
  readonly words: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: IFileSystem;
  readonly cluster: ClusterWorld;
  readonly screen: Screen;
  readonly ports: LocalPorts;
  /** What runs beside the shell. */
  readonly jobs: Jobs;
  /** Whether what it prints is seen at once: neither piped nor kept in a file. */
  readonly onScreen: boolean;
  /** What was piped into it, as text; undefined when standard input is the terminal. */
  readonly input: string | undefined;
  readonly signal: AbortSignal;
  out(text: string): void;
  err(text: string): void;
  /** Runs another command line of the shell: its output and exit code. */
  exec(line: string, input?: string): Promise<Output>;
  /** Runs another command, given as words, in the place of `as`, until the signal ends it. */
  spawn(as: Run, words: readonly string[], signal: AbortSignal): Promise<number>;
  /** Runs the interpreter's own command of this name. */
  original(words: readonly string[]): Promise<Output>;
  /** What was typed before, oldest first. */
  readonly history: readonly string[];
}

/** A command that the shell has beside the interpreter's own. It gives its exit code. */
export interface OwnCommand {
  readonly name: string;
  readonly run: (run: Run) => Promise<number>;
}

/** Settles as `work` does, or with undefined as soon as the signal is raised. */
export function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Exit code of what Ctrl-C ended. */
export const INTERRUPTED = 130;
