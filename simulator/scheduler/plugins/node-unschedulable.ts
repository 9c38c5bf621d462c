import { type PluginDefinition, unresolvable } from "../framework.ts";

const NAME = "NodeUnschedulable";
const UNSCHEDULABLE = unresolvable(NAME, "node(s) were unschedulable");

/** Keeps pods off cordoned nodes, unless they tolerate it. Models plugins/nodeunschedulable. */
export const nodeUnschedulable: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: () => ({
    name: NAME,
    isLocal: true,
    events: {
      "node/add": (_, { node }) => node?.spec.unschedulable !== true,
      "node/taint": (_, { node, previousNode }) =>
        previousNode?.spec.unschedulable === true && node?.spec.unschedulable !== true,
      "self/toleration": (pod) => pod.shape.toleratesUnschedulable,
    },
    filter: (_, pod, node) => (node.isUnschedulable && !pod.shape.toleratesUnschedulable ? UNSCHEDULABLE : undefined),
  }),
};
