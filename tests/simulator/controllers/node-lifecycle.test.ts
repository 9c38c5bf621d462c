import { describe, expect, it } from "vitest";
import { LEASES, NODES, PODS } from "../../../simulator/api/refs.ts";
import { nodeLifecycleController } from "../../../simulator/controllers/node-lifecycle/controller.ts";
import { TaintQueue } from "../../../simulator/controllers/node-lifecycle/taint-queue.ts";
import { zoneStateOf } from "../../../simulator/controllers/node-lifecycle/zones.ts";
import { Cluster, must } from "./harness.ts";
import { addNode, addPod, readyOf, renew, runWith, setReady, taintsOf } from "./nodes.ts";

const start = (...names: string[]) => {
  const cluster = Cluster.start([nodeLifecycleController]);
  for (const name of names) addNode(cluster, name);
  return cluster;
};

describe("a node whose kubelet fell silent", () => {
  it("is Unknown in all the kubelet's conditions once 50 s passed since its last heartbeat was seen", () => {
    const cluster = start("node-1", "node-2");
    runWith(cluster, 20, ["node-1", "node-2"]);
    runWith(cluster, 64, ["node-2"]);
    expect(readyOf(cluster, "node-1")).toBe("True");
    runWith(cluster, 66, ["node-2"]);
    const [condition, ...others] = cluster.get(NODES, "node-1").status.conditions ?? [];
    expect(condition).toEqual({
      type: "MemoryPressure",
      status: "Unknown",
      reason: "NodeStatusUnknown",
      message: "Kubelet stopped posting node status.",
      lastHeartbeatTime: cluster.time(0),
      lastTransitionTime: cluster.time(65),
    });
    expect(others.map(({ status }) => status)).toEqual(["Unknown", "Unknown", "Unknown"]);
    expect(readyOf(cluster, "node-2")).toBe("True");
  });

  it("keeps new pods away at once, and has its pods evicted a tenth of a second later", () => {
    const cluster = start("node-1", "node-2");
    runWith(cluster, 100, ["node-2"]);
    const since = cluster.lines.findIndex(({ kind, t }) => kind === "Node" && t > 1);
    const changes = cluster.lines.slice(since).filter(({ kind, name }) => kind === "Node" && name === "node-1");
    expect(changes.map(({ t }) => t)).toEqual([50, 50.002, 50.1]);
    expect(taintsOf(cluster, "node-1")).toEqual(["unreachable:NoSchedule", "unreachable:NoExecute"]);
    expect(cluster.get(NODES, "node-1").spec.taints?.[1]?.timeAdded).toBe(cluster.time(50));
  });

  it("is told of once, and its ready pods become unready with a warning", () => {
    const cluster = start("node-1", "node-2");
    addPod(cluster, "a", "node-1");
    addPod(cluster, "b", "node-2");
    runWith(cluster, 100, ["node-2"]);
    expect(cluster.events(1)).toEqual([
      "50.0 NodeNotReady Node/node-1 Node node-1 status is now: NodeNotReady",
      "50.0 NodeNotReady Pod/a Node is not ready",
    ]);
    expect(cluster.get(PODS, "default/a").status.conditions).toEqual([
      { type: "Ready", status: "False", lastTransitionTime: cluster.time(50) },
    ]);
    expect(cluster.get(PODS, "default/b").status.conditions?.[0]?.status).toBe("True");
  });

  it("stays Unknown while only its lease is renewed, and loses its taints when its status comes again", () => {
    const cluster = start("node-1", "node-2");
    runWith(cluster, 60, ["node-2"]);
    runWith(cluster, 71, ["node-1", "node-2"]);
    expect(readyOf(cluster, "node-1")).toBe("Unknown");
    setReady(cluster, "node-1", "True");
    cluster.advanceTo(71.1);
    expect(taintsOf(cluster, "node-1")).toEqual(["unreachable:NoExecute"]);
    cluster.advanceTo(75.1);
    expect(taintsOf(cluster, "node-1")).toEqual([]);
    expect("taints" in cluster.get(NODES, "node-1").spec && cluster.get(NODES, "node-1").spec.taints).toBeFalsy();
  });

  it("that never posted a status is given 60 s from its creation, and says so", () => {
    const cluster = start("node-2");
    must(cluster.client.create(NODES, { metadata: { name: "node-1" }, spec: {} }));
    runWith(cluster, 59.9, ["node-2"]);
    expect(cluster.get(NODES, "node-1").status.conditions).toBeUndefined();
    runWith(cluster, 60.5, ["node-2"]);
    expect(cluster.get(NODES, "node-1").status.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      "Ready NodeStatusNeverUpdated",
      "MemoryPressure NodeStatusNeverUpdated",
      "DiskPressure NodeStatusNeverUpdated",
      "PIDPressure NodeStatusNeverUpdated",
    ]);
  });

  it("gets a new grace period from a controller that was restarted", () => {
    const cluster = start("node-1", "node-2");
    runWith(cluster, 40, ["node-2"]);
    cluster.stopControllers();
    cluster.startControllers();
    runWith(cluster, 89, ["node-2"]);
    expect(readyOf(cluster, "node-1")).toBe("True");
    runWith(cluster, 91, ["node-2"]);
    expect(readyOf(cluster, "node-1")).toBe("Unknown");
  });

  it("is not written to while the API is away, and is dealt with afterwards", () => {
    const cluster = start("node-1", "node-2");
    cluster.advanceTo(45);
    cluster.reachable = false;
    runWith(cluster, 58, ["node-2"]);
    expect(readyOf(cluster, "node-1")).toBe("True");
    cluster.reachable = true;
    runWith(cluster, 61, ["node-2"]);
    expect(readyOf(cluster, "node-1")).toBe("Unknown");
  });
});

describe("taints by condition", () => {
  it.each([
    ["MemoryPressure", "memory-pressure:NoSchedule"],
    ["DiskPressure", "disk-pressure:NoSchedule"],
    ["PIDPressure", "pid-pressure:NoSchedule"],
  ])("a node under %s gets %s and loses it with the pressure", (type, taint) => {
    const cluster = start("node-1", "node-2");
    cluster.advanceTo(1);
    const press = (status: string) => {
      const node = cluster.get(NODES, "node-1");
      const conditions = node.status.conditions?.map((old) => (old.type === type ? { ...old, status } : old));
      must(cluster.client.updateStatus(NODES, { ...node, status: { ...node.status, conditions } }));
      cluster.advanceTo(cluster.seconds + 1);
    };
    press("True");
    expect(taintsOf(cluster, "node-1")).toEqual([taint]);
    press("False");
    expect(taintsOf(cluster, "node-1")).toEqual([]);
  });

  it("a cordoned node has the unschedulable taint for as long as it is cordoned", () => {
    const cluster = start("node-1", "node-2");
    cluster.advanceTo(1);
    const cordon = (unschedulable: boolean) => {
      const node = cluster.get(NODES, "node-1");
      must(cluster.client.update(NODES, { ...node, spec: { ...node.spec, unschedulable } }));
      cluster.advanceTo(cluster.seconds + 1);
    };
    cordon(true);
    expect(taintsOf(cluster, "node-1")).toEqual(["unschedulable:NoSchedule"]);
    cordon(false);
    expect(taintsOf(cluster, "node-1")).toEqual([]);
  });

  it("a new node keeps pods away until it is ready; taints of others are left alone", () => {
    const cluster = start("node-2");
    const mine = { key: "team", value: "a", effect: "NoSchedule" };
    must(cluster.client.create(NODES, { metadata: { name: "node-1" }, spec: { taints: [mine] } }));
    expect(taintsOf(cluster, "node-1")).toEqual(["team:NoSchedule", "not-ready:NoSchedule"]);
    const conditions = [{ type: "Ready", status: "True", reason: "KubeletReady", message: "" }];
    const node = cluster.get(NODES, "node-1");
    must(cluster.client.updateStatus(NODES, { ...node, status: { ...node.status, conditions } }));
    cluster.advanceTo(1);
    expect(taintsOf(cluster, "node-1")).toEqual(["team:NoSchedule"]);
  });

  it("a node that says it is not ready is tainted not-ready, and the taint is swapped at once when it falls silent", () => {
    const cluster = start("node-1", "node-2");
    runWith(cluster, 12, ["node-2"]);
    setReady(cluster, "node-1", "False", "container runtime is down");
    runWith(cluster, 20, ["node-2"]);
    expect(taintsOf(cluster, "node-1")).toEqual(["not-ready:NoSchedule", "not-ready:NoExecute"]);
    runWith(cluster, 80, ["node-2"]);
    expect(taintsOf(cluster, "node-1").sort()).toEqual(["unreachable:NoExecute", "unreachable:NoSchedule"]);
  });
});

describe("registration", () => {
  it("greets new nodes, bids removed ones farewell, and repeats the labels of old", () => {
    const cluster = start("node-1");
    addNode(cluster, "node-9", { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" });
    cluster.advanceTo(7);
    must(cluster.client.delete(NODES, "node-9"));
    cluster.advanceTo(11);
    expect(cluster.events()).toEqual([
      "0.0 RegisteredNode Node/node-1 Node node-1 event: Registered Node node-1 in Controller",
      "0.0 RegisteredNode Node/node-9 Node node-9 event: Registered Node node-9 in Controller",
      "10.0 RemovingNode Node/node-9 Node node-9 event: Removing Node node-9 from Controller",
    ]);
    const labels = cluster.lines.findLast(({ kind, name }) => kind === "Node" && name === "node-9")?.object.metadata
      .labels;
    expect(labels?.["beta.kubernetes.io/os"]).toBe("linux");
    expect(labels?.["beta.kubernetes.io/arch"]).toBe("amd64");
  });

  it("marks a pod that is bound to an unready node", () => {
    const cluster = start("node-1", "node-2");
    runWith(cluster, 60, ["node-2"]);
    addPod(cluster, "late", "node-2");
    cluster.advanceTo(61);
    expect(cluster.get(PODS, "default/late").status.conditions?.[0]?.status).toBe("True");
    const pod = must(
      cluster.client.create(PODS, { metadata: { name: "lost", namespace: "default" }, spec: { containers: [] } }),
    );
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: cluster.now }];
    must(cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } }));
    must(cluster.client.bind("default/lost", "", "node-1"));
    cluster.advanceTo(62);
    expect(cluster.get(PODS, "default/lost").status.conditions?.[0]?.status).toBe("False");
  });
});

describe("zones", () => {
  it.each([
    [{ ready: 3, notReady: 0 }, "Normal"],
    [{ ready: 1, notReady: 2 }, "Normal"],
    [{ ready: 0, notReady: 1 }, "FullDisruption"],
    [{ ready: 1, notReady: 3 }, "PartialDisruption"],
    [{ ready: 3, notReady: 3 }, "Normal"],
    [{ ready: 9, notReady: 11 }, "PartialDisruption"],
    [{ ready: 0, notReady: 0 }, "Normal"],
  ])("with %o is in the state %s", (count, state) => {
    expect(zoneStateOf(count)).toBe(state);
  });

  const inZone = (zone: string) => ({ "topology.kubernetes.io/zone": zone });

  it("taints one silent node of a zone each ten seconds", () => {
    const cluster = start("node-1", "node-2", "node-3", "node-4");
    runWith(cluster, 65, ["node-3", "node-4"]);
    const tainted = cluster.lines.filter(({ object }) => JSON.stringify(object).includes("NoExecute"));
    const first = (name: string) => tainted.find((line) => line.kind === "Node" && line.name === name)?.t;
    expect([first("node-1"), first("node-2")]).toEqual([50.1, 60.1]);
  });

  it("stop evicting when three quarters of a small zone are silent", () => {
    const cluster = start();
    for (const name of ["a-1", "a-2", "a-3", "a-4"]) addNode(cluster, name, inZone("a"));
    addNode(cluster, "b-1", inZone("b"));
    runWith(cluster, 200, ["a-4", "b-1"]);
    for (const name of ["a-1", "a-2", "a-3"]) expect(taintsOf(cluster, name)).toEqual(["unreachable:NoSchedule"]);
  });

  it("go on at the usual rate when a whole zone of several is silent", () => {
    const cluster = start();
    for (const name of ["a-1", "a-2"]) addNode(cluster, name, inZone("a"));
    addNode(cluster, "b-1", inZone("b"));
    runWith(cluster, 70, ["b-1"]);
    for (const name of ["a-1", "a-2"]) expect(taintsOf(cluster, name)).toContain("unreachable:NoExecute");
  });

  it("evict nobody when all nodes are silent, and give all a new chance when one comes back", () => {
    const cluster = start("node-1", "node-2", "node-3");
    cluster.advanceTo(80);
    for (const name of ["node-1", "node-2", "node-3"]) {
      expect(taintsOf(cluster, name)).toEqual(["unreachable:NoSchedule"]);
    }
    setReady(cluster, "node-1", "True");
    runWith(cluster, 91, ["node-1"]);
    expect(taintsOf(cluster, "node-2")).toEqual(["unreachable:NoSchedule"]);
    runWith(cluster, 120, ["node-1"]);
    expect(taintsOf(cluster, "node-2")).toContain("unreachable:NoExecute");
  });

  it("do not count nodes that are excluded from disruption checks", () => {
    const cluster = start("node-1");
    addNode(cluster, "node-2", { "node.kubernetes.io/exclude-disruption": "" });
    runWith(cluster, 100, ["node-2"]);
    expect(taintsOf(cluster, "node-1")).toEqual(["unreachable:NoSchedule"]);
  });
});

describe("TaintQueue", () => {
  it("lets one pass at a time, and nobody at rate 0; a new rate begins empty when the old one had nothing to give", () => {
    const queue = new TaintQueue(0.1);
    const passed: string[] = [];
    const tryAt = (ms: number) =>
      queue.try(ms, (node) => {
        passed.push(`${node} ${ms}`);
        return "done";
      });
    for (const node of ["a", "b", "c"]) queue.add(node, 0);
    tryAt(0);
    tryAt(9_999);
    tryAt(10_000);
    queue.setRate(0, 15_000);
    expect(queue.dueMs).toBeUndefined();
    tryAt(40_000);
    queue.setRate(0.1, 50_000);
    expect(queue.dueMs).toBe(60_000);
    tryAt(60_000);
    expect(passed).toEqual(["a 0", "b 10000", "c 60000"]);
  });

  it("takes a node again only after it was removed", () => {
    const queue = new TaintQueue(1000);
    let count = 0;
    const act = () => {
      count++;
      return "done" as const;
    };
    queue.add("a", 0);
    queue.try(0, act);
    queue.add("a", 10);
    queue.try(10, act);
    expect(count).toBe(1);
    queue.remove("a");
    queue.add("a", 20);
    queue.try(20, act);
    expect(count).toBe(2);
  });
});

describe("node health at scale and after a restore", () => {
  it("leases are read at the monitor's pace: their renewals put nothing into the queue", () => {
    const cluster = start("node-1");
    cluster.advanceTo(1);
    const before = [...cluster.host.states()][0]?.reconciled;
    for (let index = 0; index < 100; index++) renew(cluster, "node-1");
    cluster.advanceTo(2);
    expect([...cluster.host.states()][0]?.reconciled).toBe(before);
    expect(cluster.store.of(LEASES).size).toBe(1);
  });

  it("a restored run goes on byte for byte", () => {
    const cluster = start("node-1", "node-2", "node-3", "node-4");
    addPod(cluster, "a", "node-1");
    runWith(cluster, 50.05, ["node-3", "node-4"]);
    const copy = cluster.restored([nodeLifecycleController]);
    for (const run of [cluster, copy]) runWith(run, 120, ["node-3"]);
    expect(JSON.stringify(copy.store.save())).toBe(JSON.stringify(cluster.store.save()));
    expect(JSON.stringify(copy.host.save())).toBe(JSON.stringify(cluster.host.save()));
  });
});
