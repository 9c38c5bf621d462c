import type { Deployment, ReplicaSet } from "../../../api/refs.ts";
import type { DeploymentCondition } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import type { Outcome } from "../../../controller-runtime/controller.ts";
import {
  type Conditions,
  findCondition,
  newCondition,
  withCondition,
  withoutCondition,
} from "./controller-conditions.ts";
import { allOf, hasProgressDeadline, type ReplicaSets } from "./controller-replica-sets.ts";
import { countStatus, type DeploymentStatus, isComplete } from "./controller-status.ts";
import type { DeploymentSync } from "./controller-sync.ts";

const AVAILABLE = "NewReplicaSetAvailable";
const TIMED_OUT = "ProgressDeadlineExceeded";

// Models pkg/controller/deployment syncRolloutStatus
/** Writes the status during a rollout, with the progress that it shows. */
export function syncRolloutStatus(sync: DeploymentSync, sets: ReplicaSets): Outcome {
  const { context, deployment } = sync;
  const counted = countStatus(deployment, sets, context.now);
  const progressed = progressConditions(context, deployment, counted, sets.current);
  const failure = replicaFailure(sets);
  const conditions =
    failure === undefined ? withoutCondition(progressed, "ReplicaFailure") : withCondition(progressed, failure);
  const status: DeploymentStatus = { ...counted, conditions };
  if (equalJson(deployment.status, status)) return lookAgainWhenStuck(context, deployment, status);
  return sync.writeStatus(status);
}

/** Conditions with Progressing as the new status shows it. */
function progressConditions(
  context: ComponentContext,
  deployment: Deployment,
  status: DeploymentStatus,
  replicaSet: ReplicaSet | undefined,
): Conditions {
  const { conditions = [] } = status;
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, "Progressing");
  const present = findCondition(deployment.status.conditions, "Progressing");
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && present?.reason === AVAILABLE;
  if (settled) return conditions;
  const { now } = context;
  const subject = replicaSet ? `ReplicaSet "${replicaSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(conditions, newCondition("Progressing", "True", AVAILABLE, message, now));
  }
  if (isProgressing(deployment.status, status)) {
    const condition = newCondition("Progressing", "True", "ReplicaSetUpdated", `${subject} is progressing.`, now);
    // Unlike other conditions this one tells, by its lastUpdateTime, of any progress within the same reason.
    const kept = present?.status === "True" && { lastTransitionTime: present.lastTransitionTime };
    return [...withoutCondition(conditions, "Progressing"), { ...condition, ...kept }];
  }
  if (hasTimedOut(context, deployment, status)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(conditions, newCondition("Progressing", "False", TIMED_OUT, message, now));
  }
  return conditions;
}

// Models pkg/controller/deployment/util DeploymentProgressing
function isProgressing(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const oldPods = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldPods(after) < oldPods(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

// Models pkg/controller/deployment/util DeploymentTimedOut
function hasTimedOut(context: ComponentContext, deployment: Deployment, status: DeploymentStatus): boolean {
  const condition = findCondition(status.conditions, "Progressing");
  if (condition === undefined || condition.reason === AVAILABLE) return false;
  return condition.reason === TIMED_OUT || msToDeadline(context, deployment, condition) < 0;
}

/** Milliseconds until the deadline for progress after the last one. */
function msToDeadline(context: ComponentContext, { spec }: Deployment, condition: DeploymentCondition): number {
  const lastMs = condition.lastUpdateTime === undefined ? 0 : context.parseMs(condition.lastUpdateTime);
  return lastMs + (spec.progressDeadlineSeconds ?? 0) * 1000 - context.nowMs;
}

// Models pkg/controller/deployment requeueStuckDeployment
/** Nothing will report a lack of progress, so the controller looks again after the deadline. */
function lookAgainWhenStuck(context: ComponentContext, deployment: Deployment, status: DeploymentStatus): Outcome {
  const condition = findCondition(deployment.status.conditions, "Progressing");
  if (!hasProgressDeadline(deployment) || condition === undefined) return undefined;
  if (isComplete(deployment, status) || condition.reason === TIMED_OUT) return undefined;
  const leftMs = msToDeadline(context, deployment, condition);
  return { againAfterMs: leftMs < 1000 ? Math.max(leftMs, 0) + 1 : leftMs + 1000 };
}

// Models pkg/controller/deployment getReplicaFailures
/** A replica set's failure to make pods, the newest's before an older one's. */
function replicaFailure(sets: ReplicaSets): DeploymentCondition | undefined {
  for (const { status } of [...(sets.current ? [sets.current] : []), ...allOf(sets)]) {
    const failure = status.conditions?.find(({ type }) => type === "ReplicaFailure");
    if (failure !== undefined) return { ...failure, lastUpdateTime: failure.lastTransitionTime };
  }
  return undefined;
}
