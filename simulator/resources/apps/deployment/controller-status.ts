import type { Deployment, ReplicaSet } from "../../../api/refs.ts";
import { newCondition, withCondition } from "./controller-conditions.ts";
import {
  allOf,
  desiredReplicas,
  maxUnavailable,
  type ReplicaSets,
  totalActual,
  totalAvailable,
  totalSize,
} from "./controller-replica-sets.ts";

export type DeploymentStatus = Deployment["status"];

// Models pkg/controller/deployment calculateStatus
/** What the replica sets amount to. Go leaves zeros out, except where the field is a pointer. */
export function countStatus(deployment: Deployment, sets: ReplicaSets, now: string): DeploymentStatus {
  const all = allOf(sets);
  const available = totalAvailable(all);
  const counts = {
    replicas: totalActual(all),
    updatedReplicas: sets.current?.status.replicas ?? 0,
    readyReplicas: all.reduce((sum, { status }) => sum + (status.readyReplicas ?? 0), 0),
    availableReplicas: available,
    // More may be available than wanted, while scaling down.
    unavailableReplicas: Math.max(0, totalSize(all) - available),
    observedGeneration: deployment.metadata.generation ?? 0,
  };
  const terminatingReplicas = countTerminating(all);
  const { collisionCount, conditions } = deployment.status;
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment);
  const availability = enough
    ? newCondition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
    : newCondition(
        "Available",
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
        now,
      );
  return {
    ...withoutZeros(counts),
    ...(terminatingReplicas !== undefined && { terminatingReplicas }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: withCondition(conditions, availability),
  };
}

function withoutZeros(counts: { readonly [name: string]: number }): { readonly [name: string]: number } {
  const told: Record<string, number> = {};
  for (const name in counts) if (counts[name] !== 0) told[name] = counts[name] as number;
  return told;
}

// Models pkg/controller/deployment/util GetTerminatingReplicaCountForReplicaSets
/** Unknown while a replica set that was looked at does not tell. */
function countTerminating(replicaSets: readonly ReplicaSet[]): number | undefined {
  let count = 0;
  for (const { status } of replicaSets) {
    if (status.terminatingReplicas === undefined && status.observedGeneration) return undefined;
    count += status.terminatingReplicas ?? 0;
  }
  return count;
}

// Models pkg/controller/deployment/util DeploymentComplete
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}
