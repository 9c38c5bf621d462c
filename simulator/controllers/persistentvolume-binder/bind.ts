import type { Status } from "../../api/errors.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from "../../api/refs.ts";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, withAnnotation } from "../../api/volumes/annotations.ts";
import { boundVolume } from "../../api/volumes/binding.ts";
import { equalJson } from "../../base/json.ts";
import { ok, type Result } from "../../base/result.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";

// The writes of a binding, each only where it changes something. Models pkg/controller/volume/persistentvolume.

type Written<T> = Result<T, Status>;

/** Binds a volume to a claim: the volume first, both phases in between. Returns why that failed, if it did. */
export function bind(
  context: ComponentContext,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): Status | undefined {
  const claimed = bindVolume(context, volume, claim);
  if (!claimed.ok) return claimed.error;
  const bound = updateVolumePhase(context, claimed.value, "Bound");
  if (!bound.ok) return bound.error;
  const completed = bindClaim(context, claim, bound.value);
  if (!completed.ok) return completed.error;
  const settled = updateClaimStatus(context, completed.value, "Bound", bound.value);
  return settled.ok ? undefined : settled.error;
}

function bindVolume(
  { client }: ComponentContext,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): Written<PersistentVolume> {
  const next = boundVolume(volume, claim);
  return next === volume ? ok(volume) : client.update(PERSISTENT_VOLUMES, next);
}

function bindClaim(
  { client }: ComponentContext,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
): Written<PersistentVolumeClaim> {
  const { name } = volume.metadata;
  let next = claim;
  if (claim.spec.volumeName !== name) {
    next = withAnnotation({ ...claim, spec: { ...claim.spec, volumeName: name } }, BOUND_BY_CONTROLLER, "yes");
  }
  if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) next = withAnnotation(next, BIND_COMPLETED, "yes");
  return next === claim ? ok(claim) : client.update(PERSISTENT_VOLUME_CLAIMS, next);
}

// Models updateClaimStatus
/** Sets a claim's phase, and what it got of its volume. What a bound claim shows of its size stays: it may be growing. */
export function updateClaimStatus(
  { client }: ComponentContext,
  claim: PersistentVolumeClaim,
  phase: "Pending" | "Bound" | "Lost",
  volume?: PersistentVolume,
): Written<PersistentVolumeClaim> {
  const { accessModes: _, capacity, currentVolumeAttributesClassName: __, ...rest } = claim.status;
  const isNew = claim.status.phase !== phase;
  const attributes = volume?.spec.volumeAttributesClassName;
  const status =
    volume === undefined
      ? { ...rest, phase }
      : {
          ...rest,
          phase,
          accessModes: volume.spec.accessModes,
          ...(isNew ? { capacity: volume.spec.capacity } : capacity && { capacity }),
          ...(attributes !== undefined && { currentVolumeAttributesClassName: attributes }),
        };
  if (equalJson(status, claim.status)) return ok(claim);
  return client.updateStatus(PERSISTENT_VOLUME_CLAIMS, { ...claim, status });
}

/** Sets a volume's phase, with a message where it failed. */
export function updateVolumePhase(
  { client }: ComponentContext,
  volume: PersistentVolume,
  phase: string,
  message = "",
): Written<PersistentVolume> {
  if (volume.status.phase === phase) return ok(volume);
  const { message: _, ...rest } = volume.status;
  const status = { ...rest, phase, ...(message !== "" && { message }) };
  return client.updateStatus(PERSISTENT_VOLUMES, { ...volume, status });
}

// Models unbindVolume
/** Takes a binding back; a volume that a user kept for a claim stays kept for its name. */
export function unbind(context: ComponentContext, volume: PersistentVolume): Status | undefined {
  const { [BOUND_BY_CONTROLLER]: own, ...annotations } = volume.metadata.annotations ?? {};
  const { claimRef, ...spec } = volume.spec;
  const { uid: _, ...kept } = claimRef ?? {};
  const next =
    own === undefined
      ? { ...volume, spec: { ...spec, claimRef: kept } }
      : {
          ...volume,
          metadata: {
            ...volume.metadata,
            annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
          },
          spec,
        };
  const updated = context.client.update(PERSISTENT_VOLUMES, next);
  if (!updated.ok) return updated.error;
  const freed = updateVolumePhase(context, updated.value, "Available");
  return freed.ok ? undefined : freed.error;
}
