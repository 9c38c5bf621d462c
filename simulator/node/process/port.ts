import type { NetworkView } from "../../network/network-view.ts";
import type { FileView } from "../files/view.ts";
import type { ShellTree } from "./tree.ts";

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
  /** Undefined where there is no network. */
  readonly network: NetworkView | undefined;
  readonly hostname: string;
  /** Milliseconds since 1970, virtual. */
  readonly epochMs: number;
  /** When the container was started. */
  readonly startedEpochMs: number;
  /** The process's number, that of its shell's last background job, its user and group. */
  readonly pid: number;
  readonly lastJob: number;
  readonly uid: number;
  readonly gid: number;
  /** Whether the container may change the network that it sees: privileged, or with NET_ADMIN. */
  readonly isNetworkAdmin: boolean;
  /** A seed drawn for this command, for $RANDOM and the like. */
  readonly seed: number;
  readonly flavour: ShellFlavour;
  /** Whether the image is known not to have a program. */
  lacks(program: string): boolean;
  /** Running processes of the container, for `ps`. */
  readonly processes: readonly { readonly pid: number; readonly user: string; readonly command: string }[];
}

/** One simple command or pipeline, with everything that it needs. */
export interface ShellCommand {
  readonly kind: "run";
  /** Source text of the command: no loops or sleeps around it, they are the core's. */
  readonly source: string;
  /**
   * What the answer's output is to be: the command's own, or the words that the source expands to, as a JSON list, for
   * commands that the core runs itself.
   */
  readonly wants: "output" | "words";
  /** `$0`. */
  readonly arg0: string;
  /** Options that are set: `u`, `x`, `pipefail`, … */
  readonly options: readonly string[];
  readonly line: number;
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
  readonly exported: readonly string[];
  readonly cwd: string;
  /** Virtual milliseconds that it slept or waited inside; -1: it never ends by itself. */
  readonly tookMs: number;
  /** An error that ends the shell, such as an unset variable under `set -u`. */
  readonly fatal: boolean;
  /** Signals that it sent, in their order. */
  readonly signals: readonly { readonly pid: number; readonly signal: string }[];
}

export interface ShellParseResult {
  readonly kind: "parse";
  readonly tree: ShellTree;
  /** What the shell prints when it can't read the script; the tree holds what came before. */
  readonly error: string | undefined;
}

/** The interpreter. It must answer always: what goes on for too long ends with exit code 137 and a message. */
export interface ShellPort {
  answer(request: ShellRequest): Promise<ShellRunResult | ShellParseResult>;
}
