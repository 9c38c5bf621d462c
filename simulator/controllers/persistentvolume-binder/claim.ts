import type { Status } from "../../api/errors.ts";
import { internalError } from "../../api/errors.ts";
import { keyOf } from "../../api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  PODS,
  STORAGE_CLASSES,
} from "../../api/refs.ts";
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  hasStorageClass,
  SELECTED_NODE,
  storageClassOf,
} from "../../api/volumes/annotations.ts";
import { claimKeyOfVolume, defaultClassOf, isBoundTo } from "../../api/volumes/claims.ts";
import { findBestVolume, whyUnsuitable } from "../../api/volumes/matching.ts";
import type { Result } from "../../base/result.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { isPodTerminal } from "../shared/pods.ts";
import { bind, updateClaimStatus } from "./bind.ts";
import { provision } from "./provision.ts";

type Failure = Status | undefined;

// Models pkg/controller/volume/persistentvolume syncClaim
/** One look at a claim. Returns what the API refused, if anything. */
export function syncClaim(context: ComponentContext, claim: PersistentVolumeClaim): Failure {
  return claim.metadata.annotations?.[BIND_COMPLETED] === undefined
    ? syncUnbound(context, claim)
    : syncBound(context, claim);
}

function syncUnbound(context: ComponentContext, claim: PersistentVolumeClaim): Failure {
  return claim.spec.volumeName ? syncNamed(context, claim, claim.spec.volumeName) : syncFree(context, claim);
}

const setPhase = (context: ComponentContext, claim: PersistentVolumeClaim, phase: "Pending"): Failure => {
  const written = updateClaimStatus(context, claim, phase);
  return written.ok ? undefined : written.error;
};

/** Its user does not care which volume it gets. */
function syncFree(context: ComponentContext, claim: PersistentVolumeClaim): Failure {
  const { cache } = context;
  const className = storageClassOf(claim);
  const isDelayed =
    className !== "" && cache.get(STORAGE_CLASSES, className)?.volumeBindingMode === "WaitForFirstConsumer";
  const volume = findBestVolume(claim, candidates(context, claim), isDelayed);
  if (volume !== undefined) return bind(context, volume, claim);
  const given = giveDefaultClass(context, claim);
  if (given !== undefined) return given.ok ? syncFree(context, given.value) : given.error;
  if (isDelayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) tellWaiting(context, claim);
  else if (className !== "") return provision(context, claim);
  else {
    context.recordEvent(claim, {
      type: "Normal",
      reason: "FailedBinding",
      message: "no persistent volumes available for this claim and no storage class is set",
    });
  }
  return setPhase(context, claim, "Pending");
}

/** Volumes of its class, and those that are kept for it. */
function candidates({ cache }: ComponentContext, claim: PersistentVolumeClaim): readonly PersistentVolume[] {
  const kept = [...cache.byIndex(PERSISTENT_VOLUMES, "claim", keyOf(claim))];
  const free = [...cache.byIndex(PERSISTENT_VOLUMES, "class", storageClassOf(claim))];
  return [...kept, ...free.filter((volume) => !kept.includes(volume))];
}

// Models assignDefaultStorageClass
/** A claim that said nothing of a class gets a default one that came later; undefined when there is nothing to give. */
function giveDefaultClass(
  { cache, client }: ComponentContext,
  claim: PersistentVolumeClaim,
): Result<PersistentVolumeClaim, Status> | undefined {
  if (hasStorageClass(claim)) return undefined;
  const found = defaultClassOf(cache.byIndex(STORAGE_CLASSES, "default", "true"));
  if (found === undefined) return undefined;
  const spec = { ...claim.spec, storageClassName: found.metadata.name };
  return client.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, spec });
}

// Models emitEventForUnboundDelayBindingClaim
function tellWaiting({ cache, recordEvent }: ComponentContext, claim: PersistentVolumeClaim): void {
  const names: string[] = [];
  for (const pod of cache.byIndex(PODS, "claim", keyOf(claim))) {
    if (!pod.spec.nodeName && !isPodTerminal(pod)) names.push(pod.metadata.name);
  }
  const [reason, message] =
    names.length === 0
      ? ["WaitForFirstConsumer", "waiting for first consumer to be created before binding"]
      : ["WaitForPodScheduled", `waiting for ${names.length > 1 ? "pods" : "pod"} ${names.join(",")} to be scheduled`];
  recordEvent(claim, { type: "Normal", reason, message });
}

/** Its user asked for a certain volume. */
function syncNamed(context: ComponentContext, claim: PersistentVolumeClaim, volumeName: string): Failure {
  const volume = context.cache.get(PERSISTENT_VOLUMES, volumeName);
  if (volume === undefined) return setPhase(context, claim, "Pending");
  const warn = (reason: string, message: string): Failure => {
    context.recordEvent(claim, { type: "Warning", reason, message });
    return setPhase(context, claim, "Pending");
  };
  if (volume.spec.claimRef === undefined) {
    const why = whyUnsuitable(volume, claim);
    if (why === undefined) return bind(context, volume, claim);
    return warn("VolumeMismatch", `Cannot bind to requested volume "${volumeName}": ${why}`);
  }
  if (isBoundTo(volume, claim)) return bind(context, volume, claim);
  if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) {
    return warn("FailedBinding", `volume "${volumeName}" already bound to a different claim.`);
  }
  const other = claimKeyOfVolume(volume);
  const why = `volume already claimed by "${other}"`;
  return internalError(`invalid binding of claim "${keyOf(claim)}" to volume "${volumeName}": ${why}`);
}

/** It was bound once: from there it can only stay bound or be lost. */
function syncBound(context: ComponentContext, claim: PersistentVolumeClaim): Failure {
  const { volumeName } = claim.spec;
  const lost = (reason: string, message: string): Failure => {
    if (claim.status.phase === "Lost") return undefined;
    const written = updateClaimStatus(context, claim, "Lost");
    if (!written.ok) return written.error;
    context.recordEvent(claim, { type: "Warning", reason, message });
    return undefined;
  };
  if (!volumeName) {
    return lost("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
  }
  const volume = context.cache.get(PERSISTENT_VOLUMES, volumeName);
  if (volume === undefined) {
    return lost("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
  }
  const { claimRef } = volume.spec;
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return bind(context, volume, claim);
  return lost("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
}
