import type { Kind } from "../../../api/kind.ts";
import { CSI_NODES, type CsiNode } from "../../../api/volumes/refs.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";
import { validateCsiNode, validateCsiNodeUpdate } from "./validation.ts";

export const csiNodeKind: Kind<CsiNode> = {
  ref: CSI_NODES,
  singular: "csinode",
  namespaced: false,
  type: "CSINode",
  defaults: (object) => {
    const spec: { drivers?: unknown } = object.spec ?? {};
    object.spec = spec as typeof object.spec;
  },
  validate: validateCsiNode,
  validateUpdate: validateCsiNodeUpdate,
  // Readers see `drivers: null` until there are any: a list that Go's JSON does not leave out.
  view: (object) => (object.spec.drivers ? object : { ...object, spec: { drivers: null as unknown as [] } }),
  // Models pkg/printers/internalversion printCSINode
  columns: [
    nameColumn(),
    column("Drivers", "integer", "Drivers indicates the number of CSI drivers registered on the node", (object) => {
      return object.spec.drivers?.length ?? 0;
    }),
    ageColumn(),
  ],
};
