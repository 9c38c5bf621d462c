import type { ApiRequest, ApiResponse } from "../api/http.ts";
import type { ByteStream, ChannelMessage, ClientConnection } from "../api/streams.ts";
import type { WatchEvent, WatchStream } from "../api/watch.ts";
import { ok, type Result } from "../base/result.ts";
import { bytesOfText } from "../node/files/bytes.ts";
import type { OpenStream } from "./transport.ts";

/** What a simulation opens; see `Simulation`. */
export interface Streaming {
  watch(request: ApiRequest): Result<WatchStream, ApiResponse>;
  stream(request: ApiRequest): Result<ByteStream | undefined, ApiResponse>;
  connect(request: ApiRequest): Result<ClientConnection, ApiResponse>;
}

/** A stream that is open: `pump` passes on what there is; true when it is over. */
interface Running {
  readonly pump: () => boolean;
  readonly end: () => void;
}

const STDOUT = 1;
const CONNECTS = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach|portforward)(\?|$)/;
const LOG = /^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/log(\?|$)/;
const EVENTS_A_LOOK = 500;

/**
 * Streams of clients that live beside the simulation: kubectl in the tab, walkthroughs, tests. They pull, and nobody
 * wakes them: whoever moves time calls `pump` after each slice, and after each input.
 */
export class StreamHub {
  readonly #simulation: Streaming;
  readonly #running = new Set<Running>();

  constructor(simulation: Streaming) {
    this.#simulation = simulation;
  }

  /**
   * Opens what a request asks for that goes on: exec, attach and port-forward (messages of their channels), a log that is
   * followed (bytes on channel 1), a watch (its events as lines of JSON on channel 1). The error is the server's refusal.
   */
  open(request: ApiRequest, hear: (message: ChannelMessage) => void): Result<OpenStream, ApiResponse> {
    if (CONNECTS.test(request.path)) {
      const opened = this.#simulation.connect(request);
      return opened.ok ? ok(this.#connection(opened.value, hear)) : opened;
    }
    if (LOG.test(request.path)) {
      const opened = this.#simulation.stream(request);
      return opened.ok ? ok(this.#bytes(opened.value, hear)) : opened;
    }
    const opened = this.#simulation.watch(request);
    return opened.ok ? ok(this.#watch(opened.value, hear)) : opened;
  }

  /** Passes on what has come since the last call. */
  pump(): void {
    for (const running of [...this.#running]) if (running.pump()) this.#finish(running);
  }

  /** Ends all: their simulation is gone. */
  close(): void {
    for (const running of [...this.#running]) this.#finish(running);
  }

  #finish(running: Running): void {
    if (this.#running.delete(running)) running.end();
  }

  #run(pump: () => boolean, more: Partial<OpenStream> = {}): OpenStream {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const running = { pump, end };
    this.#running.add(running);
    return {
      send: more.send ?? (() => {}),
      close: () => {
        more.close?.();
        this.#finish(running);
      },
      ended,
    };
  }

  #connection(connection: ClientConnection, hear: (message: ChannelMessage) => void): OpenStream {
    const pump = () => {
      for (const message of connection.next()) hear(message);
      return connection.ended;
    };
    return this.#run(pump, { send: (message) => connection.send(message), close: () => connection.close() });
  }

  #bytes(stream: ByteStream | undefined, hear: (message: ChannelMessage) => void): OpenStream {
    return this.#run(() => {
      const bytes = stream?.next() ?? "";
      if (bytes !== "") hear({ channel: STDOUT, bytes });
      return stream === undefined || stream.ended;
    });
  }

  #watch(stream: WatchStream, hear: (message: ChannelMessage) => void): OpenStream {
    return this.#run(() => {
      const lines = stream.next(EVENTS_A_LOOK).map((event: WatchEvent) => `${JSON.stringify(event)}\n`);
      if (lines.length > 0) hear({ channel: STDOUT, bytes: bytesOfText(lines.join("")) });
      return stream.ended;
    });
  }
}
