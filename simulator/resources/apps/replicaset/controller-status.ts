import type { Status } from "../../../api/errors.ts";
import type { Pod, ReplicaSet } from "../../../api/refs.ts";
import type { ReplicaSetCondition } from "../../../api/schema/generated/types.ts";
import { msUntilAvailable, type ParseMs } from "../../../controllers/shared/pods.ts";
import type { Counts } from "./controller-tallies.ts";

const REPLICA_FAILURE = "ReplicaFailure";

export interface Observed {
  readonly counts: Counts;
  readonly availability: Availability;
  /** What went wrong when pods were made or deleted. */
  readonly failure: Status | undefined;
  readonly now: string;
}

/** How many ready pods have been ready for long enough. */
export interface Availability {
  readonly available: number;
  /** Milliseconds until one more is; undefined when none waits for it. */
  readonly nextMs: number | undefined;
}

/** Looks at the time that each pod became ready. */
export function availabilityOf(
  pods: readonly Pod[],
  minReadySeconds: number,
  nowMs: number,
  parseMs: ParseMs,
): Availability {
  let available = 0;
  let nextMs: number | undefined;
  for (const pod of pods) {
    const waitMs = msUntilAvailable(pod, minReadySeconds, nowMs, parseMs);
    if (waitMs === 0) available++;
    else if (waitMs !== undefined) nextMs = Math.min(waitMs, nextMs ?? waitMs);
  }
  return { available, nextMs };
}

// Models pkg/controller/replicaset calculateStatus
/** The status that the counts amount to. Go leaves zeros out, except where the field is a pointer. */
export function statusOf(replicaSet: ReplicaSet, observed: Observed): ReplicaSet["status"] {
  const { active, ready, fullyLabeled, terminating } = observed.counts;
  const { available } = observed.availability;
  const conditions = conditionsOf(replicaSet, observed);
  return {
    replicas: active,
    ...(fullyLabeled > 0 && { fullyLabeledReplicas: fullyLabeled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    terminatingReplicas: terminating,
    ...(replicaSet.metadata.generation && { observedGeneration: replicaSet.metadata.generation }),
    ...(conditions.length > 0 && { conditions }),
  };
}

function conditionsOf(replicaSet: ReplicaSet, observed: Observed): readonly ReplicaSetCondition[] {
  const present = replicaSet.status.conditions ?? [];
  const failed = present.some(({ type }) => type === REPLICA_FAILURE);
  const { failure, counts, now } = observed;
  if (failure === undefined) return failed ? present.filter(({ type }) => type !== REPLICA_FAILURE) : present;
  if (failed) return present;
  const missing = (replicaSet.spec.replicas ?? 1) - counts.active;
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
