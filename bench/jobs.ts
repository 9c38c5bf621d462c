import { type JsonObject, Simulation } from "../simulator/index.ts";
import { type Figures, measure } from "./measure.ts";

const JOBS_PATH = "/apis/batch/v1/namespaces/default/jobs";
const LIMIT_MS = 60 * 60_000;

/** Jobs of one pod each that runs for 10 s, applied at once, until all are complete; ten nodes. */
export function jobsBench(jobs: number): Figures {
  const simulation = Simulation.start({ workers: 10 });
  simulation.advanceTo(60_000);
  const { result: virtualMs, ...cost } = measure(() => {
    const begun = simulation.nowMs;
    for (let at = 0; at < jobs; at++) {
      const answer = simulation.request({ method: "POST", path: JOBS_PATH, body: job(`job-${at}`, {}) });
      if (answer.code !== 201) throw new Error(String(answer.body.message));
    }
    while (completed(simulation) < jobs) {
      if (simulation.nowMs - begun > LIMIT_MS) throw new Error(`only ${completed(simulation)} jobs are complete`);
      simulation.advanceTo(simulation.nowMs + 1000);
    }
    return simulation.nowMs - begun;
  });
  return { name: `${jobs} Jobs to completion`, virtualSeconds: virtualMs / 1000, ...cost };
}

/** One Job that wants very many pods at once, of which the nodes hold about a thousand, for some virtual seconds. */
export function hugeJobBench(parallelism: number, seconds: number): Figures {
  const simulation = Simulation.start({ workers: 10 });
  simulation.advanceTo(60_000);
  const { result: virtualMs, ...cost } = measure(() => {
    const spec = { completions: parallelism, parallelism };
    simulation.request({ method: "POST", path: JOBS_PATH, body: job("huge", spec) });
    simulation.advanceTo(simulation.nowMs + seconds * 1000);
    return seconds * 1000;
  });
  return { name: `one Job of ${parallelism} pods at once, ${seconds} s`, virtualSeconds: virtualMs / 1000, ...cost };
}

function completed(simulation: Simulation): number {
  const selector = encodeURIComponent("status.successful=1");
  const { body } = simulation.request({ method: "GET", path: `${JOBS_PATH}?fieldSelector=${selector}` });
  return (body.items as readonly JsonObject[]).length;
}

function job(name: string, spec: JsonObject): JsonObject {
  const resources = { requests: { cpu: "10m", memory: "16Mi" } };
  const containers = [{ name: "main", image: "busybox:1.36", command: ["sleep", "10"], resources }];
  const template = { spec: { restartPolicy: "Never", containers } };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: { ...spec, template } };
}
