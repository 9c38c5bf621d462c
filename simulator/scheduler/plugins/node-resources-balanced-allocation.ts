import { MAX_NODE_SCORE, type PluginDefinition, SKIP } from "../framework.ts";
import { isScalar, resourceOf } from "../resources.ts";
import { balance } from "./allocation-scores.ts";

const NAME = "NodeResourcesBalancedAllocation";

/**
 * Prefers the node whose use of CPU and memory the pod brings closer together, or at least not apart. Pods that ask for
 * nothing have no say. Models plugins/noderesources balanced_allocation.
 */
export const nodeResourcesBalancedAllocation: PluginDefinition = {
  name: NAME,
  weight: 1,
  create: ({ options }) => {
    const names = options.balancedResources.map(({ name }) => name);
    const before = new Float64Array(names.length);
    const after = new Float64Array(names.length);
    const capacity = new Float64Array(names.length);
    return {
      name: NAME,
      preScore: ({ shape }) =>
        names.every((name) => resourceOf(shape.requests, name) === 0) ? SKIP : { state: undefined },
      score: (_, { shape }, node) => {
        for (let index = 0; index < names.length; index++) {
          const name = names[index] ?? "";
          const want = resourceOf(shape.requests, name);
          before[index] = resourceOf(node.requested, name);
          after[index] = (before[index] ?? 0) + want;
          capacity[index] = want === 0 && isScalar(name) ? 0 : resourceOf(node.allocatable, name);
        }
        const half = MAX_NODE_SCORE / 2;
        return half + Math.trunc((half + balance(after, capacity) - balance(before, capacity)) / 2);
      },
    };
  },
};
