import type { PluginDefinition } from "../framework.ts";

const NAME = "PrioritySort";

/** Higher priority first, then who waits longer. Models plugins/queuesort. */
export const prioritySort: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: () => ({
    name: NAME,
    compare: (a, b) => b.info.priority - a.info.priority || a.timestampMs - b.timestampMs,
  }),
};
