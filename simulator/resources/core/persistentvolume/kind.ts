import type { Kind, WriteContext } from "../../../api/kind.ts";
import { PERSISTENT_VOLUMES, type PersistentVolume } from "../../../api/refs.ts";
import { storageClassOf } from "../../../api/volumes/annotations.ts";
import { claimKeyOfVolume } from "../../../api/volumes/claims.ts";
import type { Draft } from "../../../base/json.ts";
import { roundResources } from "../pod/container-defaults.ts";
import { defaultVolume } from "../pod/volume-defaults.ts";
import { persistentVolumeColumns } from "./table.ts";
import { validatePersistentVolume, validatePersistentVolumeUpdate } from "./validation.ts";
import { persistentVolumeWarnings } from "./warnings.ts";

export const persistentVolumeKind: Kind<PersistentVolume> = {
  ref: PERSISTENT_VOLUMES,
  singular: "persistentvolume",
  shortNames: ["pv"],
  namespaced: false,
  type: "PersistentVolume",
  defaults: defaultPersistentVolume,
  prepareCreate: (object, { now }) => ({ ...object, status: { phase: "Pending", lastPhaseTransitionTime: now } }),
  prepareStatusUpdate,
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings: persistentVolumeWarnings,
  subresources: { status: true },
  columns: persistentVolumeColumns,
  indexes: {
    class: (object) => storageClassOf(object as PersistentVolume),
    /** The claim that it is bound to or kept for: `namespace/name`. */
    claim: (object) => claimKeyOfVolume(object as PersistentVolume),
    phase: (object) => (object as PersistentVolume).status.phase,
  },
};

// Models pkg/apis/core/v1 SetDefaults_PersistentVolume and the defaults of its sources
function defaultPersistentVolume(object: Draft<PersistentVolume>): void {
  object.spec ??= {};
  object.status ??= {};
  const { spec, status } = object;
  status.phase ||= "Pending";
  spec.persistentVolumeReclaimPolicy ||= "Retain";
  spec.volumeMode ??= "Filesystem";
  if (spec.capacity) spec.capacity = roundResources(spec.capacity);
  const { hostPath, iscsi, rbd, azureDisk, scaleIO } = spec;
  // They are the same sources as a pod's, but for where they look for secrets.
  defaultVolume({ name: "", hostPath, iscsi, rbd, azureDisk, scaleIO });
}

// Models pkg/registry/core/persistentvolume persistentvolumeStatusStrategy: a new phase is stamped with its time.
function prepareStatusUpdate(object: PersistentVolume, old: PersistentVolume, { now }: WriteContext): PersistentVolume {
  const { phase, lastPhaseTransitionTime } = object.status;
  const unstamped =
    lastPhaseTransitionTime === undefined || lastPhaseTransitionTime === old.status.lastPhaseTransitionTime;
  const moved = phase !== old.status.phase && unstamped;
  const status = moved ? { ...object.status, lastPhaseTransitionTime: now } : object.status;
  return { ...object, spec: old.spec, status };
}
