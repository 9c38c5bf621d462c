import {
  CONFIG_MAPS,
  NODE_GROUP_LABEL,
  NODE_GROUPS,
  NODES,
  type Node,
  type NodeGroup,
  PODS,
  REMOVE_ANNOTATION,
} from "../../api/refs.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ComponentContext, EventSubject, Waiting } from "../../controller-runtime/component.ts";
import { type Controller, type Outcome, type Reconciler, watchRule } from "../../controller-runtime/controller.ts";
import { isReady, type Readiness, Registration } from "./registration.ts";
import { budgetAllows, findUnneeded, podsToMove, type Unneeded, type Utilization } from "./scale-down.ts";
import { planScaleUp, waitingPods } from "./scale-up.ts";
import { Scene } from "./scene.ts";
import { statusOf } from "./status.ts";

/** The flag scan-interval. */
const SCAN_MS = 10_000;
/** The flags scale-down-unneeded-time and scale-down-delay-after-add. */
const UNNEEDED_MS = 600_000;
const DELAY_AFTER_ADD_MS = 600_000;
/** The flag max-empty-bulk-delete. */
const MAX_EMPTY = 10;
/** The taint of nodes that are being emptied. */
const TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";
const SCAN = "scan";
const NAMESPACE = "kube-system";
const STATUS_NAME = "cluster-autoscaler-status";

// Models kubernetes/autoscaler cluster-autoscaler core static_autoscaler.go RunOnce
/**
 * Asks for machines when pods find no room, and gives back those that are not needed for ten minutes. It acts on
 * NodeGroups only, and does nothing in clusters that have none.
 */
export const clusterAutoscaler: Controller = {
  name: "cluster-autoscaler",
  watches: [watchRule(NODE_GROUPS, () => [SCAN], SCAN_MS)],
  create: (context) => new Autoscaler(context),
};

class Autoscaler implements Reconciler {
  readonly #context: ComponentContext;
  /** Since when nodes are not needed, by name; virtual milliseconds. */
  readonly #unneeded = new Map<string, number>();
  /** Nodes that are being emptied. */
  readonly #leaving = new Set<string>();
  /** Those of them that had pods to move. */
  readonly #drained = new Set<string>();
  /** Made when it is needed first: most clusters never grow or shrink. */
  #scene: Scene | undefined;
  #grownMs = Number.NEGATIVE_INFINITY;
  readonly #registration = new Registration();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  save(): JsonObject {
    const grown = Number.isFinite(this.#grownMs) ? { grownMs: this.#grownMs } : {};
    const [leaving, drained] = [[...this.#leaving], [...this.#drained]];
    return { unneeded: [...this.#unneeded], leaving, drained, registration: this.#registration.save(), ...grown };
  }

  load(state: JsonObject): void {
    for (const [name, sinceMs] of state.unneeded as [string, number][]) this.#unneeded.set(name, sinceMs);
    for (const name of state.leaving as string[]) this.#leaving.add(name);
    for (const name of (state.drained ?? []) as string[]) this.#drained.add(name);
    if (state.registration !== undefined) this.#registration.load(state.registration as JsonObject);
    if (typeof state.grownMs === "number") this.#grownMs = state.grownMs;
  }

  waits(resource: string, key: string): readonly Waiting[] {
    const sinceMs = resource === NODES.id ? this.#unneeded.get(key) : undefined;
    if (sinceMs === undefined) return [];
    const message = "It is not needed; the autoscaler gives it back at the first look after then, unless that changes.";
    return [
      {
        reason: "ScaleDown",
        message,
        sinceMs,
        untilMs: Math.max(sinceMs + UNNEEDED_MS, this.#grownMs + DELAY_AFTER_ADD_MS),
      },
    ];
  }

  reconcile(): Outcome {
    const groups = [...this.#context.cache.list(NODE_GROUPS)].sort((a, b) =>
      a.metadata.name < b.metadata.name ? -1 : 1,
    );
    if (groups.length === 0) return undefined;
    this.#leave(groups);
    this.#giveUpUnregistered(groups);
    const nodes = [...this.#context.cache.list(NODES)].filter(({ metadata }) => !this.#leaving.has(metadata.name));
    this.#scaleUp(groups, nodes);
    this.#scaleDown(nodes);
    this.#writeStatus();
    return { againAfterMs: SCAN_MS };
  }

  #group(name: string | undefined): NodeGroup | undefined {
    return name === undefined ? undefined : this.#context.cache.get(NODE_GROUPS, name);
  }

  #readiness(group: NodeGroup, nodes: readonly Node[]): Readiness {
    const { nowMs, parseMs } = this.#context;
    const ageMs = ({ metadata }: Node) => nowMs - parseMs(metadata.creationTimestamp);
    return this.#registration.of(group, nodes, this.#leavingOf(group.metadata.name), ageMs, nowMs);
  }

  // Models static_autoscaler.go removeOldUnregisteredNodes
  /** Gives back machines that have had no node for long. */
  #giveUpUnregistered(groups: readonly NodeGroup[]): void {
    const { cache, nowMs } = this.#context;
    const nodes = [...cache.list(NODES)];
    this.#registration.update(groups, nodes, nowMs);
    const staying = nodes.filter(({ metadata }) => !this.#leaving.has(metadata.name));
    for (const group of groups) {
      const { desiredSize, minSize = 0 } = group.spec;
      const count = Math.min(this.#readiness(group, staying).unregistered, desiredSize - minSize);
      if (count <= 0 || !this.#resize(group, desiredSize - count)) continue;
      for (const name of this.#registration.lost(group.metadata.name, cache)) {
        this.#registration.forget(name);
        this.#tellStatus("DeleteUnregistered", `Removed unregistered node ${name}`);
      }
    }
  }

  #scaleUp(groups: readonly NodeGroup[], nodes: readonly Node[]): void {
    const { cache } = this.#context;
    const pods = waitingPods(cache);
    if (pods.length === 0) return;
    this.#scene ??= new Scene(this.#context);
    const scene = this.#scene;
    const ready = nodes.filter((node) => isReady(node) && node.spec.unschedulable !== true);
    const plan = planScaleUp(cache, scene, {
      groups,
      nodes: ready.flatMap(({ metadata }) => scene.node(metadata.name) ?? []),
      upcoming: (group) => this.#readiness(group, nodes).upcoming,
      pods,
    });
    const { group, size } = plan;
    if (group !== undefined && this.#resize(group, size)) {
      this.#grownMs = this.#context.nowMs;
      this.#registration.grown(group.metadata.name, this.#grownMs);
      const from = group.spec.desiredSize;
      const { name } = group.metadata;
      const most = `(max: ${group.spec.maxSize})`;
      this.#tellStatus("ScaledUpGroup", `Scale-up: setting group ${name} size to ${size} instead of ${from} ${most}`);
      this.#tellStatus("ScaledUpGroup", `Scale-up: group ${name} size set to ${size} instead of ${from} ${most}`);
      const message = `pod triggered scale-up: [{${name} ${from}->${size} ${most}}]`;
      for (const pod of plan.helped) this.#event(pod, "TriggeredScaleUp", message);
    }
    for (const [pod, reasons] of plan.unhelped) {
      this.#event(pod, "NotTriggerScaleUp", `pod didn't trigger scale-up: ${reasons}`);
    }
  }

  #leavingOf(group: string): number {
    let count = 0;
    for (const name of this.#leaving) {
      if (this.#context.cache.get(NODES, name)?.metadata.labels?.[NODE_GROUP_LABEL] === group) count++;
    }
    return count;
  }

  #resize(group: NodeGroup, desiredSize: number): boolean {
    const updated = this.#context.client.update(NODE_GROUPS, { ...group, spec: { ...group.spec, desiredSize } });
    return updated.ok;
  }

  #scaleDown(nodes: readonly Node[]): void {
    const { cache, nowMs } = this.#context;
    const found = this.#findUnneeded(nodes);
    const names = new Set(found.map(({ node }) => node.metadata.name));
    for (const name of [...this.#unneeded.keys()]) if (!names.has(name)) this.#unneeded.delete(name);
    for (const name of names) if (!this.#unneeded.has(name)) this.#unneeded.set(name, nowMs);
    if (nowMs - this.#grownMs < DELAY_AFTER_ADD_MS || this.#leaving.size > 0) return;
    const due = found.filter(({ node }) => nowMs - (this.#unneeded.get(node.metadata.name) ?? nowMs) >= UNNEEDED_MS);
    const empty = due.filter(({ pods }) => pods.length === 0).slice(0, MAX_EMPTY);
    const going = empty.length > 0 ? empty : due.slice(0, 1);
    const left = new Map<string, number>();
    for (const one of going) {
      const group = this.#group(one.node.metadata.labels?.[NODE_GROUP_LABEL]);
      if (group === undefined) continue;
      const { name } = group.metadata;
      const size = left.get(name) ?? group.spec.desiredSize;
      if (size <= (group.spec.minSize ?? 0)) continue;
      left.set(name, size - 1);
      this.#beginLeaving(one);
    }
    if (going.length > 0) this.#leave([...cache.list(NODE_GROUPS)]);
  }

  #findUnneeded(nodes: readonly Node[]): readonly Unneeded[] {
    const { cache } = this.#context;
    const candidates = nodes.filter((node) => {
      const group = this.#group(node.metadata.labels?.[NODE_GROUP_LABEL]);
      return group !== undefined && isReady(node) && group.spec.desiredSize > (group.spec.minSize ?? 0);
    });
    if (candidates.length === 0) return [];
    this.#scene ??= new Scene(this.#context);
    const usable = nodes.filter((node) => isReady(node) && node.spec.unschedulable !== true);
    return findUnneeded(cache, this.#scene, candidates, usable);
  }

  #beginLeaving({ node, pods, utilization }: Unneeded): void {
    const { client, now, parseMs } = this.#context;
    const { name } = node.metadata;
    const seconds = Math.floor(parseMs(now) / 1000);
    const taint = { key: TO_BE_DELETED, value: String(seconds), effect: "NoSchedule" } as const;
    const updated = client.update(NODES, {
      ...node,
      spec: { ...node.spec, taints: [...(node.spec.taints ?? []), taint] },
    });
    if (!updated.ok) return;
    this.#leaving.add(name);
    this.#unneeded.delete(name);
    this.#event(node, "ScaleDown", "marked the node as toBeDeleted/unschedulable");
    if (pods.length === 0) this.#tellStatus("ScaleDownEmpty", `Scale-down: removing empty node "${name}"`);
    else {
      this.#drained.add(name);
      const moved = pods.map((pod) => pod.metadata.name).join(",");
      const used = utilizationText(utilization);
      const message = `Scale-down: removing node ${name}, utilization: ${used}, pods to reschedule: ${moved}`;
      this.#tellStatus("ScaleDown", message);
    }
    for (const pod of pods) {
      if (!budgetAllows(this.#context.cache, pod)) continue;
      this.#event(pod, "ScaleDown", "deleting pod for node scale down");
      client.delete(PODS, `${pod.metadata.namespace}/${pod.metadata.name}`, { uid: pod.metadata.uid });
    }
  }

  /** Gives back the machines of nodes that are empty by now; those whose pods a budget holds go on being emptied. */
  #leave(groups: readonly NodeGroup[]): void {
    const { cache, client } = this.#context;
    for (const name of [...this.#leaving]) {
      const node = cache.get(NODES, name);
      const group = this.#group(node?.metadata.labels?.[NODE_GROUP_LABEL]);
      if (
        node === undefined ||
        group === undefined ||
        !groups.some((one) => one.metadata.name === group.metadata.name)
      ) {
        this.#leaving.delete(name);
        this.#drained.delete(name);
        continue;
      }
      const pods = podsToMove(cache, node);
      for (const pod of pods) {
        if (pod.metadata.deletionTimestamp !== undefined || !budgetAllows(cache, pod)) continue;
        this.#event(pod, "ScaleDown", "deleting pod for node scale down");
        client.delete(PODS, `${pod.metadata.namespace}/${pod.metadata.name}`, { uid: pod.metadata.uid });
      }
      if (pods.length > 0) continue;
      const annotations = { ...node.metadata.annotations, [REMOVE_ANNOTATION]: "true" };
      if (!client.update(NODES, { ...node, metadata: { ...node.metadata, annotations } }).ok) continue;
      if (!this.#resize(group, group.spec.desiredSize - 1)) continue;
      this.#leaving.delete(name);
      this.#registration.forget(name);
      this.#event(node, "ScaleDown", "node removed by cluster autoscaler");
      if (this.#drained.delete(name)) this.#tellStatus("ScaleDown", `Scale-down: node ${name} removed with drain`);
      else this.#tellStatus("ScaleDownEmpty", `Scale-down: empty node ${name} removed`);
    }
  }

  #writeStatus(): void {
    const { cache, client, now } = this.#context;
    const nodes = [...cache.list(NODES)];
    const waiting = waitingPods(cache).length;
    const key = `${NAMESPACE}/${STATUS_NAME}`;
    const old = cache.get(CONFIG_MAPS, key);
    const status = statusOf({ groups: [...cache.list(NODE_GROUPS)], nodes, waiting, candidates: this.#unneeded.size });
    // The time alone is no news: a write every ten seconds would be.
    if (old?.data?.status?.endsWith(status) === true) return;
    const data = { status: `time: ${now}\n${status}` };
    if (old === undefined) client.create(CONFIG_MAPS, { metadata: { name: STATUS_NAME, namespace: NAMESPACE }, data });
    else client.update(CONFIG_MAPS, { ...old, data });
  }

  #tellStatus(reason: string, message: string): void {
    const { uid = "" } = this.#context.cache.get(CONFIG_MAPS, `${NAMESPACE}/${STATUS_NAME}`)?.metadata ?? {};
    const about: EventSubject = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: STATUS_NAME, namespace: NAMESPACE, uid },
    };
    this.#event(about, reason, message);
  }

  #event(about: EventSubject, reason: string, message: string): void {
    this.#context.recordEvent(about, { type: "Normal", reason, message });
  }
}

/** As Go prints the struct: CPU, memory, GPUs, devices, the resource that counts, and how much of it. */
function utilizationText({ cpu, memory, resource, most }: Utilization): string {
  return `{${cpu} ${memory} 0 0 ${resource} ${most}}`;
}
