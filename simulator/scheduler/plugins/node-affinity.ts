import type { Node } from "../../api/refs.ts";
import { normalizeByMaximum, type PluginDefinition, SKIP, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod-info.ts";

const NAME = "NodeAffinity";
const NO_MATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector");
const CONFLICT = unresolvable(NAME, "pod affinity terms conflict");

function matches(pod: PodInfo, node: Node | undefined): boolean {
  return (
    node !== undefined &&
    pod.shape.requiredNodes.matches({ name: node.metadata.name, labels: node.metadata.labels ?? {} })
  );
}

/** nodeSelector, required and preferred node affinity. Models plugins/nodeaffinity. */
export const nodeAffinity: PluginDefinition = {
  name: NAME,
  weight: 2,
  create: () => ({
    name: NAME,
    isLocal: true,
    events: {
      "node/add": (pod, { node }) => matches(pod, node),
      "node/label": (pod, { node, previousNode }) => matches(pod, node) && !matches(pod, previousNode),
    },
    preFilter: ({ shape }) => {
      if (shape.requiredNodes.isEmpty) return SKIP;
      const { nodeNames } = shape.requiredNodes;
      if (nodeNames?.size === 0) return CONFLICT;
      return { state: undefined, nodeNames };
    },
    filter: (_, pod, node) => (pod.shape.requiredNodes.matches(node) ? undefined : NO_MATCH),
    preScore: ({ shape }) => (shape.preferredNodes.isEmpty ? SKIP : { state: undefined }),
    score: (_, pod, node) => pod.shape.preferredNodes.score(node),
    normalizeScore: (_, scores, count) => normalizeByMaximum(scores, count, false),
  }),
};
