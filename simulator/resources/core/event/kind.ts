import type { Kind } from "../../../api/kind.ts";
import { nameIsPathSegment } from "../../../api/meta/validation.ts";
import type { KubeObject } from "../../../api/object.ts";
import { EVENTS, type Event } from "../../../api/refs.ts";
import { eventColumns } from "./table.ts";
import { validateEvent } from "./validation.ts";

/** The index of events by the uid of the object they are about; by `kind/namespace/name` where they carry no uid. */
const EVENTS_BY_INVOLVED_UID = "involved";

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
  indexes: { [EVENTS_BY_INVOLVED_UID]: involvedKey },
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

function involvedKey(object: KubeObject): string {
  const { uid, kind, namespace = "", name } = (object as Event).involvedObject;
  return uid || `${kind}/${namespace}/${name}`;
}
