import type { KubectlHost } from "../../../simulator/index.ts";

type Listen = NonNullable<KubectlHost["listen"]>;
type Accept = Parameters<Listen>[2];
type Socket = Parameters<Accept>[0];

const FIRST_FREE = 40_000;

/** The other end of a connection to a port of the shells' own machine. */
export interface Connection {
  send(bytes: string): void;
  hear(listener: (bytes: string) => void): void;
  close(): void;
  readonly closed: Promise<void>;
}

/** Ports of the machine that the shells stand on: what `kubectl port-forward` listens on, and `curl localhost` asks. */
export class LocalPorts {
  readonly #open = new Map<number, Accept>();
  readonly #onChange: (open: readonly number[]) => void;

  constructor(onChange: (open: readonly number[]) => void = () => {}) {
    this.#onChange = onChange;
  }

  readonly listen: Listen = async (_address, port, accept) => {
    let chosen = port === 0 ? FIRST_FREE : port;
    if (port === 0) while (this.#open.has(chosen)) chosen++;
    if (this.#open.has(chosen)) return { ok: false, error: "address already in use" };
    this.#open.set(chosen, accept);
    this.#tell();
    const close = () => {
      if (this.#open.delete(chosen)) this.#tell();
    };
    return { ok: true, value: { port: chosen, close } };
  };

  #tell(): void {
    this.#onChange([...this.#open.keys()]);
  }

  /** Connects to a port; undefined when nobody listens there. */
  connect(port: number): Connection | undefined {
    const accept = this.#open.get(port);
    if (accept === undefined) return undefined;
    const toServer = channel();
    const toClient = channel();
    let end = () => {};
    const closed = new Promise<void>((resolve) => {
      end = resolve;
    });
    const socket: Socket = { hear: toServer.hear, send: toClient.send, close: () => end(), closed };
    accept(socket);
    return { send: toServer.send, hear: toClient.hear, close: () => end(), closed };
  }
}

/** Bytes on their way; what comes before anybody hears waits. */
function channel() {
  let listener: ((bytes: string) => void) | undefined;
  let waiting = "";
  return {
    send(bytes: string): void {
      if (listener === undefined) waiting += bytes;
      else listener(bytes);
    },
    hear(next: (bytes: string) => void): void {
      listener = next;
      const bytes = waiting;
      waiting = "";
      if (bytes !== "") next(bytes);
    },
  };
}
