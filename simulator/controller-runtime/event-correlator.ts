import type { Event } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";

// Models client-go tools/record events_cache.go: EventAggregator, EventSourceObjectSpamFilter.

const MAX_SIMILAR = 10;
const SIMILAR_INTERVAL_MS = 600_000;
const COMBINED = "(combined from similar events): ";
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** How many objects are remembered with their events' allowance. */
const MAX_REMEMBERED = 4096;

/** One occurrence, before it is known whether an event like it is there already. */
export interface Occurrence {
  readonly involved: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly fieldPath: string | undefined;
}

/** What to write: a new event, or the same one again with a higher count; nothing when there were too many. */
export type Correlated = { readonly message: string; readonly same?: Event; readonly count: number } | undefined;

/** How many events of one type about an object may still be written. */
interface Allowance {
  readonly tokens: number;
  readonly atMs: number;
}

/**
 * Joins like events and holds back floods, for one source. What client-go keeps in memory is read from the stored
 * events here, so that a component of many objects remembers little: only the allowance of objects with many events,
 * and the counts that a held-back event would have had.
 */
export class EventCorrelator {
  readonly #parseMs: (time: string) => number;
  /** Undefined: none. There is a correlator for each kubelet, and most never hold anything back. */
  #allowances: Map<string, Allowance> | undefined;
  #heldCounts: Map<string, number> | undefined;

  constructor(parseMs: (time: string) => number) {
    this.#parseMs = parseMs;
  }

  /** `events`: those that this source wrote about the object in its present life. */
  correlate(occurrence: Occurrence, events: readonly Event[], nowMs: number): Correlated {
    return this.#first(occurrence, events) ?? this.#correlate(occurrence, events, nowMs);
  }

  /** The answer about most events: there is none like it, and there are far too few to hold anything back. */
  #first({ type, reason, message, fieldPath }: Occurrence, events: readonly Event[]): Correlated {
    if (events.length >= MAX_SIMILAR - 1 || this.#allowances !== undefined) return undefined;
    let written = 0;
    for (const event of events) {
      if (event.type !== type) continue;
      written += event.count ?? 1;
      if (event.reason !== reason || event.message !== message) continue;
      if (event.involvedObject.fieldPath === fieldPath) return undefined;
    }
    return written < SPAM_BURST ? { message, count: 1 } : undefined;
  }

  #correlate(occurrence: Occurrence, events: readonly Event[], nowMs: number): Correlated {
    const similar = events.filter(({ type, reason }) => type === occurrence.type && reason === occurrence.reason);
    const combined = this.#countMessages(occurrence, similar, nowMs) >= MAX_SIMILAR;
    const message = combined ? COMBINED + occurrence.message : occurrence.message;
    const same = similar.find((event) =>
      combined
        ? event.message?.startsWith(COMBINED)
        : event.message === message && event.involvedObject.fieldPath === occurrence.fieldPath,
    );
    const uid = same?.metadata.uid ?? "";
    const count = same === undefined ? 1 : (this.#heldCounts?.get(uid) ?? same.count ?? 1) + 1;
    const alike = events.filter(({ type }) => type === occurrence.type);
    if (!this.#allow(`${occurrence.involved} ${occurrence.type}`, alike, nowMs)) {
      this.#heldCounts ??= new Map();
      if (same !== undefined) remember(this.#heldCounts, uid, count);
      return undefined;
    }
    this.#heldCounts?.delete(uid);
    return same === undefined ? { message, count } : { message, same, count };
  }

  save(): JsonObject {
    return {
      allowances: [...(this.#allowances ?? [])].map(([key, { tokens, atMs }]) => [key, tokens, atMs]),
      heldCounts: [...(this.#heldCounts ?? [])],
    };
  }

  load(state: JsonObject): void {
    const allowances = (state.allowances as [string, number, number][]).map(
      ([key, tokens, atMs]) => [key, { tokens, atMs }] as const,
    );
    const heldCounts = state.heldCounts as [string, number][];
    if (allowances.length > 0) this.#allowances = new Map(allowances);
    if (heldCounts.length > 0) this.#heldCounts = new Map(heldCounts);
  }

  /** Different messages of like events, this one included, as far back as no pause was longer than the interval. */
  #countMessages(occurrence: Occurrence, similar: readonly Event[], nowMs: number): number {
    if (similar.length < MAX_SIMILAR - 1) return 1;
    const messages = new Set([occurrence.message]);
    let since = nowMs;
    const latestFirst = similar.map((event) => ({ event, ...this.#span(event) })).sort((a, b) => b.last - a.last);
    for (const { event, first, last } of latestFirst) {
      if (since - last > SIMILAR_INTERVAL_MS) break;
      since = Math.min(since, first);
      if (event.message?.startsWith(COMBINED) === false) messages.add(event.message);
    }
    return messages.size;
  }

  /** `key`: the object and the type of the event, for normal ones and warnings have their own allowance each. */
  #allow(key: string, events: readonly Event[], nowMs: number): boolean {
    let allowance = this.#allowances?.get(key);
    if (allowance === undefined) {
      let written = 0;
      for (const event of events) written += event.count ?? 1;
      if (written < SPAM_BURST) return true;
      allowance = this.#reconstruct(events);
    }
    const tokens = refilled(allowance, nowMs);
    const allowed = tokens >= 1;
    this.#allowances ??= new Map();
    remember(this.#allowances, key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    return allowed;
  }

  /** The allowance that the stored events have left, taking those between first and last as evenly spread. */
  #reconstruct(events: readonly Event[]): Allowance {
    const times: number[] = [];
    for (const event of events) {
      const { first, last } = this.#span(event);
      const count = event.count ?? 1;
      for (let index = 0; index < count; index++) {
        times.push(count === 1 ? last : first + Math.floor(((last - first) * index) / (count - 1)));
      }
    }
    let allowance: Allowance = { tokens: SPAM_BURST, atMs: 0 };
    for (const atMs of times.sort((a, b) => a - b)) {
      allowance = { tokens: Math.max(0, refilled(allowance, atMs) - 1), atMs };
    }
    return allowance;
  }

  #span({ firstTimestamp = "", lastTimestamp = "" }: Event): { first: number; last: number } {
    return { first: this.#parseMs(firstTimestamp), last: this.#parseMs(lastTimestamp) };
  }
}

function refilled({ tokens, atMs }: Allowance, nowMs: number): number {
  return Math.min(SPAM_BURST, tokens + (nowMs - atMs) / SPAM_REFILL_MS);
}

/** Sets an entry and forgets the one that was not touched for longest when there are too many. */
function remember<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key);
  entries.set(key, value);
  if (entries.size <= MAX_REMEMBERED) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    return;
  }
}
