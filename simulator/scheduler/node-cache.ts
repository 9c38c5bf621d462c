import type { Labels } from "../api/meta/labels.ts";
import type { Node } from "../api/refs.ts";
import { NodeInfo } from "./node-info.ts";
import { NodeTable } from "./node-table.ts";
import { PodCounters } from "./pod-counters.ts";
import type { PodInfo } from "./pod-info.ts";
import { TermGroups } from "./term-groups.ts";

const ZONE = "topology.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";

/** An image by the nodes that have it. */
interface SpreadImage {
  nodes: number;
  /** Its size on each node, by the node's place; 0 where it is not, and beyond the end. */
  bytesAt: Float64Array;
}

/**
 * The nodes and their pods, kept up to date change by change; nothing is copied for a cycle, since a cycle is one
 * step. What it answers depends only on the nodes in their order of creation and on the set of pods, never on how they
 * came about, so that it can be built again from the store. Models backend/cache.
 */
export class NodeCache {
  readonly #nodes = new Map<string, NodeInfo>();
  /** Pods are there whose node is not (yet, or any more). */
  readonly #ghosts = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, { readonly info: PodInfo; readonly nodeName: string }>();
  readonly #table = new NodeTable();
  readonly #images = new Map<string, SpreadImage>();
  readonly #podsOfPriority = new Map<number, number>();
  readonly counters = new PodCounters(() => this.#nodes.values());
  readonly termGroups = new TermGroups();
  #list: readonly NodeInfo[] | undefined;
  #places: Int32Array | undefined;

  get size(): number {
    return this.#nodes.size;
  }

  get(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** The node that a pod counts on. */
  nodeOf(podKey: string): string | undefined {
    return this.#pods.get(podKey)?.nodeName;
  }

  podOf(podKey: string): PodInfo | undefined {
    return this.#pods.get(podKey)?.info;
  }

  /** The nodes taking turns by zone, so that any run of neighbours is spread. Models backend/cache nodeTree. */
  list(): readonly NodeInfo[] {
    if (this.#list === undefined) {
      this.#list = byTurns(this.#nodes.values());
      this.#places = undefined;
    }
    return this.#list;
  }

  /** The places of the nodes of `list`, side by side: whoever goes through many need not look at each. */
  places(): Int32Array {
    const list = this.list();
    this.#places ??= Int32Array.from(list, ({ place }) => place);
    return this.#places;
  }

  /** Where an image is; undefined: nowhere. */
  image(name: string): SpreadImage | undefined {
    return this.#images.get(name);
  }

  /** The lowest priority of a running pod: no pod of that priority or lower can preempt anything. */
  lowestPriority(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const priority of this.#podsOfPriority.keys()) lowest = Math.min(lowest, priority);
    return lowest;
  }

  setNode(node: Node): void {
    const name = node.metadata.name;
    let info = this.#nodes.get(name);
    const isNew = info === undefined;
    if (info === undefined) {
      info = this.#ghosts.get(name) ?? new NodeInfo(name, this.#table);
      this.#ghosts.delete(name);
    }
    const before = info.node;
    const moves = isNew || before === undefined || isMove(before, node);
    if (moves && !isNew) this.#detach(info);
    this.#countImages(info, -1);
    info.setNode(node);
    this.#countImages(info, 1);
    if (isNew) this.#nodes.set(name, info);
    if (moves) this.#attach(info);
    if (isNew || zoneOf(before) !== zoneOf(node)) this.#list = undefined;
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#detach(info);
    this.#countImages(info, -1);
    this.#nodes.delete(name);
    info.setNode(undefined);
    if (info.pods.size > 0) this.#ghosts.set(name, info);
    else this.#table.release(info.row);
    this.#list = undefined;
  }

  /** Puts a pod on a node, or replaces what was known of it. */
  setPod(info: PodInfo, nodeName: string): void {
    this.removePod(info.key);
    this.#pods.set(info.key, { info, nodeName });
    this.#podsOfPriority.set(info.priority, (this.#podsOfPriority.get(info.priority) ?? 0) + 1);
    this.place(info, nodeName);
  }

  removePod(key: string): void {
    const known = this.#pods.get(key);
    if (known === undefined) return;
    this.#pods.delete(key);
    const { info, nodeName } = known;
    const others = (this.#podsOfPriority.get(info.priority) ?? 0) - 1;
    if (others === 0) this.#podsOfPriority.delete(info.priority);
    else this.#podsOfPriority.set(info.priority, others);
    this.displace(info, nodeName);
    const ghost = this.#ghosts.get(nodeName);
    if (ghost?.pods.size !== 0) return;
    this.#ghosts.delete(nodeName);
    this.#table.release(ghost.row);
  }

  /** Counts a pod on a node, as a thought or in earnest; `displace` takes it back. */
  place(info: PodInfo, nodeName: string): void {
    const node = this.#nodes.get(nodeName);
    if (node === undefined) {
      const ghost = this.#ghosts.get(nodeName) ?? new NodeInfo(nodeName, this.#table);
      this.#ghosts.set(nodeName, ghost);
      ghost.addPod(info);
      return;
    }
    node.addPod(info);
    this.counters.addPod(node, info, 1);
    this.termGroups.addPod(node, info, 1);
  }

  displace(info: PodInfo, nodeName: string): void {
    const node = this.#nodes.get(nodeName);
    if (node === undefined) {
      this.#ghosts.get(nodeName)?.removePod(info);
      return;
    }
    node.removePod(info);
    this.counters.addPod(node, info, -1);
    this.termGroups.addPod(node, info, -1);
  }

  /** Labels of a namespace changed: counts that depend on them are counted anew. */
  forgetNamespaceLabels(): void {
    this.counters.forget(({ namespaces }) => namespaces === undefined);
    this.termGroups.forgetMatches();
  }

  #attach(info: NodeInfo): void {
    this.counters.addNode(info);
    this.termGroups.addNode(info, 1);
  }

  #detach(info: NodeInfo): void {
    this.counters.removeNode(info);
    this.termGroups.addNode(info, -1);
  }

  #countImages(info: NodeInfo, sign: 1 | -1): void {
    for (const [name, bytes] of info.images) {
      let image = this.#images.get(name);
      if (image === undefined) {
        image = { nodes: 0, bytesAt: new Float64Array(0) };
        this.#images.set(name, image);
      }
      if (info.place >= image.bytesAt.length) image.bytesAt = grown(image.bytesAt, info.place);
      image.bytesAt[info.place] = sign > 0 ? bytes : 0;
      image.nodes += sign;
      if (image.nodes === 0) this.#images.delete(name);
    }
  }
}

function grown(values: Float64Array, place: number): Float64Array {
  const larger = new Float64Array(2 * (place + 1));
  larger.set(values);
  return larger;
}

/** Whether a node's part in counts may be another one now. */
function isMove(before: Node, after: Node): boolean {
  return before.metadata.labels !== after.metadata.labels || before.spec !== after.spec;
}

function zoneOf(node: Node | undefined): string {
  const labels: Labels = node?.metadata.labels ?? {};
  return `${labels[REGION] ?? ""}:${labels[ZONE] ?? ""}`;
}

function byTurns(nodes: Iterable<NodeInfo>): readonly NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = zoneOf(node.node);
    const members = zones.get(zone);
    if (members === undefined) zones.set(zone, [node]);
    else members.push(node);
  }
  const lists = [...zones.values()];
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const result: NodeInfo[] = [];
  for (let turn = 0; turn < longest; turn++) {
    for (const list of lists) {
      const node = list[turn];
      if (node !== undefined) result.push(node);
    }
  }
  return result;
}
