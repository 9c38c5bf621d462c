import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import { EVENTS, type Event } from "../../../api/refs.ts";
import { eventColumns } from "./table.ts";
import { validateEvent } from "./validation.ts";

/** The index of events by the uid of the object they are about. */
export const EVENTS_BY_INVOLVED_UID = "involved";

export const eventKind: Kind<Event> = {
  ref: EVENTS,
  singular: "event",
  shortNames: ["ev"],
  namespaced: true,
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
  indexes: { [EVENTS_BY_INVOLVED_UID]: (object) => (object as Event).involvedObject.uid },
  // Models pkg/registry/core/event ToSelectableFields
  selectableFields: {
    "involvedObject.kind": ({ involvedObject }) => involvedObject.kind ?? "",
    "involvedObject.namespace": ({ involvedObject }) => involvedObject.namespace ?? "",
    "involvedObject.name": ({ involvedObject }) => involvedObject.name ?? "",
    "involvedObject.uid": ({ involvedObject }) => involvedObject.uid ?? "",
    "involvedObject.apiVersion": ({ involvedObject }) => involvedObject.apiVersion ?? "",
    "involvedObject.resourceVersion": ({ involvedObject }) => involvedObject.resourceVersion ?? "",
    "involvedObject.fieldPath": ({ involvedObject }) => involvedObject.fieldPath ?? "",
    reason: (object) => object.reason ?? "",
    reportingComponent: (object) => object.reportingComponent ?? "",
    source: (object) => object.source?.component || (object.reportingComponent ?? ""),
    type: (object) => object.type ?? "",
  },
  columns: eventColumns,
};
