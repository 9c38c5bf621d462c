import type { Column } from "../../../api/kind.ts";
import type { Event } from "../../../api/refs.ts";
import { ageSince, nameColumn } from "../../columns.ts";

// Models pkg/printers/internalversion printEvent
export const eventColumns: readonly Column<Event>[] = [
  {
    name: "Last Seen",
    type: "string",
    description: { type: "Event", field: "lastTimestamp" },
    priority: 0,
    cell: lastSeen,
  },
  {
    name: "Type",
    type: "string",
    description: { type: "Event", field: "type" },
    priority: 0,
    cell: (object) => object.type ?? "",
  },
  {
    name: "Reason",
    type: "string",
    description: { type: "Event", field: "reason" },
    priority: 0,
    cell: (object) => object.reason ?? "",
  },
  {
    name: "Object",
    type: "string",
    description: "The object that this event is about.",
    priority: 0,
    cell: involvedText,
  },
  {
    name: "Subobject",
    type: "string",
    description:
      'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where "name" refers to the name of the container that triggered the event) or if no container name is specified "spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.',
    priority: 1,
    cell: (object) => object.involvedObject.fieldPath ?? "",
  },
  {
    name: "Source",
    type: "string",
    description: "The component reporting this event. Should be a short machine understandable string.",
    priority: 1,
    cell: sourceText,
  },
  {
    name: "Message",
    type: "string",
    description: { type: "Event", field: "message" },
    priority: 0,
    cell: (object) => (object.message ?? "").trim(),
  },
  {
    name: "First Seen",
    type: "string",
    description: { type: "Event", field: "firstTimestamp" },
    priority: 1,
    cell: firstSeen,
  },
  {
    name: "Count",
    type: "string",
    description: "The number of times this event has occurred.",
    priority: 1,
    cell: (object) => object.series?.count ?? (object.count || 1),
  },
  nameColumn(1),
];

function firstSeen(object: Event, nowMs: number): string {
  return ageSince(object.firstTimestamp || object.eventTime, nowMs);
}

function lastSeen(object: Event, nowMs: number): string {
  if (object.series !== undefined) return ageSince(object.series.lastObservedTime, nowMs);
  return object.lastTimestamp ? ageSince(object.lastTimestamp, nowMs) : firstSeen(object, nowMs);
}

function involvedText(object: Event): string {
  const { kind = "", name = "" } = object.involvedObject;
  return name === "" ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function sourceText(object: Event): string {
  const component = object.source?.component || (object.reportingComponent ?? "");
  const instance = object.source?.host || (object.reportingInstance ?? "");
  return instance === "" ? component : `${component}, ${instance}`;
}
