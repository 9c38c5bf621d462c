import { createBirpc } from "birpc";
import type { ChannelMessage, OpenStream } from "../../simulator/index.ts";
import { session } from "../store/connect.ts";
import { tellPorts } from "./ports.ts";
import type { ShellSide, Status, TerminalSide } from "./protocol.ts";

/** What a terminal does for its shell. */
export interface TerminalEnds {
  /** Settles when it is drawn. */
  out(text: string): Promise<void>;
  raw(on: boolean): void;
  line(): Promise<string | undefined>;
  edit(text: string, name: string): Promise<string | undefined>;
  /** The shells' worker was started anew: what ran is gone. */
  restarted(status: Status): void;
}

/** A worker that has not ended a command so long after Ctrl-C is stuck, and is started anew. */
const STUCK_AFTER_MS = 3000;

/** The page's end of the worker with the shells. There is one for all terminals; it starts with the first. */
class ShellClient {
  readonly #terminals = new Map<number, TerminalEnds>();
  readonly #streams = new Map<number, OpenStream>();
  readonly #running = new Map<number, (status: Status | undefined) => void>();
  #worker: Worker | undefined;
  #remote: ShellSide | undefined;

  async open(id: number, ends: TerminalEnds, columns: number, rows: number): Promise<Status> {
    this.#terminals.set(id, ends);
    return this.remote.open(id, columns, rows);
  }

  close(id: number): void {
    this.#terminals.delete(id);
    void this.remote.close(id);
  }

  /** Runs a script; undefined when the shell was stuck and is a new one now. */
  async run(id: number, text: string, history: readonly string[]): Promise<Status | undefined> {
    const stopped = new Promise<undefined>((resolve) => {
      this.#running.set(id, () => resolve(undefined));
    });
    const status = await Promise.race([this.remote.run(id, text, history), stopped]);
    this.#running.delete(id);
    return status;
  }

  interrupt(id: number): void {
    const run = this.#running.get(id);
    void this.remote.interrupt(id);
    setTimeout(() => {
      if (run !== undefined && this.#running.get(id) === run) void this.#restart();
    }, STUCK_AFTER_MS);
  }

  get remote(): ShellSide {
    this.#remote ??= this.#start();
    return this.#remote;
  }

  async #restart(): Promise<void> {
    this.#worker?.terminate();
    this.#remote = undefined;
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    tellPorts([]);
    const ended = [...this.#running.values()];
    this.#running.clear();
    for (const [id, ends] of this.#terminals) ends.restarted(await this.remote.open(id, 80, 24));
    for (const end of ended) end(undefined);
  }

  #start(): ShellSide {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "shells" });
    this.#worker = worker;
    const remote: ShellSide = createBirpc<ShellSide, TerminalSide>(
      this.#functions(() => remote),
      {
        post: (data) => worker.postMessage(data),
        on: (handler) => worker.addEventListener("message", (event) => handler(event.data)),
        timeout: -1,
      },
    );
    return remote;
  }

  #functions(remote: () => ShellSide): TerminalSide {
    return {
      request: (request) => session().request(request),
      openStream: async (id, request) => {
        const told: { messages: ChannelMessage[] } = { messages: [] };
        const tell = async () => {
          const { messages } = told;
          told.messages = [];
          if (messages.length > 0) await remote().stream(id, messages, await session().now());
        };
        const opened = await session().stream(request, (message) => {
          told.messages.push(message);
          // What comes together is told together.
          if (told.messages.length === 1) queueMicrotask(() => void tell());
        });
        if (!opened.ok) return opened.error;
        this.#streams.set(id, opened.value);
        void opened.value.ended.then(async () => {
          this.#streams.delete(id);
          await tell();
          await remote().stream(id, null, await session().now());
        });
        return null;
      },
      sendStream: async (id, message) => this.#streams.get(id)?.send(message),
      closeStream: async (id) => this.#streams.get(id)?.close(),
      wait: (ms) => session().wait(ms),
      now: () => session().now(),
      fetch: (exchange) => session().fetch(exchange),
      out: async (id, text) => this.#terminals.get(id)?.out(text),
      raw: async (id, on) => this.#terminals.get(id)?.raw(on),
      line: async (id) => this.#terminals.get(id)?.line(),
      edit: async (id, text, name) => this.#terminals.get(id)?.edit(text, name),
      ports: async (open) => tellPorts(open),
      download: async (name, bytes) => saveFile(name, bytes),
    };
  }
}

function saveFile(name: string, bytes: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes as BlobPart]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const shells = new ShellClient();
