import type { Cache } from "../../../api/client.ts";
import type { Status } from "../../../api/errors.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, keyOf } from "../../../api/object.ts";
import {
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  PODS,
  type Pod,
  STATEFUL_SETS,
  type StatefulSet,
} from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson } from "../../../base/json.ts";
import type { Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { byRevision, revisionsOf } from "../../../controllers/shared/history.ts";
import { Orphans } from "../../../controllers/shared/orphans.ts";
import { claim, compiledSelector, controllerKey } from "../../../controllers/shared/ownership.ts";
import { readyCondition } from "../../../controllers/shared/pods.ts";
import { Availability, isControlledBy, isMemberOf } from "./controller-pods.ts";
import { syncRevisions, truncateHistory } from "./controller-revisions.ts";
import { type Counts, statusOf } from "./controller-status.ts";
import { StatefulSetUpdate } from "./controller-update.ts";

// Models pkg/controller/statefulset
export const statefulSetController: Controller = {
  name: "statefulset-controller",
  watches: [
    watchRule(STATEFUL_SETS, ({ object }) => [keyOf(object)]),
    watchRule(PODS, (change, cache) => statefulSetsOfPod(change, cache)),
  ],
  create: (context) => new StatefulSetReconciler(context),
};

// Models pkg/controller/statefulset addPod, updatePod, deletePod
/** Its set, and the one that it had; for an orphan, those that would adopt it. */
function statefulSetsOfPod({ type, object, previous }: Change<Pod>, cache: Cache): readonly string[] {
  const owner = controllerOf(object);
  const moved = previous !== undefined && owner?.uid !== controllerOf(previous)?.uid;
  if (owner !== undefined && !moved && owner.kind !== STATEFUL_SETS.kind) return [];
  if (previous !== undefined && type === "MODIFIED" && !moved && !matters(object, previous)) return [];
  const keys: string[] = [];
  const before = moved ? controllerKey(previous, STATEFUL_SETS, cache) : undefined;
  if (before !== undefined) keys.push(before);
  if (owner !== undefined) {
    const key = controllerKey(object, STATEFUL_SETS, cache);
    if (key !== undefined) keys.push(key);
    return keys;
  }
  if (type === "DELETED") return keys;
  for (const set of cache.byIndex(STATEFUL_SETS, "namespace", object.metadata.namespace ?? "")) {
    if (matchesLabels(compiledSelector(set.spec.selector), object.metadata.labels)) keys.push(keyOf(set));
  }
  return keys;
}

/** Whether a pod's change can change what its set does, or shows. */
function matters(pod: Pod, before: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp) return true;
  if (!equalJson(pod.metadata.labels, before.metadata.labels)) return true;
  if (pod.status === before.status) return false;
  return pod.status.phase !== before.status.phase || !equalJson(readyCondition(pod), readyCondition(before));
}

class StatefulSetReconciler implements Reconciler {
  readonly #context: ComponentContext;
  readonly #orphanPods: Orphans<Pod>;
  readonly #orphanRevisions: Orphans<ControllerRevision>;

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#orphanPods = new Orphans(PODS, context);
    this.#orphanRevisions = new Orphans(CONTROLLER_REVISIONS, context);
  }

  // Models pkg/controller/statefulset sync
  reconcile(key: string): Outcome {
    const set = this.#context.cache.get(STATEFUL_SETS, key);
    if (set === undefined) return undefined;
    const history = this.#claimRevisions(set);
    if (!history.ok) return { failed: history.error };
    const pods = this.#claimPods(set);
    if (!pods.ok) return { failed: pods.error };
    return this.#update(set, [...history.value].sort(byRevision), pods.value);
  }

  /** What it has, and orphans that fit: revisions left behind by a set that was deleted without its pods. */
  #claimRevisions(set: StatefulSet): Result<readonly ControllerRevision[], Status> {
    return claim({
      context: this.#context,
      ref: CONTROLLER_REVISIONS,
      owner: set,
      selector: compiledSelector(set.spec.selector),
      owned: revisionsOf(set, this.#context.cache),
      orphans: this.#orphanRevisions.in(set.metadata.namespace ?? ""),
    });
  }

  /** Pods that have ended too: they stand in the way of those that are to follow them. */
  #claimPods(set: StatefulSet): Result<readonly Pod[], Status> {
    const { cache } = this.#context;
    return claim({
      context: this.#context,
      ref: PODS,
      owner: set,
      selector: compiledSelector(set.spec.selector),
      owned: [...cache.byIndex(PODS, "owner", set.metadata.uid)].filter((pod) => isControlledBy(set, pod)),
      orphans: this.#orphanPods.in(set.metadata.namespace ?? "").filter((pod) => isMemberOf(set, pod)),
    });
  }

  // Models pkg/controller/statefulset UpdateStatefulSet
  #update(set: StatefulSet, history: readonly ControllerRevision[], pods: readonly Pod[]): Outcome {
    const revisions = syncRevisions(this.#context, set, history);
    if (!revisions.ok) return { failed: revisions.error };
    const { nowMs, parseMs } = this.#context;
    const availability = new Availability(set.spec.minReadySeconds ?? 0, nowMs, parseMs);
    const { counts, failure } = new StatefulSetUpdate(this.#context, set, revisions.value, pods, availability).run();
    const written = this.#writeStatus(set, counts, revisions.value);
    const truncated = truncateHistory(this.#context, set, history, revisions.value, pods);
    const failed = failure ?? written ?? truncated;
    if (failed !== undefined) return { failed };
    const nextMs = availability.nextMs(pods);
    return nextMs === undefined ? undefined : { againAfterMs: nextMs };
  }

  #writeStatus(set: StatefulSet, counts: Counts, revisions: Parameters<typeof statusOf>[2]): Status | undefined {
    const status = statusOf(set, counts, revisions);
    // Models inconsistentStatus: conditions, which the controller writes none of, are no reason to write.
    const { conditions: _, ...counted } = set.status;
    if (equalJson(status, counted)) return undefined;
    const written = this.#context.client.updateStatus(STATEFUL_SETS, { ...set, status });
    return written.ok || written.error.code === 404 ? undefined : written.error;
  }
}
