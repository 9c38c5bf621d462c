import { type PluginDefinition, SKIP, unresolvable } from "../framework.ts";

const NAME = "NodeName";
const OTHER_NODE = unresolvable(NAME, "node(s) didn't match the requested node name");

/** Only the node that the pod names, if it names one. Models plugins/nodename. */
export const nodeName: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: () => ({
    name: NAME,
    events: { "node/add": true },
    preFilter: ({ pod }) => (pod.spec.nodeName ? { state: undefined } : SKIP),
    filter: (_, { pod }, node) => (pod.spec.nodeName === node.name ? undefined : OTHER_NODE),
  }),
};
