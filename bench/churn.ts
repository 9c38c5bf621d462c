import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Simulation } from "../simulator/index.ts";

// 30 virtual minutes of deployments, jobs and config maps that come and go: the heap after a full collection must not
// grow. Events live for five minutes here, as with an API server's --event-ttl=5m: with the hour that they have otherwise
// their number would rise all the time. Counted from when all that is kept for a while (the last 2,000 writes of each kind, for watches) has begun to go again.
// Prints figures, asserts nothing. `--minutes N` for a longer run.

const EVENT_TTL_MS = 5 * 60_000;
const WARM_UP_MINUTES = 90;
const MINUTES = Number(process.argv[process.argv.indexOf("--minutes") + 1] ?? "") || 30;
const STEP_MS = 5000;
const MIB = 2 ** 20;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

interface Row {
  readonly minute: number;
  readonly bytes: number;
  readonly objects: number;
  readonly writes: number;
  readonly pending: number;
}

const simulation = Simulation.start({ workers: 5, eventTtlMs: EVENT_TTL_MS });
simulation.advanceTo(60_000);
const rows: Row[] = [];
const wall = performance.now();
for (let minute = 0; minute <= WARM_UP_MINUTES + MINUTES; minute++) {
  if (minute % 5 === 0 && minute >= WARM_UP_MINUTES) rows.push(measured(minute - WARM_UP_MINUTES));
  for (let ms = 0; ms < 60_000; ms += STEP_MS) {
    churn((minute * 60_000 + ms) / STEP_MS);
    simulation.advanceTo(simulation.nowMs + STEP_MS);
  }
}
console.table(
  rows.map(({ minute, bytes, objects, writes, pending }) => ({
    minute,
    "heap MiB": (bytes / MIB).toFixed(2),
    objects,
    "writes remembered": writes,
    "messages pending": pending,
  })),
);
process.stdout.write(`slope ${((slope(rows) * 60) / MIB).toFixed(2)} MiB an hour of virtual time\n`);
process.stdout.write(`${((performance.now() - wall) / 1000).toFixed(1)} s\n`);

/** As the server does without a data folder: inputs that nobody will play again are dropped. */
function measured(minute: number): Row {
  const { journal, store, clock } = simulation;
  journal.load({ inputs: [], writes: journal.writes });
  collect();
  const objects = [...store.collections].reduce((sum, { size }) => sum + size, 0);
  const bytes = process.memoryUsage().heapUsed;
  return { minute, bytes, objects, writes: journal.writes.length, pending: clock.save().pending.length };
}

/** Bytes a minute, by least squares. */
function slope(points: readonly Row[]): number {
  const mean = (of: (row: Row) => number) => points.reduce((sum, row) => sum + of(row), 0) / points.length;
  const [x, y] = [mean(({ minute }) => minute), mean(({ bytes }) => bytes)];
  const covariance = mean(({ minute, bytes }) => (minute - x) * (bytes - y));
  return covariance / mean(({ minute }) => (minute - x) ** 2);
}

/** Makes one of each, and takes away what was made twelve steps before. */
function churn(step: number): void {
  const labels = { app: `churn-${step}` };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "nginx:1.27" }] } };
  post("/apis/apps/v1", "deployments", step, { spec: { replicas: 5, selector: { matchLabels: labels }, template } });
  post("/api/v1", "configmaps", step, { data: { step: String(step) } });
  const job = { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox", command: ["true"] }] } };
  post("/apis/batch/v1", "jobs", step, { spec: { template: job } });
  for (const [root, plural] of [
    ["/apis/apps/v1", "deployments"],
    ["/api/v1", "configmaps"],
    ["/apis/batch/v1", "jobs"],
  ] as const) {
    const path = `${root}/namespaces/default/${plural}/churn-${step - 12}?propagationPolicy=Background`;
    simulation.request({ method: "DELETE", path });
  }
}

function post(root: string, plural: string, step: number, rest: object): void {
  const body = { metadata: { name: `churn-${step}` }, ...rest };
  const { code } = simulation.request({ method: "POST", path: `${root}/namespaces/default/${plural}`, body });
  if (code !== 201) throw new Error(`${plural} were answered with ${code}`);
}
