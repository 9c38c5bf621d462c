import { keyOf } from "../../api/object.ts";
import { NODES, type Node, PODS, type Pod } from "../../api/refs.ts";
import type { ComponentContext } from "../../controller-runtime/component.ts";
import { DEFAULT_OPTIONS } from "../../scheduler/configuration.ts";
import { isStatus, type Plugin, SKIP, type Status, unresolvable } from "../../scheduler/framework.ts";
import { NodeCache } from "../../scheduler/node-cache.ts";
import type { NodeInfo } from "../../scheduler/node-info.ts";
import { plugins } from "../../scheduler/plugins/registry.ts";
import { isTerminal, PodInfo, type PodShape } from "../../scheduler/pod-info.ts";
import { Profile } from "../../scheduler/profile.ts";

const NOT_NAMED = unresolvable("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");

/** Whether a node would take the pod that was asked about, as things are imagined now. */
export type Inquiry = (node: NodeInfo) => Status | undefined;

/**
 * The cluster as the scheduler sees it, where pods and nodes can be imagined there or gone: what the autoscaler asks whether
 * pods would find room. Models cluster-autoscaler simulator/clustersnapshot, which runs the scheduler's filters too.
 */
export class Scene {
  readonly #nodes = new NodeCache();
  readonly #profile: Profile;
  /** What takes back what is imagined, the latest last. */
  readonly #undo: (() => void)[] = [];

  constructor(context: ComponentContext) {
    const { client, cache, watcher } = context;
    this.#profile = new Profile(plugins.all, {
      context,
      client,
      objects: cache,
      nodes: this.#nodes,
      options: { ...DEFAULT_OPTIONS, plugins: plugins.all },
      nominatedTo: () => [],
      hasNominations: () => false,
    });
    for (const node of cache.list(NODES)) this.#nodes.setNode(node);
    for (const pod of cache.list(PODS)) this.#setPod(pod);
    watcher.watch(NODES, ({ type, object }) => {
      if (type === "DELETED") this.#nodes.removeNode(object.metadata.name);
      else this.#nodes.setNode(object);
    });
    watcher.watch(PODS, ({ type, object }) => {
      if (type === "DELETED") this.#nodes.removePod(keyOf(object));
      else this.#setPod(object);
    });
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** Does work; all that it imagines is forgotten afterwards, if it does not say true. */
  imagine(work: () => unknown): void {
    const before = this.#undo.length;
    if (work() === true) return;
    while (this.#undo.length > before) this.#undo.pop()?.();
  }

  /** Imagines a new node. */
  addNode(node: Node): NodeInfo {
    const { name } = node.metadata;
    this.#nodes.setNode(node);
    this.#undo.push(() => this.#nodes.removeNode(name));
    return this.#nodes.get(name) as NodeInfo;
  }

  add(pod: PodInfo, { name }: NodeInfo): void {
    this.#nodes.place(pod, name);
    this.#undo.push(() => this.#nodes.displace(pod, name));
  }

  remove(pod: PodInfo, { name }: NodeInfo): void {
    this.#nodes.displace(pod, name);
    this.#undo.push(() => this.#nodes.place(pod, name));
  }

  /** What the scheduler's filters say of a pod. */
  ask(pod: PodInfo): Inquiry {
    const states = new Map<Plugin, unknown>();
    let names: ReadonlySet<string> | undefined;
    for (const plugin of this.#profile.preFilters) {
      const answer = plugin.preFilter(pod);
      if (answer === SKIP) states.set(plugin, SKIP);
      else if (isStatus(answer)) return () => answer;
      else {
        states.set(plugin, answer.state);
        names = answer.nodeNames ?? names;
      }
    }
    const filters = this.#profile.filters.filter((plugin) => states.get(plugin) !== SKIP);
    return (node) => {
      if (names?.has(node.name) === false) return NOT_NAMED;
      for (const plugin of filters) {
        const status = plugin.filter(states.get(plugin), pod, node);
        if (status !== undefined) return status;
      }
      return undefined;
    };
  }

  #setPod(pod: Pod): void {
    const key = keyOf(pod);
    const nodeName = pod.spec.nodeName ?? "";
    if (nodeName === "" || isTerminal(pod)) {
      this.#nodes.removePod(key);
      return;
    }
    const known = this.#nodes.podOf(key);
    if (known?.isLike(pod) && this.#nodes.nodeOf(key) === nodeName) known.pod = pod;
    else this.#nodes.setPod(new PodInfo(pod), nodeName);
  }
}

/** Nodes that pods are put on one after the other, each on the first one that takes it. */
export class Room {
  readonly #scene: Scene;
  readonly #nodes: NodeInfo[];
  /** Names of nodes that take no more pods. */
  readonly #closed: ReadonlySet<string>;
  /** By template and labels of pods without a say about neighbours: where the last one went, or that none takes them. */
  readonly #from = new Map<PodShape, Map<string, number>>();

  constructor(scene: Scene, nodes: readonly NodeInfo[], closed: ReadonlySet<string> = new Set()) {
    this.#scene = scene;
    this.#nodes = [...nodes];
    this.#closed = closed;
  }

  /** Puts the pod on a node. False: none takes it. */
  take(pod: PodInfo): boolean {
    const { shape, selectionKey } = pod;
    const mindsNeighbours = shape.affinity !== undefined || shape.spec.topologySpreadConstraints !== undefined;
    const from = this.#from.get(shape) ?? new Map<string, number>();
    // Room only gets less: nodes that had none for its like have none for it.
    const first = mindsNeighbours ? 0 : (from.get(selectionKey) ?? 0);
    if (first >= this.#nodes.length) return false;
    this.#from.set(shape, from);
    const ask = this.#scene.ask(pod);
    for (let index = first; index < this.#nodes.length; index++) {
      const node = this.#nodes[index] as NodeInfo;
      if (this.#closed.has(node.name) || ask(node) !== undefined) continue;
      from.set(selectionKey, index);
      this.#scene.add(pod, node);
      return true;
    }
    from.set(selectionKey, this.#nodes.length);
    return false;
  }

  /** One more node to put pods on. */
  grow(node: NodeInfo): void {
    this.#nodes.push(node);
  }
}
