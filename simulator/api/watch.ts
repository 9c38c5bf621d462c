import type { JsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { orConversionRefusal } from "./custom/webhook-conversion.ts";
import { badRequest, methodNotAllowed, resourceExpired, type Status } from "./errors.ts";
import type { Flow } from "./flow-control.ts";
import { checkListOptions } from "./list-options.ts";
import type { KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";
import { rendered, renderOptions } from "./read.ts";
import { renderList } from "./render.ts";
import { select } from "./select.ts";
import { type ObjectFilter, selectionOf } from "./selection.ts";
import type { RoutedExchange } from "./server.ts";
import type { Change, Collection } from "./store.ts";
import { storedKind } from "./versions.ts";

/** One event of a watch, as it goes over the wire. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: JsonObject;
}

/**
 * A watch that its reader pulls from: a slow reader holds nothing but its place. When the place is forgotten it gets
 * one ERROR event with 410 Gone, and `ended` is true.
 */
export interface WatchStream {
  /** Events since the last call; `limit` bounds how many are looked at, and there may then be more at once. */
  next(limit?: number): readonly WatchEvent[];
  /** Whether `next` would look at anything now. */
  readonly pending: boolean;
  readonly ended: boolean;
  /** Tells the reader how far it has seen, where it asked for such events (`allowWatchBookmarks`); call it when all was read. */
  bookmark(): WatchEvent | undefined;
  /** As that of an ApiResponse. */
  readonly flow: Flow | undefined;
  /** The collection whose commits bring events, such as `deployments.apps`. */
  readonly resource: string;
}

/** Marks the bookmark that ends the initial events of a watch that asked for them. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";
const PARTIAL_METADATA = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" };

/** Opens a watch on a collection: from `resourceVersion`, or from now with what is there when it is absent or 0. */
export function openWatch(exchange: RoutedExchange): Result<WatchStream, Status> {
  const { kind } = exchange.route;
  if (kind.withoutVerbs?.includes("watch")) return fail(methodNotAllowed());
  const refused = checkListOptions(exchange.query, true);
  if (refused !== undefined) return fail(refused);
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
  const asked = exchange.query.get("sendInitialEvents")?.[0];
  const isStreamed = isTrue(asked);
  let initial: readonly KubeObject[] = [];
  if (isStreamed || (from === 0 && asked === undefined)) {
    const present = select(exchange);
    if (!present.ok) return present;
    initial = present.value;
  }
  const start = from === 0 || isStreamed ? exchange.server.store.revision : from;
  return ok(new CollectionWatch(exchange, inScope(exchange, selection.value), initial, start, isStreamed));
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && text !== "false" && text !== "0";
}

/** Whether an object is in the namespace and passes the selectors. */
function inScope({ route: { namespace } }: RoutedExchange, selection: ObjectFilter | undefined): ObjectFilter {
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) && (selection?.(object) ?? true);
}

const NOTHING: readonly KubeObject[] = [];

class CollectionWatch implements WatchStream {
  readonly #exchange: RoutedExchange;
  readonly #matches: ObjectFilter;
  readonly #collection: Collection;
  readonly #wantsBookmarks: boolean;
  /** What was there at the beginning and is not yet sent. */
  #initial: readonly KubeObject[];
  #initialSent = 0;
  /** Whether the bookmark that ends the initial events is owed. */
  #owesEnd: boolean;
  #revision: number;
  /** The collection's when the watch began. */
  readonly #era: number;
  #ended = false;

  constructor(
    exchange: RoutedExchange,
    matches: ObjectFilter,
    initial: readonly KubeObject[],
    revision: number,
    isStreamed: boolean,
  ) {
    this.#exchange = exchange;
    this.#matches = matches;
    this.#initial = initial;
    this.#revision = revision;
    this.#collection = exchange.server.store.of(storedKind(exchange.route.kind).ref);
    this.#era = this.#collection.era;
    this.#wantsBookmarks = isTrue(exchange.query.get("allowWatchBookmarks")?.[0]);
    this.#owesEnd = isStreamed && this.#wantsBookmarks;
  }

  // Models apiextensions-apiserver pkg/apiserver crdHandler tearDown
  /** A definition that goes, or says something else, ends the watches of its kind once they have seen all of it. */
  get ended(): boolean {
    return this.#ended || (this.#collection.era !== this.#era && !this.pending);
  }

  get flow(): Flow | undefined {
    return this.#exchange.flow;
  }

  get resource(): string {
    return this.#collection.ref.id;
  }

  get pending(): boolean {
    if (this.#ended) return false;
    return (
      this.#initialSent < this.#initial.length || this.#owesEnd || this.#collection.newestRevision > this.#revision
    );
  }

  /** An object that cannot be shown in the version that was asked for ends the watch. */
  next(limit = Number.POSITIVE_INFINITY): readonly WatchEvent[] {
    const read = orConversionRefusal(() => ok(this.#read(limit)));
    if (read.ok) return read.value;
    this.#ended = true;
    return [{ type: "ERROR", object: read.error as unknown as JsonObject }];
  }

  #read(limit: number): readonly WatchEvent[] {
    if (this.#ended) return [];
    const events = this.#nextInitial(limit);
    if (this.#initialSent < this.#initial.length) return events;
    this.#initial = NOTHING;
    this.#initialSent = 0;
    if (this.#owesEnd) {
      this.#owesEnd = false;
      events.push(this.#bookmark({ [INITIAL_EVENTS_END]: "true" }));
    }
    const changes = this.#collection.changesSince(this.#revision, Math.max(limit - events.length, 0));
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

  #nextInitial(limit: number): WatchEvent[] {
    const objects = this.#initial.slice(this.#initialSent, this.#initialSent + limit);
    this.#initialSent += objects.length;
    return objects.map((object) => ({ type: "ADDED", object: rendered(this.#exchange, object) }));
  }

  bookmark(): WatchEvent | undefined {
    if (!this.#wantsBookmarks || this.pending || this.#ended) return undefined;
    this.#revision = Math.max(this.#revision, this.#exchange.server.store.revision);
    return this.#bookmark();
  }

  #bookmark(annotations?: JsonObject): WatchEvent {
    const { ref } = this.#exchange.route.kind;
    const metadata = { resourceVersion: String(this.#revision), ...(annotations && { annotations }) };
    const options = renderOptions(this.#exchange);
    const { rendering } = options;
    if (rendering === "table") {
      const list = { resourceVersion: String(this.#revision) };
      const table = renderList(this.#exchange.route.kind, [], list, options);
      return { type: "BOOKMARK", object: { ...table, metadata } };
    }
    const type = rendering === "metadata" ? PARTIAL_METADATA : { kind: ref.kind, apiVersion: apiVersionOf(ref) };
    return { type: "BOOKMARK", object: { ...type, metadata } };
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
