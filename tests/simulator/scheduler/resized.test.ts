import { expect, it } from "vitest";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/index.ts";

const PODS = "/api/v1/namespaces/default/pods";

interface Seen {
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase?: string };
}

/** One worker, and pods by name with the CPUs that they ask for. */
function cluster(pods: { readonly [name: string]: string }) {
  const simulation = Simulation.start({ workers: 1 });
  const send = (method: "POST" | "PATCH", path: string, body: JsonObject) => {
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = simulation.request({ method, path, body, contentType });
    if (answer.code >= 300) throw new Error(String(answer.body.message));
  };
  const container = (cpu: string) => ({
    name: "c",
    image: "registry.k8s.io/pause:3.10",
    resources: { requests: { cpu } },
  });
  const wait = (ms: number) => simulation.advanceTo(simulation.nowMs + ms);
  simulation.advanceTo(60_000);
  const add = (name: string, cpu: string) => {
    send("POST", PODS, { metadata: { name }, spec: { containers: [container(cpu)] } });
    wait(5_000);
  };
  for (const [name, cpu] of Object.entries(pods)) add(name, cpu);
  const resize = (name: string, cpu: string) =>
    send("PATCH", `${PODS}/${name}/resize`, { spec: { containers: [container(cpu)] } });
  const isBound = (name: string) => {
    const { body } = simulation.request({ method: "GET", path: `${PODS}/${name}` });
    return (body as unknown as Seen).spec.nodeName !== undefined;
  };
  return { wait, add, resize, isBound };
}

it("a pod that asks for less gives its room to one that waits once its kubelet has taken it away, and not before", () => {
  const { wait, resize, isBound } = cluster({ large: "3", waiting: "2" });
  expect([isBound("large"), isBound("waiting")]).toEqual([true, false]);
  resize("large", "1");
  wait(50);
  expect(isBound("waiting")).toBe(false);
  wait(5_000);
  expect(isBound("waiting")).toBe(true);
});

it.each([
  ["more than is left now keeps others out", "1900m", false],
  ["more than the node has does not", "100", true],
])("a pod that asks for %s", (_, cpu, hasRoom) => {
  const { wait, add, resize, isBound } = cluster({ first: "2", growing: "1" });
  resize("growing", cpu);
  wait(2_000);
  add("newcomer", "500m");
  expect(isBound("newcomer")).toBe(hasRoom);
});
