import type { Host } from "./cli/host.ts";
import { runKubectl } from "./cli/run.ts";
import { KUBECTL } from "./root.ts";
import type { Transport } from "./transport.ts";

/** What a command printed, line by line, and its exit code. */
export interface CommandResult {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

/**
 * Lets time pass between two looks at the cluster. kubectl knows neither the simulation's clock nor the machine's: who
 * runs a command that waits says what waiting is.
 */
export type Wait = (ms: number) => Promise<void>;

/** What a host within the program gives a command; it has no files, no editor and no terminal. */
interface Inside {
  readonly transport: Transport;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin?: string;
  readonly wait?: Wait;
}

/** A host for commands that the program itself gives: walkthroughs, the page's buttons. */
export function insideHost({ transport, out, err, stdin = "", wait = async () => {} }: Inside): Host {
  // Time is only what was waited: nobody asks this host what day it is.
  let waitedMs = 0;
  return {
    connect: () => transport,
    files: {
      read: async () => ({ ok: false, error: "no such file or directory" }),
      write: async () => ({ ok: false, error: "read-only file system" }),
      list: async () => undefined,
    },
    env: {},
    folder: "/",
    out,
    err,
    stdin: async () => stdin,
    line: async () => undefined,
    terminal: { stdin: false, stdout: false, columns: 80 },
    wait: async (ms) => {
      waitedMs += ms;
      await wait(ms);
    },
    nowEpochMs: () => waitedMs,
    edit: async () => undefined,
    interrupt: { raised: false, onRaise: () => () => undefined },
  };
}

const lines = (text: string): readonly string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** Runs a kubectl line (without the word `kubectl`) over a transport, without a shell around it. */
export async function kubectl(
  transport: Transport,
  words: readonly string[],
  options: { readonly stdin?: string; readonly wait?: Wait } = {},
): Promise<CommandResult> {
  let [stdout, stderr] = ["", ""];
  const out = (text: string) => {
    stdout += text;
  };
  const err = (text: string) => {
    stderr += text;
  };
  const exit = await runKubectl(KUBECTL, words, insideHost({ transport, out, err, ...options }));
  return { stdout: lines(stdout), stderr: lines(stderr), exit };
}
