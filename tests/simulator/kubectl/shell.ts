import { KUBECTL, type KubectlHost, runKubectl, Simulation } from "../../../simulator/index.ts";

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** A cluster, files in memory, and kubectl on them. */
export interface Place {
  readonly files: Map<string, string>;
  run(...words: readonly string[]): Promise<Ran>;
}

const HOME = "/home";

/** A place where kubectl runs; paths are absolute or begin in the home folder. Time passes while it waits. */
export function kubectlPlace(contents: { readonly [path: string]: string } = {}): Place {
  const simulation = Simulation.start({ seed: 7 });
  simulation.advanceTo(30_000);
  const whole = (path: string) => (path.startsWith("/") ? path : `${HOME}/${path}`).replace(/\/$/, "");
  const files = new Map(Object.entries(contents).map(([path, text]) => [whole(path), text]));
  const namesIn = (folder: string) => {
    const inner = [...files.keys()].filter((path) => path.startsWith(`${whole(folder)}/`));
    return [...new Set(inner.map((path) => path.slice(whole(folder).length + 1).split("/")[0] ?? ""))].sort();
  };
  const run = async (...words: readonly string[]) => {
    let [stdout, stderr] = ["", ""];
    const host: KubectlHost = {
      connect: () => async (request) => simulation.request(request),
      files: {
        read: async (path) => {
          const value = files.get(whole(path));
          return value === undefined ? { ok: false, error: "no such file or directory" } : { ok: true, value };
        },
        write: async (path, text) => {
          files.set(whole(path), text);
          return { ok: true, value: true };
        },
        list: async (path) => {
          const names = namesIn(path);
          return names.length > 0 ? names : undefined;
        },
      },
      env: { HOME },
      folder: HOME,
      out: (text) => {
        stdout += text;
      },
      err: (text) => {
        stderr += text;
      },
      stdin: async () => "",
      line: async () => undefined,
      terminal: { stdin: false, stdout: false, columns: 80 },
      wait: async (ms) => simulation.advanceTo(simulation.nowMs + ms),
      nowEpochMs: () => Date.UTC(2026, 0, 1) + simulation.nowMs,
      edit: async (text) => text,
      interrupt: { raised: false, onRaise: () => () => undefined },
    };
    const exit = await runKubectl(KUBECTL, words, host);
    return { stdout, stderr, exit };
  };
  return { files, run };
}
