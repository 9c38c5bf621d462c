import type { Cache } from "../../../api/client.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import { PODS, type Pod, REPLICA_SETS, type ReplicaSet } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Orphans } from "../../../controllers/shared/orphans.ts";
import { claim, compiledSelector, controllerKey } from "../../../controllers/shared/ownership.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { isPodActive, isPodTerminal, isPodTerminating, readyCondition } from "../../../controllers/shared/pods.ts";
import { manageReplicas } from "./controller-replicas.ts";
import { countStatus } from "./controller-status.ts";

/** A ReplicaSet of 10,000 is counted every 50 ms at most. (Upstream's client is held to 20 requests a second.) */
const PODS_PER_MS = 200;

// Models pkg/controller/replicaset
export const replicaSetController: Controller = {
  name: "replicaset-controller",
  watches: [
    watchRule(REPLICA_SETS, ({ object }) => [keyOf(object)]),
    watchRule(PODS, (change, cache) => replicaSetsOfPod(change, cache)),
  ],
  create: (context) => new ReplicaSetReconciler(context),
};

// Models pkg/controller/replicaset addPod, updatePod, deletePod
/** Whom a change of a pod concerns: its ReplicaSet; of an orphan, those that would adopt it. */
function replicaSetsOfPod({ type, object, previous }: Change<Pod>, cache: Cache): readonly string[] {
  const owner = controllerOf(object);
  const ownerBefore = previous === undefined ? undefined : controllerOf(previous);
  const moved = previous !== undefined && owner?.uid !== ownerBefore?.uid;
  if (previous !== undefined && type === "MODIFIED" && !moved && !countsOtherwise(object, previous)) return [];
  const keys: string[] = [];
  if (moved) {
    const before = controllerKey(previous, REPLICA_SETS, cache);
    if (before !== undefined) keys.push(before);
  }
  if (owner !== undefined) {
    const key = controllerKey(object, REPLICA_SETS, cache);
    if (key !== undefined) keys.push(key);
    return keys;
  }
  if (type === "DELETED") return keys;
  const labelsChanged = previous === undefined || !equalJson(object.metadata.labels, previous.metadata.labels);
  if (!moved && !labelsChanged) return keys;
  for (const replicaSet of cache.byIndex(REPLICA_SETS, "namespace", object.metadata.namespace ?? "")) {
    if (matchesLabels(compiledSelector(replicaSet.spec.selector), object.metadata.labels)) keys.push(keyOf(replicaSet));
  }
  return keys;
}

/** Whether a pod's change can change the status or the claims of its ReplicaSet. */
function countsOtherwise(pod: Pod, before: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp) return true;
  if (pod.metadata.labels !== before.metadata.labels && !equalJson(pod.metadata.labels, before.metadata.labels)) {
    return true;
  }
  if (pod.status === before.status) return false;
  if (isPodTerminal(pod) !== isPodTerminal(before)) return true;
  const ready = readyCondition(pod);
  const readyBefore = readyCondition(before);
  return ready?.status !== readyBefore?.status || ready?.lastTransitionTime !== readyBefore?.lastTransitionTime;
}

class ReplicaSetReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #orphans: Orphans<Pod>;
  readonly #pace = new Pace(PODS_PER_MS);

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#orphans = new Orphans(PODS, context);
  }

  save(): JsonObject {
    return { pace: this.#pace.save() };
  }

  load(state: JsonObject): void {
    this.#pace.load(state.pace as JsonObject);
  }

  // Models pkg/controller/replicaset syncReplicaSet
  reconcile(key: string): Outcome {
    const { cache, nowMs } = this.#context;
    const replicaSet = cache.get(REPLICA_SETS, key);
    if (replicaSet === undefined) {
      this.#pace.forget(key);
      return undefined;
    }
    const count = cache.countByIndex(PODS, "owner", replicaSet.metadata.uid);
    const waitMs = this.#pace.msUntil(key, count, nowMs);
    // A change of what is wanted is never kept waiting.
    const seen = replicaSet.status.observedGeneration === replicaSet.metadata.generation;
    if (waitMs > 0 && seen) return { againAfterMs: waitMs };
    this.#pace.looked(key, count, nowMs);

    const owned: Pod[] = [];
    let terminating = 0;
    for (const pod of cache.byIndex(PODS, "owner", replicaSet.metadata.uid)) {
      if (controllerOf(pod)?.uid !== replicaSet.metadata.uid) continue;
      if (isPodActive(pod)) owned.push(pod);
      else if (isPodTerminating(pod)) terminating++;
    }
    const claimed = claim({
      context: this.#context,
      ref: PODS,
      owner: replicaSet,
      selector: compiledSelector(replicaSet.spec.selector),
      owned,
      orphans: this.#orphans.in(replicaSet.metadata.namespace ?? "").filter(isPodActive),
    });
    if (!claimed.ok) return { failed: claimed.error };
    return this.#settle(replicaSet, claimed.value, terminating);
  }

  #settle(replicaSet: ReplicaSet, activePods: readonly Pod[], terminating: number): Outcome {
    const context = this.#context;
    const deleting = replicaSet.metadata.deletionTimestamp !== undefined;
    const failure = deleting ? undefined : manageReplicas(context, replicaSet, activePods);
    const { nowMs, now } = context;
    const parseMs = (time: string) => context.parseMs(time);
    // The status tells what was there before pods were made or deleted: their own changes bring the next look.
    const counted = countStatus(replicaSet, { activePods, terminating, failure, nowMs, now, parseMs });
    if (!equalJson(counted.status, replicaSet.status)) {
      const written = context.client.updateStatus(REPLICA_SETS, { ...replicaSet, status: counted.status });
      if (!written.ok) return written.error.code === 404 ? undefined : { failed: written.error };
    }
    if (failure !== undefined) return { failed: failure };
    return counted.nextAvailableMs === undefined ? undefined : { againAfterMs: counted.nextAvailableMs };
  }
}
