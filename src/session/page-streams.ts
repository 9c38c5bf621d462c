import type { ChannelMessage, StreamTransport } from "../../simulator/index.ts";
import type { ClusterSide } from "./protocol.ts";

interface Open {
  readonly hear: (message: ChannelMessage) => void;
  readonly end: () => void;
}

/** The page's ends of its streams into the worker. */
export class PageStreams {
  readonly #remote: Pick<ClusterSide, "openStream" | "sendStream" | "closeStream">;
  readonly #open = new Map<number, Open>();
  #next = 1;

  constructor(remote: Pick<ClusterSide, "openStream" | "sendStream" | "closeStream">) {
    this.#remote = remote;
  }

  readonly open: StreamTransport = async (request, hear) => {
    const id = this.#next++;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    // What comes may come before the answer that it is open.
    this.#open.set(id, { hear, end });
    const refusal = await this.#remote.openStream(id, request);
    if (refusal !== null) {
      this.#open.delete(id);
      return { ok: false, error: refusal };
    }
    return {
      ok: true,
      value: {
        send: (message) => void this.#remote.sendStream(id, message),
        close: () => void this.#remote.closeStream(id),
        ended,
      },
    };
  };

  /** The worker tells what came; null: it is over. */
  take(id: number, messages: readonly ChannelMessage[] | null): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    for (const message of messages ?? []) open.hear(message);
    if (messages !== null) return;
    this.#open.delete(id);
    open.end();
  }
}
