import { NODE_GROUP_LABEL, type NodeGroup } from "../api/refs.ts";
import { machineShape, type NodeShape, zoneLabels } from "./node-shape.ts";

const CAPACITY_TYPE_LABEL = "simulation.tabernetes.dev/capacity-type";
const REGION = "local";

/** The n-th machine (from 0) of a group, as its kubelet will describe it. `index`: of all machines of the cluster. */
export function shapeOfGroup(group: NodeGroup, name: string, index: number, nth: number): NodeShape {
  const { shape = {} } = group.spec;
  const {
    cpu,
    memory,
    pods,
    ephemeralStorage,
    devices,
    labels,
    taints,
    instanceType,
    spot,
    kubelet,
    zones = ["zone-a"],
  } = shape;
  const zone = zones[nth % Math.max(1, zones.length)] ?? "zone-a";
  return machineShape(name, index, {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(pods !== undefined && { pods }),
    ...(ephemeralStorage !== undefined && { ephemeralStorage }),
    ...(devices !== undefined && { extended: devices }),
    ...(taints !== undefined && { taints }),
    ...(kubelet !== undefined && { kubelet }),
    labels: {
      ...zoneLabels(REGION, zone),
      [NODE_GROUP_LABEL]: group.metadata.name,
      ...(instanceType !== undefined && { "node.kubernetes.io/instance-type": instanceType }),
      ...(spot === true && { [CAPACITY_TYPE_LABEL]: "spot" }),
      ...labels,
    },
  });
}
