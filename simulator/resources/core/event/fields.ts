import type { Event } from "../../../api/refs.ts";

type Read = (object: Event) => string;

/** What events are found by. Models pkg/registry/core/event ToSelectableFields. */
export const eventFields = {
  involvedObject: {
    kind: ({ involvedObject }) => involvedObject.kind ?? "",
    namespace: ({ involvedObject }) => involvedObject.namespace ?? "",
    name: ({ involvedObject }) => involvedObject.name ?? "",
    uid: ({ involvedObject }) => involvedObject.uid ?? "",
    apiVersion: ({ involvedObject }) => involvedObject.apiVersion ?? "",
    resourceVersion: ({ involvedObject }) => involvedObject.resourceVersion ?? "",
    fieldPath: ({ involvedObject }) => involvedObject.fieldPath ?? "",
  } as Readonly<Record<string, Read>>,
  reason: ((object) => object.reason ?? "") as Read,
  reportingComponent: ((object) => object.reportingComponent ?? "") as Read,
  source: ((object) => object.source?.component || (object.reportingComponent ?? "")) as Read,
  type: ((object) => object.type ?? "") as Read,
};
