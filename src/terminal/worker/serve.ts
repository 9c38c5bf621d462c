import { createBirpc } from "birpc";
import * as library from "just-bash/browser";
import { parse } from "yaml";
import { PageStreams } from "../../session/page-streams.ts";
import type { ShellSide, Status, TerminalSide } from "../protocol.ts";
import { complete } from "../shell/complete.ts";
import type { CompletionWorld } from "../shell/completion-world.ts";
import { HOME } from "../shell/home.ts";
import type { IFileSystem } from "../shell/library.ts";
import { LocalPorts } from "../shell/local-ports.ts";
import { Shell } from "../shell/shell.ts";
import { absolute } from "../shell/text.ts";
import type { ClusterWorld, Screen } from "../shell/world.ts";
import { Disk } from "./disk.ts";
import { Printer } from "./printer.ts";

declare const self: DedicatedWorkerGlobalScope;

/** One terminal's shell, and its ways to the terminal. */
interface Opened {
  readonly shell: Shell;
  readonly printer: Printer;
  readonly size: { columns: number; rows: number };
  readonly keys: Set<(bytes: string) => void>;
  readonly sizes: Set<(columns: number, rows: number) => void>;
}

interface Config {
  readonly "current-context"?: string;
  readonly contexts?: readonly { readonly name: string; readonly context?: { readonly namespace?: string } }[];
}

/** Serves shells to the page's terminals: a script that takes its time holds up neither the page nor the cluster. */
export function serveShells(): void {
  const opened = new Map<number, Opened>();
  const disk = Disk.open();
  const ports = new LocalPorts();
  let epochMs = 0;
  const functions: ShellSide = {
    open: async (id, columns, rows) => {
      opened.set(id, open(id, (await disk).files as IFileSystem, columns, rows));
      return status(id);
    },
    close: async (id) => {
      opened.get(id)?.shell.interrupt();
      opened.delete(id);
    },
    run: async (id, text, history) => {
      const one = opened.get(id);
      if (one === undefined) throw new Error("no such shell");
      one.shell.history = history;
      await one.shell.run(text);
      await one.printer.flush();
      await (await disk).keep();
      return status(id);
    },
    interrupt: async (id) => {
      opened.get(id)?.printer.clear();
      opened.get(id)?.shell.interrupt();
    },
    isWhole: async (id, text) => opened.get(id)?.shell.isWhole(text) ?? true,
    complete: async (id, text) => complete(text, await worldOf(id)),
    key: async (id, bytes) => {
      for (const hear of [...(opened.get(id)?.keys ?? [])]) hear(bytes);
    },
    resize: async (id, columns, rows) => {
      const one = opened.get(id);
      if (one === undefined) return;
      Object.assign(one.size, { columns, rows });
      for (const listener of one.sizes) listener(columns, rows);
    },
    put: async (id, name, bytes) => {
      const path = absolute(opened.get(id)?.shell.folder ?? HOME, name);
      await (await disk).files.writeFile(path, bytes);
      await (await disk).keep();
      return path;
    },
    stream: async (id, messages, now) => {
      epochMs = now;
      streams.take(id, messages);
    },
  };
  const page = createBirpc<TerminalSide, ShellSide>(functions, {
    post: (data) => self.postMessage(data),
    on: (handler) => self.addEventListener("message", (event) => handler(event.data)),
    timeout: -1,
  });
  const streams = new PageStreams(page);
  const cluster: ClusterWorld = {
    request: (request) => page.request(request),
    stream: streams.open,
    wait: async (ms) => {
      await page.wait(ms);
      epochMs = await page.now();
    },
    nowEpochMs: () => epochMs,
    sync: async () => {
      epochMs = await page.now();
    },
    fetch: (host, port, request, secure) => page.fetch({ host, port, secure, request }),
  };

  function open(id: number, files: IFileSystem, columns: number, rows: number): Opened {
    const printer = new Printer((text) => page.out(id, text));
    const size = { columns, rows };
    const keys: Opened["keys"] = new Set();
    const sizes: Opened["sizes"] = new Set();
    const screen: Screen = {
      out: (text) => printer.out(text),
      get columns() {
        return size.columns;
      },
      get rows() {
        return size.rows;
      },
      raw(hear) {
        keys.add(hear);
        void page.raw(id, true);
        return () => {
          keys.delete(hear);
          if (keys.size === 0) void page.raw(id, false);
        };
      },
      onResize(listener) {
        sizes.add(listener);
        return () => sizes.delete(listener);
      },
      line: async () => {
        await printer.flush();
        return page.line(id);
      },
      edit: (text, name) => page.edit(id, text, name),
      download: (name, bytes) => void page.download(name, bytes),
    };
    const shell = new Shell({ cluster, screen, files, ports, library, folder: HOME, home: HOME });
    return { shell, printer, size, keys, sizes };
  }

  async function config(): Promise<Config> {
    try {
      return (parse(await (await disk).files.readFile(`${HOME}/.kube/config`)) ?? {}) as Config;
    } catch {
      return {};
    }
  }

  async function status(id: number): Promise<Status> {
    const { shell } = opened.get(id) ?? {};
    const { contexts = [], "current-context": context = "" } = await config();
    const namespace = contexts.find(({ name }) => name === context)?.context?.namespace || "default";
    const folder = shell?.folder ?? HOME;
    return { folder, context, namespace, exitCode: shell?.exitCode ?? 0, ended: shell?.ended ?? true };
  }

  async function worldOf(id: number): Promise<CompletionWorld> {
    const { shell } = opened.get(id) ?? {};
    const { namespace } = await status(id);
    const contexts = ((await config()).contexts ?? []).map(({ name }) => name);
    const { files } = await disk;
    const folder = shell?.folder ?? HOME;
    return {
      cluster,
      files: files as IFileSystem,
      folder,
      home: HOME,
      commands: shell?.commands ?? [],
      namespace,
      contexts,
    };
  }
}
