import type { Cache } from "../../../api/client.ts";
import type { Status } from "../../../api/errors.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, type KubeObject, keyOf } from "../../../api/object.ts";
import { PODS, type Pod, REPLICA_SETS, type ReplicaSet, type ResourceRef } from "../../../api/refs.ts";
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
import { type Availability, availabilityOf, statusOf } from "./controller-status.ts";
import { type Counts, PodTallies } from "./controller-tallies.ts";

/** With minReadySeconds the times of all pods are looked at: of 10,000, every 50 ms at most. */
const PODS_PER_MS = 200;

/** A kind that is a ReplicaSet in all but its form: read as one, and given the status of one. */
export interface ReplicaForm<T extends KubeObject> {
  readonly ref: ResourceRef<T>;
  /** With the same metadata, and for one spec always the same spec. */
  asReplicaSet(object: T): ReplicaSet;
  withStatus(object: T, status: ReplicaSet["status"]): T & { readonly status: object };
}

// Models pkg/controller/replicaset
export const replicaSetController = replicaController("replicaset-controller", "replicaset-controller", {
  ref: REPLICA_SETS,
  asReplicaSet: (object) => object,
  withStatus: (object, status) => ({ ...object, status }),
});

// Models pkg/controller/replicaset NewBaseController
/** Keeps as many pods as an object of such a kind asks for. */
export function replicaController<T extends KubeObject & { readonly status: object }>(
  name: string,
  eventSource: string,
  form: ReplicaForm<T>,
): Controller {
  return {
    name,
    eventSource,
    watches: [
      watchRule(form.ref, ({ object }) => [keyOf(object)]),
      watchRule(PODS, (change, cache) => ownersOfPod(form, change, cache)),
    ],
    create: (context) => new ReplicaSetReconciler(context, form),
  };
}

const NOBODY: readonly string[] = [];

// Models pkg/controller/replicaset addPod, updatePod, deletePod
/** Whom a change of a pod concerns: its owner; of an orphan, those that would adopt it. */
function ownersOfPod<T extends KubeObject>(
  { ref, asReplicaSet }: ReplicaForm<T>,
  { type, object, previous }: Change<Pod>,
  cache: Cache,
): readonly string[] {
  const owner = controllerOf(object);
  const ownerBefore = previous === undefined ? undefined : controllerOf(previous);
  const moved = previous !== undefined && owner?.uid !== ownerBefore?.uid;
  if (owner !== undefined && !moved && owner.kind !== ref.kind) return NOBODY;
  if (previous !== undefined && type === "MODIFIED" && !moved && !countsOtherwise(object, previous)) return NOBODY;
  const keys: string[] = [];
  if (moved) {
    const before = controllerKey(previous, ref, cache);
    if (before !== undefined) keys.push(before);
  }
  if (owner !== undefined) {
    const key = controllerKey(object, ref, cache);
    if (key !== undefined) keys.push(key);
    return keys;
  }
  if (type === "DELETED") return keys;
  const labelsChanged = previous === undefined || !equalJson(object.metadata.labels, previous.metadata.labels);
  if (!moved && !labelsChanged) return keys;
  for (const other of cache.byIndex(ref, "namespace", object.metadata.namespace ?? "")) {
    const { selector } = asReplicaSet(other).spec;
    if (matchesLabels(compiledSelector(selector), object.metadata.labels)) keys.push(keyOf(other));
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

class ReplicaSetReconciler<T extends KubeObject & { readonly status: object }> implements Reconciler {
  readonly #context: ComponentContext;
  readonly #form: ReplicaForm<T>;
  readonly #orphans: Orphans<Pod>;
  readonly #tallies: PodTallies;
  readonly #pace = new Pace(PODS_PER_MS);

  constructor(context: ComponentContext, form: ReplicaForm<T>) {
    this.#context = context;
    this.#form = form;
    this.#orphans = new Orphans(PODS, context);
    this.#tallies = new PodTallies(context, form.ref);
  }

  save(): JsonObject {
    return { pace: this.#pace.save() };
  }

  load(state: JsonObject): void {
    this.#pace.load(state.pace as JsonObject);
  }

  // Models pkg/controller/replicaset syncReplicaSet
  reconcile(key: string): Outcome {
    const object = this.#context.cache.get(this.#form.ref, key);
    if (object === undefined) {
      this.#pace.forget(key);
      return undefined;
    }
    const replicaSet = this.#form.asReplicaSet(object);
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
    const status = statusOf(replicaSet, { counts: before, availability, failure, now: this.#context.now });
    const written = this.#writeStatus(this.#form.withStatus(object, status), object);
    if (written !== undefined) return { failed: written };
    if (failure !== undefined) return { failed: failure };
    return availability.nextMs === undefined ? undefined : { againAfterMs: availability.nextMs };
  }

  /** A change of what is wanted is never kept waiting. */
  #msUntilLook(key: string, { metadata, status }: ReplicaSet): number {
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

  #writeStatus(object: T, old: T): Status | undefined {
    if (equalJson(object.status, old.status)) return undefined;
    const written = this.#context.client.updateStatus(this.#form.ref, object);
    return written.ok || written.error.code === 404 ? undefined : written.error;
  }
}
