import type { Pod } from "./api/schema/generated/types.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { controlPlaneShape, machineShape, type NodeShape, zoneLabels } from "./node/node-shape.ts";

const REGION = "local";
const ZONES = ["zone-a", "zone-b", "zone-c"];

/** The machines of a new cluster, each with its static pods: one for the control plane, and workers spread over zones. */
export function initialMachines({ workers }: ClusterOptions): readonly (readonly [NodeShape, readonly Pod[]])[] {
  const controlPlane = controlPlaneShape("control-plane", 0, { labels: zoneLabels(REGION, "zone-a") });
  const machines: (readonly [NodeShape, readonly Pod[]])[] = [[controlPlane, []]];
  for (let index = 1; index <= workers; index++) {
    const zone = ZONES[(index - 1) % ZONES.length] ?? "";
    machines.push([machineShape(`node-${index}`, index, { labels: zoneLabels(REGION, zone) }), []]);
  }
  return machines;
}
