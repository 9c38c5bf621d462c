import type { Status as Refusal } from "../../api/errors.ts";
import { joinKey, keyOf } from "../../api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolumeClaim,
  type StorageClass,
} from "../../api/refs.ts";
import { SELECTED_NODE, withAnnotation } from "../../api/volumes/annotations.ts";
import { boundVolume } from "../../api/volumes/binding.ts";
import { claimsOfPod, isFullyBound } from "../../api/volumes/claims.ts";
import type { CsiDriver } from "../../api/volumes/refs.ts";
import { equalJson } from "../../base/json.ts";
import {
  type ClusterEvent,
  failure,
  type PluginDefinition,
  type PluginHandle,
  SKIP,
  type Status,
  unresolvable,
  WAIT,
} from "../framework.ts";
import { reachesNode } from "../node-selection.ts";
import type { PodInfo } from "../pod-info.ts";
import { type Conflict, claimProblem, type Plan, type PodVolumes, planFor, volumesOfPod } from "../pod-volumes.ts";

const NAME = "VolumeBinding";
const UNBOUND = unresolvable(NAME, "pod has unbound immediate PersistentVolumeClaims");
const TEXTS: { readonly [Name in Conflict]: string } = {
  node: "node(s) didn't match PersistentVolume's node affinity",
  bind: "node(s) didn't find available persistent volumes to bind",
  space: "node(s) did not have enough free storage",
  absent: "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
};
const rejections = new Map<string, Status>();

/** One status for all nodes of the same conflicts. */
function rejection(conflicts: readonly Conflict[]): Status {
  const key = conflicts.join();
  let status = rejections.get(key);
  if (status === undefined) {
    status = unresolvable(NAME, ...conflicts.map((one) => TEXTS[one]));
    rejections.set(key, status);
  }
  return status;
}

function isPlan(found: Plan | readonly Conflict[]): found is Plan {
  return "bindings" in found;
}

function preBindFailure(why: string): Status {
  return failure(NAME, `running PreBind plugin "${NAME}": binding volumes: ${why}`);
}

/** Volumes of claims: bound ones must be reachable, others be there or be made. Models plugins/volumebinding. */
export const volumeBinding: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: (handle) => ({
    name: NAME,
    events: {
      "node/add": true,
      "node/label": true,
      "claim/add": isOwnClaim,
      "claim/update": isOwnClaim,
      "volume/add": true,
      "volume/update": true,
      "class/add": true,
      "csiNode/add": true,
      "csiNode/update": true,
      "csiDriver/update": (_pod, { storage, previousStorage }) =>
        (previousStorage as CsiDriver | undefined)?.spec.storageCapacity === true &&
        (storage as CsiDriver | undefined)?.spec.storageCapacity !== true,
      "capacity/add": true,
      "capacity/update": true,
      "class/update": (_pod, { storage, previousStorage }) =>
        !equalJson(
          (storage as StorageClass | undefined)?.allowedTopologies,
          (previousStorage as StorageClass | undefined)?.allowedTopologies,
        ),
    },
    preFilter: ({ pod }) => {
      if (claimsOfPod(pod).length === 0) return SKIP;
      const problem = claimProblem(handle.objects, pod);
      if (problem !== undefined) return unresolvable(NAME, problem);
      const state = volumesOfPod(handle.objects, pod);
      return state.immediate.length > 0 ? UNBOUND : { state };
    },
    filter: (state, _pod, node) => {
      const found = planFor(handle.objects, state as PodVolumes, node);
      return isPlan(found) ? undefined : rejection(found);
    },
    preBind: ({ pod }, nodeName, isAgain) => {
      if (claimsOfPod(pod).length === 0) return undefined;
      const volumes = volumesOfPod(handle.objects, pod);
      if (volumes.delayed.length === 0 && volumes.immediate.length === 0) return undefined;
      return isAgain ? check(handle, pod, nodeName) : request(handle, volumes, nodeName);
    },
  }),
};

// Models isSchedulableAfterPersistentVolumeClaimChange
function isOwnClaim({ pod, namespace }: PodInfo, { storage }: ClusterEvent): boolean {
  if (storage?.metadata.namespace !== namespace) return false;
  return claimsOfPod(pod).some(({ claimName }) => claimName === storage.metadata.name);
}

// Models bindAPIUpdate
/** Keeps volumes for the pod's claims, and asks for those that have to be made. */
function request({ client, objects, nodes }: PluginHandle, volumes: PodVolumes, nodeName: string) {
  const node = nodes.get(nodeName);
  const plan = node && planFor(objects, volumes, node);
  if (plan === undefined || !isPlan(plan)) return preBindFailure(`failed to get node "${nodeName}"`);
  const refused = (error: Refusal) => preBindFailure(error.message);
  for (const { volume, claim } of plan.bindings) {
    const next = boundVolume(volume, claim);
    const updated = next === volume ? undefined : client.update(PERSISTENT_VOLUMES, next);
    if (updated?.ok === false) return refused(updated.error);
  }
  for (const claim of plan.provisions) {
    if (claim.metadata.annotations?.[SELECTED_NODE] === nodeName) continue;
    const updated = client.update(PERSISTENT_VOLUME_CLAIMS, withAnnotation(claim, SELECTED_NODE, nodeName));
    if (!updated.ok) return refused(updated.error);
  }
  return WAIT;
}

// Models checkBindings
/** Whether the binder and the provisioners have done what they were asked for. */
function check({ objects, nodes }: PluginHandle, pod: PodInfo["pod"], nodeName: string) {
  const node = nodes.get(nodeName);
  if (node === undefined) return preBindFailure(`failed to get node "${nodeName}": node "${nodeName}" not found`);
  let isDone = true;
  for (const { claimName } of claimsOfPod(pod)) {
    const key = joinKey(pod.metadata.namespace, claimName);
    const claim = objects.get(PERSISTENT_VOLUME_CLAIMS, key);
    if (claim === undefined) {
      return preBindFailure(`failed to check provisioning pvc: could not find v1.PersistentVolumeClaim "${key}"`);
    }
    const volume = claim.spec.volumeName ? objects.get(PERSISTENT_VOLUMES, claim.spec.volumeName) : undefined;
    if (volume !== undefined && !reachesNode(volume.spec.nodeAffinity, node)) {
      const why = `node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`;
      return preBindFailure(`pv "${volume.metadata.name}" ${why}`);
    }
    if (isFullyBound(claim)) continue;
    isDone = false;
    const isAsked = claim.metadata.annotations?.[SELECTED_NODE] === nodeName || isKept(claim);
    // A provisioner that failed takes the annotation away, so that another node is tried.
    if (!isAsked) return preBindFailure(`provisioning failed for PVC "${claimName}"`);
  }
  return isDone ? undefined : WAIT;

  function isKept(claim: PersistentVolumeClaim): boolean {
    for (const volume of objects.byIndex(PERSISTENT_VOLUMES, "claim", keyOf(claim))) {
      if (volume.spec.claimRef?.uid === claim.metadata.uid) return true;
    }
    return false;
  }
}
