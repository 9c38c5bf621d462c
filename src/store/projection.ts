import type { JsonObject } from "../../simulator/index.ts";
import type { CrowdChange, NodeCell } from "../session/crowd.ts";
import type { Batch, ClockView, ComponentView, ScenarioView } from "../session/session.ts";
import { controllerOf, type Event, type KindTypes, type KubeObject, type Pod, refId } from "./objects.ts";

/** All known objects of one kind. A new wrapper for every change, so that its identity tells that something changed. */
export interface KindView<T extends KubeObject = KubeObject> {
  readonly items: ReadonlyMap<string, T>;
}

/** A set of keys; like `KindView`, a new wrapper for every change. */
export interface Bucket {
  readonly keys: ReadonlySet<string>;
}
export type Index = ReadonlyMap<string, Bucket>;

/** One line of the event log: an Event as it was when it was told. */
export interface LogLine {
  readonly seq: number;
  readonly event: Event;
}

/** A cluster too large to be told whole, in sums; a new wrapper for every change. Only what is looked at is in `kinds`. */
export interface CrowdView {
  readonly cells: ReadonlyMap<string, NodeCell>;
  /** Counts up when a node comes or goes. */
  readonly members: number;
  readonly waiting: number;
}

/** What the page knows of the cluster; the session's batches carry it on. */
export interface Projection {
  /** False until the first batch. */
  readonly ready: boolean;
  readonly kinds: Readonly<Record<string, KindView>>;
  /** Keys of the pods bound to a node; `""` holds those that wait for one. */
  readonly podsByNode: Index;
  /** `refId`s of what a controller owns, by the owner's uid. */
  readonly ownedBy: Index;
  /** Keys of the Events about an object, by `aboutKey`. */
  readonly eventsAbout: Index;
  /** Set where not all is told. */
  readonly crowd: CrowdView | undefined;
  readonly log: readonly LogLine[];
  readonly clock: ClockView;
  readonly components: ReadonlyMap<string, ComponentView>;
  readonly failure: string | undefined;
  /** How the lesson being played stands. */
  readonly lesson: ScenarioView | undefined;
}

const LOG_LIMIT = 2000;

export function emptyProjection(): Projection {
  return {
    ready: false,
    kinds: {},
    podsByNode: new Map(),
    ownedBy: new Map(),
    eventsAbout: new Map(),
    crowd: undefined,
    log: [],
    clock: { nowMs: 0, startEpochMs: 0, speed: 1, paused: false },
    components: new Map(),
    failure: undefined,
    lesson: undefined,
  };
}

/**
 * Carries the projection on by one batch. The maps are reused (copying 150,000 entries a frame would cost more than all
 * the rest), so an old projection must not be read again; every bucket and kind that changed gets a new identity.
 */
export function applyBatch(before: Projection, batch: Batch): Projection {
  const base = batch.reset ? emptyProjection() : before;
  const touched = new Set<string>();
  const buckets = new Set<Bucket>();
  const kinds = base.kinds as Record<string, KindView>;
  const lines: Event[] = [];
  for (const change of batch.changes) {
    let view = kinds[change.kind];
    if (!view) {
      view = { items: new Map() };
      kinds[change.kind] = view;
    }
    const items = view.items as Map<string, KubeObject>;
    const old = items.get(change.key);
    const now = asObject(change.object);
    if (now === undefined) items.delete(change.key);
    else items.set(change.key, now);
    touched.add(change.kind);
    index(base, buckets, change.kind, change.key, old, now);
    if (change.kind === "Event" && now !== undefined && !batch.crowd) lines.push(now as Event);
  }
  for (const told of batch.crowd?.told ?? []) lines.push(told as unknown as Event);
  return {
    ...base,
    ready: true,
    crowd: batch.crowd && withCells(base.crowd, batch.crowd),
    kinds: touched.size === 0 ? base.kinds : { ...kinds, ...renewed(kinds, touched) },
    log: appendLog(base.log, lines, batch.reset),
    clock: batch.clock,
    components: withComponents(base.components, batch.components),
    failure: batch.failure ?? base.failure,
    lesson: batch.lesson === undefined ? base.lesson : (batch.lesson ?? undefined),
  };
}

function withCells(before: CrowdView | undefined, { cells, gone, waiting }: CrowdChange): CrowdView {
  if (before && cells.length === 0 && gone.length === 0 && waiting === before.waiting) return before;
  const known = (before?.cells ?? new Map()) as Map<string, NodeCell>;
  let members = before?.members ?? 0;
  for (const cell of cells) {
    if (!known.has(cell.key)) members += 1;
    known.set(cell.key, cell);
  }
  for (const key of gone) if (known.delete(key)) members += 1;
  return { cells: known, members, waiting };
}

function asObject(value: JsonObject | null): KubeObject | undefined {
  return value === null ? undefined : (value as KubeObject);
}

function renewed(kinds: Record<string, KindView>, touched: ReadonlySet<string>): Record<string, KindView> {
  const fresh: Record<string, KindView> = {};
  for (const kind of touched) fresh[kind] = { items: kinds[kind]?.items ?? new Map() };
  return fresh;
}

function withComponents(before: ReadonlyMap<string, ComponentView>, changes: readonly ComponentView[]) {
  if (changes.length === 0) return before;
  const after = new Map(before);
  for (const component of changes) after.set(component.name, component);
  return after;
}

function index(base: Projection, touched: Set<Bucket>, kind: string, key: string, old?: KubeObject, now?: KubeObject) {
  if (kind === "Event") {
    move(base.eventsAbout, touched, old && aboutKey(old as Event), now && aboutKey(now as Event), key);
    return;
  }
  if (kind === "Pod") {
    const from = old && ((old as Pod).spec?.nodeName ?? "");
    const to = now && ((now as Pod).spec?.nodeName ?? "");
    move(base.podsByNode, touched, from, to, key);
  }
  move(base.ownedBy, touched, old && controllerOf(old)?.uid, now && controllerOf(now)?.uid, refId({ kind, key }));
}

/** Moves a key between two buckets. A bucket is renewed once a batch (`touched`), however much of it changes. */
function move(index: Index, touched: Set<Bucket>, from: string | undefined, to: string | undefined, key: string): void {
  if (from === to) return;
  const map = index as Map<string, Bucket>;
  const open = (name: string): Set<string> => {
    let bucket = map.get(name);
    if (!bucket || !touched.has(bucket)) {
      bucket = { keys: bucket?.keys ?? new Set() };
      map.set(name, bucket);
      touched.add(bucket);
    }
    return bucket.keys as Set<string>;
  };
  if (from !== undefined) {
    const keys = open(from);
    keys.delete(key);
    if (keys.size === 0) map.delete(from);
  }
  if (to !== undefined) open(to).add(key);
}

/** Under which key the events about an object are filed. Not its uid: events about nodes carry the name there. */
export function aboutKey(event: Event): string {
  const about = event.involvedObject;
  return `${about.kind}/${about.namespace ?? ""}/${about.name}`;
}

export function eventTime(event: Event): string {
  return event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? "";
}

function appendLog(before: readonly LogLine[], events: readonly Event[], reset: boolean): readonly LogLine[] {
  if (events.length === 0) return reset ? [] : before;
  const ordered = reset ? events.toSorted((a, b) => eventTime(a).localeCompare(eventTime(b))) : events;
  const start = before.at(-1)?.seq ?? 0;
  const added = ordered.map((event, offset) => ({ seq: start + offset + 1, event }));
  return (reset ? added : [...before, ...added]).slice(-LOG_LIMIT);
}

/** One kind of the projection, typed. */
export function kindView<K extends keyof KindTypes>(state: Projection, kind: K): KindView<KindTypes[K]> {
  return (state.kinds[kind] ?? NONE) as KindView<KindTypes[K]>;
}
const NONE: KindView = { items: new Map() };

/** Keys of what an owner controls, of one kind. */
export function ownedKeys(state: Projection, uid: string | undefined, kind: string): readonly string[] {
  const prefix = `${kind}:`;
  const keys: string[] = [];
  for (const id of state.ownedBy.get(uid ?? "")?.keys ?? []) {
    if (id.startsWith(prefix)) keys.push(id.slice(prefix.length));
  }
  return keys;
}
