import { keyOf } from "../../api/object.ts";
import { NODES, type Node, PODS, type Pod } from "../../api/refs.ts";
import type { Change } from "../../api/store.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext, Waiting } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { hasTaint, removeTaints, swapTaints } from "../shared/taints.ts";
import { NOT_READY, noScheduleChanges, UNREACHABLE } from "./condition-taints.ts";
import { type Health, HealthMonitor, readyConditionOf } from "./health.ts";
import { markPodsNotReady } from "./pods.ts";
import type { Tried } from "./taint-queue.ts";
import { type ZoneCount, Zones, zoneOf } from "./zones.ts";

const MONITOR_PERIOD_MS = 5_000;
/** How often the queues of nodes to taint are looked at. */
const TAINT_PERIOD_MS = 100;
const CONDITION_RETRY_MS = 50;
const EXCLUDED_LABEL = "node.kubernetes.io/exclude-disruption";
/** A label that repeats another, for clients of old. */
const REPEATED_LABELS = [
  ["kubernetes.io/os", "beta.kubernetes.io/os"],
  ["kubernetes.io/arch", "beta.kubernetes.io/arch"],
] as const;

// Models pkg/controller/nodelifecycle
/**
 * Says which nodes are well. Keys are `node/<name>` (its NoSchedule taints and labels) and `pod/<namespace>/<name>` (a
 * pod that was bound to a node that is not ready). Heartbeats are looked at every five seconds, not watched.
 */
export const nodeLifecycleController: Controller = {
  name: "node-lifecycle-controller",
  eventSource: "node-controller",
  watches: [
    watchRule(NODES, ({ type, object }) => (type === "DELETED" ? [] : [`node/${object.metadata.name}`])),
    watchRule(PODS, (change, cache) => {
      const node = newNodeOf(change);
      const unready = node !== undefined && !isReady(cache.get(NODES, node));
      return unready ? [`pod/${keyOf(change.object)}`] : [];
    }),
  ],
  create: (context) => new NodeLifecycle(context),
};

function newNodeOf({ type, object, previous }: Change<Pod>): string | undefined {
  const { nodeName } = object.spec;
  return type !== "DELETED" && nodeName && nodeName !== previous?.spec.nodeName ? nodeName : undefined;
}

function isReady(node: Node | undefined): boolean {
  return node === undefined || readyConditionOf(node)?.status === "True";
}

/** A node that was well at the last look: as long as it is the same object and is heard of, there is nothing to do. */
interface Calm {
  readonly node: Node;
  readonly health: Health;
  readonly zone: string;
}

class NodeLifecycle implements Reconciler {
  readonly #context: ComponentContext;
  readonly #health: HealthMonitor;
  readonly #zones = new Zones();
  /** Nodes that were registered, with their uids. */
  readonly #known = new Map<string, string>();
  /** By place in the list of nodes. Only to spare work: thousands of nodes are looked at every five seconds. */
  readonly #calm: (Calm | undefined)[] = [];
  /** Nodes whose pods could not all be marked. */
  readonly #retry = new Set<string>();
  #startedMs = 0;
  #pass: { readonly seq: number; readonly dueMs: number } | undefined;

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#health = new HealthMonitor(context);
  }

  start(): void {
    this.#startedMs = this.#context.nowMs;
    this.#context.send({ tick: "monitor" }, 0);
  }

  reconcile(key: string): Outcome {
    const name = key.slice(key.indexOf("/") + 1);
    return key.startsWith("node/") ? this.#reconcileNode(name) : this.#reconcilePod(name);
  }

  tick({ tick }: JsonObject): void {
    const context = this.#context;
    if (tick === "monitor") {
      context.because("node health");
      context.send({ tick: "monitor" }, MONITOR_PERIOD_MS);
      this.#monitor();
    } else {
      context.because("node taints");
      this.#pass = undefined;
      for (const queue of this.#zones.queues) queue.try(context.nowMs, (node) => this.#taint(node));
    }
    this.#schedulePass();
  }

  waits(resource: string, key: string): readonly Waiting[] {
    const node = resource === NODES.id ? this.#context.cache.get(NODES, key) : undefined;
    const silence = node && this.#health.silence(node);
    if (silence === undefined) return [];
    const message = "Its kubelet does not renew its lease; the node is marked Unknown at the first look after then.";
    return [{ reason: "NodeLease", message, ...silence }];
  }

  save(): JsonObject {
    return {
      health: this.#health.save(),
      zones: this.#zones.save(),
      known: [...this.#known],
      retry: [...this.#retry],
      startedMs: this.#startedMs,
      pass: this.#pass === undefined ? null : { ...this.#pass },
    };
  }

  load(state: JsonObject): void {
    this.#health.load(state.health as never);
    this.#zones.load(state.zones as JsonObject);
    for (const [name, uid] of state.known as [string, string][]) this.#known.set(name, uid);
    for (const name of state.retry as string[]) this.#retry.add(name);
    this.#startedMs = state.startedMs as number;
    this.#pass = (state.pass ?? undefined) as { seq: number; dueMs: number } | undefined;
  }

  // Models doNoScheduleTaintingPass and reconcileNodeLabels
  #reconcileNode(name: string): Outcome {
    const node = this.#context.cache.get(NODES, name);
    if (node === undefined) return undefined;
    const { added, removed } = noScheduleChanges(node);
    const tainted = swapTaints(this.#context, node, added, removed);
    if (!tainted.ok) return { failed: tainted.error };
    const labels = repeatedLabels(tainted.value);
    if (labels === undefined) return undefined;
    const { metadata } = tainted.value;
    const labelled = this.#context.client.update(NODES, { ...tainted.value, metadata: { ...metadata, labels } });
    return labelled.ok ? undefined : { failed: labelled.error };
  }

  // Models processPod
  #reconcilePod(key: string): Outcome {
    const pod = this.#context.cache.get(PODS, key);
    const node = pod?.spec.nodeName ? this.#context.cache.get(NODES, pod.spec.nodeName) : undefined;
    if (pod === undefined || node === undefined || !this.#health.knows(node.metadata.name)) return undefined;
    const ready = readyConditionOf(node);
    if (ready === undefined || ready.status === "True") return undefined;
    const failed = markPodsNotReady(this.#context, [pod]);
    return failed && { failed };
  }

  // Models monitorNodeHealth
  #monitor(): void {
    const { cache, nowMs } = this.#context;
    const nodes = [...cache.list(NODES)];
    this.#register(nodes);
    const counts = new Map<string, ZoneCount>();
    for (let place = 0; place < nodes.length; place++) {
      const node = nodes[place] as Node;
      const calm = this.#calm[place];
      if (calm !== undefined && calm.node === node && this.#health.hears(calm.health)) count(counts, calm.zone, true);
      else this.#calm[place] = this.#checkNode(node, counts);
    }
    this.#calm.length = nodes.length;
    const disruption = this.#zones.update(counts, nowMs);
    if (disruption === "entered") for (const node of nodes) this.#markReachable(node);
    else if (disruption === "left") this.#health.excuseAll();
  }

  // Models classifyNodes and what monitorNodeHealth does with its answer
  #register(nodes: readonly Node[]): void {
    for (let place = 0; place < nodes.length; place++) {
      const node = nodes[place] as Node;
      if (this.#calm[place]?.node === node) continue;
      const { name, uid } = node.metadata;
      this.#zones.add(zoneOf(node));
      if (this.#known.has(name)) continue;
      this.#nodeEvent(name, uid, "RegisteredNode", `Node ${name} event: Registered Node ${name} in Controller`);
      this.#known.set(name, uid);
      this.#markReachable(node);
    }
    if (this.#known.size === nodes.length) return;
    const present = new Set(nodes.map(({ metadata }) => metadata.name));
    for (const [name, uid] of this.#known) {
      if (present.has(name)) continue;
      this.#nodeEvent(name, uid, "RemovingNode", `Node ${name} event: Removing Node ${name} from Controller`);
      this.#known.delete(name);
      this.#health.forget(name);
      this.#retry.delete(name);
    }
  }

  /** Sees to one node. Returns it when all is well with it. */
  #checkNode(given: Node, counts: Map<string, ZoneCount>): Calm | undefined {
    const { name, uid } = given.metadata;
    // Registration may have taken taints off since the list was made.
    const present = this.#context.cache.get(NODES, name);
    if (present === undefined) return undefined;
    const checked = this.#health.check(present);
    if (!checked.ok) return undefined;
    const { node, observed, current } = checked.value;
    const zone = zoneOf(node);
    const counted = node.metadata.labels?.[EXCLUDED_LABEL] === undefined;
    if (counted) count(counts, zone, current === "True");
    if (current !== undefined) {
      this.#evictByTaint(node, zone, current);
      const lost = current !== "True" && observed === "True";
      if (lost) this.#nodeEvent(name, uid, "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
      if (lost || (this.#retry.has(name) && observed !== "True")) {
        if (markPodsNotReady(this.#context, this.#context.cache.byIndex(PODS, "node", name)) !== undefined) {
          this.#retry.add(name);
          return undefined;
        }
      }
    }
    this.#retry.delete(name);
    const health = this.#health.of(name);
    const isCalm = current === "True" && counted && node.spec.taints === undefined && health !== undefined;
    return isCalm ? { node, health, zone } : undefined;
  }

  // Models processTaintBaseEviction
  /** Sees to it that the NoExecute taint follows Ready: a swap at once, a new one when the zone's queue allows it. */
  #evictByTaint(node: Node, zone: string, ready: string): void {
    if (ready === "True") {
      this.#markReachable(node);
      return;
    }
    const [wanted, opposite] = ready === "Unknown" ? [UNREACHABLE, NOT_READY] : [NOT_READY, UNREACHABLE];
    if (hasTaint(node, opposite)) {
      swapTaints(this.#context, node, [wanted], [opposite]);
      return;
    }
    const queue = this.#zones.queueOf(zone);
    const { name } = node.metadata;
    if (!hasTaint(node, wanted)) queue.remove(name);
    queue.add(name, this.#context.nowMs);
  }

  // Models doNoExecuteTaintingPass
  #taint(name: string): Tried {
    const node = this.#context.cache.get(NODES, name);
    if (node === undefined) return "done";
    const ready = readyConditionOf(node);
    if (ready === undefined) return { retryAfterMs: CONDITION_RETRY_MS };
    if (ready.status === "True") return "done";
    const [wanted, opposite] = ready.status === "Unknown" ? [UNREACHABLE, NOT_READY] : [NOT_READY, UNREACHABLE];
    return swapTaints(this.#context, node, [wanted], [opposite]).ok ? "done" : { retryAfterMs: 0 };
  }

  // Models markNodeAsReachable
  #markReachable({ metadata: { name } }: Node): void {
    const node = this.#context.cache.get(NODES, name);
    if (node === undefined) return;
    if (node.spec.taints !== undefined) {
      const unreachable = removeTaints(this.#context, node, [UNREACHABLE]);
      if (!unreachable.ok || !removeTaints(this.#context, unreachable.value, [NOT_READY]).ok) return;
    }
    this.#zones.queueOf(zoneOf(node)).remove(name);
  }

  /** A pass at the next tenth of a second at which some queue has something to do. */
  #schedulePass(): void {
    const { nowMs } = this.#context;
    let dueMs: number | undefined;
    for (const queue of this.#zones.queues) {
      if (queue.dueMs !== undefined && (dueMs === undefined || queue.dueMs < dueMs)) dueMs = queue.dueMs;
    }
    if (dueMs === undefined) return;
    const periods = Math.ceil((Math.max(dueMs, nowMs + 1) - this.#startedMs) / TAINT_PERIOD_MS);
    const atMs = this.#startedMs + periods * TAINT_PERIOD_MS;
    if (this.#pass !== undefined) {
      if (this.#pass.dueMs <= atMs) return;
      this.#context.cancel(this.#pass.seq);
    }
    this.#pass = { seq: this.#context.send({ tick: "taint" }, atMs - nowMs), dueMs: atMs };
  }

  #nodeEvent(name: string, uid: string, reason: string, message: string): void {
    const about = { apiVersion: "v1", kind: "Node", metadata: { name, uid } };
    this.#context.recordEvent(about, { type: "Normal", reason, message });
  }
}

function count(counts: Map<string, ZoneCount>, zone: string, ready: boolean): void {
  let zoneCount = counts.get(zone);
  if (zoneCount === undefined) {
    zoneCount = { ready: 0, notReady: 0 };
    counts.set(zone, zoneCount);
  }
  if (ready) zoneCount.ready++;
  else zoneCount.notReady++;
}

/** The labels with those repeated that were missing or said otherwise; undefined when all is well. */
function repeatedLabels({ metadata: { labels } }: Node): { readonly [key: string]: string } | undefined {
  if (labels === undefined) return undefined;
  const missing = REPEATED_LABELS.flatMap(([primary, secondary]) => {
    const value = labels[primary];
    return value === undefined || labels[secondary] === value ? [] : [[secondary, value] as const];
  });
  return missing.length === 0 ? undefined : { ...labels, ...Object.fromEntries(missing) };
}
