import { expect, it } from "vitest";
import { type JsonObject, Simulation } from "../../../simulator/index.ts";

const PODS = "/api/v1/namespaces/default/pods";

/** Low pods `a` and `b` fill the two workers; one of them is guarded. Which one is made way for? */
function victimBeside(guarded: string): readonly string[] {
  const simulation = Simulation.start({ workers: 2 });
  const send = (path: string, body: JsonObject) => {
    const answer = simulation.request({ method: "POST", path, body });
    if (answer.code !== 201) throw new Error(String(answer.body.message));
  };
  simulation.advanceTo(60_000);
  const node = simulation.request({ method: "GET", path: "/api/v1/nodes/node-1" }).body as unknown as {
    readonly status: { readonly allocatable: { readonly cpu: string } };
  };
  // More than half of what is left beside what runs on each node already.
  const cpu = `${Math.round(Number.parseFloat(node.status.allocatable.cpu) * 700)}m`;
  const pod = (name: string, spec: JsonObject) => {
    const containers = [{ name: "c", image: "nginx:1.27", resources: { requests: { cpu } } }];
    send(PODS, {
      metadata: { name, labels: { app: name } },
      spec: { containers, terminationGracePeriodSeconds: 1, ...spec },
    });
  };
  send("/apis/scheduling.k8s.io/v1/priorityclasses", { metadata: { name: "high" }, value: 1000 });
  send("/apis/policy/v1/namespaces/default/poddisruptionbudgets", {
    metadata: { name: "guard" },
    spec: { minAvailable: 1, selector: { matchLabels: { app: guarded } } },
  });
  for (const name of ["a", "b"]) pod(name, {});
  simulation.advanceTo(90_000);
  pod("important", { priorityClassName: "high" });
  simulation.advanceTo(150_000);
  const { items } = simulation.request({ method: "GET", path: PODS }).body as unknown as {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly status: { readonly phase: string };
    }[];
  };
  return items.map(({ metadata, status }) => `${metadata.name} ${status.phase}`).sort();
}

it.each(["a", "b"])("preemption spares pod %s, which a budget guards, by the budget's real status", (guarded) => {
  expect(victimBeside(guarded)).toEqual([`${guarded} Running`, "important Running"].sort());
});
