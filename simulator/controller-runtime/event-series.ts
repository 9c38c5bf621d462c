import type { Event } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";

// Models client-go tools/events event_broadcaster.go

/** How often series are looked through; one that was quiet for as long is finished. */
export const FINISH_MS = 360_000;
/** How often running series are written again. A multiple of FINISH_MS. */
const REFRESH_MS = 1_800_000;

/** What an occurrence is, but for its words: two with the same are one series. */
export interface SeriesIdentity {
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly resourceVersion: string | undefined;
  readonly fieldPath: string | undefined;
}

interface Series {
  readonly count: number;
  readonly lastMs: number;
}

/** A series to write: the event it belongs to, and how it stands. */
export interface SeriesWrite extends Series {
  readonly key: string;
}

/**
 * Series of the newer events (events.k8s.io): the second occurrence turns an event into a series, which is written
 * again only now and then. Ones that are no series are found in the store.
 */
export class EventSeries {
  readonly #startedMs: number;
  readonly #parseMs: (time: string) => number;
  /** Undefined: none yet. */
  #running: Map<string, Series> | undefined;

  constructor(startedMs: number, parseMs: (time: string) => number) {
    this.#startedMs = startedMs;
    this.#parseMs = parseMs;
  }

  get isEmpty(): boolean {
    return this.#running === undefined || this.#running.size === 0;
  }

  /**
   * Counts an occurrence. `create`: it is the first of its kind; a write: the event has just become a series;
   * `counted`: it goes on, and nothing is written now. `events`: those by this source about the object.
   */
  observe(
    identity: SeriesIdentity,
    events: readonly Event[],
    nowMs: number,
  ): "create" | "counted" | { readonly event: Event; readonly count: number } {
    for (const event of events) {
      if (!isSame(event, identity)) continue;
      const key = `${event.metadata.namespace}/${event.metadata.name}`;
      const running = this.#running?.get(key);
      if (running !== undefined) {
        this.#running?.set(key, { count: running.count + 1, lastMs: nowMs });
        return "counted";
      }
      if (event.series !== undefined || this.#parseMs(event.eventTime ?? "") < this.#forgottenBefore(nowMs)) continue;
      this.#running ??= new Map();
      this.#running.set(key, { count: 2, lastMs: nowMs });
      return { event, count: 2 };
    }
    return "create";
  }

  /** Milliseconds until `due` should be called next. */
  nextDueMs(nowMs: number): number {
    return FINISH_MS - ((nowMs - this.#startedMs) % FINISH_MS);
  }

  /** Series to write now: those that went quiet, which are forgotten, and at longer intervals all. */
  due(nowMs: number): readonly SeriesWrite[] {
    const refresh = (nowMs - this.#startedMs) % REFRESH_MS === 0;
    const writes: SeriesWrite[] = [];
    for (const [key, series] of this.#running ?? []) {
      const finished = series.lastMs < nowMs - FINISH_MS;
      if (finished || refresh) writes.push({ key, ...series });
      if (finished) this.#running?.delete(key);
    }
    return writes;
  }

  save(): JsonObject {
    return { running: [...(this.#running ?? [])].map(([key, { count, lastMs }]) => [key, count, lastMs]) };
  }

  load(state: JsonObject): void {
    const running = state.running as [string, number, number][];
    if (running.length > 0) this.#running = new Map(running.map(([key, count, lastMs]) => [key, { count, lastMs }]));
  }

  /** Single events from before this instant were forgotten at the last look. */
  #forgottenBefore(nowMs: number): number {
    return nowMs - ((nowMs - this.#startedMs) % FINISH_MS) - FINISH_MS;
  }
}

function isSame(event: Event, { type, reason, action, resourceVersion, fieldPath }: SeriesIdentity): boolean {
  const { involvedObject } = event;
  return (
    event.type === type &&
    event.reason === reason &&
    event.action === action &&
    involvedObject.resourceVersion === resourceVersion &&
    involvedObject.fieldPath === fieldPath
  );
}
