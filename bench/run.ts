import { deploymentBench } from "./deployment.ts";
import { hugeJobBench, jobsBench } from "./jobs.ts";
import type { Figures } from "./measure.ts";
import { nodeFailureBench } from "./node-failure.ts";
import { daemonSetBench, statefulSetBench } from "./workloads.ts";

// Prints figures; nothing here asserts. Each bench runs three times, and all three are shown: machines are noisy.
const RUNS = 3;
const rows: Figures[] = [];
const benches = [deploymentBench, nodeFailureBench, () => jobsBench(100), () => jobsBench(1000)];
for (const bench of benches) for (let run = 0; run < RUNS; run++) rows.push(bench());
for (const replicas of [50, 500]) rows.push(statefulSetBench(replicas));
for (const nodes of [500, 5000]) rows.push(daemonSetBench(nodes));
for (const parallelism of [10_000, 100_000]) rows.push(hugeJobBench(parallelism, 120));
console.table(
  rows.map(({ name, ...figures }) => ({
    name,
    ...Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value).toFixed(2)])),
  })),
);
