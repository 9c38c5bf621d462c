import { isObject, type JsonObject } from "../../base/json.ts";
import { textOfBytes } from "../../node/files/bytes.ts";
import type { OpenStream } from "../transport.ts";
import type { Call } from "./command.ts";

/** One event of a watch, or one object of the list that comes before it (as ADDED). */
export interface WatchedEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** Why a watch was given up: the listener had enough, time was over, or the user wants no more. */
export type WatchEnd = "done" | "timeout" | "interrupted";

export interface WatchPlan {
  /** Path of a collection, with selectors in its query. */
  readonly path: string;
  readonly accept?: string;
  /** Epoch milliseconds on the cluster's clock; for ever without. */
  readonly deadlineMs?: number | undefined;
  /** Where to begin; without it the collection is listed first, and its objects are heard. */
  readonly resourceVersion?: string;
}

/** How much of the cluster's time may pass before a command looks round again. */
const LOOK_MS = 100;
const GONE = 410;

/** Waits a moment of the cluster's time, or until something happens. */
export function moment(call: Pick<Call, "host">, wake?: Promise<void>): Promise<void> {
  const { host } = call;
  let forget = () => {};
  const interrupted = new Promise<void>((resolve) => {
    forget = host.interrupt.onRaise(resolve);
  });
  const all = [host.wait(LOOK_MS), interrupted, ...(wake === undefined ? [] : [wake])];
  return Promise.race(all).finally(() => forget());
}

/** The lines that a stream brings, put together from whatever pieces they come in. */
class Lines {
  #rest = "";
  readonly #lines: string[] = [];
  #wake = () => {};
  #woken = new Promise<void>(() => {});

  hear(bytes: string): void {
    const parts = (this.#rest + bytes).split("\n");
    this.#rest = parts.pop() ?? "";
    this.#lines.push(...parts);
    this.#wake();
  }

  take(): string[] {
    this.#woken = new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#lines.splice(0);
  }

  get woken(): Promise<void> {
    return this.#woken;
  }
}

// Models client-go tools/watch UntilWithSync
/**
 * Lists a collection and watches it, until `isDone` says so of an event. A watch that the server ends is opened again.
 * Throws an ApiError when the server refuses.
 */
export async function watchUntil(
  call: Call,
  plan: WatchPlan,
  isDone: (event: WatchedEvent) => boolean | Promise<boolean>,
): Promise<WatchEnd> {
  let version = plan.resourceVersion;
  for (;;) {
    if (version === undefined) {
      const { body } = await call.client.demand({
        method: "GET",
        path: plan.path,
        ...(plan.accept && { accept: plan.accept }),
      });
      for (const object of Array.isArray(body.items) ? body.items.filter(isObject) : []) {
        if (await isDone({ type: "ADDED", object })) return "done";
      }
      version = versionOf(body);
    }
    const ended: WatchEnd | string | undefined = await watchOnce(call, plan, version, isDone);
    if (ended === "done" || ended === "timeout" || ended === "interrupted") return ended;
    // What the server no longer remembers is listed anew.
    version = ended;
  }
}

function versionOf(object: JsonObject): string {
  const { resourceVersion } = isObject(object.metadata) ? object.metadata : {};
  return typeof resourceVersion === "string" ? resourceVersion : "";
}

/** One watch: how it ended, or the version to go on from when the server ended it. */
async function watchOnce(
  call: Call,
  plan: WatchPlan,
  from: string,
  isDone: (event: WatchedEvent) => boolean | Promise<boolean>,
): Promise<WatchEnd | string | undefined> {
  const { host, client } = call;
  const { path, accept, deadlineMs } = plan;
  const lines = new Lines();
  const query = `watch=true&allowWatchBookmarks=true${from === "" ? "" : `&resourceVersion=${from}`}`;
  const request = {
    method: "GET",
    path: `${path}${path.includes("?") ? "&" : "?"}${query}`,
    ...(accept && { accept }),
  } as const;
  const stream: OpenStream = await client.open(request, ({ bytes }) => lines.hear(bytes));
  let hasEnded = false;
  void stream.ended.then(() => {
    hasEnded = true;
    lines.hear("");
  });
  let last = from;
  try {
    for (;;) {
      const wasOver = hasEnded;
      for (const line of lines.take()) {
        const event = eventOf(line);
        if (event === undefined) continue;
        if (event.type === "ERROR") return event.object.code === GONE ? undefined : last;
        last = versionOf(event.object) || last;
        if (event.type !== "BOOKMARK" && (await isDone(event))) return "done";
      }
      if (host.interrupt.raised) return "interrupted";
      if (deadlineMs !== undefined && host.nowEpochMs() >= deadlineMs) return "timeout";
      if (wasOver) return last;
      await moment(call, lines.woken);
    }
  } finally {
    stream.close();
  }
}

function eventOf(line: string): WatchedEvent | undefined {
  if (line.trim() === "") return undefined;
  const parsed: unknown = JSON.parse(textOfBytes(line));
  if (!isObject(parsed) || !isObject(parsed.object)) return undefined;
  return { type: String(parsed.type), object: parsed.object };
}
