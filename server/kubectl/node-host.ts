import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { text } from "node:stream/consumers";
import type { KubectlHost } from "../../simulator/index.ts";
import { httpStreams } from "./http-streams.ts";
import { httpTransport } from "./http-transport.ts";

export interface NodeHostOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** What standard input holds; the process's own when absent. */
  readonly stdin?: string;
}

/** kubectl's world on a machine: its files, its standard streams, and the network. */
export function nodeHost(options: NodeHostOptions): KubectlHost {
  const at = (path: string) => (isAbsolute(path) ? path : join(options.folder, path));
  return {
    connect: ({ server }) => httpTransport(server),
    stream: ({ server }) => httpStreams(server),
    files: {
      read: (path) => tried(() => readFile(at(path), "utf8")),
      readBytes: (path) => tried(() => readFile(at(path), "latin1")),
      write: (path, content) => tried(() => writeFile(at(path), content).then(done)),
      writeBytes: (path, bytes) => tried(() => writeFile(at(path), bytes, "latin1").then(done)),
      makeFolder: (path) => tried(() => mkdir(at(path), { recursive: true }).then(done)),
      async list(path) {
        try {
          return (await stat(at(path))).isDirectory() ? (await readdir(at(path))).sort() : undefined;
        } catch {
          return undefined;
        }
      },
    },
    env: options.env,
    folder: options.folder,
    out: options.out,
    err: options.err,
    stdin: async () => options.stdin ?? (await text(process.stdin)),
    line: async () => undefined,
    terminal: { stdin: false, stdout: false, columns: 80 },
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    nowEpochMs: () => Date.now(),
    edit: async (content) => content,
    interrupt: { raised: false, onRaise: () => () => undefined },
  };
}

const done = () => true as const;

/** What a file system does, with what it complains of as a sentence. */
async function tried<T>(work: () => Promise<T>): Promise<{ ok: true; value: T } | { ok: false; error: string }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: sentence(error) };
  }
}

const SENTENCES: { readonly [code: string]: string } = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
};

function sentence(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return SENTENCES[code] ?? code.toLowerCase();
}
