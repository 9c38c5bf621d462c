import { keyOf, splitKey } from "../../api/object.ts";
import { NODES, type Node, PODS, type Pod } from "../../api/refs.ts";
import type { Taint, Toleration } from "../../api/schema/generated/types.ts";
import type { Change } from "../../api/store.ts";
import { equalJson, type JsonObject } from "../../base/json.ts";
import type { ComponentContext, Waiting } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { withPodCondition } from "../shared/pod-condition.ts";
import { taintsOf } from "../shared/taints.ts";
import { matchingTolerations } from "../shared/tolerations.ts";

const RETRY_MS = 10;
const MAX_RETRY_MS = 30_000;
const FOREVER = -1;

// Models pkg/controller/tainteviction
/**
 * Evicts pods that do not tolerate the NoExecute taints of their node, or no longer. Keys are `node/<name>` and
 * `pod/<namespace>/<name>`; timers are messages to itself.
 */
export const taintEvictionController: Controller = {
  name: "taint-eviction-controller",
  watches: [watchRule(NODES, (change) => (taintsChanged(change) ? [`node/${change.object.metadata.name}`] : []))],
  create: (context) => new TaintEviction(context),
};

/** An eviction to come; `fired` when it was carried out: it is not ordered again for the same pod. */
type Eviction = { readonly seq: number; readonly failures: number; readonly dueMs: number } | "fired";

class TaintEviction implements Reconciler {
  readonly watches = [watchRule(PODS, (change) => this.#keysOfPod(change))];
  readonly #context: ComponentContext;
  readonly #evictions = new Map<string, Eviction>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  reconcile(key: string): Outcome {
    const name = key.slice(key.indexOf("/") + 1);
    if (key.startsWith("node/")) this.#reconcileNode(name);
    else this.#reconcilePod(name);
    return undefined;
  }

  tick({ evict }: JsonObject): void {
    this.#context.because(`pod/${evict}`);
    this.#evict(evict as string);
  }

  save(): JsonObject {
    return {
      evictions: [...this.#evictions].map(([pod, eviction]) =>
        eviction === "fired" ? [pod] : [pod, eviction.seq, eviction.failures, eviction.dueMs],
      ),
    };
  }

  load(state: JsonObject): void {
    for (const [pod, seq, failures = 0, dueMs = 0] of state.evictions as [string, number?, number?, number?][]) {
      this.#evictions.set(pod, seq === undefined ? "fired" : { seq, failures, dueMs });
    }
  }

  waits(resource: string, key: string): readonly Waiting[] {
    const eviction = resource === PODS.id ? this.#evictions.get(key) : undefined;
    if (eviction === undefined || eviction === "fired") return [];
    const message = "Its node has a NoExecute taint that it tolerates for a while; it is evicted unless that goes.";
    return [{ reason: "TaintToleration", message, untilMs: eviction.dueMs }];
  }

  /** Pods matter when an eviction of them is noted, or when they come to a tainted node: nearly none do. */
  #keysOfPod({ type, object, previous }: Change<Pod>): readonly string[] {
    const key = keyOf(object);
    if (type === "DELETED") return this.#evictions.has(key) ? [`pod/${key}`] : [];
    const { nodeName, tolerations } = object.spec;
    if (!nodeName) return [];
    const same = previous?.spec.nodeName === nodeName && equalJson(previous.spec.tolerations, tolerations);
    return same || evictingTaints(this.#context.cache.get(NODES, nodeName)).length === 0 ? [] : [`pod/${key}`];
  }

  // Models handleNodeUpdate
  #reconcileNode(name: string): void {
    const { cache } = this.#context;
    const node = cache.get(NODES, name);
    if (node === undefined) return;
    const taints = evictingTaints(node);
    for (const pod of [...cache.byIndex(PODS, "node", name)]) this.#process(pod, taints);
  }

  // Models handlePodUpdate
  #reconcilePod(key: string): void {
    const pod = this.#context.cache.get(PODS, key);
    if (pod === undefined) {
      this.#cancel(key);
      return;
    }
    const node = pod.spec.nodeName ? this.#context.cache.get(NODES, pod.spec.nodeName) : undefined;
    const taints = evictingTaints(node);
    if (taints.length > 0) this.#process(pod, taints);
  }

  // Models processPodOnNode
  #process(pod: Pod, taints: readonly Taint[]): void {
    const key = keyOf(pod);
    const used = matchingTolerations(taints, pod.spec.tolerations ?? []);
    if (used === undefined) {
      this.#cancel(key);
      this.#evict(key);
      return;
    }
    const seconds = taints.length === 0 ? FOREVER : shortest(used);
    if (seconds === FOREVER) this.#cancel(key);
    else if (seconds === 0 && !this.#evictions.has(key)) this.#evict(key);
    else if (!this.#evictions.has(key)) this.#schedule(key, seconds * 1000, 0);
  }

  #schedule(key: string, delayMs: number, failures: number): void {
    const dueMs = this.#context.nowMs + delayMs;
    this.#evictions.set(key, { seq: this.#context.send({ evict: key }, delayMs), failures, dueMs });
  }

  #cancel(key: string): void {
    const eviction = this.#evictions.get(key);
    this.#evictions.delete(key);
    if (eviction === undefined || eviction === "fired") return;
    this.#context.cancel(eviction.seq);
    this.#event(key, "Cancelling deletion of Pod");
  }

  // Models deletePodHandler. Upstream gives up after five failures in 50 ms; this tries on until the API is back.
  #evict(key: string): void {
    const { cache, client, now } = this.#context;
    const noted = this.#evictions.get(key);
    const failures = noted === undefined || noted === "fired" ? 0 : noted.failures;
    this.#event(key, "Marking for deletion Pod");
    const pod = cache.get(PODS, key);
    if (pod === undefined) {
      this.#evictions.delete(key);
      return;
    }
    const conditions = withPodCondition(pod, disruptionTarget(pod), now);
    const marked =
      conditions === undefined || client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } }).ok;
    if (marked && client.delete(PODS, key).ok) this.#evictions.set(key, "fired");
    else this.#schedule(key, Math.min(RETRY_MS * 2 ** Math.min(failures, 20), MAX_RETRY_MS), failures + 1);
  }

  #event(key: string, what: string): void {
    const { namespace, name } = splitKey(key);
    // The real one knows the pod by its name only: the event carries no uid.
    const about = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, uid: "" } };
    this.#context.recordEvent(about, {
      type: "Normal",
      reason: "TaintManagerEviction",
      message: `${what} ${key}`,
    });
  }
}

function taintsChanged({ type, object, previous }: Change<Node>): boolean {
  if (type === "DELETED") return false;
  return !equalJson(evictingTaints(object), evictingTaints(previous));
}

function evictingTaints(node: Node | undefined): readonly Taint[] {
  return node === undefined ? [] : taintsOf(node).filter(({ effect }) => effect === "NoExecute");
}

// Models getMinTolerationTime
/** The shortest time in seconds that all taints are tolerated; FOREVER without a limit. */
function shortest(tolerations: readonly Toleration[]): number {
  let least = FOREVER;
  for (const { tolerationSeconds } of tolerations) {
    if (tolerationSeconds === undefined) continue;
    const seconds = Math.max(0, tolerationSeconds);
    if (least === FOREVER || seconds < least) least = seconds;
  }
  return least;
}

function disruptionTarget({ metadata: { generation } }: Pod) {
  return {
    type: "DisruptionTarget",
    ...(generation !== undefined && { observedGeneration: generation }),
    status: "True",
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
  };
}
