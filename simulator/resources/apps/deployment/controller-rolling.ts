import type { Status } from "../../../api/errors.ts";
import type { ReplicaSet } from "../../../api/refs.ts";
import { ok, type Result } from "../../../base/result.ts";
import type { Outcome } from "../../../controller-runtime/controller.ts";
import { syncRolloutStatus } from "./controller-progress.ts";
import {
  active,
  allOf,
  desiredReplicas,
  maxUnavailable,
  newReplicaCount,
  type ReplicaSets,
  sizeOf,
  totalAvailable,
  totalSize,
} from "./controller-replica-sets.ts";
import { isComplete } from "./controller-status.ts";
import type { DeploymentSync } from "./controller-sync.ts";

// Models pkg/controller/deployment rolloutRolling
/** One step of a rolling update: the new replica set grows if it may, else old ones shrink if they may. */
export function rolloutRolling(sync: DeploymentSync): Outcome {
  const split = sync.split(true);
  if (!split.ok) return { failed: split.error };
  const sets = split.value;
  const { current } = sets;
  if (current === undefined) return undefined;
  const grown = sync.resize(current, currentSize(sync, sets, current));
  if (!grown.ok) return { failed: grown.error };
  if (!grown.value.changed && !shrinkOld(sync, sets, current) && isComplete(sync.deployment, sync.deployment.status)) {
    const failure = sync.cleanUp(sets.old);
    if (failure !== undefined) return { failed: failure };
  }
  return syncRolloutStatus(sync, sets);
}

// Models pkg/controller/deployment reconcileNewReplicaSet
function currentSize({ deployment }: DeploymentSync, sets: ReplicaSets, current: ReplicaSet): number {
  const desired = desiredReplicas(deployment);
  if (sizeOf(current) >= desired) return desired;
  return newReplicaCount(deployment, totalSize(allOf(sets)), sizeOf(current));
}

// Models pkg/controller/deployment reconcileOldReplicaSets
/** Takes away old pods that are not needed for availability, broken ones first. True when any were. */
function shrinkOld(sync: DeploymentSync, sets: ReplicaSets, current: ReplicaSet): boolean {
  const { deployment } = sync;
  const old = active(sets.old);
  if (old.length === 0) return false;
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
  const currentUnavailable = sizeOf(current) - (current.status.availableReplicas ?? 0);
  const most = totalSize(allOf(sets)) - minAvailable - currentUnavailable;
  if (most <= 0) return false;
  // A failure only ends this step: the status is written all the same, and the next look tries again.
  const cleaned = shrinkUnhealthy(sync, old, most);
  if (!cleaned.ok) return false;
  const spare = totalAvailable([...cleaned.value.replicaSets, current]) - minAvailable;
  const shrunk = shrinkBy(sync, cleaned.value.replicaSets, spare, sizeOf);
  return shrunk.ok && cleaned.value.count + shrunk.value.count > 0;
}

interface Shrunk {
  readonly replicaSets: readonly ReplicaSet[];
  readonly count: number;
}

// Models pkg/controller/deployment cleanupUnhealthyReplicas
/** Pods that are not available would block the update; a replica set deletes those first. */
function shrinkUnhealthy(sync: DeploymentSync, old: readonly ReplicaSet[], most: number): Result<Shrunk, Status> {
  return shrinkBy(sync, old, most, (replicaSet) => sizeOf(replicaSet) - (replicaSet.status.availableReplicas ?? 0));
}

// Models pkg/controller/deployment scaleDownOldReplicaSetsForRollingUpdate
/** Shrinks replica sets, the oldest first, by `most` altogether and by `limit` each. */
function shrinkBy(
  sync: DeploymentSync,
  replicaSets: readonly ReplicaSet[],
  most: number,
  limit: (replicaSet: ReplicaSet) => number,
): Result<Shrunk, Status> {
  let count = 0;
  const after: ReplicaSet[] = [];
  for (const replicaSet of replicaSets) {
    const less = Math.max(0, Math.min(limit(replicaSet), most - count));
    const scaled = sync.resize(replicaSet, sizeOf(replicaSet) - less);
    if (!scaled.ok) return scaled;
    after.push(scaled.value.replicaSet);
    count += less;
  }
  return ok({ replicaSets: after, count });
}
