import type { Event, JsonObject, KubeObject } from "../../simulator/index.ts";
import { type Leaf, type Leaves, leafChanges, leavesOf } from "./leaves.ts";
import { plainMessage, withoutControlPlane } from "./messages.ts";
import { type Names, withoutRefused } from "./names.ts";
import type { Diff, RecordedEvent, Recording } from "./recording.ts";

export type Changes = ReadonlyMap<string, readonly [Leaf, Leaf]>;

/** One change of one object. Whether it is there is the leaf `exists`. */
export interface Step {
  /** Seconds since the first action. */
  readonly t: number;
  readonly changes: Changes;
}

/** One occurrence of an event. */
export interface Occurrence {
  readonly t: number;
  readonly source: string;
  /** Type, reason, message, and the part of the object that it is about. */
  readonly text: string;
}

/** What happened, by object: `Pod web-<hash1>-<2>`. */
export interface History {
  readonly objects: ReadonlyMap<string, readonly Step[]>;
  readonly events: ReadonlyMap<string, readonly Occurrence[]>;
}

/** A commit of the simulation, as seen. */
export interface Seen {
  readonly t: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
}

const EXISTS = "exists";

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Which objects a history is about. */
export type Wanted = (kind: string, name: string, namespace: string | undefined) => boolean;

export function recordedHistory(given: Recording, wanted: Wanted): History {
  const recording = JSON.parse(withoutNodes(JSON.stringify(given), given)) as Recording;
  const objects = new Map<string, Step[]>();
  for (const { t, verb, kind, name, namespace, object, diff } of recording.changes) {
    if (!wanted(kind, name, namespace ?? undefined)) continue;
    const changes = new Map(object === undefined ? leavesOfDiff(diff ?? {}) : leafChanges(new Map(), leavesOf(object)));
    mark(changes, kind, verb);
    if (changes.size > 0) push(objects, `${kind} ${name}`, { t, changes });
  }
  const events = new Map<string, Occurrence[]>();
  const counts = new Map<string, number>();
  for (const event of recording.events) {
    const { kind, name, namespace } = event.involvedObject;
    if (event.verb !== "DELETED" && wanted(kind, name, namespace)) addOccurrences(events, counts, event);
  }
  return { objects, events };
}

function mark(changes: Map<string, readonly [Leaf, Leaf]>, kind: string, verb: Seen["type"]): void {
  if (verb === "ADDED") changes.set(EXISTS, [null, true]);
  if (verb === "DELETED") changes.set(EXISTS, [true, null]);
  // It counts the writes, and how many changes of endpoints one write takes together is a matter of lags.
  if (kind === "EndpointSlice") changes.delete("metadata.generation");
}

function leavesOfDiff(diff: Diff): Changes {
  const before = new Map<string, Leaf>();
  const after = new Map<string, Leaf>();
  for (const [path, [old, now]] of Object.entries(diff)) {
    for (const [leaf, value] of leavesOf(old, path)) before.set(leaf, value);
    for (const [leaf, value] of leavesOf(now, path)) after.set(leaf, value);
  }
  return leafChanges(before, after);
}

/**
 * Whether an image is pulled depends on what ran before. The recorded kubelets were killed with their containers, but no
 * machine was without power, and they had no cgroups to enforce anything with.
 */
const LEFT_OUT = ["Pulling", "Rebooted", "NodeAllocatableEnforced"];

/** An event's count says how often it happened; that of one which is first seen may go back to before the case. */
function addOccurrences(into: Map<string, Occurrence[]>, counts: Map<string, number>, event: RecordedEvent): void {
  const { t, type, reason, involvedObject, source, count } = event;
  if (LEFT_OUT.includes(reason)) return;
  const message = plainMessage(event.message);
  const { kind, name, fieldPath } = involvedObject;
  const text = `${type} ${reason} ${message}${fieldPath === undefined ? "" : ` (${fieldPath})`}`;
  const key = `${kind} ${name} ${source} ${text}`;
  const known = counts.get(key);
  counts.set(key, count);
  const times = known === undefined || event.verb === "ADDED" ? 1 : count - known;
  if (kind === "Node" && source === "kubelet" && isEcho(into.get(`${kind} ${name}`), t, text)) return;
  for (let time = 0; time < times; time++) push(into, `${kind} ${name}`, { t, source, text });
}

/** Where no node is told from the others, it is chance which of them a pod lands on. */
function withoutNodes(text: string, { setup, actions }: Recording): string {
  if (actions.some(({ what }) => /\b(node|fake)-\d/.test(what))) return text;
  return setup.nodes.reduce((now, { name }) => now.replaceAll(new RegExp(`\\b${name}\\b`, "g"), "<node>"), text);
}

/** What a run of ours was. `startSecond`: the clock second of the first action, since 1970. */
export interface Run {
  readonly recording: Recording;
  readonly seen: readonly Seen[];
  readonly names: Names;
  readonly startSecond: number;
}

/** The history of a run of ours, from what was committed. */
export function simulatedHistory(run: Run, wanted: Wanted): History {
  const { seen } = run;
  const objects = new Map<string, Step[]>();
  const events = new Map<string, Occurrence[]>();
  const counts = new Map<string, number>();
  const before = new Map<string, Leaves>();
  for (const { t, type, object } of seen) {
    if (object.kind === "Event") {
      const event = eventOf(t, type, masked(object, run) as unknown as Event);
      const { kind, name, namespace } = event.involvedObject;
      if (t >= 0 && type !== "DELETED" && wanted(kind, name, namespace)) addOccurrences(events, counts, event);
      continue;
    }
    const plain = masked(object, run);
    const name = (plain.metadata as JsonObject).name as string;
    const { uid, namespace } = object.metadata;
    if (!wanted(object.kind, name, namespace)) continue;
    const leaves = leavesOf(plain);
    const changes = new Map(leafChanges(before.get(uid) ?? new Map(), leaves));
    before.set(uid, leaves);
    mark(changes, object.kind, type);
    if (t >= 0 && changes.size > 0) push(objects, `${object.kind} ${name}`, { t, changes });
  }
  return { objects, events };
}

/** The recordings' runtime names an image as the pod does; containerd says the whole name. */
const HUB = "docker.io/library/";
const TIME = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z"/g;

/** An object with the recordings' names and times. */
function masked(object: KubeObject, { names, startSecond, recording }: Run): JsonObject {
  const text = JSON.stringify(object).replace(TIME, (_whole, time: string) => {
    const seconds = Date.parse(`${time}Z`) / 1000 - startSecond;
    return `"T${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}"`;
  });
  const plain = withoutControlPlane(withoutRefused(names.mask(text)).replaceAll(HUB, ""));
  return JSON.parse(withoutNodes(plain, recording)) as JsonObject;
}

/** A kubelet that starts tells its node's state two to four times in the first second: how often is chance. */
function isEcho(known: readonly Occurrence[] | undefined, t: number, text: string): boolean {
  return known?.some((other) => other.text === text && t - other.t < 1) === true;
}

function eventOf(t: number, verb: Seen["type"], event: Event): RecordedEvent {
  const { type = "", reason = "", message = "", involvedObject, reportingComponent, source, series, count } = event;
  return {
    t,
    verb,
    type,
    reason,
    message,
    involvedObject: involvedObject as RecordedEvent["involvedObject"],
    source: source?.component || reportingComponent || "",
    count: series?.count ?? (count || 1),
  };
}
