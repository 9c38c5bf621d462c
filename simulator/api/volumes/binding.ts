import type { PersistentVolume, PersistentVolumeClaim } from "../refs.ts";
import type { ObjectReference } from "../schema/generated/types.ts";
import { BOUND_BY_CONTROLLER, withAnnotation } from "./annotations.ts";
import { isBoundTo } from "./claims.ts";

/** How a volume names a claim. */
export function claimReference({ apiVersion, kind, metadata }: PersistentVolumeClaim): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { kind, namespace, name, uid, apiVersion, resourceVersion };
}

// Models component-helpers storage/volume GetBindVolumeToClaim
/** The volume as bound to the claim; the same object where it is so already. */
export function boundVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  if (isBoundTo(volume, claim) && claimRef?.uid === claim.metadata.uid) return volume;
  const next = { ...volume, spec: { ...volume.spec, claimRef: claimReference(claim) } };
  // A volume that a user kept for the claim stays the user's choice.
  return isBoundTo(volume, claim) ? next : withAnnotation(next, BOUND_BY_CONTROLLER, "yes");
}
