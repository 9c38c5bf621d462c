import { deploymentBench } from "./deployment.ts";
import type { Figures } from "./measure.ts";
import { nodeFailureBench } from "./node-failure.ts";

// Prints figures; nothing here asserts. Each bench runs three times, and all three are shown: machines are noisy.
const RUNS = 3;
const rows: Figures[] = [];
for (const bench of [deploymentBench, nodeFailureBench]) for (let run = 0; run < RUNS; run++) rows.push(bench());
console.table(
  rows.map(({ name, ...figures }) => ({
    name,
    ...Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value).toFixed(2)])),
  })),
);
