import { ok } from "../../base/result.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from "../refs.ts";
import { PV_PROTECTION, PVC_PROTECTION } from "../volumes/annotations.ts";
import type { AdmissionPlugin } from "./plugin.ts";

// Models plugin/pkg/admission/storage/storageobjectinuseprotection
/** Volumes and claims are made with the finalizer that keeps them while they are in use. */
export const storageProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  resources: [PERSISTENT_VOLUMES.id, PERSISTENT_VOLUME_CLAIMS.id],
  verbs: ["create"],
  mutate: ({ kind, object }) => {
    const finalizer = kind.ref.id === PERSISTENT_VOLUMES.id ? PV_PROTECTION : PVC_PROTECTION;
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(finalizer)) return ok(object);
    return ok({ ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } });
  },
};
