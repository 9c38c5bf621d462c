import { MAX_NODE_SCORE, type PluginDefinition, SKIP } from "../framework.ts";
import * as column from "../node-table.ts";
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
      isLocal: true,
      preScore: ({ shape }) =>
        names.every((name) => resourceOf(shape.requests, name) === 0) ? SKIP : { state: undefined },
      score: (_, { shape }, { table, row, allocatable, requested }) => {
        const { values } = table;
        for (let index = 0; index < names.length; index++) {
          const name = names[index] as string;
          const want = resourceOf(shape.requests, name);
          let taken: number;
          if (name === "cpu") {
            capacity[index] = values[row + column.ALLOCATABLE_CPU] as number;
            taken = values[row + column.REQUESTED_CPU] as number;
          } else if (name === "memory") {
            capacity[index] = values[row + column.ALLOCATABLE_MEMORY] as number;
            taken = values[row + column.REQUESTED_MEMORY] as number;
          } else {
            capacity[index] = want === 0 && isScalar(name) ? 0 : resourceOf(allocatable, name);
            taken = resourceOf(requested, name);
          }
          before[index] = taken;
          after[index] = taken + want;
        }
        const half = MAX_NODE_SCORE / 2;
        return half + Math.trunc((half + balance(after, capacity) - balance(before, capacity)) / 2);
      },
    };
  },
};
