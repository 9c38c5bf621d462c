import { type FaultDefinition, hitParts, nodeHit } from "./fault.ts";

/** A machine loses power; all that ran on it is gone. Healing switches it on again. */
export const nodeCrash: FaultDefinition<"Node"> = {
  type: "NodeCrash",
  target: "Node",
  apply: ({ node }, world) => (world.power(node, false) ? nodeHit(node) : undefined),
  heal: (hit, world) => {
    world.power(hitParts(hit)[0] ?? "", true);
  },
};
