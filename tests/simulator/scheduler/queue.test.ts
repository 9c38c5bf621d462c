import { describe, expect, it } from "vitest";
import { NODES, PODS, type Pod } from "../../../simulator/api/refs.ts";
import { Harness } from "./harness.ts";
import { nodeObject, podObject } from "./objects.ts";

const cpu = (amount: string, more: object = {}) => ({
  containers: [{ name: "c", image: "app:1", resources: { requests: { cpu: amount } } }],
  ...more,
});

function world(nodes: readonly string[]): Harness {
  const harness = new Harness();
  harness.namespace("default");
  for (const name of nodes) harness.create(NODES, nodeObject({ name, cpu: "1" }));
  return harness.start();
}

function add(harness: Harness, name: string, spec: object, metadata: object = {}): void {
  harness.create(PODS, podObject({ metadata: { name, ...metadata }, spec } as never));
}

const condition = (pod: Pod) => pod.status.conditions?.find(({ type }) => type === "PodScheduled");
const nodeOf = (harness: Harness, name: string) => harness.pod(name).spec.nodeName;

describe("the scheduling queue", () => {
  it("takes the most important pod first, then who came first, one a cycle", () => {
    const harness = world(["n1"]);
    for (const [name, priority] of [
      ["low", 1],
      ["high", 9],
      ["middle", 5],
      ["high-later", 9],
    ] as const) {
      add(harness, name, cpu("100m", { priority }));
    }
    harness.run(20);
    const scheduled = harness.events.map(({ about, atMs }) => [about, atMs]);
    expect(scheduled).toEqual([
      ["high", 2],
      ["high-later", 3],
      ["middle", 4],
      ["low", 5],
    ]);
  });

  it("says what it did", () => {
    const harness = world(["n1"]);
    add(harness, "p", cpu("1"));
    harness.run(10);
    expect(harness.events).toEqual([
      {
        about: "p",
        atMs: 2,
        type: "Normal",
        reason: "Scheduled",
        source: "default-scheduler",
        action: "Binding",
        message: "Successfully assigned default/p to n1",
      },
    ]);
    expect(harness.scheduler.queued).toBe(0);
  });

  it("says why it could not, and keeps the transition time when only the text changes", () => {
    const harness = world(["n1"]);
    add(harness, "p", cpu("2"));
    harness.run(2_000);
    expect(harness.eventsOf("p")).toMatchObject([
      { type: "Warning", reason: "FailedScheduling", action: "Scheduling" },
    ]);
    const first = condition(harness.pod("p"));
    expect(first).toMatchObject({ status: "False", reason: "Unschedulable", observedGeneration: 1 });
    harness.create(NODES, nodeObject({ name: "n2", cpu: "2", unschedulable: true }));
    harness.run(2_000);
    const second = condition(harness.pod("p"));
    expect(second?.message).toMatch(/^0\/2 nodes are available: 1 Insufficient cpu, 1 node\(s\) were unschedulable\./);
    expect(second?.lastTransitionTime).toBe(first?.lastTransitionTime);
  });

  it("leaves a pod alone until something happens that may help it", () => {
    const harness = world(["n1"]);
    add(harness, "p", cpu("2"));
    harness.run(100);
    const tries = () => harness.eventsOf("p", "FailedScheduling").length;
    expect([tries(), harness.scheduler.entryState("default/p")]).toEqual([1, "unschedulable"]);
    const node = harness.node("n1");
    harness.update(NODES, { ...node, metadata: { ...node.metadata, labels: { some: "label" } } });
    harness.create(NODES, nodeObject({ name: "small", cpu: "1" }));
    harness.run(60_000);
    expect(tries()).toBe(1);
    harness.update(NODES, {
      ...node,
      status: { ...node.status, allocatable: { ...node.status.allocatable, cpu: "2" } },
    });
    harness.run(10);
    expect(nodeOf(harness, "p")).toBe("n1");
  });

  it("tries again after five minutes whatever happened", () => {
    const harness = world(["n1"]);
    add(harness, "p", cpu("2"));
    harness.run(1_000);
    harness.run(298_000);
    expect(harness.eventsOf("p")).toHaveLength(1);
    harness.run(60_000);
    expect(harness.eventsOf("p")).toHaveLength(2);
  });

  it("wakes the more important of two waiting pods first when room is made", () => {
    const harness = world(["n1"]);
    add(harness, "there", cpu("1", { priority: 100 }));
    harness.run(10);
    add(harness, "low", cpu("1", { priority: 1 }));
    add(harness, "high", cpu("1", { priority: 2 }));
    harness.run(5_000);
    harness.deletePod("there");
    harness.run(10);
    expect([nodeOf(harness, "high"), nodeOf(harness, "low")]).toEqual(["n1", undefined]);
  });

  it("backs off for one second, doubling to ten, while the API server is away", () => {
    const harness = world(["n1"]);
    harness.isReachable = false;
    const cycles: number[] = [];
    add(harness, "p", cpu("1"));
    for (let ms = 0; ms < 60_000; ms += 10) {
      const before = harness.scheduler.reconciled;
      harness.run(10);
      if (harness.scheduler.reconciled > before) cycles.push(harness.clock.nowMs);
    }
    const pauses = cycles.slice(1).map((ms, index) => Math.floor((ms - (cycles[index] ?? 0)) / 1_000));
    // An end is rounded to the whole second that it falls into, and that second must be over: one more, at most.
    expect(pauses.slice(0, 6)).toEqual([2, 3, 5, 9, 11, 11]);
    expect(nodeOf(harness, "p")).toBeUndefined();
    harness.isReachable = true;
    harness.run(11_000);
    expect(nodeOf(harness, "p")).toBe("n1");
  });

  it("waits for nodes when there are none", () => {
    const harness = world([]);
    add(harness, "p", cpu("1"));
    harness.run(10);
    expect(condition(harness.pod("p"))).toMatchObject({
      reason: "Unschedulable",
      message: "no nodes available to schedule pods",
    });
    harness.create(NODES, nodeObject({ name: "n1" }));
    harness.run(5_000);
    expect(nodeOf(harness, "p")).toBe("n1");
  });

  it("holds gated pods back, without a word, until the last gate is gone", () => {
    const harness = world(["n1"]);
    add(harness, "p", cpu("1", { schedulingGates: [{ name: "a" }, { name: "b" }] }));
    harness.run(1_000);
    const gates = (...names: string[]) => {
      const pod = harness.pod("p");
      const schedulingGates = names.map((name) => ({ name }));
      harness.update(PODS, { ...pod, spec: { ...pod.spec, schedulingGates } });
      harness.run(10);
      return [harness.scheduler.entryState("default/p"), nodeOf(harness, "p")];
    };
    expect(gates("b")).toEqual(["gated", undefined]);
    expect(harness.events).toEqual([]);
    expect(gates()).toEqual([undefined, "n1"]);
  });

  it("leaves pods of other schedulers, ended pods and gone pods alone", () => {
    const harness = world(["n1"]);
    add(harness, "other", cpu("1", { schedulerName: "mine" }));
    harness.create(PODS, { ...podObject({ metadata: { name: "ended" } }), status: { phase: "Failed" } });
    add(harness, "gone", cpu("1"));
    harness.deletePod("gone");
    harness.run(1_000);
    expect([harness.scheduler.queued, harness.scheduler.reconciled, harness.events]).toEqual([0, 0, []]);
  });

  it("keeps room for a pod that it made room for", () => {
    const harness = world(["n1"]);
    harness.deletionMs = 30_000;
    add(harness, "victim", cpu("1", { priority: 1 }));
    harness.run(10);
    add(harness, "high", cpu("600m", { priority: 10 }));
    harness.run(10);
    expect(harness.pod("high").status.nominatedNodeName).toBe("n1");
    add(harness, "low", cpu("500m", { priority: 5 }));
    add(harness, "small", cpu("400m", { priority: 5 }));
    harness.run(40_000);
    expect([nodeOf(harness, "high"), nodeOf(harness, "small"), nodeOf(harness, "low")]).toEqual([
      "n1",
      "n1",
      undefined,
    ]);
  });

  it("counts a pod out as soon as it has ended", () => {
    const harness = world(["n1"]);
    add(harness, "first", cpu("1"));
    harness.run(10);
    add(harness, "second", cpu("1"));
    harness.run(10);
    expect(nodeOf(harness, "second")).toBeUndefined();
    harness.update(PODS, { ...harness.pod("first"), status: { phase: "Succeeded" } });
    harness.run(10);
    expect(nodeOf(harness, "second")).toBe("n1");
  });

  it("counts a pod on a node that comes later", () => {
    const harness = world([]);
    harness.create(PODS, podObject({ metadata: { name: "early" }, spec: cpu("1", { nodeName: "n1" }) as never }));
    harness.create(NODES, nodeObject({ name: "n1", cpu: "1" }));
    add(harness, "late", cpu("1"));
    harness.run(10);
    expect(condition(harness.pod("late"))?.message).toMatch(/^0\/1 nodes are available: 1 Insufficient cpu\./);
  });
});
