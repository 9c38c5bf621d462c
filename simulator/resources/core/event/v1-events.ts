import type { OtherVersion } from "../../../api/kind.ts";
import { type FieldError, invalid, required } from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { nameIsDnsSubdomain } from "../../../api/meta/validation.ts";
import type { KubeObject, Stored } from "../../../api/object.ts";
import { type Event, resourceRef } from "../../../api/refs.ts";
import type { EventsV1Event } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { eventFields } from "./fields.ts";
import { validateEvent } from "./validation.ts";

type NewEvent = Stored<EventsV1Event>;

/** The version of events.k8s.io: the same events under other names, and stricter rules for who writes them. */
export const eventsV1: OtherVersion = {
  ref: resourceRef<KubeObject>("events.k8s.io", "v1", "events", "Event"),
  type: "EventsV1Event",
  fromStored: (object) => toEventsV1(object as Event) as unknown as KubeObject,
  toStored: (object) => toCore(object as unknown as NewEvent) as unknown as KubeObject,
  // Models pkg/apis/events/v1 AddFieldLabelConversionsForEvent
  selectableFields: {
    ...Object.fromEntries(
      Object.entries(eventFields.involvedObject).map(([name, read]) => [`regarding.${name}`, read as never]),
    ),
    reason: eventFields.reason as never,
    reportingController: eventFields.reportingComponent as never,
    type: eventFields.type as never,
  },
  rules: {
    validate: (object) => validateNewEvent(object as Event),
    validateUpdate: (object, old) => validateNewEventUpdate(object as Event, old as Event),
  },
};

// Models pkg/apis/events/v1 Convert_core_Event_To_v1_Event
function toEventsV1({ involvedObject, message, source, count, firstTimestamp, lastTimestamp, ...rest }: Event) {
  const { reportingComponent, reportingInstance, eventTime, ...kept } = rest;
  return {
    ...kept,
    eventTime: eventTime ?? null,
    ...(reportingComponent && { reportingController: reportingComponent }),
    ...(reportingInstance && { reportingInstance }),
    regarding: involvedObject,
    ...(message && { note: message }),
    deprecatedSource: source ?? {},
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count && { deprecatedCount: count }),
  };
}

// Models pkg/apis/events/v1 Convert_v1_Event_To_core_Event
function toCore({ regarding, note, reportingController, deprecatedSource, eventTime, ...rest }: NewEvent) {
  const { deprecatedCount, deprecatedFirstTimestamp, deprecatedLastTimestamp, ...kept } = rest;
  return {
    ...kept,
    involvedObject: regarding ?? {},
    source: deprecatedSource ?? {},
    ...(note && { message: note }),
    ...(eventTime && { eventTime }),
    ...(deprecatedCount && { count: deprecatedCount }),
    ...(deprecatedFirstTimestamp && { firstTimestamp: deprecatedFirstTimestamp }),
    ...(deprecatedLastTimestamp && { lastTimestamp: deprecatedLastTimestamp }),
    reportingComponent: reportingController ?? "",
    reportingInstance: rest.reportingInstance ?? "",
  };
}

// Models pkg/apis/core/validation ValidateEventCreate
function validateNewEvent(event: Event): readonly FieldError[] {
  const { type = "", source } = event;
  const { name } = event.metadata;
  const wrongName = nameIsDnsSubdomain(name, false).map((text) => invalid("metadata.name", name, text));
  const errors = [...validateEvent(event), ...wrongName, ...validateSeries(event)];
  if (!event.eventTime) errors.push(required("eventTime"));
  if (type !== "Normal" && type !== "Warning") errors.push(invalid("type", "", `has invalid value: ${type}`));
  const old = { firstTimestamp: event.firstTimestamp, lastTimestamp: event.lastTimestamp, count: event.count };
  for (const [field, value] of Object.entries(old)) {
    if (value) errors.push(invalid(field, "", "needs to be unset"));
  }
  if (source?.component || source?.host) errors.push(invalid("source", "", "needs to be unset"));
  return errors;
}

const UNCHANGEABLE = [
  ...["involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason", "type"],
  ...["eventTime", "action", "related", "reportingController", "reportingInstance"],
];

// Models pkg/apis/core/validation ValidateEventUpdate
function validateNewEventUpdate(event: Event, old: Event): readonly FieldError[] {
  const read = (object: Event, field: string) =>
    (object as unknown as Record<string, unknown>)[field === "reportingController" ? "reportingComponent" : field];
  return [
    ...validateEvent(event),
    ...(equalJson(event.series, old.series) ? [] : validateSeries(event)),
    ...UNCHANGEABLE.flatMap((field) => validateImmutable(read(event, field), read(old, field), field)),
  ];
}

function validateSeries({ series }: Event): readonly FieldError[] {
  if (series === undefined) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid("series.count", "", "should be at least 2")] : []),
    ...(series.lastObservedTime ? [] : [required("series.lastObservedTime")]),
  ];
}
