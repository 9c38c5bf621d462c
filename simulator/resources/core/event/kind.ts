import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import type { KubeObject } from "../../../api/object.ts";
import { EVENTS, type Event } from "../../../api/refs.ts";
import { EventCell } from "./cell.ts";
import { eventFields } from "./fields.ts";
import { eventColumns } from "./table.ts";
import { eventsV1 } from "./v1-events.ts";
import { validateEvent } from "./validation.ts";

/** The index of events by the uid of the object they are about; by `kind/namespace/name` where they carry no uid. */
const EVENTS_BY_INVOLVED_UID = "involved";

const UNSET_TIMES = { firstTimestamp: null, lastTimestamp: null, eventTime: null };

export const eventKind: Kind<Event> = {
  ref: EVENTS,
  singular: "event",
  shortNames: ["ev"],
  namespaced: true,
  createOnUpdate: true,
  // Readers see times that were never set: Go's JSON does not leave them out.
  view: (object) => ({ ...UNSET_TIMES, ...object }) as Event,
  type: "Event",
  validateName: nameIsPathSegment,
  defaults: (object) => {
    // Go always writes these out.
    object.involvedObject ??= {};
    object.source ??= {};
    object.reportingComponent ??= "";
    object.reportingInstance ??= "";
  },
  validate: validateEvent,
  validateUpdate: validateEvent,
  indexes: { [EVENTS_BY_INVOLVED_UID]: involvedKey },
  newCell: (key, event) => new EventCell(key, event),
  selectableFields: {
    ...Object.fromEntries(
      Object.entries(eventFields.involvedObject).map(([name, read]) => [`involvedObject.${name}`, read]),
    ),
    reason: eventFields.reason,
    reportingComponent: eventFields.reportingComponent,
    source: eventFields.source,
    type: eventFields.type,
  },
  otherVersions: [eventsV1],
  columns: eventColumns,
};

function involvedKey(object: KubeObject): string {
  const { uid, kind, namespace = "", name } = (object as Event).involvedObject;
  return uid || `${kind}/${namespace}/${name}`;
}
