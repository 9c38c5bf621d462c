import type { Client } from "./client.ts";
import type { FlagSpec, Flags } from "./flags.ts";
import type { Host } from "./host.ts";

/** One run of a command: its line, read, and its ways to the world. */
export interface Call {
  readonly command: Command;
  /** `kubectl create deployment`. */
  readonly path: string;
  readonly flags: Flags;
  readonly words: readonly string[];
  /** How many words came before `--`; -1 without one. */
  readonly wordsBeforeDash: number;
  readonly host: Host;
  readonly client: Client;
}

/** A verb of kubectl, or a group of verbs. A new one is a file, and a line in the registry. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the name in the usage line: `(-f FILENAME | TYPE NAME) [options]`. */
  readonly use?: string;
  /** One line for lists of commands, in our words. */
  readonly short: string;
  readonly flags?: readonly FlagSpec[];
  /** Names of flags that must be given. */
  readonly required?: readonly string[];
  readonly commands?: readonly Command[];
  /** Headings for its verbs in its help; those that are under none come last. */
  readonly groups?: readonly { readonly title: string; readonly names: readonly string[] }[];
  /**
   * What a group does when none of its verbs is named. Without it, it complains with its help on standard error; `told`: the
   * same on standard output; `helps`: any word at all brings its help, and that is no failure.
   */
  readonly alone?: "told" | "helps";
  /** Exit code of a line whose flags can't be read, when it is not 1, and is told like any other misuse. */
  readonly misusedExit?: number;
  /** What is said after the complaint about a flag, instead of the way to the help. */
  readonly misused?: string;
  /** Gives its exit code; nothing is 0. It may throw a `CommandError`. */
  readonly run?: (call: Call) => Promise<number | undefined>;
  readonly hidden?: true;
  /** What `--help` does where it gives no help: it runs the command, or nothing. */
  readonly help?: "runs" | "none";
  /** How often it looks for what a server serves before it gives up, when that is not five times. */
  readonly lookUps?: number;
  /** It has no need of a cluster, nor of a kubeconfig that is there. */
  readonly local?: true;
}

/** Ends a command: its text goes to standard error as it is, after what had been `printed` until then. */
export class CommandError extends Error {
  readonly exit: number;
  readonly printed: string;
  /** Whether it came up while files were read; several of those are told in brackets. */
  readonly ofFile: boolean;

  constructor(text: string, exit = 1, printed = "", ofFile = false) {
    super(text);
    this.ofFile = ofFile;
    this.exit = exit;
    this.printed = printed;
  }
}

/** `error: …`, the form of what kubectl itself has to say. */
export function complaint(text: string, exit = 1): CommandError {
  return new CommandError(`error: ${text}`, exit);
}

// Models kubectl pkg/cmd/util helpers.go UsageErrorf
/** A complaint about how a command was used, with the way to its help. */
export function usageComplaint({ path }: Pick<Call, "path">, text: string): CommandError {
  return complaint(`${text}\nSee '${path} -h' for help and examples`);
}
