import type { Kind } from "../../../api/kind.ts";
import { PERSISTENT_VOLUME_CLAIMS, type PersistentVolumeClaim } from "../../../api/refs.ts";
import { withDataSources } from "./data-sources.ts";
import { defaultClaim } from "./defaults.ts";
import { claimColumns } from "./table.ts";
import { validateClaim, validateClaimStatusUpdate, validateClaimUpdate } from "./validation.ts";
import { claimSpecWarnings } from "./warnings.ts";

export const persistentVolumeClaimKind: Kind<PersistentVolumeClaim> = {
  ref: PERSISTENT_VOLUME_CLAIMS,
  singular: "persistentvolumeclaim",
  shortNames: ["pvc"],
  namespaced: true,
  type: "PersistentVolumeClaim",
  defaults: defaultClaim,
  prepareCreate: (object) => ({
    ...object,
    spec: withDataSources(object.spec, undefined),
    status: { phase: "Pending" },
  }),
  prepareUpdate: (object, old) => ({ ...object, spec: withDataSources(object.spec, old.spec) }),
  prepareStatusUpdate: (object, old) => ({ ...old, metadata: object.metadata, status: object.status }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatusUpdate,
  warnings: (object) => claimSpecWarnings(object.spec, "spec"),
  view: withGroups,
  subresources: { status: true },
  columns: claimColumns,
  indexes: {
    volume: (object) => (object as PersistentVolumeClaim).spec.volumeName || undefined,
    phase: (object) => (object as PersistentVolumeClaim).status.phase,
    /** Claims whose volume has grown, and the file system on it not yet: `pending`. */
    growth: (object) => {
      const state = (object as PersistentVolumeClaim).status.allocatedResourceStatuses?.storage;
      return state === "NodeResizePending" ? "pending" : undefined;
    },
  },
};

/** Readers see `apiGroup: null` in a data source of the core group: a pointer that Go's JSON does not leave out. */
function withGroups(object: PersistentVolumeClaim): PersistentVolumeClaim {
  const { dataSource, dataSourceRef } = object.spec;
  if (!dataSource && !dataSourceRef) return object;
  const grouped = <T extends { readonly apiGroup?: string }>(source: T | undefined): T | undefined =>
    source && source.apiGroup === undefined ? { ...source, apiGroup: null } : source;
  const spec = { ...object.spec, dataSource: grouped(dataSource), dataSourceRef: grouped(dataSourceRef) };
  return { ...object, spec };
}
