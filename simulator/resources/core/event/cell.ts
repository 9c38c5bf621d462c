import type { Event } from "../../../api/refs.ts";
import type { ObjectReference } from "../../../api/schema/generated/types.ts";
import type { Cell } from "../../../api/store.ts";

/*
 * Half of what a large cluster holds are events, seven a pod for an hour, and hardly anybody reads them. One that was
 * recorded once is kept as what only it says, and put together when somebody asks. All others are kept as they are.
 */

/** Fields of the two kinds of event as recorders write them (see recorder.ts), in their order. */
const METADATA = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];
const COUNTED = [
  ...["metadata", "involvedObject", "reason", "type", "source", "firstTimestamp", "message", "count", "lastTimestamp"],
  ...["eventTime", "reportingComponent", "reportingInstance", "apiVersion", "kind"],
];
const SERIES = [
  ...["metadata", "involvedObject", "reason", "type", "message", "source", "firstTimestamp", "lastTimestamp"],
  ...["eventTime", "action", "reportingComponent", "reportingInstance", "apiVersion", "kind"],
];

/** What many events say alike: all of one reason by one source in one namespace. */
interface Said {
  readonly namespace: string;
  readonly reason: Event["reason"];
  readonly type: Event["type"];
  readonly source: Event["source"];
  readonly component: Event["reportingComponent"];
  readonly instance: Event["reportingInstance"];
  /** Of the newer kind of event; undefined: it is one of those that are counted. */
  readonly action: string | undefined;
}

/** By the instance that reports them. */
const known = new Map<string, Said[]>();
const MOST_INSTANCES = 16_384;
const MOST_SAID = 32;

/** What an event says like others; undefined where its source says too many different things to remember them. */
function saidBy(event: Event): Said | undefined {
  const { reportingInstance: instance, reportingComponent: component, source, reason, type, action } = event;
  const { namespace = "" } = event.metadata;
  let list = known.get(instance ?? "");
  if (list === undefined) {
    if (known.size >= MOST_INSTANCES) known.clear();
    list = [];
    known.set(instance ?? "", list);
  }
  for (const said of list) {
    if (said.reason !== reason || said.component !== component || said.instance !== instance) continue;
    if (said.type !== type || said.action !== action || said.namespace !== namespace) continue;
    if (said.source?.component === source?.component && said.source?.host === source?.host) return said;
  }
  if (list.length >= MOST_SAID) return undefined;
  const said: Said = { namespace, reason, type, source, component, instance, action };
  list.push(said);
  return said;
}

/** A place for an event, whole or in pieces. */
export class EventCell implements Cell<Event> {
  readonly key: string;
  #whole: Event | undefined;
  #said: Said | undefined;
  #about: ObjectReference | undefined;
  #message: string | undefined;
  #uid = "";
  #revision = 0;
  /** When it was made: of a counted one in seconds, of the newer kind in microseconds. */
  #time = "";

  constructor(key: string, event: Event) {
    this.key = key;
    this.object = event;
  }

  get object(): Event {
    return this.#whole ?? this.#together();
  }

  set object(event: Event) {
    const { uid, resourceVersion } = event.metadata;
    const revision = Number(resourceVersion);
    const time = onlyTime(event);
    const said = time === undefined || String(revision) !== resourceVersion ? undefined : saidBy(event);
    if (said === undefined || time === undefined) {
      this.#whole = event;
      return;
    }
    this.#whole = undefined;
    this.#said = said;
    this.#about = event.involvedObject;
    this.#message = event.message;
    this.#uid = uid;
    this.#revision = revision;
    this.#time = time;
  }

  #together(): Event {
    const said = this.#said as Said;
    const { namespace, action } = said;
    const time = this.#time;
    const metadata = Object.freeze({
      name: this.key.slice(namespace.length + 1),
      namespace,
      uid: this.#uid,
      resourceVersion: String(this.#revision),
      creationTimestamp: action === undefined ? time : secondOf(time),
    });
    const about = this.#about as ObjectReference;
    return action === undefined
      ? counted(said, metadata, about, this.#message, time)
      : ofSeries(said, metadata, about, this.#message, time);
  }
}

type Made = Event["metadata"];
type Message = string | undefined;

function counted(said: Said, metadata: Made, involvedObject: ObjectReference, message: Message, time: string): Event {
  return Object.freeze({
    metadata,
    involvedObject,
    reason: said.reason,
    type: said.type,
    source: said.source,
    firstTimestamp: time,
    message,
    count: 1,
    lastTimestamp: time,
    eventTime: UNSET,
    reportingComponent: said.component,
    reportingInstance: said.instance,
    apiVersion: "v1",
    kind: "Event",
  });
}

function ofSeries(said: Said, metadata: Made, involvedObject: ObjectReference, message: Message, time: string): Event {
  return Object.freeze({
    metadata,
    involvedObject,
    reason: said.reason,
    type: said.type,
    message,
    source: said.source,
    firstTimestamp: UNSET,
    lastTimestamp: UNSET,
    eventTime: time,
    action: said.action,
    reportingComponent: said.component,
    reportingInstance: said.instance,
    apiVersion: "v1",
    kind: "Event",
  });
}

/** As Go writes a time that was not set. */
const UNSET = null as unknown as undefined;

/** The one time that an event tells, where it can be put together from what a cell keeps; undefined where it can't. */
function onlyTime(event: Event): string | undefined {
  const { metadata, eventTime, firstTimestamp, lastTimestamp, source } = event;
  const { creationTimestamp: made } = metadata;
  if (!metadata.namespace) return undefined;
  if (event.apiVersion !== "v1" || event.kind !== "Event" || !hasFields(metadata, METADATA)) return undefined;
  if (event.action === undefined) {
    const isOnce = firstTimestamp === made && lastTimestamp === made && event.count === 1 && eventTime === null;
    return isOnce && source !== undefined && hasFields(event, COUNTED) ? made : undefined;
  }
  if (typeof eventTime !== "string" || firstTimestamp !== null || lastTimestamp !== null) return undefined;
  return secondOf(eventTime) === made && source !== undefined && hasFields(event, SERIES) ? eventTime : undefined;
}

/** Whether an object has just these fields, in this order. */
function hasFields(object: object, fields: readonly string[]): boolean {
  let at = 0;
  for (const field in object) if (field !== fields[at++]) return false;
  return at === fields.length;
}

/** `2026-01-01T00:00:00.123000Z` without the fraction. */
function secondOf(time: string): string {
  return `${time.slice(0, 19)}Z`;
}
