import { type FaultDefinition, hitParts } from "./fault.ts";

/**
 * A control-plane component is stopped and stays down: its manifest is moved out of the kubelet's folder, as one does on
 * a real control plane. Healing moves it back.
 */
export const componentStop: FaultDefinition<"Component"> = {
  type: "ComponentStop",
  target: "Component",
  apply: ({ node, name }, world) => (world.holdManifest(node, name, true) ? `component/${node}/${name}` : undefined),
  heal: (hit, world) => {
    const [node = "", name = ""] = hitParts(hit);
    world.holdManifest(node, name, false);
  },
};
