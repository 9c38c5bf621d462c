import { type FaultDefinition, hitParts, nodeHit } from "./fault.ts";

/** The network between a node and the API server is cut, both ways. */
export const nodePartition: FaultDefinition<"Node"> = {
  type: "NodePartition",
  target: "Node",
  apply: ({ node }, world) => (world.network(node, false) ? nodeHit(node) : undefined),
  heal: (hit, world) => {
    world.network(hitParts(hit)[0] ?? "", true);
  },
};
