import type { Pod, StatefulSet } from "../../../api/refs.ts";
import {
  type Availability,
  desiredReplicas,
  isRunningAndReady,
  isTerminating,
  revisionOfPod,
} from "./controller-pods.ts";
import type { Revisions } from "./controller-revisions.ts";

/** How many of a set's pods are what; numbers that a look at it may still correct. */
export interface Counts {
  readonly replicas: number;
  readonly ready: number;
  readonly available: number;
  readonly current: number;
  readonly updated: number;
}

// Models pkg/controller/statefulset computeReplicaStatus
export function countPods(pods: Iterable<Pod>, { current, update }: Revisions, availability: Availability): Counts {
  const counts = { replicas: 0, ready: 0, available: 0, current: 0, updated: 0 };
  for (const pod of pods) {
    counts.replicas++;
    if (isRunningAndReady(pod)) {
      counts.ready++;
      if (availability.has(pod)) counts.available++;
    }
    if (isTerminating(pod)) continue;
    const revision = revisionOfPod(pod);
    if (revision === current.metadata.name) counts.current++;
    if (revision === update.metadata.name) counts.updated++;
  }
  return counts;
}

// Models pkg/controller/statefulset updateStatefulSetStatus, completeRollingUpdate
/** The status that counts amount to. When all pods are updated and ready, their revision becomes the current one. */
export function statusOf(set: StatefulSet, counts: Counts, revisions: Revisions): StatefulSet["status"] {
  const { replicas, ready, available, updated } = counts;
  const desired = desiredReplicas(set);
  const rolling = set.spec.updateStrategy?.type === "RollingUpdate";
  const complete = rolling && updated === desired && ready === desired && replicas === desired;
  const current = complete ? updated : counts.current;
  const currentRevision = complete ? revisions.update : revisions.current;
  return {
    ...(set.metadata.generation && { observedGeneration: set.metadata.generation }),
    replicas,
    ...(ready !== 0 && { readyReplicas: ready }),
    ...(current !== 0 && { currentReplicas: current }),
    ...(updated !== 0 && { updatedReplicas: updated }),
    currentRevision: currentRevision.metadata.name,
    updateRevision: revisions.update.metadata.name,
    collisionCount: revisions.collisionCount,
    availableReplicas: available,
  };
}
