import type { Cache } from "../api/client.ts";
import { labelSelectorMatches } from "../api/meta/labels.ts";
import { compareQuantities, quantityOf } from "../api/meta/quantity.ts";
import { joinKey } from "../api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  STORAGE_CLASSES,
  type StorageClass,
} from "../api/refs.ts";
import { SELECTED_NODE, storageClassOf } from "../api/volumes/annotations.ts";
import { claimsOfPod, foreignClaim, isFullyBound } from "../api/volumes/claims.ts";
import { findMatchingVolume } from "../api/volumes/matching.ts";
import { CSI_DRIVERS, CSI_STORAGE_CAPACITIES } from "../api/volumes/refs.ts";
import { type NodeFacts, reachesNode } from "./node-selection.ts";

// What a pod's claims ask of a node. Models plugins/volumebinding binder.go.

/** A pod's claims by how far they are. */
export interface PodVolumes {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Wait for the pod's node; the smallest first. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** Wait for the binder. */
  readonly immediate: readonly PersistentVolumeClaim[];
}

/** What is to be written when the pod goes to a node. */
export interface Plan {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

export type Conflict = "node" | "bind" | "space" | "absent";

const NO_PROVISIONER = "kubernetes.io/no-provisioner";
const sizeOf = ({ spec }: PersistentVolumeClaim) => quantityOf(spec.resources?.requests?.storage);

// Models podHasPVCs
/** Why a pod's claims can't be used by it at all, or undefined. */
export function claimProblem(cache: Cache, pod: Pod): string | undefined {
  for (const { claimName, isEphemeral } of claimsOfPod(pod)) {
    const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(pod.metadata.namespace, claimName));
    if (claim === undefined) {
      return isEphemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${claimName}"`
        : `persistentvolumeclaim "${claimName}" not found`;
    }
    if (claim.status.phase === "Lost") {
      return `persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ""}"`;
    }
    if (claim.metadata.deletionTimestamp !== undefined) {
      return `persistentvolumeclaim "${claimName}" is being deleted`;
    }
    const why = isEphemeral ? foreignClaim(pod, claim) : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}

// Models GetPodVolumeClaims
export function volumesOfPod(cache: Cache, pod: Pod): PodVolumes {
  const bound: PersistentVolumeClaim[] = [];
  const delayed: PersistentVolumeClaim[] = [];
  const immediate: PersistentVolumeClaim[] = [];
  for (const { claimName } of claimsOfPod(pod)) {
    const claim = cache.get(PERSISTENT_VOLUME_CLAIMS, joinKey(pod.metadata.namespace, claimName));
    if (claim === undefined) continue;
    if (isFullyBound(claim)) bound.push(claim);
    else if (!claim.spec.volumeName && waitsForConsumer(cache, claim)) delayed.push(claim);
    else immediate.push(claim);
  }
  delayed.sort((a, b) => compareQuantities(sizeOf(a), sizeOf(b)));
  return { bound, delayed, immediate };
}

function classOf(cache: Cache, claim: PersistentVolumeClaim): StorageClass | undefined {
  const name = storageClassOf(claim);
  return name === "" ? undefined : cache.get(STORAGE_CLASSES, name);
}

function waitsForConsumer(cache: Cache, claim: PersistentVolumeClaim): boolean {
  return classOf(cache, claim)?.volumeBindingMode === "WaitForFirstConsumer";
}

// Models FindPodVolumes
/** What has to be written for the pod to go to a node, or everything that keeps it away. */
export function planFor(cache: Cache, { bound, delayed }: PodVolumes, node: NodeFacts): Plan | readonly Conflict[] {
  const first = boundConflict(cache, bound, node);
  const conflicts: Conflict[] = first === "node" ? ["node"] : [];
  const plan = delayed.length === 0 ? { bindings: [], provisions: [] } : planDelayed(cache, delayed, node);
  if (typeof plan === "string") conflicts.push(plan);
  if (first === "absent") conflicts.push("absent");
  return conflicts.length > 0 || typeof plan === "string" ? conflicts : plan;
}

function boundConflict(
  cache: Cache,
  bound: readonly PersistentVolumeClaim[],
  node: NodeFacts,
): "node" | "absent" | undefined {
  for (const { spec } of bound) {
    const volume = cache.get(PERSISTENT_VOLUMES, spec.volumeName ?? "");
    if (volume === undefined) return "absent";
    if (!reachesNode(volume.spec.nodeAffinity, node)) return "node";
  }
  return undefined;
}

function planDelayed(cache: Cache, claims: readonly PersistentVolumeClaim[], node: NodeFacts): Plan | "bind" | "space" {
  const bindings: { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[] = [];
  const provisions: PersistentVolumeClaim[] = [];
  const unmatched: PersistentVolumeClaim[] = [];
  const taken = new Set<string>();
  const fitsNode = (volume: PersistentVolume) => reachesNode(volume.spec.nodeAffinity, node);
  for (const claim of claims) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected !== undefined) {
      if (selected !== node.name) return "bind";
      provisions.push(claim);
      continue;
    }
    const volumes = cache.byIndex(PERSISTENT_VOLUMES, "class", storageClassOf(claim));
    const volume = findMatchingVolume(claim, volumes, { delayBinding: true, fitsNode, taken });
    if (volume === undefined) unmatched.push(claim);
    else {
      taken.add(volume.metadata.name);
      bindings.push({ volume, claim });
    }
  }
  provisions.push(...unmatched);
  for (const claim of provisions) {
    if (!canProvision(cache, claim, node)) return "bind";
    if (!hasSpace(cache, claim, node)) return "space";
  }
  return { bindings, provisions };
}

// Models hasEnoughCapacity
/** Whether a driver that publishes how much it can make has said that it can make so much for the node. */
function hasSpace(cache: Cache, claim: PersistentVolumeClaim, node: NodeFacts): boolean {
  const storageClass = classOf(cache, claim);
  const asked = claim.spec.resources?.requests?.storage;
  if (storageClass === undefined || asked === undefined) return true;
  if (cache.get(CSI_DRIVERS, storageClass.provisioner)?.spec.storageCapacity !== true) return true;
  for (const { capacity, maximumVolumeSize, nodeTopology } of cache.byIndex(
    CSI_STORAGE_CAPACITIES,
    "class",
    storageClass.metadata.name,
  )) {
    const limit = maximumVolumeSize ?? capacity;
    if (limit === undefined || compareQuantities(quantityOf(limit), quantityOf(asked)) < 0) continue;
    if (nodeTopology !== undefined && labelSelectorMatches(nodeTopology, node.labels)) return true;
  }
  return false;
}

// Models checkVolumeProvisions
function canProvision(cache: Cache, claim: PersistentVolumeClaim, node: NodeFacts): boolean {
  const storageClass = classOf(cache, claim);
  if (!storageClass?.provisioner || storageClass.provisioner === NO_PROVISIONER) return false;
  const { allowedTopologies = [] } = storageClass;
  if (allowedTopologies.length === 0) return true;
  // Models pkg/apis/core/v1/helper MatchTopologySelectorTerms
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.length > 0
      ? matchLabelExpressions.every(({ key, values }) => values.includes(node.labels[key] ?? ""))
      : false,
  );
}
