import type { JsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { badRequest, resourceExpired, type Status } from "./errors.ts";
import type { KubeObject } from "./object.ts";
import { rendered, select } from "./read.ts";
import { type ObjectFilter, selectionOf } from "./selection.ts";
import type { RoutedExchange } from "./server.ts";
import type { Change, Collection } from "./store.ts";

/** One event of a watch, as it goes over the wire. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "ERROR";
  readonly object: JsonObject;
}

/**
 * A watch that its reader pulls from: a slow reader holds nothing but its place. When the place is forgotten it gets
 * one ERROR event with 410 Gone, and `ended` is true.
 */
export interface WatchStream {
  next(): readonly WatchEvent[];
  readonly ended: boolean;
}

/** Opens a watch on a collection: from `resourceVersion`, or from now with what is there when it is absent or 0. */
export function openWatch(exchange: RoutedExchange): Result<WatchStream, Status> {
  const { kind } = exchange.route;
  const selection = selectionOf(kind, exchange.query);
  if (!selection.ok) return selection;
  const text = exchange.query.get("resourceVersion")?.[0] ?? "";
  const from = Number(text === "" ? "0" : text);
  if (!Number.isSafeInteger(from) || from < 0) {
    return fail(
      badRequest(
        `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
      ),
    );
  }
  const initial: WatchEvent[] = [];
  if (from === 0) {
    const present = select(exchange);
    if (!present.ok) return present;
    for (const [, object] of present.value) initial.push({ type: "ADDED", object: rendered(exchange, object) });
  }
  const start = from === 0 ? exchange.server.store.revision : from;
  return ok(new CollectionWatch(exchange, inScope(exchange, selection.value), initial, start));
}

/** Whether an object is in the namespace and passes the selectors. */
function inScope({ route: { namespace } }: RoutedExchange, selection: ObjectFilter | undefined): ObjectFilter {
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) && (selection?.(object) ?? true);
}

class CollectionWatch implements WatchStream {
  readonly #exchange: RoutedExchange;
  readonly #matches: ObjectFilter;
  readonly #collection: Collection;
  #initial: readonly WatchEvent[];
  #revision: number;
  #ended = false;

  constructor(exchange: RoutedExchange, matches: ObjectFilter, initial: readonly WatchEvent[], revision: number) {
    this.#exchange = exchange;
    this.#matches = matches;
    this.#initial = initial;
    this.#revision = revision;
    this.#collection = exchange.server.store.of(exchange.route.kind.ref);
  }

  get ended(): boolean {
    return this.#ended;
  }

  next(): readonly WatchEvent[] {
    if (this.#ended) return [];
    const events = [...this.#initial];
    this.#initial = [];
    const changes = this.#collection.changesSince(this.#revision);
    if (changes === undefined) {
      this.#ended = true;
      const text = `too old resource version: ${this.#revision} (${this.#collection.forgottenRevision})`;
      return [...events, { type: "ERROR", object: resourceExpired(text) as unknown as JsonObject }];
    }
    for (const change of changes) {
      this.#revision = change.revision;
      const event = this.#eventOf(change);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** An object that begins or ceases to match is added or deleted, for this watcher. */
  #eventOf({ type, object, previous }: Change): WatchEvent | undefined {
    const now = type !== "DELETED" && this.#matches(object);
    const before = previous !== undefined && this.#matches(previous);
    if (!now && !before) return undefined;
    const seen: KubeObject =
      now || type === "DELETED" || previous === undefined
        ? object
        : { ...previous, metadata: { ...previous.metadata, resourceVersion: object.metadata.resourceVersion } };
    return { type: now ? (before ? "MODIFIED" : "ADDED") : "DELETED", object: rendered(this.#exchange, seen) };
  }
}
