import { type FaultDefinition, hitParts, nodeHit } from "./fault.ts";

/** A node's kubelet is stopped: its containers run on, but nobody hears of them. */
export const kubeletStop: FaultDefinition<"Node"> = {
  type: "KubeletStop",
  target: "Node",
  apply: ({ node }, world) => (world.kubelet(node, false) ? nodeHit(node) : undefined),
  heal: (hit, world) => {
    world.kubelet(hitParts(hit)[0] ?? "", true);
  },
};
