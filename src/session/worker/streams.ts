import type { ApiRequest, ApiResponse, ChannelMessage, OpenStream } from "../../../simulator/index.ts";
import type { PageSide } from "../protocol.ts";
import type { Cluster } from "./cluster.ts";

/** The page's open streams, by the numbers that it gave them. What came together is told together. */
export class Streams {
  readonly #cluster: Pick<Cluster, "stream">;
  readonly #page: Pick<PageSide, "stream">;
  readonly #open = new Map<number, OpenStream>();
  readonly #waiting = new Map<number, ChannelMessage[]>();

  constructor(cluster: Pick<Cluster, "stream">, page: Pick<PageSide, "stream">) {
    this.#cluster = cluster;
    this.#page = page;
  }

  open(id: number, request: ApiRequest): ApiResponse | null {
    const opened = this.#cluster.stream(request, (message) => this.#hear(id, message));
    if (!opened.ok) return opened.error;
    this.#open.set(id, opened.value);
    void opened.value.ended.then(() => {
      this.#open.delete(id);
      this.#tell(id);
      void this.#page.stream(id, null);
    });
    return null;
  }

  send(id: number, message: ChannelMessage): void {
    this.#open.get(id)?.send(message);
  }

  close(id: number): void {
    this.#open.get(id)?.close();
  }

  #hear(id: number, message: ChannelMessage): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      waiting.push(message);
      return;
    }
    this.#waiting.set(id, [message]);
    queueMicrotask(() => this.#tell(id));
  }

  #tell(id: number): void {
    const messages = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (messages !== undefined) void this.#page.stream(id, messages);
  }
}
