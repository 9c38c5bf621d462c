import { createBirpc } from "birpc";
import * as library from "just-bash/browser";
import { parse } from "yaml";
import { PageStreams } from "../../session/page-streams.ts";
import type { Page, ShellSide, Status, TerminalSide } from "../protocol.ts";
import { complete } from "../shell/complete.ts";
import type { CompletionWorld } from "../shell/completion-world.ts";
import { HOME } from "../shell/home.ts";
import type { IFileSystem } from "../shell/library.ts";
import { LocalPorts } from "../shell/local-ports.ts";
import { clusterFetch } from "../shell/network.ts";
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

/** The shells of the page's terminals, their machine's disk and ports, and their ways to the cluster. */
class ShellServer {
  readonly #page: TerminalSide;
  readonly #opened = new Map<number, Opened>();
  readonly #disk = Disk.open();
  readonly #ports: LocalPorts;
  readonly #streams: PageStreams;
  readonly #cluster: ClusterWorld;
  #epochMs = 0;

  constructor(page: TerminalSide) {
    this.#page = page;
    this.#ports = new LocalPorts((open) => void page.ports(open));
    this.#streams = new PageStreams(page);
    const sync = async () => {
      this.#epochMs = await page.now();
    };
    this.#cluster = {
      request: (request) => page.request(request),
      stream: this.#streams.open,
      wait: (ms) => page.wait(ms).then(sync),
      nowEpochMs: () => this.#epochMs,
      sync,
      fetch: (host, port, request, secure) => page.fetch({ host, port, secure, request }),
    };
  }

  readonly functions: ShellSide = {
    open: async (id, columns, rows) => {
      this.#opened.set(id, this.#open(id, (await this.#disk).files as IFileSystem, columns, rows));
      return this.#status(id);
    },
    close: async (id) => {
      this.#opened.get(id)?.shell.hangUp();
      this.#opened.delete(id);
    },
    run: async (id, text, history) => {
      const one = this.#opened.get(id);
      if (one === undefined) throw new Error("no such shell");
      one.shell.history = history;
      await one.shell.run(text);
      await one.printer.flush();
      await (await this.#disk).keep();
      return this.#status(id);
    },
    interrupt: async (id) => {
      this.#opened.get(id)?.printer.clear();
      this.#opened.get(id)?.shell.interrupt();
    },
    isWhole: async (id, text) => this.#opened.get(id)?.shell.isWhole(text) ?? true,
    complete: async (id, text) => complete(text, await this.#worldOf(id)),
    key: async (id, bytes) => {
      for (const hear of [...(this.#opened.get(id)?.keys ?? [])]) hear(bytes);
    },
    resize: async (id, columns, rows) => {
      const one = this.#opened.get(id);
      if (one === undefined) return;
      Object.assign(one.size, { columns, rows });
      for (const listener of one.sizes) listener(columns, rows);
    },
    put: async (id, name, bytes) => {
      const path = absolute(this.#opened.get(id)?.shell.folder ?? HOME, name);
      await (await this.#disk).files.writeFile(path, bytes);
      await (await this.#disk).keep();
      return path;
    },
    visit: (port, path) => this.#visit(port, path),
    stream: async (id, messages, now) => {
      this.#epochMs = now;
      this.#streams.take(id, messages);
    },
  };

  #open(id: number, files: IFileSystem, columns: number, rows: number): Opened {
    const page = this.#page;
    const printer = new Printer((text) => page.out(id, text));
    const size = { columns, rows };
    const keys: Opened["keys"] = new Set();
    const sizes: Opened["sizes"] = new Set();
    const screen: Screen = {
      out: (text) => printer.out(text),
      drawn: () => printer.flush(),
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
    const machine = { cluster: this.#cluster, files, ports: this.#ports, library };
    const shell = new Shell({ ...machine, screen, folder: HOME, home: HOME });
    return { shell, printer, size, keys, sizes };
  }

  async #visit(port: number, path: string): Promise<Page> {
    try {
      const answer = await clusterFetch(this.#cluster, this.#ports)(`http://localhost:${port}${path}`);
      const text = new TextDecoder().decode(answer.body);
      const { status, statusText, headers } = answer;
      return { status, statusText, type: headers["content-type"] ?? "", text };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { problem, status: 0, statusText: "", type: "", text: "" };
    }
  }

  async #config(): Promise<Config> {
    try {
      return (parse(await (await this.#disk).files.readFile(`${HOME}/.kube/config`)) ?? {}) as Config;
    } catch {
      return {};
    }
  }

  async #status(id: number): Promise<Status> {
    const { shell } = this.#opened.get(id) ?? {};
    const { contexts = [], "current-context": context = "" } = await this.#config();
    const namespace = contexts.find(({ name }) => name === context)?.context?.namespace || "default";
    const folder = shell?.folder ?? HOME;
    return { folder, context, namespace, exitCode: shell?.exitCode ?? 0, ended: shell?.ended ?? true };
  }

  async #worldOf(id: number): Promise<CompletionWorld> {
    const { shell } = this.#opened.get(id) ?? {};
    const { folder, namespace } = await this.#status(id);
    const contexts = ((await this.#config()).contexts ?? []).map(({ name }) => name);
    const files = (await this.#disk).files as IFileSystem;
    return {
      cluster: this.#cluster,
      files,
      folder,
      home: HOME,
      commands: shell?.commands ?? [],
      namespace,
      contexts,
    };
  }
}

/** Serves shells to the page's terminals: a script that takes its time holds up neither the page nor the cluster. */
export function serveShells(): void {
  const functions = {} as ShellSide;
  const page = createBirpc<TerminalSide, ShellSide>(functions, {
    post: (data) => self.postMessage(data),
    on: (handler) => self.addEventListener("message", (event) => handler(event.data)),
    timeout: -1,
  });
  Object.assign(functions, new ShellServer(page).functions);
}
