import type { Deployment, ReplicaSet } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";
import type { Outcome } from "../../../controller-runtime/controller.ts";
import {
  active,
  activeOrLatest,
  allOf,
  byCreation,
  desiredReplicas,
  isRollingUpdate,
  maxSurge,
  type ReplicaSets,
  sizeOf,
  totalSize,
} from "./controller-replica-sets.ts";
import { isSaturated, noticedMaxReplicas, noticedReplicas } from "./controller-revisions.ts";
import { countStatus } from "./controller-status.ts";
import type { DeploymentSync } from "./controller-sync.ts";

// Models pkg/controller/deployment sync
/** Scales a deployment that is paused, or whose size was changed: no pod gets another template here. */
export function syncSize(sync: DeploymentSync): Outcome {
  const split = sync.split(false);
  if (!split.ok) return { failed: split.error };
  const scaled = scaleAll(sync, split.value);
  if (scaled?.failed !== undefined) return scaled;
  const failure = sync.deployment.spec.paused ? sync.cleanUp(split.value.old) : undefined;
  return failure === undefined ? syncStatus(sync, split.value) : { failed: failure };
}

// Models pkg/controller/deployment syncStatusOnly
export function syncStatusOnly(sync: DeploymentSync): Outcome {
  const split = sync.split(false);
  return split.ok ? syncStatus(sync, split.value) : { failed: split.error };
}

// Models pkg/controller/deployment syncDeploymentStatus
function syncStatus(sync: DeploymentSync, sets: ReplicaSets): Outcome {
  const status = countStatus(sync.deployment, sets, sync.context.now);
  return equalJson(sync.deployment.status, status) ? undefined : sync.writeStatus(status);
}

// Models pkg/controller/deployment isScalingEvent
/** Whether a replica set was last scaled for another size of the deployment than it has now. */
export function isResized(deployment: Deployment, sets: ReplicaSets): boolean {
  return active(allOf(sets)).some((replicaSet) => {
    const noticed = noticedReplicas(replicaSet);
    return noticed !== undefined && noticed !== desiredReplicas(deployment);
  });
}

// Models pkg/controller/deployment scale
function scaleAll(sync: DeploymentSync, sets: ReplicaSets): Outcome {
  const { deployment } = sync;
  const only = activeOrLatest(sets);
  if (only !== undefined) return resizeAll(sync, [only], desiredReplicas(deployment));
  if (isSaturated(deployment, sets.current)) return resizeAll(sync, active(sets.old), 0);
  if (!isRollingUpdate(deployment)) return undefined;
  for (const [replicaSet, size] of proportionalSizes(deployment, active(allOf(sets)))) {
    const scaled = sync.scale(replicaSet, size);
    if (!scaled.ok) return { failed: scaled.error };
  }
  return undefined;
}

function resizeAll(sync: DeploymentSync, replicaSets: readonly ReplicaSet[], size: number): Outcome {
  for (const replicaSet of replicaSets) {
    const scaled = sync.resize(replicaSet, size);
    if (!scaled.ok) return { failed: scaled.error };
  }
  return undefined;
}

/**
 * Sizes of the active replica sets when the deployment is resized in the middle of a rollout: each changes in
 * proportion, the largest takes what rounding leaves.
 */
export function proportionalSizes(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): readonly (readonly [ReplicaSet, number])[] {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - totalSize(replicaSets);
  // Of equal ones the newer grows first, and the older shrinks first.
  const newerFirst = toAdd > 0 ? -1 : 1;
  const sorted = [...replicaSets].sort((a, b) => sizeOf(b) - sizeOf(a) || newerFirst * byCreation(a, b));
  let added = 0;
  const sizes = sorted.map((replicaSet) => {
    const share = shareOf(deployment, replicaSet, toAdd, added);
    added += share;
    return sizeOf(replicaSet) + share;
  });
  if (toAdd !== 0 && sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added);
  return sorted.map((replicaSet, at) => [replicaSet, sizes[at] ?? 0] as const);
}

// Models pkg/controller/deployment/util GetReplicaSetProportion
function shareOf(deployment: Deployment, replicaSet: ReplicaSet, toAdd: number, added: number): number {
  if (toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, replicaSet);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

// Models pkg/controller/deployment/util getReplicaSetFraction
function fractionOf(deployment: Deployment, replicaSet: ReplicaSet): number {
  const size = sizeOf(replicaSet);
  if (desiredReplicas(deployment) === 0) return -size;
  const max = desiredReplicas(deployment) + maxSurge(deployment);
  // Without the annotation the present size stands in for the size before.
  const maxBefore = noticedMaxReplicas(replicaSet) || (deployment.status.replicas ?? 0);
  return maxBefore === 0 ? 0 : Math.round((size * max) / maxBefore) - size;
}
