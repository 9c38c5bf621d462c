import { describe, expect, it } from "vitest";
import { BrokenInvariant } from "../../simulator/base/assert.ts";
import { Simulation } from "../../simulator/index.ts";
import { checkInvariants } from "../../simulator/invariants/registry.ts";
import { ShellDriver } from "../../simulator/shell/driver.ts";
import { Random, type RandomStream } from "../../simulator/time/random.ts";
import { heal, problemsAfterHealing } from "./convergence.ts";
import { randomInput } from "./inputs.ts";

/** `SWARM_SEED=17 SWARM_RUNS=1 npx vitest run tests/swarm` plays one run again. */
const FIRST_SEED = Number(process.env.SWARM_SEED ?? "1");
const RUNS = Number(process.env.SWARM_RUNS ?? "200");
const RUNS_A_TEST = 20;
/** Twenty runs take ten seconds on a quiet machine; a busy one is given time. */
const PATIENCE_MS = 15 * 60_000;

/** Commands of shells cost as much as all else: some of the runs have them. */
const SHELLS_EVERY = 20;
const INPUTS = 25;
const LONGEST_PAUSE_MS = 60_000;
/** Back-offs of five minutes and a progress deadline of ten fit into this. */
const HEALING_MS = 30 * 60_000;

/** One random run: inputs and faults with the invariants on, then healing, then the demand that all is well. */
async function run(seed: number): Promise<void> {
  const chance: RandomStream = new Random(seed).stream("swarm");
  const shells = seed % SHELLS_EVERY === 0;
  let simulation = Simulation.start({ seed, shells, storageClasses: true, metricsServer: shells });
  const wait = (ms: number) => new ShellDriver(simulation).advanceTo(simulation.nowMs + ms);
  simulation.advanceTo(45_000);
  for (let count = 0; count < INPUTS; count++) {
    randomInput(chance, simulation);
    await wait(chance.below(LONGEST_PAUSE_MS));
    checkInvariants(simulation.store);
    if (chance.below(10) === 0) simulation = Simulation.restore(JSON.parse(JSON.stringify(simulation.snapshot())));
  }
  await heal(simulation, wait);
  await wait(HEALING_MS);
  checkInvariants(simulation.store);
  const problems = problemsAfterHealing(simulation.store);
  if (problems.length > 0) throw new BrokenInvariant(`did not converge: ${problems.slice(0, 5).join("; ")}`);
}

describe("swarm: random applies, deletes, faults and restarts, then healing", () => {
  const starts = Array.from({ length: Math.ceil(RUNS / RUNS_A_TEST) }, (_, index) => FIRST_SEED + index * RUNS_A_TEST);
  it.each(starts)(
    "converges from seed %i on",
    async (start) => {
      const failures: string[] = [];
      for (let seed = start; seed < Math.min(start + RUNS_A_TEST, FIRST_SEED + RUNS); seed++) {
        try {
          await run(seed);
        } catch (error) {
          failures.push(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
        }
      }
      expect(failures).toEqual([]);
    },
    PATIENCE_MS,
  );
});
