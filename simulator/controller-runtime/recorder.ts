import type { Client } from "../api/client.ts";
import { blankMetadata } from "../api/object.ts";
import { EVENTS, type Event } from "../api/refs.ts";
import type { ObjectReference } from "../api/schema/generated/types.ts";
import { flat } from "../base/flat.ts";
import type { JsonObject } from "../base/json.ts";
import type { EventSubject, EventText } from "./component.ts";
import { EventCorrelator } from "./event-correlator.ts";
import { EventSeries } from "./event-series.ts";

/** What a recorder needs of the component whose events it writes. */
export interface RecorderHome {
  readonly client: Client;
  readonly nowMs: number;
  formatTime(ms: number): string;
  formatMicroTime(ms: number): string;
  parseMs(time: string): number;
  /** Nanoseconds since the epoch, growing with each call: the suffix of an event's name. */
  stamp(): bigint;
  /** Asks for a call of `finishSeries` after a while. */
  finishSeriesLater(delayMs: number): void;
}

/** Whose events they are. */
interface EventAuthor {
  readonly source: string;
  readonly host?: string;
  /** When this life of the source began: it knows nothing of events from before. */
  readonly startedMs: number;
}

/** Not set, as Go writes it: the event type's times are always there. */
const NO_TIME = null as unknown as undefined;
const NO_SOURCE = Object.freeze({});

/**
 * Writes the events of one life of a source. An event with an action is of the newer kind (events.k8s.io), as the
 * scheduler's are; it may come back as a series. All others are counted, combined and held back as client-go's older
 * recorder does. Models client-go tools/record and tools/events.
 */
export class Recorder {
  readonly #home: RecorderHome;
  readonly #author: EventAuthor;
  readonly #since: string;
  /** One for all its events. */
  readonly #source: Event["source"];
  readonly #correlator: EventCorrelator;
  readonly #series: EventSeries;

  constructor(home: RecorderHome, author: EventAuthor) {
    const { startedMs, source, host } = author;
    this.#home = home;
    this.#author = author;
    this.#source = Object.freeze({ component: source, ...(host && { host }) });
    // Without the Z, so that it sorts before the same second with and without a fraction.
    this.#since = home.formatTime(startedMs).slice(0, -1);
    this.#correlator = new EventCorrelator(home.parseMs);
    this.#series = new EventSeries(startedMs, home.parseMs);
  }

  record(about: EventSubject, text: EventText): void {
    if (text.action === undefined) this.#recordCounted(about, text);
    else this.#recordSeries(about, text, text.action);
  }

  /** Writes how the series stand that are due; called after `later`. */
  finishSeries(): void {
    const { client, nowMs } = this.#home;
    for (const { key, count, lastMs } of this.#series.due(nowMs)) {
      const event = client.cache.get(EVENTS, key);
      if (event === undefined) continue;
      client.update(EVENTS, { ...event, series: { count, lastObservedTime: this.#home.formatMicroTime(lastMs) } });
    }
    if (!this.#series.isEmpty) this.#home.finishSeriesLater(this.#series.nextDueMs(nowMs));
  }

  save(): JsonObject {
    return { correlator: this.#correlator.save(), series: this.#series.save() };
  }

  load(state: JsonObject): void {
    this.#correlator.load(state.correlator as JsonObject);
    this.#series.load(state.series as JsonObject);
  }

  #recordCounted(about: EventSubject, text: EventText): void {
    const { client, nowMs } = this.#home;
    const { source, host } = this.#author;
    const { type, reason, message, fieldPath } = text;
    const involved = involvedKey(about);
    const events = this.#known(about, involved, source);
    const correlated = this.#correlator.correlate({ involved, type, reason, message, fieldPath }, events, nowMs);
    if (correlated === undefined) return;
    const { same, count } = correlated;
    const time = this.#home.formatTime(nowMs);
    const { message: words } = correlated;
    if (same !== undefined && client.update(EVENTS, { ...same, message: words, count, lastTimestamp: time }).ok) return;
    client.create(EVENTS, {
      metadata: this.#metadata(about),
      involvedObject: sharedWith(events.at(-1), about, fieldPath) ?? involvedObject(about, fieldPath),
      reason,
      type,
      source: this.#source,
      firstTimestamp: same?.firstTimestamp ?? time,
      message: words,
      count,
      lastTimestamp: time,
      eventTime: NO_TIME,
      reportingComponent: source,
      reportingInstance: host ?? "",
      apiVersion: "v1",
      kind: "Event",
    });
  }

  #recordSeries(about: EventSubject, text: EventText, action: string): void {
    const { client, nowMs } = this.#home;
    const { host } = this.#author;
    const { source = this.#author.source } = text;
    const { resourceVersion } = about.metadata;
    const identity = { type: text.type, reason: text.reason, action, resourceVersion, fieldPath: text.fieldPath };
    const wasEmpty = this.#series.isEmpty;
    const seen = this.#series.observe(identity, this.#known(about, involvedKey(about), source), nowMs);
    if (wasEmpty && !this.#series.isEmpty) this.#home.finishSeriesLater(this.#series.nextDueMs(nowMs));
    if (seen === "counted") return;
    const time = this.#home.formatMicroTime(nowMs);
    if (seen !== "create") {
      client.update(EVENTS, { ...seen.event, series: { count: seen.count, lastObservedTime: time } });
      return;
    }
    client.create(EVENTS, {
      metadata: this.#metadata(about),
      involvedObject: involvedObject(about, text.fieldPath),
      reason: text.reason,
      type: text.type,
      message: flat(text.message),
      source: NO_SOURCE,
      firstTimestamp: NO_TIME,
      lastTimestamp: NO_TIME,
      eventTime: time,
      action,
      reportingComponent: source,
      reportingInstance: host === undefined ? source : `${source}-${host}`,
      apiVersion: "v1",
      kind: "Event",
    });
  }

  /** Events that this life of the source wrote about an object. */
  #known(about: EventSubject, involved: string, source: string): Event[] {
    const { client } = this.#home;
    const { host } = this.#author;
    const known: Event[] = [];
    for (const event of client.cache.byIndex(EVENTS, "involved", involved)) {
      const { involvedObject } = event;
      const mine =
        event.reportingComponent === source &&
        (event.source?.host ?? host) === host &&
        (event.firstTimestamp ?? event.eventTime ?? "") >= this.#since &&
        involvedObject.apiVersion === about.apiVersion;
      if (mine) known.push(event);
    }
    return known;
  }

  #metadata({ metadata: { name, namespace } }: EventSubject): Event["metadata"] {
    // Events about cluster-scoped objects live in the default namespace.
    return blankMetadata(flat(`${name}.${this.#home.stamp().toString(16)}`), namespace || "default");
  }
}

/** What the event before was about, where that is the same: a container is pulled, created and started in one state. */
function sharedWith(
  before: Event | undefined,
  { kind, metadata }: EventSubject,
  fieldPath: string | undefined,
): ObjectReference | undefined {
  const involved = before?.involvedObject;
  const isSame =
    involved !== undefined &&
    involved.resourceVersion === metadata.resourceVersion &&
    involved.fieldPath === fieldPath &&
    involved.uid === metadata.uid &&
    involved.name === metadata.name &&
    involved.kind === kind;
  return isSame ? involved : undefined;
}

/** What an event is about. Whole at once where it says all: a pod's way to Running has seven events. */
function involvedObject({ kind, apiVersion, metadata }: EventSubject, fieldPath: string | undefined): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  if (namespace && uid && resourceVersion) {
    return fieldPath
      ? { kind, namespace, name, uid, apiVersion, resourceVersion, fieldPath }
      : { kind, namespace, name, uid, apiVersion, resourceVersion };
  }
  const involved: { -readonly [Field in keyof ObjectReference]: ObjectReference[Field] } = { kind };
  if (namespace) involved.namespace = namespace;
  involved.name = name;
  if (uid) involved.uid = uid;
  involved.apiVersion = apiVersion;
  if (resourceVersion) involved.resourceVersion = resourceVersion;
  if (fieldPath) involved.fieldPath = fieldPath;
  return involved;
}

/** How events about an object are found: by its uid, or by its name where they were written without. */
function involvedKey({ kind, metadata: { uid, namespace = "", name } }: EventSubject): string {
  return uid || `${kind}/${namespace}/${name}`;
}
