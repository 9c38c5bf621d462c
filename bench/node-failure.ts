import { Simulation } from "../simulator/index.ts";
import { type Figures, measure } from "./measure.ts";

/** A worker loses power under three pods: NotReady, eviction after five minutes, replacement. About 340 virtual seconds. */
export function nodeFailureBench(): Figures {
  const simulation = Simulation.start({});
  simulation.advanceTo(60_000);
  const labels = { app: "ml-model" };
  const containers = [{ name: "app", image: "nginx:1.27", resources: { requests: { cpu: "500m" } } }];
  simulation.request({
    method: "POST",
    path: "/apis/apps/v1/namespaces/default/deployments",
    body: {
      metadata: { name: "ml-model" },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  });
  simulation.advanceTo(120_000);
  const begun = simulation.nowMs;
  const { result: virtualMs, ...cost } = measure(() => {
    simulation.request({
      method: "POST",
      path: "/apis/simulation.tabernetes.dev/v1alpha1/faults",
      body: { metadata: { name: "dark" }, spec: { type: "NodeCrash", target: { kind: "Node", name: "node-1" } } },
    });
    simulation.advanceTo(begun + 300_000);
    while (healthyPods(simulation) < 3) {
      if (simulation.nowMs - begun > 900_000) throw new Error("the pods were never replaced");
      simulation.advanceTo(simulation.nowMs + 1_000);
    }
    return simulation.nowMs - begun;
  });
  return { name: "node failure, power off to replaced pods Ready", virtualSeconds: virtualMs / 1000, ...cost };
}

/** Ready pods that are not on the dark node. */
function healthyPods(simulation: Simulation): number {
  const { body } = simulation.request({ method: "GET", path: "/api/v1/namespaces/default/pods" });
  const pods = body.items as unknown as readonly {
    readonly spec: { readonly nodeName?: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
  return pods.filter(
    ({ spec, status }) =>
      spec.nodeName !== "node-1" && status.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
  ).length;
}
