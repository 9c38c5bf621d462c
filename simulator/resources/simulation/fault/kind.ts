import type { Kind } from "../../../api/kind.ts";
import { FAULTS, type Fault } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateFault, validateFaultStatusUpdate, validateFaultUpdate } from "./validation.ts";

/** What an instructor breaks: our own kind. */
export const faultKind: Kind<Fault> = {
  ref: FAULTS,
  singular: "fault",
  namespaced: false,
  hasGeneration: true,
  types: {
    Fault: { apiVersion: "string", kind: "string", metadata: "ObjectMeta", spec: "FaultSpec!", status: "FaultStatus" },
    FaultSpec: { type: "string!", target: "FaultTarget!", duration: "string" },
    FaultTarget: {
      kind: "string!",
      name: "string",
      namespace: "string",
      selector: "LabelSelector",
      zone: "string",
      container: "string",
    },
    FaultStatus: { phase: "string", hit: "[string]", startTime: "microtime", endTime: "microtime", message: "string" },
  },
  defaults: defaultFault,
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateFault,
  validateUpdate: validateFaultUpdate,
  validateStatusUpdate: validateFaultStatusUpdate,
  subresources: { status: true },
  selectableFields: {
    "spec.type": (object) => object.spec.type,
    "status.phase": (object) => object.status.phase ?? "",
  },
  columns: [
    nameColumn(),
    {
      name: "Type",
      type: "string",
      description: "What breaks, such as NodeCrash.",
      priority: 0,
      cell: (object) => object.spec.type,
    },
    { name: "Target", type: "string", description: "What it breaks.", priority: 0, cell: targetText },
    {
      name: "Phase",
      type: "string",
      description: "Active while it lasts; Finished when its duration is over; Failed when nothing could be hit.",
      priority: 0,
      cell: (object) => object.status.phase ?? "",
    },
    ageColumn(),
  ],
};

/** Pods are looked for in the namespace `default` unless the target says otherwise, as kubectl does. */
function defaultFault(object: Draft<Fault>): void {
  const target = object.spec?.target;
  if (target?.kind === "Pod") target.namespace ||= "default";
}

function targetText(object: Fault): string {
  const { kind, name, namespace, selector, zone, container } = object.spec.target;
  const where = namespace ? `${namespace}/` : "";
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const what =
    name || (zone ? `zone=${zone}` : `${labels.join(",")}${selector?.matchExpressions?.length ? ",..." : ""}`);
  return `${kind.toLowerCase()}/${where}${what}${container ? `/${container}` : ""}`;
}
