import type { Node } from "../../api/refs.ts";
import { normalizeByMaximum, type PluginDefinition, unresolvable } from "../framework.ts";
import { toleratesAny, untoleratedTaint } from "../node-selection.ts";
import type { PodInfo } from "../pod-info.ts";

const NAME = "TaintToleration";
const UNTOLERATED = unresolvable(NAME, "node(s) had untolerated taint(s)");

function isKeptAway(pod: PodInfo, node: Node | undefined): boolean {
  const hard = (node?.spec.taints ?? []).filter(({ effect }) => effect !== "PreferNoSchedule");
  return untoleratedTaint(pod.shape.tolerations, hard) !== undefined;
}

/** Taints that a pod does not tolerate keep it away, or lower the score. Models plugins/tainttoleration. */
export const taintToleration: PluginDefinition = {
  name: NAME,
  weight: 3,
  create: () => ({
    name: NAME,
    isLocal: true,
    events: {
      "node/add": (pod, { node }) => !isKeptAway(pod, node),
      "node/taint": (pod, { node, previousNode }) => isKeptAway(pod, previousNode) && !isKeptAway(pod, node),
      "self/toleration": true,
    },
    filter: (_, pod, node) => {
      if (node.hardTaints.length === 0) return undefined;
      return untoleratedTaint(pod.shape.tolerations, node.hardTaints) === undefined ? undefined : UNTOLERATED;
    },
    score: (_, pod, node) => {
      let untolerated = 0;
      for (const taint of node.softTaints) if (!toleratesAny(pod.shape.softTolerations, taint)) untolerated++;
      return untolerated;
    },
    normalizeScore: (_, scores, count) => normalizeByMaximum(scores, count, true),
  }),
};
