import { keyOf } from "../../api/object.ts";
import { NODES, type Node, PODS, type Pod } from "../../api/refs.ts";
import type { PodCondition } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import type { Controller, Reconciler } from "../../controller-runtime/controller.ts";
import { withPodCondition } from "../shared/pod-condition.ts";
import { isPodTerminal } from "../shared/pods.ts";
import { taintsOf } from "../shared/taints.ts";

const PERIOD_MS = 20_000;
/** How long a node must be missing before its pods are taken for lost. */
const QUARANTINE_MS = 40_000;
const MAX_ENDED_PODS = 12_500;
const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

// Models pkg/controller/podgc
/** Takes away pods that no kubelet will: of missing nodes, of nodes given up, never scheduled, and too many ended ones. */
export const podGarbageCollector: Controller = {
  name: "pod-garbage-collector-controller",
  watches: [],
  create: (context) => new PodGarbageCollector(context),
};

class PodGarbageCollector implements Reconciler {
  readonly #context: ComponentContext;
  /** Missing nodes, and when their quarantine ends. */
  readonly #quarantine = new Map<string, number>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  start(): void {
    this.#context.send({ tick: true }, 0);
  }

  reconcile(): undefined {
    return undefined;
  }

  tick(): void {
    this.#context.because("pod garbage");
    this.#context.send({ tick: true }, PERIOD_MS);
    this.#collectEnded();
    this.#collectOutOfService();
    this.#collectOrphaned();
    for (const pod of [...this.#context.cache.byIndex(PODS, "leftover", "unscheduled")]) this.#remove(pod);
  }

  save(): JsonObject {
    return { quarantine: [...this.#quarantine] };
  }

  load(state: JsonObject): void {
    for (const [node, endMs] of state.quarantine as [string, number][]) this.#quarantine.set(node, endMs);
  }

  // Models gcTerminated
  #collectEnded(): void {
    const { cache } = this.#context;
    const tooMany = cache.countByIndex(PODS, "leftover", "ended") - MAX_ENDED_PODS;
    if (tooMany <= 0) return;
    const oldestFirst = [...cache.byIndex(PODS, "leftover", "ended")].sort(byEvictionAndAge);
    for (const pod of oldestFirst.slice(0, tooMany)) this.#remove(pod);
  }

  // Models gcTerminating
  #collectOutOfService(): void {
    const { cache } = this.#context;
    const going: Pod[] = [];
    for (const node of cache.list(NODES)) {
      if (!isOutOfService(node)) continue;
      for (const pod of cache.byIndex(PODS, "node", node.metadata.name)) {
        if (pod.metadata.deletionTimestamp !== undefined) going.push(pod);
      }
    }
    for (const pod of going.sort(byEvictionAndAge)) this.#remove(pod);
  }

  // Models gcOrphaned
  #collectOrphaned(): void {
    const { cache, nowMs } = this.#context;
    for (const name of cache.indexValues(PODS, "node")) {
      if (cache.get(NODES, name) !== undefined || this.#quarantine.has(name)) continue;
      this.#quarantine.set(name, nowMs + QUARANTINE_MS);
    }
    for (const [name, endMs] of [...this.#quarantine]) {
      if (nowMs < endMs) continue;
      this.#quarantine.delete(name);
      if (cache.get(NODES, name) !== undefined) continue;
      for (const pod of [...cache.byIndex(PODS, "node", name)]) this.#remove(pod, "PodGC: node no longer exists");
    }
  }

  // Models markFailedAndDeletePodWithCondition
  /** Marks a pod failed, so that no owner takes it for running, and deletes it without grace. */
  #remove(pod: Pod, why?: string): void {
    const { client, now } = this.#context;
    if (!isPodTerminal(pod)) {
      const { generation } = pod.metadata;
      const observed = generation === undefined ? {} : { observedGeneration: generation };
      const conditions =
        (why !== undefined && withPodCondition(pod, { ...observed, ...disruption(why) }, now)) || pod.status.conditions;
      const status = { ...pod.status, ...observed, phase: "Failed", ...(conditions && { conditions }) };
      if (!client.updateStatus(PODS, { ...pod, status }).ok) return;
    }
    client.delete(PODS, keyOf(pod), { gracePeriodSeconds: 0 });
  }
}

function disruption(message: string): Pick<PodCondition, "type" | "status" | "reason" | "message"> {
  return { type: "DisruptionTarget", status: "True", reason: "DeletionByPodGC", message };
}

function isOutOfService(node: Node): boolean {
  if (!taintsOf(node).some(({ key }) => key === OUT_OF_SERVICE)) return false;
  return node.status.conditions?.find(({ type }) => type === "Ready")?.status !== "True";
}

/** Evicted pods first, then the older one, then by name. */
function byEvictionAndAge(a: Pod, b: Pod): number {
  const evicted = Number(isEvicted(b)) - Number(isEvicted(a));
  if (evicted !== 0) return evicted;
  const [left, right] = [a.metadata, b.metadata];
  if (left.creationTimestamp !== right.creationTimestamp) {
    return left.creationTimestamp < right.creationTimestamp ? -1 : 1;
  }
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

// Models pkg/kubelet/eviction PodIsEvicted
function isEvicted({ status }: Pod): boolean {
  return status.phase === "Failed" && status.reason === "Evicted";
}
