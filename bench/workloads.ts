import { type JsonObject, Simulation } from "../simulator/index.ts";
import { type Figures, measure } from "./measure.ts";

const LIMIT_MS = 4 * 60 * 60_000;

const STEP_MS = 5000;

function template(name: string): JsonObject {
  const resources = { requests: { cpu: "10m", memory: "16Mi" } };
  return { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", image: "nginx:1.27", resources }] } };
}

/** Applies a workload, and lets time pass until all of it is ready. */
function untilReady(
  simulation: Simulation,
  name: string,
  path: string,
  body: JsonObject,
  isReady: (status: { readonly [field: string]: unknown }) => boolean,
): Figures {
  const { result: virtualMs, ...cost } = measure(() => {
    const begun = simulation.nowMs;
    const answer = simulation.request({ method: "POST", path, body });
    if (answer.code !== 201) throw new Error(String(answer.body.message));
    const { name: object } = body.metadata as { readonly name: string };
    const status = () => simulation.request({ method: "GET", path: `${path}/${object}` }).body.status as JsonObject;
    while (!isReady(status())) {
      if (simulation.nowMs - begun > LIMIT_MS) throw new Error(`${name}: not ready`);
      simulation.advanceTo(simulation.nowMs + STEP_MS);
    }
    return simulation.nowMs - begun;
  });
  return { name, virtualSeconds: virtualMs / 1000, ...cost };
}

/** A stateful set, one pod after the other, each with its service name and revision; a node for each fifty pods. */
export function statefulSetBench(replicas: number): Figures {
  const simulation = Simulation.start({ workers: Math.max(1, Math.ceil(replicas / 50)) });
  simulation.advanceTo(60_000);
  const spec = { replicas, serviceName: "db", selector: { matchLabels: { app: "db" } }, template: template("db") };
  const body = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db" }, spec };
  return untilReady(
    simulation,
    `StatefulSet of ${replicas}`,
    "/apis/apps/v1/namespaces/default/statefulsets",
    body,
    ({ readyReplicas }) => readyReplicas === replicas,
  );
}

/** A daemon set over so many nodes that are there already. */
export function daemonSetBench(nodes: number): Figures {
  const simulation = Simulation.start({ workers: nodes });
  simulation.advanceTo(60_000);
  const spec = { selector: { matchLabels: { app: "agent" } }, template: template("agent") };
  const body = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "agent" }, spec };
  return untilReady(
    simulation,
    `DaemonSet over ${nodes} nodes`,
    "/apis/apps/v1/namespaces/default/daemonsets",
    body,
    ({ numberAvailable }) => numberAvailable === nodes,
  );
}
