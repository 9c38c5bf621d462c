import type { Cache } from "../../api/client.ts";
import { NODE_GROUP_LABEL, NODES, type Node, type NodeGroup, PODS, type Pod } from "../../api/refs.ts";
import type { Taint } from "../../api/schema/generated/types.ts";
import { RequiredNodes, untoleratedTaint } from "../../scheduler/node-selection.ts";
import { allocatableOf, podRequests, ResourceSum, resourceOf } from "../../scheduler/resources.ts";
import { isPodTerminal } from "../shared/pods.ts";

/** The taint of nodes that are being emptied. */
export const TO_BE_DELETED = "ToBeDeletedByClusterAutoscaler";

/** A node as the autoscaler thinks of it: there, or to come, with what is left of its resources. */
export class SimulatedNode {
  readonly name: string;
  readonly #labels: { readonly [label: string]: string };
  readonly #taints: readonly Taint[];
  readonly #capacity: ReturnType<typeof allocatableOf>;
  readonly #used = new ResourceSum();
  #pods = 0;

  constructor(
    name: string,
    labels: { readonly [label: string]: string },
    taints: readonly Taint[],
    allocatable: { readonly [resource: string]: string },
  ) {
    this.name = name;
    this.#labels = labels;
    this.#taints = taints.filter(({ effect }) => effect !== "PreferNoSchedule");
    this.#capacity = allocatableOf(allocatable);
  }

  /** A node that is there, with the pods that it has. */
  static of(cache: Cache, node: Node): SimulatedNode {
    const { metadata, spec, status } = node;
    const simulated = new SimulatedNode(
      metadata.name,
      metadata.labels ?? {},
      spec.taints ?? [],
      status.allocatable ?? {},
    );
    for (const pod of cache.byIndex(PODS, "node", metadata.name)) if (!isPodTerminal(pod)) simulated.add(pod);
    return simulated;
  }

  /** A node of a group that is yet to come, with the daemons that it will have to run. */
  static template(cache: Cache, group: NodeGroup, name: string): SimulatedNode {
    const { shape = {} } = group.spec;
    const labels = {
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/zone": shape.zones?.[0] ?? "zone-a",
      [NODE_GROUP_LABEL]: group.metadata.name,
      ...(shape.instanceType !== undefined && { "node.kubernetes.io/instance-type": shape.instanceType }),
      ...shape.labels,
    };
    const allocatable = {
      cpu: shape.cpu ?? "4",
      memory: shape.memory ?? "8Gi",
      pods: String(shape.pods ?? 110),
      "ephemeral-storage": shape.ephemeralStorage ?? "100Gi",
      ...shape.devices,
    };
    const simulated = new SimulatedNode(name, labels, shape.taints ?? [], allocatable);
    for (const daemon of daemonsOf(cache)) if (simulated.problem(daemon) === undefined) simulated.add(daemon);
    return simulated;
  }

  add(pod: Pod): void {
    this.#used.add(podRequests(pod.spec, false), 1);
    this.#pods++;
  }

  /** Why a pod would not run here, in the scheduler's words; undefined: it would. */
  problem({ spec }: Pod): string | undefined {
    if (!new RequiredNodes(spec).matches({ name: this.name, labels: this.#labels })) {
      return "node(s) didn't match Pod's node affinity/selector";
    }
    if (untoleratedTaint(spec.tolerations ?? [], this.#taints) !== undefined) return "node(s) had untolerated taint(s)";
    if (this.#pods + 1 > this.#capacity.pods) return "Too many pods";
    const requests = podRequests(spec, false);
    const names = ["cpu", "memory", "ephemeral-storage", ...requests.scalars.keys()];
    const short = names.find((name) => {
      const asked = resourceOf(requests, name);
      return asked > 0 && resourceOf(this.#used, name) + asked > resourceOf(this.#capacity, name);
    });
    return short === undefined ? undefined : `Insufficient ${short}`;
  }

  /** Takes a pod when it fits. */
  take(pod: Pod): boolean {
    if (this.problem(pod) !== undefined) return false;
    this.add(pod);
    return true;
  }

  /** The larger share of its processors and memory that is asked for. */
  get utilization(): number {
    const share = (used: number, capacity: number) => (capacity === 0 ? 0 : used / capacity);
    const { milliCpu, memoryBytes } = this.#capacity;
    return Math.max(share(this.#used.milliCpu, milliCpu), share(this.#used.memoryBytes, memoryBytes));
  }

  /** The share of processors and memory that nobody asks for: what a new node would waste. */
  get waste(): number {
    const free = (used: number, capacity: number) => (capacity === 0 ? 0 : 1 - used / capacity);
    const { milliCpu, memoryBytes } = this.#capacity;
    return free(this.#used.milliCpu, milliCpu) + free(this.#used.memoryBytes, memoryBytes);
  }
}

/** The room that nodes have together, each looked at when a pod comes to it. */
export class Room {
  readonly #cache: Cache;
  readonly #nodes: readonly Node[];
  readonly #simulated: SimulatedNode[] = [];

  constructor(cache: Cache, nodes: readonly Node[]) {
    this.#cache = cache;
    this.#nodes = nodes;
  }

  /** Puts a pod on the first node that it fits. */
  take(pod: Pod): boolean {
    return this.#nodes.some((node, at) => {
      this.#simulated[at] ??= SimulatedNode.of(this.#cache, node);
      return this.#simulated[at].take(pod);
    });
  }
}

/** One pod of each DaemonSet, without the node that it was made for. */
function daemonsOf(cache: Cache): readonly Pod[] {
  const found = new Map<string, Pod>();
  for (const node of cache.list(NODES)) {
    for (const pod of cache.byIndex(PODS, "node", node.metadata.name)) {
      const owner = pod.metadata.ownerReferences?.find(
        ({ controller, kind }) => controller === true && kind === "DaemonSet",
      );
      if (owner !== undefined && !found.has(owner.uid)) found.set(owner.uid, pod);
    }
    // All nodes have the same daemons, but for selectors: a few are enough to know them.
    if (found.size > 0) break;
  }
  return [...found.values()].map((pod) => ({ ...pod, spec: { ...pod.spec, affinity: undefined } }) as Pod);
}
