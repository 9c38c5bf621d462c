import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Simulation } from "../simulator/index.ts";

// 30 virtual minutes of deployments, jobs and config maps that come and go: the heap after a full collection must not
// grow. They are counted after the first events have run out, an hour after they came. Prints figures, asserts nothing.

const WARM_UP_MINUTES = 65;
const MINUTES = 30;
const STEP_MS = 5000;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const simulation = Simulation.start({ workers: 5 });
simulation.advanceTo(60_000);
const rows: {
  readonly minute: number;
  readonly "heap MiB": string;
  readonly objects: number;
  readonly inputs: number;
}[] = [];
const wall = performance.now();
for (let minute = 0; minute <= WARM_UP_MINUTES + MINUTES; minute++) {
  if (minute % 5 === 0 && minute >= WARM_UP_MINUTES) rows.push(measured(minute - WARM_UP_MINUTES));
  for (let ms = 0; ms < 60_000; ms += STEP_MS) {
    churn((minute * 60_000 + ms) / STEP_MS);
    simulation.advanceTo(simulation.nowMs + STEP_MS);
  }
}
console.table(rows);
process.stdout.write(`${((performance.now() - wall) / 1000).toFixed(1)} s\n`);

/** As the server does without a data folder: inputs that nobody will play again are dropped. */
function measured(minute: number) {
  const { journal, store } = simulation;
  const inputs = journal.inputs.length;
  journal.load({ inputs: [], writes: journal.writes });
  collect();
  const objects = [...store.collections].reduce((sum, { size }) => sum + size, 0);
  return { minute, "heap MiB": (process.memoryUsage().heapUsed / 2 ** 20).toFixed(1), objects, inputs };
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
