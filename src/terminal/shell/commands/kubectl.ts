import { KUBECTL, type KubectlHost, runKubectl } from "../../../../simulator/index.ts";
import { absolute } from "../text.ts";
import { INTERRUPTED, type OwnCommand, type Run, unlessStopped } from "./command.ts";

/** kubectl's world in a shell: its files, its streams, its terminal. */
function hostOf(run: Run): KubectlHost {
  const { cluster, screen, signal, onScreen, input, ports } = run;
  return {
    connect: () => cluster.request,
    stream: () => cluster.stream,
    listen: (address, port, accept) => ports.listen(address, port, accept),
    files: filesOf(run),
    env: run.env,
    folder: run.folder,
    out: (text) => signal.aborted || run.out(text),
    err: (text) => signal.aborted || run.err(text),
    stdin: async () => input ?? (await restOfInput(run)),
    line: async () => (input === undefined ? unlessStopped(signal, screen.line()) : undefined),
    terminal: {
      stdin: input === undefined && onScreen,
      stdout: onScreen,
      columns: screen.columns,
      rows: screen.rows,
      raw: (hear) => screen.raw(hear),
      onResize: (listener) => screen.onResize(listener),
    },
    wait: async (ms) => {
      await unlessStopped(signal, cluster.wait(ms));
    },
    nowEpochMs: () => cluster.nowEpochMs(),
    edit: (text, name) => screen.edit(text, name),
    interrupt: {
      get raised() {
        return signal.aborted;
      },
      onRaise(listener) {
        signal.addEventListener("abort", listener);
        return () => signal.removeEventListener("abort", listener);
      },
    },
  };
}

type Files = KubectlHost["files"];

/** Does something with files; the error is errno's sentence. */
async function tried<T>(work: () => Promise<T>) {
  try {
    return { ok: true, value: await work() } as const;
  } catch (error) {
    return { ok: false, error: sentence(error) } as const;
  }
}

function filesOf({ files, folder }: Run): Files {
  const at = (path: string) => absolute(folder, path);
  return {
    read: (path) => tried(() => files.readFile(at(path))),
    write: (path, text) => tried(() => put(path, text)),
    readBytes: (path) => tried(() => files.readFile(at(path), "binary")),
    writeBytes: (path, bytes) =>
      tried(() =>
        put(
          path,
          Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
        ),
      ),
    makeFolder: (path) => tried(() => files.mkdir(at(path), { recursive: true }).then(() => true as const)),
    async list(path) {
      try {
        return (await files.stat(at(path))).isDirectory ? [...(await files.readdir(at(path)))].sort() : undefined;
      } catch {
        return undefined;
      }
    },
  };

  async function put(path: string, content: string | Uint8Array): Promise<true> {
    const place = at(path);
    await files.mkdir(place.slice(0, place.lastIndexOf("/")) || "/", { recursive: true });
    await files.writeFile(place, content);
    return true;
  }
}

/** Lines typed until Ctrl-D. */
async function restOfInput({ screen, signal }: Run): Promise<string> {
  let text = "";
  for (;;) {
    const line = await unlessStopped(signal, screen.line());
    if (line === undefined) return text;
    text += `${line}\n`;
  }
}

/** `ENOENT: no such file or directory, open 'x'` as errno's sentence. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^E[A-Z]+: ([^,]*)/.exec(text)?.[1]?.toLowerCase() ?? text;
}

async function kubectl(run: Run): Promise<number> {
  await run.cluster.sync();
  const code = await unlessStopped(run.signal, runKubectl(KUBECTL, run.words, hostOf(run)));
  return code ?? INTERRUPTED;
}

/** `kubens [NAME]` and `kubectx [NAME]`: the namespaces or contexts, or another one from now on. */
async function switchTo(run: Run, list: readonly string[], set: (name: string) => readonly string[]): Promise<number> {
  const [name] = run.words;
  if (name === undefined) return kubectl({ ...run, words: list });
  return kubectl({ ...run, words: set(name) });
}

const NAMES = ["-o", "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}"];

async function kubens(run: Run): Promise<number> {
  const [name] = run.words;
  if (name !== undefined) {
    const there = await run.cluster.request({ method: "GET", path: `/api/v1/namespaces/${encodeURIComponent(name)}` });
    if (there.code !== 200) {
      run.err(`error: no namespace exists with name "${name}".\n`);
      return 1;
    }
  }
  return switchTo(run, ["get", "namespaces", ...NAMES], (to) => [
    "config",
    "set-context",
    "--current",
    `--namespace=${to}`,
  ]);
}

export const kubectlCommands: readonly OwnCommand[] = [
  { name: "kubectl", run: kubectl },
  { name: "k", run: kubectl },
  { name: "kubens", run: kubens },
  {
    name: "kubectx",
    run: (run) => switchTo(run, ["config", "get-contexts", "-o", "name"], (to) => ["config", "use-context", to]),
  },
];

const VALUED = /^(-[no]|--(namespace|context|kubeconfig|output|server|as|user|cluster|token))$/;

/** Whether a line of kubectl goes on until it is stopped, or until what it waits for has come. */
export function goesOn([name = "", ...words]: readonly string[]): boolean {
  if (name === "watch") return true;
  if (name === "timeout") return goesOn(words.slice(words.findIndex((word) => /^[\d.]+[smhd]?$/.test(word)) + 1));
  if (name !== "kubectl" && name !== "k") return false;
  const before = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const verb = before.find((word, at) => !word.startsWith("-") && !VALUED.test(before[at - 1] ?? ""));
  const has = (short: string, ...long: string[]) =>
    before.some((word) => long.some((each) => word === each || word === `${each}=true`)) ||
    before.some((word) => new RegExp(`^-[a-zA-Z]*${short}[a-zA-Z]*$`).test(word));
  if (verb === "get" || verb === "events") return has("w", "--watch", "--watch-only");
  if (verb === "logs") return has("f", "--follow");
  return verb === "port-forward" || verb === "rollout" || verb === "wait";
}
