import type { Cache } from "../../../api/client.ts";
import type { Status } from "../../../api/errors.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import { PODS, type Pod, REPLICA_SETS, type ReplicaSet } from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { present } from "../../../base/assert.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import { ok, type Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { Orphans } from "../../../controllers/shared/orphans.ts";
import { claim, compiledSelector, controllerKey } from "../../../controllers/shared/ownership.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { isPodActive, isPodTerminal, readyCondition } from "../../../controllers/shared/pods.ts";
import { manageReplicas } from "./controller-replicas.ts";
import { type Availability, availabilityOf, type Observed, statusOf } from "./controller-status.ts";
import { type Counts, PodTallies } from "./controller-tallies.ts";

/** With minReadySeconds the times of all pods are looked at: of 10,000, every 50 ms at most. */
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
  readonly #tallies: PodTallies;
  readonly #pace = new Pace(PODS_PER_MS);

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#orphans = new Orphans(PODS, context);
    this.#tallies = new PodTallies(context);
  }

  save(): JsonObject {
    return { pace: this.#pace.save() };
  }

  load(state: JsonObject): void {
    this.#pace.load(state.pace as JsonObject);
  }

  // Models pkg/controller/replicaset syncReplicaSet
  reconcile(key: string): Outcome {
    const replicaSet = this.#context.cache.get(REPLICA_SETS, key);
    if (replicaSet === undefined) {
      this.#pace.forget(key);
      return undefined;
    }
    const waitMs = this.#msUntilLook(key, replicaSet);
    if (waitMs > 0) return { againAfterMs: waitMs };
    const claimed = this.#claim(replicaSet);
    if (!claimed.ok) return { failed: claimed.error };
    const counts = this.#tallies.of(replicaSet) ?? this.#count(replicaSet);
    // What there was before pods are made or deleted: their own changes bring the next look.
    const before = { ...counts };
    const availability = this.#availability(replicaSet, before.ready);
    const deleting = replicaSet.metadata.deletionTimestamp !== undefined;
    const pods = () => this.#own(replicaSet).filter(isPodActive);
    const failure = deleting ? undefined : manageReplicas(this.#context, replicaSet, before.active, pods);
    const written = this.#writeStatus(replicaSet, { counts: before, availability, failure, now: this.#context.now });
    if (written !== undefined) return { failed: written };
    if (failure !== undefined) return { failed: failure };
    return availability.nextMs === undefined ? undefined : { againAfterMs: availability.nextMs };
  }

  /** A change of what is wanted is never kept waiting. */
  #msUntilLook(key: string, { metadata, spec, status }: ReplicaSet): number {
    if (!spec.minReadySeconds) return 0;
    const { cache, nowMs } = this.#context;
    const count = cache.countByIndex(PODS, "owner", metadata.uid);
    const waitMs = status.observedGeneration === metadata.generation ? this.#pace.msUntil(key, count, nowMs) : 0;
    if (waitMs === 0) this.#pace.looked(key, count, nowMs);
    return waitMs;
  }

  /** Lets pods go that no longer fit, and takes in orphans; there is nothing to do while the tally holds. */
  #claim(replicaSet: ReplicaSet): Result<unknown, Status> {
    const orphans = this.#orphans.in(replicaSet.metadata.namespace ?? "").filter(isPodActive);
    const counted = this.#tallies.of(replicaSet) !== undefined;
    if (counted && orphans.length === 0) return ok(undefined);
    return claim({
      context: this.#context,
      ref: PODS,
      owner: replicaSet,
      selector: compiledSelector(replicaSet.spec.selector),
      owned: counted ? [] : this.#own(replicaSet).filter(isPodActive),
      orphans,
    });
  }

  #own({ metadata }: ReplicaSet): readonly Pod[] {
    const pods = [...this.#context.cache.byIndex(PODS, "owner", metadata.uid)];
    return pods.filter((pod) => controllerOf(pod)?.uid === metadata.uid);
  }

  #count(replicaSet: ReplicaSet): Counts {
    this.#tallies.count(replicaSet, this.#own(replicaSet));
    return present(this.#tallies.of(replicaSet), "pods that do not fit were let go");
  }

  /** Without minReadySeconds every ready pod is available. */
  #availability(replicaSet: ReplicaSet, ready: number): Availability {
    const { minReadySeconds = 0 } = replicaSet.spec;
    if (minReadySeconds === 0) return { available: ready, nextMs: undefined };
    const { nowMs, parseMs } = this.#context;
    return availabilityOf(this.#own(replicaSet).filter(isPodActive), minReadySeconds, nowMs, parseMs);
  }

  #writeStatus(replicaSet: ReplicaSet, observed: Observed): Status | undefined {
    const status = statusOf(replicaSet, observed);
    if (equalJson(status, replicaSet.status)) return undefined;
    const written = this.#context.client.updateStatus(REPLICA_SETS, { ...replicaSet, status });
    return written.ok || written.error.code === 404 ? undefined : written.error;
  }
}
