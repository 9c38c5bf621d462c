import TinyQueue from "tinyqueue";
import type { JsonObject } from "../base/json.ts";
import type { Waiting } from "../controller-runtime/component.ts";
import { compileMachine } from "../machine/compile.ts";
import { type EntryEvent, type EntryView, entryMachine } from "./entry.machine.ts";
import type { ClusterEvent, EventName, Queued } from "./framework.ts";
import type { PodInfo } from "./pod-info.ts";
import type { Profiles } from "./profiles.ts";

/** Back-off ends are rounded down to this, and among pods of one window the more important goes first. */
const BACKOFF_WINDOW_MS = 1_000;
/** How long a pod waits for a helpful event at most; looked at every `LEFTOVER_CHECK_MS`. */
const MAX_UNSCHEDULABLE_MS = 300_000;
export const LEFTOVER_CHECK_MS = 30_000;

const table = compileMachine(entryMachine);

/** A pod without a node, in the queue. */
export interface Entry {
  readonly key: string;
  info: PodInfo;
  state: string;
  /** When it was added, or last failed. */
  timestampMs: number;
  /** Rises with each `timestampMs` given: settles equal times. */
  seq: number;
  attempts: number;
  unschedulableCount: number;
  /** Failures in a row that were no verdict on the pod, such as an API server that is away. */
  errorCount: number;
  /** Revision of the write that brought it up last: its pod's, or of what may help it; 0: only time did. */
  cause: number;
  /** Whose verdict keeps it waiting. */
  rejectedBy: readonly string[];
}

export interface QueueOptions {
  readonly podInitialBackoffMs: number;
  readonly podMaxBackoffMs: number;
  readonly nowMs: () => number;
  /** Revision of the write that is heard of now. */
  readonly cause: () => number;
}

/** A place in a heap. It is stale once the entry has left that state, or took another place. */
interface Place extends Queued {
  readonly entry: Entry;
  readonly seq: number;
  readonly dueMs: number;
}

/**
 * Pods that wait for a node: active, backing off, unschedulable or gated. Models backend/queue PriorityQueue with
 * queueing hints and SchedulerPopFromBackoffQ.
 */
export class SchedulingQueue {
  readonly #profiles: Profiles;
  readonly #options: QueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #places = new Map<Entry, Place>();
  readonly #active: TinyQueue<Place>;
  readonly #backoff: TinyQueue<Place>;
  readonly #errorBackoff: TinyQueue<Place>;
  /** Unschedulable entries by the plugins that rejected them. */
  readonly #parked = new Map<string, Set<Entry>>();
  readonly #unschedulable = new Set<Entry>();
  #inFlight: { readonly entry: Entry; readonly events: ClusterEvent[] } | undefined;
  #nextSeq = 1;

  constructor(profiles: Profiles, options: QueueOptions) {
    this.#profiles = profiles;
    this.#options = options;
    const order = (a: Place, b: Place): number => profiles.compare(a, b) || a.seq - b.seq;
    const byDue = (a: Place, b: Place): number => a.dueMs - b.dueMs || order(a, b);
    this.#active = new TinyQueue<Place>([], order);
    this.#backoff = new TinyQueue<Place>([], byDue);
    this.#errorBackoff = new TinyQueue<Place>([], byDue);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Whether `pop` would give something. */
  get hasWork(): boolean {
    return this.#first(this.#active) !== undefined || this.#first(this.#backoff) !== undefined;
  }

  get hasUnschedulable(): boolean {
    return this.#unschedulable.size > 0;
  }

  /** When the next back-off is over, in virtual milliseconds. */
  get backoffOverMs(): number | undefined {
    const ends = [this.#backoff, this.#errorBackoff].map(
      (heap) => this.#first(heap)?.dueMs ?? Number.POSITIVE_INFINITY,
    );
    const earliest = Math.min(...ends);
    return Number.isFinite(earliest) ? earliest + BACKOFF_WINDOW_MS : undefined;
  }

  add(info: PodInfo): void {
    const entry: Entry = {
      key: info.key,
      info,
      state: "new",
      timestampMs: this.#options.nowMs(),
      seq: this.#nextSeq++,
      attempts: 0,
      unschedulableCount: 0,
      errorCount: 0,
      cause: this.#options.cause(),
      rejectedBy: [],
    };
    this.#entries.set(entry.key, entry);
    const first = table.start(this.#view(entry));
    entry.state = first.state;
    for (const action of first.actions) this.#act(action, entry);
  }

  /** A newer state of a pod that waits; `events` say what changed about it. */
  update(entry: Entry, info: PodInfo, events: readonly ClusterEvent[]): void {
    entry.info = info;
    if (entry.state === "gated" && this.#profiles.gate(info) === undefined) this.#send(entry, "UNGATED");
    for (const event of events) {
      if (entry.state === "unschedulable" && this.#profiles.mayHelp(entry.rejectedBy, info, event)) {
        this.#send(entry, "WAKE");
      } else if (entry.state === "inFlight") this.#inFlight?.events.push(event);
    }
  }

  remove(key: string, why: "BOUND" | "DELETED"): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#send(entry, why);
  }

  /** The next pod to schedule. When nobody is active, one that backs off need not wait longer. */
  pop(): Entry | undefined {
    const place = this.#first(this.#active) ?? this.#first(this.#backoff);
    if (place === undefined) return undefined;
    const { entry } = place;
    this.#send(entry, "POP");
    entry.attempts++;
    this.#inFlight = { entry, events: [] };
    return entry;
  }

  /** No node took it. What happened meanwhile may wake it at once. */
  rejected(entry: Entry, plugins: readonly string[]): void {
    const events = this.#inFlight?.entry === entry ? this.#inFlight.events : [];
    this.#inFlight = undefined;
    if (entry.state !== "inFlight") return;
    this.#stamp(entry);
    entry.unschedulableCount++;
    entry.errorCount = 0;
    entry.rejectedBy = plugins;
    this.#send(entry, "REJECTED");
    if (events.some((event) => this.#profiles.mayHelp(plugins, entry.info, event))) this.#send(entry, "WAKE");
  }

  /** The cycle failed for no fault of the pod. */
  failed(entry: Entry): void {
    this.#inFlight = undefined;
    if (entry.state !== "inFlight") return;
    this.#stamp(entry);
    entry.errorCount++;
    entry.rejectedBy = [];
    this.#send(entry, "ERROR");
  }

  /** It has a node, but is not bound yet: the next one may come. */
  binding(entry: Entry): void {
    if (this.#inFlight?.entry === entry) this.#inFlight = undefined;
  }

  /** The cycle ended well: the entry is gone by now, or the pod is not to be scheduled. */
  done(entry: Entry): void {
    this.#inFlight = undefined;
    this.#send(entry, "DELETED");
  }

  /** Whether anyone would listen to such an event: to save the making of it. */
  listensTo(name: EventName): boolean {
    if (this.#inFlight !== undefined) return true;
    return this.#unschedulable.size > 0 && this.#profiles.hintsFor(name) !== undefined;
  }

  /** Something happened in the cluster: pods that it may help are tried again. */
  wake(event: ClusterEvent): void {
    this.#inFlight?.events.push(event);
    const woken = new Set<Entry>();
    for (const { plugin, hint } of this.#profiles.hintsFor(event.name) ?? []) {
      for (const entry of this.#parked.get(plugin) ?? []) {
        if (!woken.has(entry) && hint(entry.info, event)) woken.add(entry);
      }
    }
    for (const entry of [...woken].sort((a, b) => a.seq - b.seq)) this.#send(entry, "WAKE");
  }

  /** What a pod waits for here, and until when; undefined: its turn, or nothing. */
  waitOf(key: string): Waiting | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { state, timestampMs: sinceMs, rejectedBy } = entry;
    if (state === "gated") return { reason: "SchedulingGated", message: "A scheduling gate holds it.", sinceMs };
    if (state === "backoff") {
      const message = "The scheduler tries again at its first round after then.";
      return {
        reason: "SchedulingBackOff",
        message,
        sinceMs,
        untilMs: windowOf(this.#backoffEndMs(entry)) + BACKOFF_WINDOW_MS,
      };
    }
    if (state !== "unschedulable") return undefined;
    const laterMs = sinceMs + MAX_UNSCHEDULABLE_MS;
    const untilMs = (Math.floor(laterMs / LEFTOVER_CHECK_MS) + 1) * LEFTOVER_CHECK_MS;
    const message = `No node takes it (${rejectedBy.join(", ")}). It is tried again when something changes that may help, and then at the latest.`;
    return { reason: "Unschedulable", message, sinceMs, untilMs };
  }

  /** Brings back those whose back-off is over. */
  flushBackoff(): void {
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let place = this.#first(heap); place && !this.#isBackingOff(place.entry); place = this.#first(heap)) {
        this.#send(place.entry, "BACKOFF_OVER");
      }
    }
  }

  /** Brings back those who waited too long for an event. */
  flushLeftovers(): void {
    const before = this.#options.nowMs() - MAX_UNSCHEDULABLE_MS;
    const late = [...this.#unschedulable].filter(({ timestampMs }) => timestampMs < before);
    for (const entry of late.sort((a, b) => a.seq - b.seq)) this.#send(entry, "WAKE");
  }

  save(): JsonObject {
    const entries = [...this.#entries.values()].map((entry) => {
      const { info: _, ...saved } = entry;
      return { ...saved };
    });
    return { nextSeq: this.#nextSeq, entries };
  }

  /** `infoOf` gives the pods that were waiting then. */
  load(state: JsonObject, infoOf: (key: string) => PodInfo): void {
    this.#nextSeq = state.nextSeq as number;
    for (const saved of state.entries as unknown as readonly Omit<Entry, "info">[]) {
      const entry: Entry = { ...saved, cause: saved.cause ?? 0, info: infoOf(saved.key) };
      this.#entries.set(entry.key, entry);
      if (entry.state === "active") this.#act("enqueue", entry);
      else if (entry.state === "backoff") this.#act("backOff", entry);
      else if (entry.state === "unschedulable") this.#act("park", entry);
    }
  }

  #send(entry: Entry, type: EntryEvent["type"]): void {
    const outcome = table.transition(entry.state, type, this.#view(entry));
    if (outcome === undefined) return;
    if (type === "WAKE" || type === "UNGATED") entry.cause = this.#options.cause();
    if (outcome.state !== entry.state) this.#places.delete(entry);
    entry.state = outcome.state;
    for (const action of outcome.actions) this.#act(action, entry);
  }

  #view(entry: Entry): EntryView {
    const profiles = this.#profiles;
    const isBackingOff = () => this.#isBackingOff(entry);
    return {
      get isGated() {
        return profiles.gate(entry.info) !== undefined;
      },
      get isBackingOff() {
        return isBackingOff();
      },
    };
  }

  #act(action: string, entry: Entry): void {
    if (action === "enqueue") this.#put(this.#active, entry, 0);
    else if (action === "backOff") {
      const heap = entry.rejectedBy.length > 0 ? this.#backoff : this.#errorBackoff;
      this.#put(heap, entry, windowOf(this.#backoffEndMs(entry)));
    } else if (action === "park") {
      this.#unschedulable.add(entry);
      for (const plugin of entry.rejectedBy) {
        const parked = this.#parked.get(plugin) ?? new Set();
        this.#parked.set(plugin, parked.add(entry));
      }
    } else if (action === "unpark") {
      this.#unschedulable.delete(entry);
      for (const plugin of entry.rejectedBy) this.#parked.get(plugin)?.delete(entry);
    } else if (action === "forget") this.#entries.delete(entry.key);
  }

  #put(heap: TinyQueue<Place>, entry: Entry, dueMs: number): void {
    const { info, timestampMs, seq } = entry;
    const place = { entry, info, timestampMs, seq, dueMs };
    this.#places.set(entry, place);
    heap.push(place);
  }

  /** The first place that is not stale. */
  #first(heap: TinyQueue<Place>): Place | undefined {
    for (let place = heap.peek(); place !== undefined; place = heap.peek()) {
      if (this.#places.get(place.entry) === place) return place;
      heap.pop();
    }
    return undefined;
  }

  #stamp(entry: Entry): void {
    entry.timestampMs = this.#options.nowMs();
    entry.seq = this.#nextSeq++;
  }

  #backoffEndMs({ timestampMs, unschedulableCount, errorCount }: Entry): number {
    const count = errorCount > 0 ? errorCount : unschedulableCount;
    if (count === 0) return Number.NEGATIVE_INFINITY;
    const { podInitialBackoffMs, podMaxBackoffMs } = this.#options;
    return timestampMs + Math.min(podInitialBackoffMs * 2 ** Math.min(count - 1, 30), podMaxBackoffMs);
  }

  #isBackingOff(entry: Entry): boolean {
    return windowOf(this.#backoffEndMs(entry)) >= windowOf(this.#options.nowMs());
  }
}

function windowOf(ms: number): number {
  return Math.floor(ms / BACKOFF_WINDOW_MS) * BACKOFF_WINDOW_MS;
}
