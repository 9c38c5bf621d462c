import type { Status } from "../../../api/errors.ts";
import { matchesLabels, selectorFromMap } from "../../../api/meta/labels.ts";
import type { Pod, ReplicaSet } from "../../../api/refs.ts";
import type { ReplicaSetCondition } from "../../../api/schema/generated/types.ts";
import { msUntilAvailable, type ParseMs } from "../../../controllers/shared/pods.ts";

const REPLICA_FAILURE = "ReplicaFailure";

export interface Observed {
  readonly activePods: readonly Pod[];
  /** Own pods that are being deleted and have not ended. */
  readonly terminating: number;
  /** What went wrong when pods were made or deleted. */
  readonly failure: Status | undefined;
  readonly nowMs: number;
  readonly now: string;
  readonly parseMs: ParseMs;
}

export interface CountedStatus {
  readonly status: ReplicaSet["status"];
  /** Milliseconds until one more ready pod is available; undefined when none waits for it. */
  readonly nextAvailableMs: number | undefined;
}

// Models pkg/controller/replicaset calculateStatus
/** The status that the pods amount to. Go leaves zeros out, except where the field is a pointer. */
export function countStatus(replicaSet: ReplicaSet, observed: Observed): CountedStatus {
  const { activePods, nowMs, parseMs } = observed;
  const { template, minReadySeconds = 0 } = replicaSet.spec;
  const templateLabels = template?.metadata?.labels;
  const selector = selectorFromMap(templateLabels);
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  let nextAvailableMs: number | undefined;
  for (const pod of activePods) {
    const { labels } = pod.metadata;
    if (labels === templateLabels || matchesLabels(selector, labels)) fullyLabeled++;
    const waitMs = msUntilAvailable(pod, minReadySeconds, nowMs, parseMs);
    if (waitMs === undefined) continue;
    ready++;
    if (waitMs === 0) available++;
    else nextAvailableMs = Math.min(waitMs, nextAvailableMs ?? waitMs);
  }
  const conditions = conditionsOf(replicaSet, observed);
  const status = {
    replicas: activePods.length,
    ...(fullyLabeled > 0 && { fullyLabeledReplicas: fullyLabeled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    terminatingReplicas: observed.terminating,
    ...(replicaSet.metadata.generation && { observedGeneration: replicaSet.metadata.generation }),
    ...(conditions.length > 0 && { conditions }),
  };
  return { status, nextAvailableMs };
}

function conditionsOf(replicaSet: ReplicaSet, observed: Observed): readonly ReplicaSetCondition[] {
  const present = replicaSet.status.conditions ?? [];
  const failed = present.some(({ type }) => type === REPLICA_FAILURE);
  const { failure, activePods, now } = observed;
  if (failure === undefined) return failed ? present.filter(({ type }) => type !== REPLICA_FAILURE) : present;
  if (failed) return present;
  const missing = (replicaSet.spec.replicas ?? 1) - activePods.length;
  const reason = missing > 0 ? "FailedCreate" : missing < 0 ? "FailedDelete" : undefined;
  const condition: ReplicaSetCondition = {
    type: REPLICA_FAILURE,
    status: "True",
    lastTransitionTime: now,
    ...(reason && { reason }),
    message: failure.message,
  };
  return [...present, condition];
}
