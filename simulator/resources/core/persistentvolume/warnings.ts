import { child, index, key } from "../../../api/meta/field-error.ts";
import type { PersistentVolume } from "../../../api/refs.ts";
import type { PersistentVolumeSpec } from "../../../api/schema/generated/types.ts";
import { CLASS_ANNOTATION } from "../../../api/volumes/annotations.ts";
import { fractionWarnings, OLD_VOLUMES, termWarnings } from "../pod/warnings.ts";

const MOUNT_OPTIONS_ANNOTATION = "volume.beta.kubernetes.io/mount-options";
/** Of the old plugins only the first that is given, in this order. */
const OLD_SOURCES = ["cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd"];

// Models pkg/api/persistentvolume GetWarningsForPersistentVolume
export function persistentVolumeWarnings({ metadata, spec }: PersistentVolume): readonly string[] {
  const annotations = metadata.annotations ?? {};
  const annotated = (name: string, since: string, field: string) =>
    annotations[name] === undefined
      ? []
      : [`${key("metadata.annotations", name)}: deprecated since ${since}; use "${field}" attribute instead`];
  const recycle =
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.";
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const given = OLD_SOURCES.find((field) => spec[field as keyof PersistentVolumeSpec] !== undefined);
  const old = OLD_VOLUMES.find(([field]) => field === given);
  return [
    ...annotated(CLASS_ANNOTATION, "v1.8", "storageClassName"),
    ...annotated(MOUNT_OPTIONS_ANNOTATION, "v1.31", "mountOptions"),
    ...(spec.persistentVolumeReclaimPolicy === "Recycle" ? [recycle] : []),
    ...terms.flatMap((term, at) => termWarnings(term, index("spec.nodeAffinity.required.nodeSelectorTerms", at))),
    ...(old ? [`${child("spec.persistentVolumeSource", old[1])}: ${old[2]}`] : []),
    ...fractionWarnings(spec.capacity, "spec.capacity", ["storage"]),
  ];
}
