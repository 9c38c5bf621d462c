import type { ShellCommand, ShellWorld } from "../../index.ts";

/** What is known of a request while its command is being answered. */
export interface Answering {
  readonly request: ShellCommand;
  readonly world: ShellWorld;
  /** Virtual milliseconds that it took; -1: it never ends. */
  tookMs: number;
  readonly signals: { readonly pid: number; readonly signal: string }[];
  /** How the shell stood when the command had ended. */
  end:
    | {
        readonly variables: Readonly<Record<string, string>>;
        readonly exported: readonly string[];
        readonly cwd: string;
      }
    | undefined;
}

export interface Surroundings {
  readonly answering: Answering;
  readonly context: {
    readonly env: ReadonlyMap<string, string>;
    readonly exportedEnv?: Readonly<Record<string, string>>;
    readonly cwd: string;
    /** Bytes, one character each, under the library's own name for them. */
    readonly stdin: unknown;
    readonly exec?: (
      command: string,
      options: { cwd: string; env?: Record<string, string>; replaceEnv?: boolean; args?: string[] },
    ) => Promise<Output>;
  };
}

export interface Output {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** A program that the library lacks, or that must see the cluster's world instead of the real one. */
export interface Command {
  readonly name: string;
  run(args: readonly string[], surroundings: Surroundings): Output | Promise<Output>;
}

export const failed = (stderr: string, exitCode = 1): Output => ({ stderr, exitCode });
