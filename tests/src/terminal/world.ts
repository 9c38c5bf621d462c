import * as library from "just-bash";
import type { ApiResponse, KubectlHost } from "../../../simulator/index.ts";
import { HOME, KUBECONFIG } from "../../../src/terminal/shell/home.ts";
import { LocalPorts } from "../../../src/terminal/shell/local-ports.ts";
import { Shell } from "../../../src/terminal/shell/shell.ts";
import type { ClusterWorld, Screen } from "../../../src/terminal/shell/world.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

/** A cluster whose API knows of some answers, and whose time passes at once. */
export function smallCluster(answers: Readonly<Record<string, ApiResponse["body"]>> = {}): ClusterWorld {
  let nowMs = NOW;
  return {
    request: async ({ path }) => {
      const body = answers[path.split("?")[0] ?? ""];
      const missing = { kind: "Status", status: "Failure", reason: "NotFound", message: `no ${path}`, code: 404 };
      return { code: body === undefined ? 404 : 200, body: body ?? missing, warnings: [] };
    },
    stream: async () => {
      throw new Error("no streams here");
    },
    // Each wait gives others a turn, as time does.
    wait: async (ms) => {
      nowMs += ms;
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
    nowEpochMs: () => nowMs,
    sync: async () => {},
    fetch: async (host, port, { path }) =>
      port === 81
        ? { problem: `(7) Failed to connect to ${host} port 81 after 0 ms: Could not connect to server` }
        : { status: 200, headers: { "content-type": "text/plain" }, body: `${host}${path}\n` },
  };
}

export interface Opened {
  readonly shell: Shell;
  /** What the screen showed so far, piece by piece. */
  readonly shown: string[];
  readonly ports: LocalPorts;
  /** Runs a line: what it showed. */
  run(line: string): Promise<string>;
}

export function openShell({
  cluster = smallCluster(),
  isScript = false,
  lines = [] as readonly string[],
} = {}): Opened {
  const typed = [...lines];
  const shown: string[] = [];
  const screen: Screen = {
    out: (text) => void shown.push(text),
    drawn: () => new Promise((resolve) => setTimeout(resolve)),
    columns: 80,
    rows: 24,
    raw: () => () => {},
    onResize: () => () => {},
    line: async () => typed.shift(),
    edit: async (text) => `${text}edited\n`,
    download: () => {},
  };
  const files = new library.InMemoryFs({ [`${HOME}/.kube/config`]: KUBECONFIG, [`${HOME}/a.txt`]: "one\ntwo\n" });
  const ports = new LocalPorts();
  const shell = new Shell({ cluster, screen, files, library, ports, folder: HOME, home: HOME, isScript });
  const run = async (line: string) => {
    shown.length = 0;
    await shell.run(line);
    return shown.join("");
  };
  return { shell, shown, ports, run };
}

export type Socket = Parameters<Parameters<NonNullable<KubectlHost["listen"]>>[2]>[0];
