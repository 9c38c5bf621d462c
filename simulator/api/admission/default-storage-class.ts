import { ok } from "../../base/result.ts";
import { PERSISTENT_VOLUME_CLAIMS, type PersistentVolumeClaim, STORAGE_CLASSES } from "../refs.ts";
import { hasStorageClass } from "../volumes/annotations.ts";
import { defaultClassOf } from "../volumes/claims.ts";
import type { AdmissionPlugin } from "./plugin.ts";

// Models plugin/pkg/admission/storage/storageclass/setdefault
/** A claim that says nothing of a class gets the default one, where there is one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: "DefaultStorageClass",
  resources: [PERSISTENT_VOLUME_CLAIMS.id],
  verbs: ["create"],
  mutate: ({ object, context }) => {
    const claim = object as PersistentVolumeClaim;
    if (hasStorageClass(claim)) return ok(claim);
    const found = defaultClassOf(context.byIndex(STORAGE_CLASSES, "default", "true"));
    return ok(
      found === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } },
    );
  },
};
