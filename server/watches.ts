import type { ServerResponse } from "node:http";
import type { WatchStream } from "../simulator/index.ts";
import { eventLines } from "./texts.ts";

/** Events looked at between two looks at whether the reader keeps up: what a reader that does not read costs at most. */
const EVENTS_A_LOOK = 64;
/** As often as the real server tells its watchers how far they have seen. */
const BOOKMARK_EVERY_MS = 60_000;

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

interface Reader {
  readonly stream: WatchStream;
  readonly response: ServerResponse;
  readonly timer: NodeJS.Timeout;
}

/**
 * All open watches. A reader that does not keep up holds nothing but its place in the history; when that place is
 * forgotten it gets 410 Gone, and the end.
 */
export class Watches {
  readonly #byResource = new Map<string, Set<Reader>>();
  readonly #bookmarks: NodeJS.Timeout;

  constructor() {
    this.#bookmarks = setInterval(() => this.#sendBookmarks(), BOOKMARK_EVERY_MS);
    this.#bookmarks.unref();
  }

  /** How many are open. */
  get size(): number {
    return [...this.#byResource.values()].reduce((sum, readers) => sum + readers.size, 0);
  }

  /** Sends a watch's events as lines of JSON until its time is over, its reader leaves, or its place is forgotten. */
  open(stream: WatchStream, response: ServerResponse, timeoutMs: number): void {
    const reader: Reader = { stream, response, timer: setTimeout(() => response.end(), timeoutMs) };
    const readers = this.#byResource.get(stream.resource) ?? new Set();
    this.#byResource.set(stream.resource, readers.add(reader));
    response.on("close", () => {
      clearTimeout(reader.timer);
      readers.delete(reader);
    });
    response.on("drain", () => pump(reader));
    response.flushHeaders();
    pump(reader);
  }

  /** Something was written in these resources. */
  wake(resources: ReadonlySet<string>): void {
    // A definition that changed or went ends the watches of its kind.
    for (const resource of resources.has(DEFINITIONS) ? this.#byResource.keys() : resources) {
      for (const reader of this.#byResource.get(resource) ?? []) pump(reader);
    }
  }

  /** Ends every watch. */
  close(): void {
    clearInterval(this.#bookmarks);
    for (const readers of this.#byResource.values()) for (const { response } of readers) response.end();
  }

  #sendBookmarks(): void {
    for (const readers of this.#byResource.values()) {
      for (const { stream, response } of readers) {
        const event = response.writableNeedDrain || response.writableEnded ? undefined : stream.bookmark();
        if (event !== undefined) response.write(eventLines([event]));
      }
    }
  }
}

function pump({ stream, response }: Reader): void {
  if (response.writableEnded) return;
  while (!response.writableNeedDrain && stream.pending) {
    const events = stream.next(EVENTS_A_LOOK);
    if (events.length > 0) response.write(eventLines(events));
  }
  if (stream.ended) response.end();
}
