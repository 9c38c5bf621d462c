import { parseArgs } from "node:util";
import { Simulation } from "../../../simulator/simulation.ts";
import { playHostile } from "./play.ts";

/**
 * Sends hostile requests to the API server, 100,000 unless `--requests` says otherwise, and prints what went wrong.
 * `--seed` plays a run again.
 */
function main(): void {
  const { values } = parseArgs({ options: { requests: { type: "string" }, seed: { type: "string" } } });
  const count = Number(values.requests ?? 100_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  process.stdout.write(`Seed ${seed}, ${count} requests\n`);
  const cluster = Simulation.start({ workers: 2, shells: true });
  cluster.advanceTo(60_000);
  const begun = performance.now();
  let before = begun;
  let slowest = { number: 0, ms: 0 };
  const { codes, problems } = playHostile(cluster, seed, count, (number) => {
    const now = performance.now();
    if (now - before > slowest.ms) slowest = { number, ms: now - before };
    before = now;
    if (number % 10_000 === 9_999) process.stdout.write(`${number + 1} after ${((now - begun) / 1000).toFixed(0)} s\n`);
  });
  for (const { number, request, what } of problems.slice(0, 50)) {
    process.stdout.write(
      `#${number} ${request.method} ${request.path}\n  ${what}\n  ${JSON.stringify(request).slice(0, 600)}\n`,
    );
  }
  const counts = [...codes].sort(([a], [b]) => a - b).map(([code, times]) => `${code}: ${times}`);
  process.stdout.write(`Answers: ${counts.join(", ")}\nSlowest: #${slowest.number}, ${slowest.ms.toFixed(0)} ms\n`);
  process.stdout.write(`${problems.length} problems (seed ${seed})\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

main();
