import { forbidden } from "../errors.ts";
import { compareQuantities, quantityOf } from "../meta/quantity.ts";
import { PERSISTENT_VOLUME_CLAIMS, type PersistentVolumeClaim, STORAGE_CLASSES } from "../refs.ts";
import { storageClassOf } from "../volumes/annotations.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const requestOf = ({ spec }: PersistentVolumeClaim) => quantityOf(spec.resources?.requests?.storage);

// Models plugin/pkg/admission/storage/persistentvolume/resize
/** Only bound claims of a class that allows it may ask for more. */
export const claimResize: AdmissionPlugin = {
  name: "PersistentVolumeClaimResize",
  resources: [PERSISTENT_VOLUME_CLAIMS.id],
  verbs: ["update"],
  validate: ({ object, old, context }) => {
    const claim = object as PersistentVolumeClaim;
    const before = old as PersistentVolumeClaim;
    if (compareQuantities(requestOf(claim), requestOf(before)) <= 0) return undefined;
    const refuse = (why: string) => forbidden(PERSISTENT_VOLUME_CLAIMS, claim.metadata.name, why);
    if (before.status.phase !== "Bound") return refuse("Only bound persistent volume claims can be expanded");
    const className = storageClassOf(claim);
    const found =
      className === storageClassOf(before) ? context.find(STORAGE_CLASSES, undefined, className) : undefined;
    if (found?.allowVolumeExpansion === true) return undefined;
    return refuse(
      "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
    );
  },
};
