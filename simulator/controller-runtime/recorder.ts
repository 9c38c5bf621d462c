import type { Client } from "../api/client.ts";
import { EVENTS, type Event } from "../api/refs.ts";
import type { EventSubject, EventText } from "./component.ts";

export interface RecorderOptions {
  readonly client: Client;
  readonly source: string;
  readonly host?: string;
  readonly now: () => string;
  /** Nanoseconds since the epoch, growing with each call: the suffix of an event's name. */
  readonly stamp: () => bigint;
}

/** Writes Events; the same event again counts up. Models client-go tools/record (its logging of repeats). */
export function recordEvent(options: RecorderOptions, about: EventSubject, text: EventText): void {
  const { client, source, host, now } = options;
  const same = findSame(options, about, text);
  const time = now();
  if (same !== undefined) {
    client.update(EVENTS, { ...same, count: (same.count ?? 1) + 1, lastTimestamp: time });
    return;
  }
  const { metadata } = about;
  // Events about cluster-scoped objects live in the default namespace.
  const namespace = metadata.namespace ?? "default";
  client.create(EVENTS, {
    metadata: { name: `${metadata.name}.${options.stamp().toString(16)}`, namespace },
    involvedObject: {
      kind: about.kind,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      name: metadata.name,
      uid: metadata.uid,
      apiVersion: about.apiVersion,
      ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
      ...(text.fieldPath && { fieldPath: text.fieldPath }),
    },
    reason: text.reason,
    message: text.message,
    source: { component: source, ...(host && { host }) },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: text.type,
    ...(text.action && { action: text.action }),
    reportingComponent: source,
    ...(host && { reportingInstance: host }),
  });
}

function findSame({ client, source }: RecorderOptions, about: EventSubject, text: EventText): Event | undefined {
  for (const event of client.cache.byIndex(EVENTS, "involved", about.metadata.uid)) {
    if (
      event.reason === text.reason &&
      event.message === text.message &&
      event.type === text.type &&
      event.source?.component === source &&
      event.involvedObject.fieldPath === text.fieldPath
    ) {
      return event;
    }
  }
  return undefined;
}
