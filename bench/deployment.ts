import { Simulation } from "../simulator/index.ts";
import { type Figures, measure } from "./measure.ts";

const DEPLOYMENT_PATH = "/apis/apps/v1/namespaces/default/deployments";
const LIMIT_MS = 30 * 60_000;

/** 10 nodes, 1,000 pods of one Deployment, from apply to all Ready. The peer webernetes takes 105 CPU-seconds here. */
export function deploymentBench(nodes = 10, replicas = 1000): Figures {
  const simulation = Simulation.start({ workers: nodes });
  simulation.advanceTo(60_000);
  const { result: virtualMs, ...cost } = measure(() => {
    const begun = simulation.nowMs;
    simulation.request({ method: "POST", path: DEPLOYMENT_PATH, body: deployment(replicas) });
    while (readyReplicas(simulation) < replicas) {
      if (simulation.nowMs - begun > LIMIT_MS) throw new Error(`only ${readyReplicas(simulation)} pods became Ready`);
      simulation.advanceTo(simulation.nowMs + 250);
    }
    return simulation.nowMs - begun;
  });
  return { name: `${replicas} pods on ${nodes} nodes, apply to all Ready`, virtualSeconds: virtualMs / 1000, ...cost };
}

function readyReplicas(simulation: Simulation): number {
  const { body } = simulation.request({ method: "GET", path: `${DEPLOYMENT_PATH}/web` });
  return Number((body.status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0);
}

function deployment(replicas: number) {
  const labels = { app: "web" };
  const containers = [{ name: "app", image: "nginx:1.27", resources: { requests: { cpu: "10m", memory: "16Mi" } } }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}
