import { describe, expect, it } from "vitest";
import type { Status } from "../../../../simulator/scheduler/framework.ts";
import { interPodAffinity } from "../../../../simulator/scheduler/plugins/inter-pod-affinity.ts";
import { podTopologySpread } from "../../../../simulator/scheduler/plugins/pod-topology-spread.ts";
import { affinityFilter, affinityScores, spreadFilter, spreadScores } from "./rules.ts";
import { World } from "./worlds.ts";

const SEEDS = [1, 2, 3, 4];
const STEPS = 150;

const WORDS: { readonly [reason: string]: string } = {
  "node(s) didn't match pod topology spread constraints (missing required label)": "label",
  "node(s) didn't match pod topology spread constraints": "skew",
  "node(s) didn't match pod affinity rules": "near",
  "node(s) didn't match pod anti-affinity rules": "away",
  "node(s) didn't satisfy existing pods anti-affinity rules": "unwanted",
};

const short = (verdicts: { readonly [node: string]: Status | undefined }) =>
  Object.fromEntries(Object.entries(verdicts).map(([node, status]) => [node, WORDS[status?.reasons[0] ?? ""] ?? ""]));

describe("what is kept up to date about neighbours, beside what upstream counts anew for each pod", () => {
  it.each(SEEDS)("comes to the same after each of many changes, by seed %i", (seed) => {
    const world = new World(seed);
    const affinity = world.plugin(interPodAffinity);
    const spread = world.plugin(podTopologySpread);
    for (let step = 0; step < STEPS; step++) {
      world.step();
      const probe = world.probe();
      const { plain } = world;
      const where = { seed, step };
      expect({ ...where, ...short(spread.filter(probe)) }).toEqual({ ...where, ...spreadFilter(plain, probe.pod) });
      expect({ ...where, ...short(affinity.filter(probe)) }).toEqual({ ...where, ...affinityFilter(plain, probe.pod) });
      const [stillSpread, stillNear] = [spread.prepare(probe), affinity.prepare(probe)];
      world.withoutPodsOfANode((left) => {
        expect({ ...where, ...short(stillSpread()) }).toEqual({ ...where, ...spreadFilter(left, probe.pod) });
        expect({ ...where, ...short(stillNear()) }).toEqual({ ...where, ...affinityFilter(left, probe.pod) });
      });
      expect({ ...where, ...spread.score(probe) }).toEqual({ ...where, ...spreadScores(plain, probe.pod) });
      expect({ ...where, ...affinity.score(probe) }).toEqual({ ...where, ...affinityScores(plain, probe.pod) });
    }
  });
});
