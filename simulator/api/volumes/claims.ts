import type { KubeObject } from "../object.ts";
import { joinKey } from "../object.ts";
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from "../refs.ts";
import type { Volume } from "../schema/generated/types.ts";
import { BIND_COMPLETED, isDefaultClass } from "./annotations.ts";

/** A volume of a pod that stands for a claim. */
export interface PodClaim {
  readonly volume: string;
  readonly claimName: string;
  /** The claim is made for the pod, and goes with it. */
  readonly isEphemeral: boolean;
  readonly readOnly: boolean;
}

const NONE: readonly PodClaim[] = Object.freeze([]);

// Models component-helpers storage/ephemeral VolumeClaimName
export function ephemeralClaimName(pod: Pod, volume: Volume): string {
  return `${pod.metadata.name}-${volume.name}`;
}

/** The claims that a pod mounts, in the order of its volumes. */
export function claimsOfPod(pod: Pod): readonly PodClaim[] {
  let claims: PodClaim[] | undefined;
  for (const volume of pod.spec.volumes ?? []) {
    const { persistentVolumeClaim: claim, ephemeral, name } = volume;
    if (claim) {
      claims ??= [];
      claims.push({ volume: name, claimName: claim.claimName, isEphemeral: false, readOnly: claim.readOnly === true });
    } else if (ephemeral) {
      claims ??= [];
      claims.push({ volume: name, claimName: ephemeralClaimName(pod, volume), isEphemeral: true, readOnly: false });
    }
  }
  return claims ?? NONE;
}

/** Keys of the claims that a pod mounts: the values of the pods' index `claim`. */
export function claimKeysOfPod(object: KubeObject): readonly string[] | undefined {
  const pod = object as Pod;
  const claims = claimsOfPod(pod);
  if (claims.length === 0) return undefined;
  return [...new Set(claims.map(({ claimName }) => joinKey(pod.metadata.namespace, claimName)))];
}

/** The claim that a volume is bound to, or kept for: `namespace/name`. */
export function claimKeyOfVolume({ spec: { claimRef } }: PersistentVolume): string | undefined {
  return claimRef?.name ? joinKey(claimRef.namespace, claimRef.name) : undefined;
}

// Models component-helpers storage/ephemeral VolumeIsForPod
/** Why a claim of an ephemeral volume's name is not the pod's own, or undefined. */
export function foreignClaim(pod: Pod, claim: PersistentVolumeClaim): string | undefined {
  const { name, namespace } = claim.metadata;
  const own = claim.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === pod.metadata.uid);
  if (own && namespace === pod.metadata.namespace) return undefined;
  return `PVC ${namespace}/${name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
}

/** Whether both halves of a binding are written. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec.volumeName) && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

// Models component-helpers storage/volume IsVolumeBoundToClaim
/** Whether a volume is bound to the claim, or kept for it by name. */
export function isBoundTo({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef === undefined) return false;
  if (claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

// Models pkg/volume/util GetDefaultClass
/** The default class; of several the newest, then the first by name. */
export function defaultClassOf(classes: Iterable<StorageClass>): StorageClass | undefined {
  let best: StorageClass | undefined;
  for (const one of classes) {
    if (!isDefaultClass(one)) continue;
    if (best === undefined || isNewer(one, best)) best = one;
  }
  return best;
}

function isNewer({ metadata: a }: StorageClass, { metadata: b }: StorageClass): boolean {
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp > b.creationTimestamp;
  return a.name < b.name;
}
