import type { NetworkView } from "../../network/network-view.ts";
import type { FileView } from "../files/view.ts";

/*
 * The door between the core and the shell interpreter, which is asynchronous and lives at the edge (decision 8). The core
 * asks only when a process's next command is due and nothing else may happen before it; the answer is a function of what
 * the request shows (files, network, time), so a run is the same whenever and wherever the interpreter is called.
 */

/** Words that say how the interpreter should speak: messages differ between busybox' ash, dash and bash. */
export type ShellFlavour = "busybox" | "dash" | "bash";

/** What a command sees of the world. It is alive only while the request is being answered. */
export interface ShellWorld {
  readonly files: FileView;
  readonly network: NetworkView;
  readonly hostname: string;
  /** Milliseconds since 1970, virtual. */
  readonly epochMs: number;
  /** The process's number, its user and group. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** A seed drawn for this command, for $RANDOM and the like. */
  readonly seed: number;
  readonly flavour: ShellFlavour;
  /** Running processes of the container, for `ps`. */
  readonly processes: readonly { readonly pid: number; readonly user: string; readonly command: string }[];
}

/** One simple command or pipeline, with everything that it needs. */
export interface ShellCommand {
  readonly kind: "run";
  /** Source text of the command: no loops or sleeps around it, they are the core's. */
  readonly source: string;
  /** Definitions of the script's functions, to be read before it. */
  readonly functions: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Names among them that are exported. */
  readonly exported: readonly string[];
  readonly positional: readonly string[];
  readonly lastExitCode: number;
  readonly cwd: string;
  readonly stdin: string;
}

/** Reads a script: its syntax tree as JSON, or the error that the shell prints. */
export interface ShellParse {
  readonly kind: "parse";
  readonly source: string;
  readonly flavour: ShellFlavour;
}

export type ShellRequest = ShellParse | (ShellCommand & { readonly world: ShellWorld });

export interface ShellRunResult {
  readonly kind: "run";
  /** Output in bytes, one character each; both streams in the order written where the interpreter knows it. */
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Virtual milliseconds that it slept or waited inside. */
  readonly tookMs: number;
}

export interface ShellParseResult {
  readonly kind: "parse";
  readonly tree: unknown;
  readonly error: string | undefined;
}

/** The interpreter. It must answer always: what goes on for too long ends with exit code 137 and a message. */
export interface ShellPort {
  answer(request: ShellRequest): Promise<ShellRunResult | ShellParseResult>;
}
