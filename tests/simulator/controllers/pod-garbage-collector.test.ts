import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import { podGarbageCollector } from "../../../simulator/controllers/pod-garbage-collector/controller.ts";
import { Cluster, must } from "./harness.ts";
import { addNode, addPod, setReady } from "./nodes.ts";

const start = () => {
  const cluster = Cluster.start([podGarbageCollector]);
  for (const name of ["node-1", "node-2"]) addNode(cluster, name);
  return cluster;
};

const podChanges = (cluster: Cluster, since: number) => cluster.changesOf("Pod", since);

describe("pods of a node that is gone", () => {
  it("are marked failed and taken away when the node was missing for 40 s", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1");
    addPod(cluster, "b", "node-2");
    cluster.advanceTo(5);
    must(cluster.client.delete(NODES, "node-1"));
    cluster.advanceTo(59.9);
    expect(podChanges(cluster, 1)).toEqual([]);
    cluster.advanceTo(61);
    expect(podChanges(cluster, 1)).toEqual(["60.0 MODIFIED a", "60.0 DELETED a"]);
    const marked = cluster.lines.find(({ t, kind }) => kind === "Pod" && t === 60)?.object;
    expect(marked).toMatchObject({
      status: {
        phase: "Failed",
        conditions: [
          { type: "Ready" },
          {
            type: "DisruptionTarget",
            status: "True",
            reason: "DeletionByPodGC",
            message: "PodGC: node no longer exists",
            lastTransitionTime: cluster.time(60),
            observedGeneration: 1,
          },
        ],
      },
    });
  });

  it("stay when the node comes back in time", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1");
    cluster.advanceTo(5);
    must(cluster.client.delete(NODES, "node-1"));
    cluster.advanceTo(50);
    addNode(cluster, "node-1");
    cluster.advanceTo(200);
    expect(podChanges(cluster, 1)).toEqual([]);
  });
});

describe("terminating pods", () => {
  const taintOutOfService = (cluster: Cluster) => {
    const node = cluster.get(NODES, "node-1");
    const taints = [{ key: "node.kubernetes.io/out-of-service", effect: "NoExecute" }];
    must(cluster.client.update(NODES, { ...node, spec: { ...node.spec, taints } }));
  };

  it("of an unready node that is out of service are taken away, the older first", () => {
    const cluster = start();
    for (const name of ["c", "b"]) addPod(cluster, name, "node-1");
    cluster.advanceTo(2);
    for (const name of ["a", "stays"]) addPod(cluster, name, "node-1");
    for (const name of ["a", "b", "c"]) must(cluster.client.delete(PODS, `default/${name}`));
    taintOutOfService(cluster);
    cluster.advanceTo(21);
    expect(podChanges(cluster, 3)).toEqual([]);
    setReady(cluster, "node-1", "Unknown");
    cluster.advanceTo(41);
    expect(podChanges(cluster, 3).filter((line) => line.includes("DELETED"))).toEqual([
      "40.0 DELETED b",
      "40.0 DELETED c",
      "40.0 DELETED a",
    ]);
    expect(cluster.lines.findLast(({ name }) => name === "a")?.object).toMatchObject({
      status: { phase: "Failed", observedGeneration: 2 },
    });
    expect(cluster.store.of(PODS).get("default/stays")).toBeDefined();
  });

  it("that no node ever had are taken away once nothing holds them", () => {
    const cluster = start();
    const metadata = { name: "waiting", namespace: "default", finalizers: ["example.com/hold"] };
    must(cluster.client.create(PODS, { metadata, spec: { containers: [] } }));
    must(cluster.client.delete(PODS, "default/waiting"));
    cluster.advanceTo(25);
    const held = cluster.get(PODS, "default/waiting");
    expect(held.status.phase).toBe("Failed");
    must(cluster.client.update(PODS, { ...held, metadata: { ...held.metadata, finalizers: undefined } }));
    expect(cluster.store.of(PODS).size).toBe(0);
  });
});

describe("ended pods", () => {
  it("beyond 12,500 go, evicted and older ones first", () => {
    const cluster = start();
    const end = (name: string, reason?: string) => {
      const pod = must(
        cluster.client.create(PODS, { metadata: { name, namespace: "default" }, spec: { containers: [] } }),
      );
      const status = { ...pod.status, phase: "Failed", ...(reason && { reason }) };
      must(cluster.client.updateStatus(PODS, { ...pod, status }));
    };
    for (let index = 0; index < 12_500; index++) end(`old-${String(index).padStart(5, "0")}`);
    cluster.advanceTo(21);
    expect(cluster.store.of(PODS).size).toBe(12_500);
    end("evicted", "Evicted");
    end("young");
    cluster.advanceTo(41);
    expect(podChanges(cluster, 30)).toEqual(["40.0 DELETED evicted", "40.0 DELETED old-00000"]);
  });
});

it("a restored run remembers who is in quarantine", () => {
  const cluster = start();
  addPod(cluster, "a", "node-1");
  must(cluster.client.delete(NODES, "node-1"));
  cluster.advanceTo(30);
  const copy = cluster.restored([podGarbageCollector]);
  for (const run of [cluster, copy]) run.advanceTo(100);
  expect(cluster.store.of(PODS).size).toBe(0);
  expect(JSON.stringify(copy.store.save())).toBe(JSON.stringify(cluster.store.save()));
});
