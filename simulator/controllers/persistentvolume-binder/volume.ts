import type { Status } from "../../api/errors.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from "../../api/refs.ts";
import { PROVISIONED_BY } from "../../api/volumes/annotations.ts";
import { claimKeyOfVolume } from "../../api/volumes/claims.ts";
import { hasModeMismatch } from "../../api/volumes/matching.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { unbind, updateVolumePhase } from "./bind.ts";
import { syncClaim } from "./claim.ts";

type Failure = Status | undefined;

// Models pkg/controller/volume/persistentvolume syncVolume
/** One look at a volume. Returns what the API refused, if anything. */
export function syncVolume(context: ComponentContext, volume: PersistentVolume): Failure {
  const { claimRef } = volume.spec;
  // Free, or kept for a claim that is not bound to it yet.
  if (!claimRef?.uid) return setPhase(context, volume, "Available");
  const named = context.cache.get(PERSISTENT_VOLUME_CLAIMS, claimKeyOfVolume(volume) ?? "");
  // A claim of that name that was made later is another one.
  const claim = named?.metadata.uid === claimRef.uid ? named : undefined;
  if (claim === undefined) return release(context, volume);
  if (!claim.spec.volumeName) {
    if (hasModeMismatch(claim, volume)) return tellMismatch(context, volume, claim);
    return syncClaim(context, claim);
  }
  if (claim.spec.volumeName === volume.metadata.name) return setPhase(context, volume, "Bound");
  const isProvisioned = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined;
  // Made for the claim, which found another one.
  if (isProvisioned && volume.spec.persistentVolumeReclaimPolicy === "Delete") return release(context, volume);
  return unbind(context, volume);
}

function setPhase(context: ComponentContext, volume: PersistentVolume, phase: string): Failure {
  const written = updateVolumePhase(context, volume, phase);
  return written.ok ? undefined : written.error;
}

function tellMismatch(
  { recordEvent }: ComponentContext,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): undefined {
  const [volumeName, claimName] = [volume.metadata.name, claim.metadata.name];
  const why = `to requested PersistentVolumeClaim "${claimName}" due to incompatible volumeMode.`;
  recordEvent(volume, {
    type: "Warning",
    reason: "VolumeMismatch",
    message: `Cannot bind PersistentVolume ${why}`,
  });
  recordEvent(claim, {
    type: "Warning",
    reason: "VolumeMismatch",
    message: `Cannot bind PersistentVolume "${volumeName}" ${why}`,
  });
}

/** The claim is gone: what its policy says is done. A failure that was told stays to be seen. */
function release(context: ComponentContext, volume: PersistentVolume): Failure {
  let released = volume;
  if (volume.status.phase !== "Failed") {
    const written = updateVolumePhase(context, volume, "Released");
    if (!written.ok) return written.error;
    released = written.value;
  }
  const policy = volume.spec.persistentVolumeReclaimPolicy;
  if (policy === "Delete") return deleteVolume(context, released);
  // Recycling is deprecated, and needs a pod that nobody runs here.
  if (policy !== "Recycle") return undefined;
  return fail(context, released, "VolumeFailedRecycle", "No recycler plugin found for the volume!");
}

// Models deleteVolumeOperation and findDeletablePlugin
function deleteVolume(context: ComponentContext, volume: PersistentVolume): Failure {
  const { name, annotations, deletionTimestamp } = volume.metadata;
  // Who made it deletes it.
  if (annotations?.[PROVISIONED_BY] || deletionTimestamp !== undefined) return undefined;
  const why = whyNotDeletable(volume);
  if (why !== undefined) return fail(context, volume, "VolumeFailedDelete", why);
  const deleted = context.client.delete(PERSISTENT_VOLUMES, name);
  return deleted.ok || deleted.error.code === 404 ? undefined : deleted.error;
}

/** The controller manager can delete one sort of volume by itself: folders below /tmp. */
function whyNotDeletable({ metadata: { name }, spec }: PersistentVolume): string | undefined {
  const { hostPath, nfs } = spec;
  if (hostPath !== undefined) {
    if (/\/tmp\/.+/.test(hostPath.path)) return undefined;
    return `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
  }
  const plugins = nfs === undefined ? "no volume plugin matched" : "no deletable volume plugin matched";
  return `error getting deleter volume plugin for volume "${name}": ${plugins}`;
}

// Models updateVolumePhaseWithEvent
/** Marks a volume as failed, and says so when that is new. */
function fail(context: ComponentContext, volume: PersistentVolume, reason: string, message: string): Failure {
  if (volume.status.phase === "Failed") return undefined;
  const written = updateVolumePhase(context, volume, "Failed", message);
  if (!written.ok) return written.error;
  context.recordEvent(written.value, { type: "Warning", reason, message });
  return undefined;
}
