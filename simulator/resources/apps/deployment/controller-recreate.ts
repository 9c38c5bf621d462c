import { controllerOf } from "../../../api/object.ts";
import { PODS } from "../../../api/refs.ts";
import type { Outcome } from "../../../controller-runtime/controller.ts";
import { isPodTerminal } from "../../../controllers/shared/pods.ts";
import { syncRolloutStatus } from "./controller-progress.ts";
import { active, desiredReplicas, type ReplicaSets, totalActual } from "./controller-replica-sets.ts";
import { isComplete } from "./controller-status.ts";
import type { DeploymentSync } from "./controller-sync.ts";

// Models pkg/controller/deployment rolloutRecreate
/** Ends all old pods, waits until they are gone, then makes the new ones. */
export function rolloutRecreate(sync: DeploymentSync): Outcome {
  const split = sync.split(false);
  if (!split.ok) return { failed: split.error };
  let shrunk = false;
  for (const replicaSet of active(split.value.old)) {
    const scaled = sync.resize(replicaSet, 0);
    if (!scaled.ok) return { failed: scaled.error };
    shrunk ||= scaled.value.changed;
  }
  if (shrunk || oldPodsRun(sync, split.value)) return syncRolloutStatus(sync, split.value);

  const made = split.value.current === undefined ? sync.split(true) : split;
  if (!made.ok) return { failed: made.error };
  const { current, old } = made.value;
  if (current !== undefined) {
    const scaled = sync.resize(current, desiredReplicas(sync.deployment));
    if (!scaled.ok) return { failed: scaled.error };
  }
  const failure = isComplete(sync.deployment, sync.deployment.status) ? sync.cleanUp(old) : undefined;
  return failure === undefined ? syncRolloutStatus(sync, made.value) : { failed: failure };
}

// Models pkg/controller/deployment oldPodsRunning
/** Whether an old pod has not ended: one that is being deleted still runs. */
function oldPodsRun({ context }: DeploymentSync, { old }: ReplicaSets): boolean {
  if (totalActual(old) > 0) return true;
  for (const { metadata } of old) {
    for (const pod of context.cache.byIndex(PODS, "owner", metadata.uid)) {
      if (controllerOf(pod)?.uid === metadata.uid && !isPodTerminal(pod)) return true;
    }
  }
  return false;
}
