import type { Node } from "../../api/refs.ts";
import { normalizeByMaximum, type PluginDefinition, SKIP, unresolvable } from "../framework.ts";
import { PreferredNodes, RequiredNodes } from "../node-selection.ts";
import type { PodInfo } from "../pod-info.ts";

const NAME = "NodeAffinity";
const NO_MATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector");
const NOT_ENFORCED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable(NAME, "pod affinity terms conflict");

const matches = (nodes: RequiredNodes, node: Node | undefined): boolean =>
  node !== undefined && nodes.matches({ name: node.metadata.name, labels: node.metadata.labels ?? {} });

/** nodeSelector, required and preferred node affinity, and what the scheduler adds. Models plugins/nodeaffinity. */
export const nodeAffinity: PluginDefinition = {
  name: NAME,
  weight: 2,
  create: ({ options: { addedAffinity } }) => {
    const demanded = new RequiredNodes(
      addedAffinity === undefined ? {} : { affinity: { nodeAffinity: addedAffinity } },
    );
    const preferred = new PreferredNodes(addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []);
    const fits = ({ shape }: PodInfo, node: Node | undefined) => matches(shape.requiredNodes, node);
    return {
      name: NAME,
      isLocal: true,
      events: {
        "node/add": (pod, { node }) => matches(demanded, node) && fits(pod, node),
        "node/label": (pod, { node, previousNode }) => {
          if (!matches(demanded, node) || !fits(pod, node)) return false;
          return !matches(demanded, previousNode) || !fits(pod, previousNode);
        },
      },
      preFilter: ({ shape }) => {
        if (shape.requiredNodes.isEmpty) return demanded.isEmpty ? SKIP : { state: undefined };
        const { nodeNames } = shape.requiredNodes;
        if (nodeNames?.size === 0) return CONFLICT;
        return { state: undefined, nodeNames };
      },
      filter: (_, pod, node) => {
        if (!demanded.matches(node)) return NOT_ENFORCED;
        return pod.shape.requiredNodes.matches(node) ? undefined : NO_MATCH;
      },
      preScore: ({ shape }) => (shape.preferredNodes.isEmpty && preferred.isEmpty ? SKIP : { state: undefined }),
      score: (_, pod, node) => pod.shape.preferredNodes.score(node) + preferred.score(node),
      normalizeScore: (_, scores, count) => normalizeByMaximum(scores, count, false),
    };
  },
};
