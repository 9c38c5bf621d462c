import { describe, expect, it } from "vitest";
import { layoutGraph } from "../../../src/map/graph-layout.ts";
import { CHILD_LIMIT, graphId, ROOT_LIMIT, trafficGraph, workloadGraph } from "../../../src/map/relations.ts";
import { object, ownedBy, projection, running } from "../objects.ts";

const deployment = object("Deployment", "default/web", { spec: { replicas: 2 } });
const set = object("ReplicaSet", "default/web-1", {
  metadata: ownedBy("Deployment", "default/web"),
  spec: { replicas: 2 },
});
const old = object("ReplicaSet", "default/web-0", {
  metadata: ownedBy("Deployment", "default/web"),
  spec: { replicas: 0 },
  status: { replicas: 0 },
});
const pod = (name: string) =>
  object("Pod", `default/${name}`, { metadata: ownedBy("ReplicaSet", "default/web-1"), ...running("n1") });
const system = object("Pod", "kube-system/dns", running("n1"));

const ids = (nodes: readonly Parameters<typeof graphId>[0][]) => nodes.map(graphId).toSorted();

describe("workloads", () => {
  it("leads from the Deployment to its pods, past ReplicaSets kept as history", () => {
    const graph = workloadGraph(projection(deployment, set, old, pod("a"), pod("b"), system), "");
    expect(ids(graph.nodes)).toEqual([
      "Deployment:default/web",
      "Pod:default/a",
      "Pod:default/b",
      "ReplicaSet:default/web-1",
    ]);
    expect(graph.edges.map(({ from, to }) => `${from} ${to}`)).toContain("ReplicaSet:default/web-1 Pod:default/a");
  });

  it("shows a system namespace when it is chosen", () => {
    const graph = workloadGraph(projection(deployment, system), "kube-system");
    expect(ids(graph.nodes)).toEqual(["Pod:kube-system/dns"]);
  });

  it("shows a pod whose owner is gone on its own", () => {
    expect(ids(workloadGraph(projection(pod("a")), "").nodes)).toEqual(["Pod:default/a"]);
  });

  it("draws so many things that nothing owns and counts the rest", () => {
    const loose = Array.from({ length: 5000 }, (_, at) => object("Pod", `default/l${at}`, running("n1")));
    const graph = workloadGraph(projection(...loose), "");
    expect(graph.nodes).toHaveLength(ROOT_LIMIT + 1);
    expect(graph.nodes.at(-1)?.more).toBe(5000 - ROOT_LIMIT);
  });

  it("draws so many pods and counts the rest", () => {
    const pods = Array.from({ length: 100 }, (_, at) => pod(`p${at}`));
    const graph = workloadGraph(projection(deployment, set, ...pods), "");
    expect(graph.nodes.filter(({ ref }) => ref.kind === "Pod")).toHaveLength(CHILD_LIMIT);
    expect(graph.nodes.find(({ more }) => more !== undefined)?.more).toBe(100 - CHILD_LIMIT);
    expect(layoutGraph(graph, new Map()).size).toBe(graph.nodes.length);
  });
});

describe("traffic", () => {
  const service = object("Service", "default/web", { spec: { selector: { app: "web" } } });
  const endpoint = (name: string, ready: boolean) => ({
    addresses: ["10.0.0.1"],
    conditions: { ready },
    targetRef: { kind: "Pod", name, namespace: "default" },
  });
  const slice = object("EndpointSlice", "default/web-x", {
    metadata: { labels: { "kubernetes.io/service-name": "web" } },
    endpoints: [endpoint("a", true), endpoint("b", false), endpoint("left-long-ago", true)],
  });

  it("leads from the Service through its slices to pods that are there, and says which are open", () => {
    const graph = trafficGraph(projection(service, slice, pod("a"), pod("b")), "");
    const from = "EndpointSlice:default/web-x";
    expect(graph.edges).toEqual([
      { from: "Service:default/web", to: from, open: true },
      { from, to: "Pod:default/a", open: true },
      { from, to: "Pod:default/b", open: false },
    ]);
  });
});

describe("places in a graph", () => {
  it("goes from left to right, or down on a narrow screen, and keeps pods on their seats", () => {
    const graph = workloadGraph(projection(deployment, set, pod("a"), pod("b")), "");
    const order = new Map([
      ["Pod:default/a", 5],
      ["Pod:default/b", 0],
    ]);
    const wide = layoutGraph(graph, order);
    const x = (id: string) => wide.get(id)?.x ?? Number.NaN;
    expect(x("Deployment:default/web")).toBeLessThan(x("ReplicaSet:default/web-1"));
    expect(x("ReplicaSet:default/web-1")).toBeLessThan(x("Pod:default/b"));
    expect(x("Pod:default/b")).toBeLessThan(x("Pod:default/a"));
    const narrow = layoutGraph(graph, order, true);
    expect(narrow.get("Pod:default/b")?.y).toBeGreaterThan(narrow.get("ReplicaSet:default/web-1")?.y ?? 0);
  });
});
