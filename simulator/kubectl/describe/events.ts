import { timeOf } from "../../api/meta/time.ts";
import type { Event, ObjectMeta } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import { type Describing, listAllowed } from "./describer.ts";
import { sinceText } from "./parts.ts";

/** Whose events are looked for; a kind or UID that is absent does not count. */
export interface EventSubject {
  readonly name: string;
  readonly namespace: string;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
}

/** An object as events name it. */
export function subjectOf(object: JsonObject): EventSubject {
  const metadata = (object.metadata ?? {}) as ObjectMeta;
  const { name = "", namespace = "", uid } = metadata;
  return { name, namespace, kind: String(object.kind), uid };
}

// Models kubectl pkg/describe searchEvents
/** Events about an object; undefined when they are not wanted, or not allowed to be seen. */
export async function eventsOf(describing: Describing, subject: EventSubject): Promise<readonly Event[] | undefined> {
  if (!describing.showEvents) return undefined;
  const { name, namespace, kind, uid } = subject;
  const terms = [
    kind ? `involvedObject.kind=${kind}` : "",
    `involvedObject.name=${name}`,
    `involvedObject.namespace=${namespace}`,
    uid ? `involvedObject.uid=${uid}` : "",
  ];
  const path = namespace === "" ? "/api/v1/events" : `/api/v1/namespaces/${namespace}/events`;
  const fieldSelector = terms.filter((term) => term !== "").join(",");
  return (await listAllowed(describing, path, { fieldSelector })) as readonly Event[] | undefined;
}

/** The last part of nearly every description. Models kubectl pkg/describe DescribeEvents. */
export function writeEvents({ out, nowEpochMs }: Describing, events: readonly Event[] | undefined): void {
  if (events === undefined) return;
  if (events.length === 0) {
    out.write(0, "Events:\t<none>\n");
    return;
  }
  out.flush();
  const lastMs = (event: Event) => timeOf(event.lastTimestamp) ?? Number.NEGATIVE_INFINITY;
  const sorted = [...events].sort((a, b) => (lastMs(a) === lastMs(b) ? 0 : lastMs(a) - lastMs(b)));
  out.write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n");
  out.write(1, "----\t------\t----\t----\t-------\n");
  for (const event of sorted) {
    const { type = "", reason = "", source, reportingComponent = "", involvedObject, message = "" } = event;
    const { fieldPath = "" } = involvedObject;
    const from = source?.component || reportingComponent;
    const text = fieldPath === "" ? message.trim() : `${fieldPath}: ${message.trim()}`;
    out.write(1, `${type}\t${reason}\t${intervalText(event, nowEpochMs)}\t${from}\t${text}\n`);
  }
}

/** `5m`, or `10s (x4 over 5m)`. */
export function intervalText(
  { eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: Event,
  nowEpochMs: number,
) {
  const first = sinceText(eventTime || firstTimestamp, nowEpochMs);
  if (series) return `${sinceText(series.lastObservedTime, nowEpochMs)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${sinceText(lastTimestamp, nowEpochMs)} (x${count} over ${first})` : first;
}

/** Looks for an object's events and writes them. */
export async function describeEvents(object: JsonObject, describing: Describing): Promise<void> {
  writeEvents(describing, await eventsOf(describing, subjectOf(object)));
}
