import type { Cache } from "../../../api/client.ts";
import type { Status } from "../../../api/errors.ts";
import { matchesLabels } from "../../../api/meta/labels.ts";
import { controllerOf, type KubeObject, keyOf } from "../../../api/object.ts";
import {
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  DAEMON_SETS,
  type DaemonSet,
  NODES,
  type Node,
  PODS,
  type Pod,
  type ResourceRef,
} from "../../../api/refs.ts";
import type { Change } from "../../../api/store.ts";
import { equalJson, type JsonObject } from "../../../base/json.ts";
import type { Result } from "../../../base/result.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../../controller-runtime/controller.ts";
import { revisionsOf } from "../../../controllers/shared/history.ts";
import { Orphans } from "../../../controllers/shared/orphans.ts";
import { claim, compiledSelector, controllerKey } from "../../../controllers/shared/ownership.ts";
import { Pace } from "../../../controllers/shared/pace.ts";
import { readyCondition } from "../../../controllers/shared/pods.ts";
import { taintsOf } from "../../../controllers/shared/taints.ts";
import { FailedPodsBackoff } from "./controller-backoff.ts";
import { Look } from "./controller-look.ts";
import { manage } from "./controller-manage.ts";
import { NodeWishes } from "./controller-nodes.ts";
import { doWork } from "./controller-pods.ts";
import { cleanUpHistory, hashOf, syncHistory } from "./controller-revisions.ts";
import { rollingUpdate } from "./controller-rolling.ts";
import { statusOf } from "./controller-status.ts";

/** Each look goes over all nodes: of 5,000 every 100 ms at most. */
const NODES_PER_MS = 50;

// Models pkg/controller/daemon
export const daemonSetController: Controller = {
  name: "daemonset-controller",
  watches: [
    watchRule(DAEMON_SETS, ({ object }) => [keyOf(object)]),
    // A revision that comes with its owner is nothing new to that: it may even be one too many for a while.
    watchRule(CONTROLLER_REVISIONS, (change, cache) =>
      change.type === "ADDED" && controllerOf(change.object) !== undefined ? [] : daemonSetsOf(change, cache),
    ),
    watchRule(PODS, (change, cache) => (matters(change) ? daemonSetsOf(change, cache) : [])),
  ],
  create: (context) => new DaemonSetReconciler(context),
};

// Models pkg/controller/daemon addPod, updatePod, deletePod, addHistory, updateHistory, deleteHistory
/** An object's daemon set, and the one that it had; for an orphan, those that would adopt it. */
function daemonSetsOf({ type, object, previous }: Change<KubeObject>, cache: Cache): readonly string[] {
  const owner = controllerOf(object);
  const moved = previous !== undefined && controllerOf(previous)?.uid !== owner?.uid;
  if (owner !== undefined && !moved && owner.kind !== DAEMON_SETS.kind) return [];
  const keys: string[] = [];
  const before = moved ? controllerKey(previous, DAEMON_SETS, cache) : undefined;
  if (before !== undefined) keys.push(before);
  if (owner !== undefined) {
    const key = controllerKey(object, DAEMON_SETS, cache);
    if (key !== undefined) keys.push(key);
    return keys;
  }
  if (type === "DELETED") return keys;
  for (const set of cache.byIndex(DAEMON_SETS, "namespace", object.metadata.namespace ?? "")) {
    if (matchesLabels(compiledSelector(set.spec.selector), object.metadata.labels)) keys.push(keyOf(set));
  }
  return keys;
}

/** Whether a pod's change can change what its set does, or shows. */
function matters({ type, object: pod, previous }: Change<Pod>): boolean {
  if (previous === undefined || type !== "MODIFIED") return true;
  if (pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp) return true;
  if (controllerOf(pod)?.uid !== controllerOf(previous)?.uid) return true;
  if (pod.spec.nodeName !== previous.spec.nodeName) return true;
  if (!equalJson(pod.metadata.labels, previous.metadata.labels)) return true;
  return pod.status.phase !== previous.status.phase || !equalJson(readyCondition(pod), readyCondition(previous));
}

class DaemonSetReconciler implements Reconciler {
  readonly watches;
  readonly #context: ComponentContext;
  readonly #orphanPods: Orphans<Pod>;
  readonly #orphanRevisions: Orphans<ControllerRevision>;
  readonly #wishes = new NodeWishes();
  readonly #backoff = new FailedPodsBackoff();
  readonly #pace = new Pace(NODES_PER_MS);

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#orphanPods = new Orphans(PODS, context);
    this.#orphanRevisions = new Orphans(CONTROLLER_REVISIONS, context);
    this.watches = [watchRule(NODES, (change, cache) => this.#daemonSetsOfNode(change, cache))];
  }

  save(): JsonObject {
    return { backoff: this.#backoff.save(), pace: this.#pace.save() };
  }

  load(state: JsonObject): void {
    this.#backoff.load(state.backoff as JsonObject);
    this.#pace.load(state.pace as JsonObject);
  }

  // Models pkg/controller/daemon addNode, updateNode
  /** Those that want something else of the node than before. Pods of a node that is gone tell of themselves. */
  #daemonSetsOfNode({ type, object, previous }: Change<Node>, cache: Cache): readonly string[] {
    if (type === "DELETED") return [];
    const before = type === "MODIFIED" ? previous : undefined;
    if (before !== undefined && !isSelectedOtherwise(object, before)) return [];
    const keys: string[] = [];
    for (const set of cache.list(DAEMON_SETS)) {
      const { run, stay } = this.#wishes.of(set, object);
      const was = before && this.#wishes.of(set, before);
      if (was === undefined ? run : was.run !== run || was.stay !== stay) keys.push(keyOf(set));
    }
    return keys;
  }

  // Models pkg/controller/daemon syncDaemonSet
  reconcile(key: string): Outcome {
    const { cache, nowMs } = this.#context;
    const set = cache.get(DAEMON_SETS, key);
    if (set === undefined) {
      this.#pace.forget(key);
      return undefined;
    }
    const nodes = [...cache.list(NODES)];
    const seen = set.status.observedGeneration === set.metadata.generation;
    const waitMs = seen ? this.#pace.msUntil(key, nodes.length, nowMs) : 0;
    if (waitMs > 0) return { againAfterMs: waitMs };
    this.#pace.looked(key, nodes.length, nowMs);
    // What it had may be going or be let go: nothing can be said about it.
    if (set.metadata.deletionTimestamp !== undefined) return undefined;
    const revisions = this.#claim(set, CONTROLLER_REVISIONS, revisionsOf(set, cache), this.#orphanRevisions);
    if (!revisions.ok) return { failed: revisions.error };
    const pods = this.#claim(set, PODS, this.#podsOf(set), this.#orphanPods);
    if (!pods.ok) return { failed: pods.error };
    const history = syncHistory(this.#context, set, revisions.value, pods.value);
    if (!history.ok) return { failed: history.error };
    const look = this.#look(set, hashOf(history.value.current), nodes);
    const { failure, againAfterMs } = this.#update(look);
    const cleaned = failure ?? cleanUpHistory(this.#context, set, history.value.old, this.#podsOf(set));
    return this.#show(this.#look(set, look.hash, nodes), cleaned, againAfterMs);
  }

  #claim<T extends KubeObject>(
    set: DaemonSet,
    ref: ResourceRef<T>,
    owned: readonly T[],
    orphans: Orphans<T>,
  ): Result<readonly T[], Status> {
    const selector = compiledSelector(set.spec.selector);
    const { namespace = "" } = set.metadata;
    return claim({ context: this.#context, ref, owner: set, selector, owned, orphans: orphans.in(namespace) });
  }

  #podsOf({ metadata }: DaemonSet): readonly Pod[] {
    const pods = [...this.#context.cache.byIndex(PODS, "owner", metadata.uid)];
    return pods.filter((pod) => controllerOf(pod)?.uid === metadata.uid);
  }

  #look(set: DaemonSet, hash: string, nodes: readonly Node[]): Look {
    const { nowMs, parseMs } = this.#context;
    return new Look({ set, hash, nodes, pods: this.#podsOf(set), wishes: this.#wishes, nowMs, parseMs });
  }

  // Models pkg/controller/daemon updateDaemonSet
  /** An update goes on when there was nothing else to do: the pods made or deleted now bring the next look. */
  #update(look: Look): { readonly failure: Status | undefined; readonly againAfterMs: number | undefined } {
    const { nodes, pods, againAfterMs } = manage(this.#context, look, this.#backoff);
    const { set, hash } = look;
    if (nodes.length > 0 || pods.length > 0) {
      return { failure: doWork(this.#context, set, hash, { nodes, pods }), againAfterMs };
    }
    const rolls = set.spec.updateStrategy?.type === "RollingUpdate";
    const failure = rolls ? doWork(this.#context, set, hash, rollingUpdate(look)) : undefined;
    return { failure, againAfterMs };
  }

  #show(look: Look, failure: Status | undefined, againAfterMs: number | undefined): Outcome {
    const { set } = look;
    const { status, nextMs } = statusOf(look);
    if (!equalJson(status, set.status)) {
      const written = this.#context.client.updateStatus(DAEMON_SETS, { ...set, status });
      if (!written.ok && written.error.code !== 404) return { failed: failure ?? written.error };
    }
    if (failure !== undefined) return { failed: failure };
    const waits = [againAfterMs, nextMs].filter((ms) => ms !== undefined);
    return waits.length === 0 ? undefined : { againAfterMs: Math.min(...waits) };
  }
}

/** Whether what selects nodes changed: labels or taints. */
function isSelectedOtherwise(node: Node, before: Node): boolean {
  return !equalJson(node.metadata.labels, before.metadata.labels) || !equalJson(taintsOf(node), taintsOf(before));
}
