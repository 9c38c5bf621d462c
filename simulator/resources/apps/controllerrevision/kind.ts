import type { Kind } from "../../../api/kind.ts";
import { controllerOf } from "../../../api/object.ts";
import { CONTROLLER_REVISIONS, type ControllerRevision } from "../../../api/refs.ts";
import { ageColumn, NONE, nameColumn } from "../../columns.ts";
import { validateControllerRevision, validateControllerRevisionUpdate } from "./validation.ts";

export const controllerRevisionKind: Kind<ControllerRevision> = {
  ref: CONTROLLER_REVISIONS,
  singular: "controllerrevision",
  namespaced: true,
  type: "ControllerRevision",
  // A number that Go always writes out.
  defaults: (object) => {
    object.revision ??= 0;
  },
  validate: validateControllerRevision,
  validateUpdate: validateControllerRevisionUpdate,
  // Models pkg/printers/internalversion printControllerRevision
  columns: [
    nameColumn(),
    {
      name: "Controller",
      type: "string",
      description: "Controller of the object",
      priority: 0,
      cell: controllerText,
    },
    {
      name: "Revision",
      type: "string",
      description: { type: "ControllerRevision", field: "revision" },
      priority: 0,
      cell: (object) => object.revision,
    },
    ageColumn(),
  ],
};

/** The controller as `statefulset.apps/web`. */
function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return NONE;
  const [group] = owner.apiVersion.includes("/") ? owner.apiVersion.split("/") : [""];
  return `${owner.kind.toLowerCase()}${group ? `.${group}` : ""}/${owner.name}`;
}
