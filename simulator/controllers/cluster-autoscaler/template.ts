import type { Cache } from "../../api/client.ts";
import { NODE_GROUP_LABEL, NODES, type Node, type NodeGroup, PODS } from "../../api/refs.ts";
import type { NodeInfo } from "../../scheduler/node-info.ts";
import { PodInfo } from "../../scheduler/pod-info.ts";
import type { Scene } from "./scene.ts";

/** A node of a group as it will be when it comes. `nth`: of those to come. Models core/utils GetNodeInfoFromTemplate. */
function templateNode({ metadata, spec, status }: NodeGroup, name: string, nth: number): Node {
  const { shape = {} } = spec;
  const zones = shape.zones ?? ["zone-a"];
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "topology.kubernetes.io/zone": zones[((status.nextIndex ?? 0) + nth) % Math.max(1, zones.length)] ?? "zone-a",
    "topology.kubernetes.io/region": "local",
    [NODE_GROUP_LABEL]: metadata.name,
    ...(shape.spot === true && { "simulation.tabernetes.dev/capacity-type": "spot" }),
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
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels, uid: name, resourceVersion: "", creationTimestamp: metadata.creationTimestamp },
    spec: { ...(shape.taints && { taints: shape.taints }) },
    status: { allocatable, capacity: allocatable },
  };
}

/** Imagines a node of a group, with the daemons that it will have to run. */
export function imagineNode(
  scene: Scene,
  group: NodeGroup,
  daemons: readonly PodInfo[],
  what: string,
  nth: number,
): NodeInfo {
  const node = scene.addNode(templateNode(group, `${what}-${group.metadata.name}-${nth}`, nth));
  for (const daemon of daemons) if (scene.ask(daemon)(node) === undefined) scene.add(daemon, node);
  return node;
}

/** One pod of each DaemonSet, without the node that it was made for. */
export function daemonsOf(cache: Cache): readonly PodInfo[] {
  const found = new Map<string, PodInfo>();
  for (const node of cache.list(NODES)) {
    for (const pod of cache.byIndex(PODS, "node", node.metadata.name)) {
      const owner = pod.metadata.ownerReferences?.find(
        ({ controller, kind }) => controller === true && kind === "DaemonSet",
      );
      if (owner === undefined || found.has(owner.uid)) continue;
      const { nodeName: _, affinity: _affinity, ...spec } = pod.spec;
      found.set(owner.uid, new PodInfo({ ...pod, spec }));
    }
    // All nodes have the same daemons, but for selectors: a few are enough to know them.
    if (found.size > 0) break;
  }
  return [...found.values()];
}
