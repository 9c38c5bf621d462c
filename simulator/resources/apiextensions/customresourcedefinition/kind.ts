import type { Kind } from "../../../api/kind.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, type CustomResourceDefinition } from "../../../api/refs.ts";
import { createdAtColumn, nameColumn } from "../../columns.ts";
import { CLEANUP_FINALIZER, withCondition } from "./conditions.ts";
import { definitionDefaults } from "./defaults.ts";
import { validateDefinition, validateDefinitionUpdate, validateStatus } from "./validation.ts";

/** Definitions of kinds; `api/custom` makes kinds of them. */
export const customResourceDefinitionKind: Kind<CustomResourceDefinition> = {
  ref: CUSTOM_RESOURCE_DEFINITIONS,
  singular: "customresourcedefinition",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
  type: "CustomResourceDefinition",
  hasGeneration: true,
  subresources: { status: true },
  defaults: definitionDefaults,
  prepareCreate: (definition) => withStorageVersion({ ...definition, status: {} }),
  prepareUpdate: (definition) => withStorageVersion(definition),
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  validateStatusUpdate: validateStatus,
  // A definition goes after its objects; the deletion itself asks for that.
  hasOwnFinalizers: ({ metadata }) => metadata.deletionTimestamp === undefined,
  beginDelete: (definition) => {
    const { finalizers = [], deletionTimestamp = "" } = definition.metadata;
    if (definition.status.conditions?.some(({ type }) => type === "Terminating")) return definition;
    const added = finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER];
    const terminating = {
      type: "Terminating",
      status: "True",
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    };
    const marked = { ...definition, metadata: { ...definition.metadata, finalizers: added } };
    return withCondition(marked, terminating, deletionTimestamp);
  },
  columns: [nameColumn(), createdAtColumn()],
};

/** Remembers each version in which objects may have been stored. */
function withStorageVersion(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { storedVersions = [] } = definition.status ?? {};
  const storage = definition.spec.versions.find((version) => version.storage)?.name;
  if (storage === undefined || storedVersions.includes(storage)) return definition;
  return { ...definition, status: { ...definition.status, storedVersions: [...storedVersions, storage] } };
}
