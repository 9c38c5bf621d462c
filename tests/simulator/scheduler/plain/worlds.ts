import { type KubeObject, keyOf } from "../../../../simulator/api/object.ts";
import { NAMESPACES, NODES, type Node, PODS, type Pod, type ResourceRef } from "../../../../simulator/api/refs.ts";
import { DEFAULT_OPTIONS } from "../../../../simulator/scheduler/configuration.ts";
import { isStatus, type PluginDefinition, SKIP, type Status } from "../../../../simulator/scheduler/framework.ts";
import { NodeCache } from "../../../../simulator/scheduler/node-cache.ts";
import { plugins } from "../../../../simulator/scheduler/plugins/registry.ts";
import { PodInfo } from "../../../../simulator/scheduler/pod-info.ts";
import type { RandomStream } from "../../../../simulator/time/random.ts";
import { Harness } from "../harness.ts";
import { nodeObject, type PodSketch, podObject } from "../objects.ts";
import type { Plain } from "./rules.ts";

const ZONE = "topology.kubernetes.io/zone";
const KEYS = [ZONE, "kubernetes.io/hostname", "rack"];
const LABELS: readonly { readonly [key: string]: string }[] = [
  { app: "a" },
  { app: "b" },
  { app: "a", tier: "x" },
  { app: "b", tier: "y" },
  {},
];
const NAMESPACES_USED = ["default", "other"];

/** A small cluster whose nodes and pods come, go and change by chance, with a scheduler's view of it that is never made anew. */
export class World {
  readonly #harness = new Harness();
  readonly #cache = new NodeCache();
  readonly #random: RandomStream;
  readonly #nodes = new Map<string, Node>();
  readonly #pods = new Map<string, Pod>();
  readonly #namespaces = new Map<string, { readonly [key: string]: string }>();
  #serial = 0;

  constructor(seed: number) {
    this.#random = new Harness({}, seed).random.stream("world");
    for (const name of NAMESPACES_USED) {
      this.#namespaces.set(name, { team: name });
      this.#harness.namespace(name, { team: name });
    }
    for (let index = 0; index < 6; index++) this.#putNode(`n${index}`);
  }

  /** A plugin that watches this world from now on. */
  plugin(definition: PluginDefinition) {
    const { context } = this.#harness;
    const plugin = definition.create({
      context,
      client: context.client,
      objects: context.cache,
      nodes: this.#cache,
      options: { ...DEFAULT_OPTIONS, plugins: plugins.all },
      nominatedTo: () => [],
      hasNominations: () => false,
    });
    const prepare = (pod: PodInfo) => {
      const answer = plugin.preFilter?.(pod);
      const state = typeof answer === "object" && !isStatus(answer) ? answer.state : undefined;
      return () => {
        const verdicts: { [node: string]: Status | undefined } = {};
        for (const node of this.#cache.list()) {
          verdicts[node.name] = answer === SKIP ? undefined : plugin.filter?.(state, pod, node);
        }
        return verdicts;
      };
    };
    const filter = (pod: PodInfo) => prepare(pod)();
    const score = (pod: PodInfo): { [node: string]: number } | undefined => {
      const nodes = this.#cache.list();
      const places = Int32Array.from(nodes, ({ place }) => place);
      const answer = plugin.preScore?.(pod, nodes, places);
      if (answer === SKIP) return undefined;
      const state = typeof answer === "object" && !isStatus(answer) ? answer.state : undefined;
      const scores = Float64Array.from(nodes, (node) => plugin.score?.(state, pod, node) ?? 0);
      plugin.normalizeScore?.(state, scores, nodes.length, nodes);
      return Object.fromEntries(nodes.map(({ name }, index) => [name, scores[index] ?? 0]));
    };
    return { prepare, filter, score };
  }

  /** Does work while the pods of some node are thought away, as preemption does; `work` is given the world without them. */
  withoutPodsOfANode(work: (plain: Plain) => void): void {
    const { plain } = this;
    const name = this.#pick(plain.nodes).metadata.name;
    const away = [...(this.#cache.get(name)?.pods.values() ?? [])].filter(() => this.#chance(70));
    const keys = new Set(away.map(({ key }) => key));
    for (const info of away) this.#cache.displace(info, name);
    work({ ...plain, pods: plain.pods.filter((pod) => !keys.has(keyOf(pod))) });
    for (const info of away) this.#cache.place(info, name);
  }

  get plain(): Plain {
    return { nodes: [...this.#nodes.values()], pods: [...this.#pods.values()], namespaces: this.#namespaces };
  }

  /** One thing happens. */
  step(): void {
    const what = this.#random.below(12);
    if (what < 5) this.#addPod();
    else if (what < 7) this.#removePod();
    else if (what === 7) this.#markPod();
    else if (what === 8) this.#putNode(`n${this.#random.below(8)}`);
    else if (what === 9) this.#removeNode();
    else if (what === 10) this.#relabelPod();
    else this.#relabelNamespace();
  }

  /** A pod that looks for a node: nobody counts it. */
  probe(): PodInfo {
    return new PodInfo(this.#make(PODS, podObject(this.#sketch(""))));
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T;
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #make<T extends KubeObject>(ref: ResourceRef<T>, object: object): T {
    return this.#harness.create(ref, object);
  }

  #putNode(name: string): void {
    const labels = {
      ...(this.#chance(85) && { [ZONE]: this.#pick(["z1", "z2", "z3"]) }),
      ...(this.#chance(60) && { rack: this.#pick(["r1", "r2"]) }),
    };
    const taints = this.#chance(20) ? [{ key: "dedicated", effect: "NoSchedule" }] : [];
    const fresh = nodeObject({ name, labels, taints }) as Pick<Node, "metadata" | "spec">;
    const old = this.#nodes.get(name);
    const node =
      old === undefined
        ? this.#make(NODES, fresh)
        : this.#harness.update(NODES, {
            ...old,
            metadata: { ...old.metadata, labels: fresh.metadata.labels },
            spec: fresh.spec,
          });
    this.#nodes.set(name, node);
    this.#cache.setNode(node);
  }

  #removeNode(): void {
    if (this.#nodes.size < 3) return;
    const node = this.#pick([...this.#nodes.values()]);
    this.#nodes.delete(node.metadata.name);
    this.#harness.store.delete(NODES, node);
    this.#cache.removeNode(node.metadata.name);
  }

  #addPod(): void {
    const pod = this.#make(PODS, podObject(this.#sketch(this.#pick([...this.#nodes.keys()]))));
    this.#count(pod);
  }

  #count(pod: Pod): void {
    const info = new PodInfo(pod);
    this.#pods.set(info.key, pod);
    this.#cache.setPod(info, pod.spec.nodeName ?? "");
  }

  #removePod(): void {
    if (this.#pods.size === 0) return;
    const key = this.#pick([...this.#pods.keys()]);
    this.#pods.delete(key);
    this.#cache.removePod(key);
  }

  #markPod(): void {
    if (this.#pods.size === 0) return;
    const pod = this.#pick([...this.#pods.values()]);
    this.#count({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-07-01T00:00:00Z" } });
  }

  #relabelPod(): void {
    if (this.#pods.size === 0) return;
    const pod = this.#pick([...this.#pods.values()]);
    this.#count({
      ...pod,
      metadata: { ...pod.metadata, labels: this.#pick(LABELS) },
    });
  }

  #relabelNamespace(): void {
    const name = this.#pick(NAMESPACES_USED);
    const labels = { team: this.#pick(["default", "other", "third"]) };
    const old = this.#harness.store.of(NAMESPACES).get(name);
    if (old !== undefined) this.#harness.update(NAMESPACES, { ...old, metadata: { ...old.metadata, labels } });
    this.#namespaces.set(name, labels);
    this.#cache.forgetNamespaceLabels();
  }

  #sketch(nodeName: string): PodSketch {
    const affinity = {
      ...(this.#chance(40) && { podAffinity: this.#half() }),
      ...(this.#chance(40) && { podAntiAffinity: this.#half() }),
    };
    const spec = {
      ...(nodeName && { nodeName }),
      affinity,
      ...(this.#chance(50) && { topologySpreadConstraints: this.#constraints() }),
      ...(this.#chance(20) && { nodeSelector: { rack: "r1" } }),
    } as PodSketch["spec"];
    const namespace = this.#pick(NAMESPACES_USED);
    return { metadata: { name: `p${this.#serial++}`, namespace, labels: this.#pick(LABELS) }, spec };
  }

  #half(): object {
    const terms = Array.from({ length: this.#random.below(3) }, () => this.#term());
    const weighed = Array.from({ length: this.#random.below(3) }, () => ({
      weight: 1 + this.#random.below(100),
      podAffinityTerm: this.#term(),
    }));
    return {
      requiredDuringSchedulingIgnoredDuringExecution: terms,
      preferredDuringSchedulingIgnoredDuringExecution: weighed,
    };
  }

  #term(): object {
    return {
      topologyKey: this.#pick(KEYS),
      labelSelector: this.#selector(),
      ...(this.#chance(30) && { namespaces: [this.#pick(NAMESPACES_USED)] }),
      ...(this.#chance(30) && { namespaceSelector: this.#pick([{}, { matchLabels: { team: "other" } }]) }),
    };
  }

  #selector(): object | undefined {
    return this.#pick([
      { matchLabels: { app: "a" } },
      { matchLabels: { app: "b" } },
      { matchExpressions: [{ key: "tier", operator: "Exists" }] },
      {
        matchExpressions: [
          { key: "app", operator: "In", values: ["a", "b"] },
          { key: "tier", operator: "DoesNotExist" },
        ],
      },
      { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["x"] }] },
      {},
      undefined,
    ]);
  }

  #constraints(): object[] {
    return Array.from({ length: 1 + this.#random.below(3) }, () => {
      const whenUnsatisfiable = this.#pick(["DoNotSchedule", "ScheduleAnyway"]);
      return {
        topologyKey: this.#pick(KEYS),
        maxSkew: 1 + this.#random.below(3),
        whenUnsatisfiable,
        labelSelector: this.#selector(),
        ...(this.#chance(30) && whenUnsatisfiable === "DoNotSchedule" && { minDomains: 1 + this.#random.below(4) }),
        ...(this.#chance(30) && { nodeAffinityPolicy: this.#pick(["Honor", "Ignore"]) }),
        ...(this.#chance(30) && { nodeTaintsPolicy: this.#pick(["Honor", "Ignore"]) }),
      };
    });
  }
}
