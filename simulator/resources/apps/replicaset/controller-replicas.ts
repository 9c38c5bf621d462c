import type { Status } from "../../../api/errors.ts";
import { keyOf } from "../../../api/object.ts";
import { PODS, type Pod, type ReplicaSet } from "../../../api/refs.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { controllerReference, podFromTemplate } from "../../../controllers/shared/pod-template.ts";
import { podsToDelete } from "./controller-ranking.ts";

/** Pods that one look at a ReplicaSet makes or deletes at most. */
export const BURST_REPLICAS = 500;
const FIRST_BATCH = 1;

// Models pkg/controller/replicaset manageReplicas
/** Makes the pods that are missing, or deletes those too many; the first failure is returned. */
export function manageReplicas(
  context: ComponentContext,
  replicaSet: ReplicaSet,
  activeCount: number,
  activePods: () => readonly Pod[],
): Status | undefined {
  const missing = (replicaSet.spec.replicas ?? 1) - activeCount;
  if (missing > 0) return createPods(context, replicaSet, Math.min(missing, BURST_REPLICAS));
  if (missing < 0) return deletePods(context, replicaSet, activePods(), Math.min(-missing, BURST_REPLICAS));
  return undefined;
}

// Models pkg/controller/replicaset slowStartBatch
/** Makes 1 pod, then 2, 4, 8…: so that pods which the API refuses (over quota, say) are not asked for by the hundred. */
function createPods(context: ComponentContext, replicaSet: ReplicaSet, count: number): Status | undefined {
  const owners = [controllerReference(replicaSet)];
  let remaining = count;
  for (let batch = Math.min(remaining, FIRST_BATCH); batch > 0; batch = Math.min(2 * batch, remaining)) {
    let failure: Status | undefined;
    for (let at = 0; at < batch; at++) {
      const refused = createPod(context, replicaSet, owners);
      failure ??= refused;
    }
    if (failure !== undefined) return failure;
    remaining -= batch;
  }
  return undefined;
}

function createPod(
  context: ComponentContext,
  replicaSet: ReplicaSet,
  owners: Parameters<typeof podFromTemplate>[2],
): Status | undefined {
  const created = context.client.create(PODS, podFromTemplate(replicaSet.spec.template ?? {}, replicaSet, owners));
  if (created.ok) {
    const message = `Created pod: ${created.value.metadata.name}`;
    context.recordEvent(replicaSet, { type: "Normal", reason: "SuccessfulCreate", message });
    return undefined;
  }
  // Nothing can be made in a namespace that is going: no failure worth telling or retrying.
  if (created.error.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating")) return undefined;
  const message = `Error creating: ${created.error.message}`;
  context.recordEvent(replicaSet, { type: "Warning", reason: "FailedCreate", message });
  return created.error;
}

function deletePods(
  context: ComponentContext,
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  count: number,
): Status | undefined {
  const { cache, nowMs } = context;
  const parseMs = (time: string) => context.parseMs(time);
  let failure: Status | undefined;
  for (const pod of podsToDelete({ pods, replicaSet, cache, nowMs, parseMs }, count)) {
    const deleted = context.client.delete(PODS, keyOf(pod), { uid: pod.metadata.uid });
    if (deleted.ok) {
      const message = `Deleted pod: ${pod.metadata.name}`;
      context.recordEvent(replicaSet, { type: "Normal", reason: "SuccessfulDelete", message });
    } else if (deleted.error.code !== 404) {
      const message = `Error deleting: ${deleted.error.message}`;
      context.recordEvent(replicaSet, { type: "Warning", reason: "FailedDelete", message });
      failure ??= deleted.error;
    }
  }
  return failure;
}
