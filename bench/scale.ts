import { performance } from "node:perf_hooks";
import { Simulation } from "../simulator/index.ts";

/*
 * Kubernetes' own documented maximum: 5,000 nodes, 150,000 pods. Prints figures, one line a size:
 * `node --expose-gc --max-old-space-size=1500 --import tsx bench/scale.ts [NODES/PODS …]`. The loader that reads TypeScript
 * slows it by a fifth: `npx esbuild bench/scale.ts --bundle --platform=node --outfile=FILE.cjs` makes a file that runs as
 * the page's worker does.
 */

const SIZES: readonly (readonly [nodes: number, pods: number])[] = [
  [50, 1_500],
  [500, 15_000],
  [5_000, 150_000],
];
const DEPLOYMENTS = 10;
const LIMIT_MS = 60 * 60_000;
const STEADY_MS = 60_000;
const PATH = "/apis/apps/v1/namespaces/default/deployments";

function deployment(name: string, replicas: number) {
  const labels = { app: name };
  const containers = ["app", "side"].map((container) => ({
    name: container,
    image: "registry.k8s.io/pause:3.10",
    resources: { requests: { cpu: "10m", memory: "16Mi" } },
  }));
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

function scaleBench(nodes: number, pods: number) {
  const before = heapBytes();
  const boot = performance.now();
  const simulation = Simulation.start({ workers: nodes });
  simulation.advanceTo(60_000);
  const bootSeconds = (performance.now() - boot) / 1000;
  const empty = heapBytes();
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let index = 0; index < DEPLOYMENTS; index++) {
    simulation.request({ method: "POST", path: PATH, body: deployment(`web-${index}`, pods / DEPLOYMENTS) });
  }
  const start = simulation.nowMs;
  let scheduledMs = 0;
  let peak = 0;
  const ready = (): number => {
    let sum = 0;
    for (let index = 0; index < DEPLOYMENTS; index++) {
      const { body } = simulation.request({ method: "GET", path: `${PATH}/web-${index}` });
      sum += Number((body.status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0);
    }
    return sum;
  };
  while (ready() < pods) {
    if (simulation.nowMs - start > LIMIT_MS) throw new Error(`only ${ready()} of ${pods} became Ready`);
    simulation.advanceTo(simulation.nowMs + 1000);
    peak = Math.max(peak, process.memoryUsage().heapUsed);
    if (scheduledMs === 0 && process.env.VERBOSE) process.stderr.write(`${simulation.nowMs / 1000} s: ${ready()}\n`);
  }
  scheduledMs = simulation.nowMs - start;
  const wall = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  const full = heapBytes();
  const steady = performance.now();
  const atRest = process.cpuUsage();
  simulation.advanceTo(simulation.nowMs + STEADY_MS);
  const steadySeconds = (performance.now() - steady) / 1000;
  const usedAtRest = process.cpuUsage(atRest);
  return {
    nodes,
    pods,
    "boot s": round(bootSeconds),
    "wall s": round(wall),
    "cpu s": round((used.user + used.system) / 1e6),
    "virtual s": round(scheduledMs / 1000),
    "pods/s": Math.round(pods / wall),
    "us cpu/pod": Math.round((used.user + used.system) / pods),
    "heap MB": Math.round(full / 1e6),
    "peak MB": Math.round(peak / 1e6),
    "bytes/pod": Math.round((full - empty) / pods),
    "bytes/node": Math.round((empty - before) / nodes),
    "steady x real": Math.round(STEADY_MS / 1000 / steadySeconds),
    "steady cpu s": round((usedAtRest.user + usedAtRest.system) / 1e6, 2),
  };
}

const given = process.argv.slice(2).map((text) => text.split("/").map(Number) as [number, number]);
const rows = (given.length > 0 ? given : SIZES).map(([nodes, pods]) => scaleBench(nodes, pods));
const first = rows[0]?.["us cpu/pod"] ?? 1;
console.table(rows.map((row) => ({ ...row, "cost x first": round(row["us cpu/pod"] / first, 2) })));
