import { type PluginDefinition, unresolvable } from "../framework.ts";

const NAME = "SchedulingGates";

/** Keeps pods out of the queue while they have gates. Models plugins/schedulinggates. */
export const schedulingGates: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: () => ({
    name: NAME,
    events: { "self/gates": true },
    preEnqueue: ({ pod }) => {
      const gates = pod.spec.schedulingGates ?? [];
      if (gates.length === 0) return undefined;
      return unresolvable(NAME, `waiting for scheduling gates: [${gates.map(({ name }) => name).join(" ")}]`);
    },
  }),
};
