import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import { enoughNodes } from "../../../simulator/scheduler/cycle.ts";
import { type PluginDefinition, rejected } from "../../../simulator/scheduler/framework.ts";
import { fitErrorText, truncateNote } from "../../../simulator/scheduler/messages.ts";
import { plugins } from "../../../simulator/scheduler/plugins/registry.ts";
import { Harness } from "./harness.ts";
import { nodeObject, podObject } from "./objects.ts";

describe("how many nodes are enough", () => {
  // Of upstream's table for numFeasibleNodesToFind: percentage, nodes, enough.
  it.each([
    [0, 10, 10],
    [40, 10, 10],
    [0, 1000, 420],
    [40, 1000, 400],
    [0, 6000, 300],
    [40, 6000, 2400],
    [0, 5000, 500],
    [100, 6000, 6000],
    [1, 1000, 100],
  ])("%i%% of %i nodes: %i", (percentage, nodes, enough) => expect(enoughNodes(nodes, percentage)).toBe(enough));
});

describe("a scheduling cycle", () => {
  function large(count: number): Harness {
    const harness = new Harness({ keptVerdicts: 10 });
    for (let index = 0; index < count; index++) {
      const labels = { "topology.kubernetes.io/zone": `z${index % 2}` };
      harness.create(NODES, nodeObject({ name: `n${index}`, labels }));
    }
    return harness.start();
  }

  it("looks at a part of a large cluster, and at the next part for the next pod", () => {
    const harness = large(400);
    const looked = (name: string): string[] => {
      harness.create(PODS, podObject({ metadata: { name } }));
      harness.run(10);
      return (harness.scheduler.verdictOf(`default/${name}`)?.nodes ?? []).map(({ node }) => node);
    };
    const first = looked("p1");
    const second = looked("p2");
    expect([first.length, second.length]).toEqual([188, 188]);
    expect(first.filter((node) => second.includes(node))).toEqual([]);
    expect(looked("p3").filter((node) => first.includes(node))).toHaveLength(188 * 3 - 400);
  });

  it("lists nodes zone by zone in turn", () => {
    const harness = new Harness();
    for (const [name, zone] of [
      ["a", "z1"],
      ["b", "z1"],
      ["c", "z1"],
      ["d", "z2"],
      ["e", ""],
    ] as const) {
      harness.create(NODES, nodeObject({ name, labels: { "topology.kubernetes.io/zone": zone } }));
    }
    harness.start();
    harness.create(PODS, podObject({ metadata: { name: "p" } }));
    harness.run(10);
    const nodes = harness.scheduler.verdictOf("default/p")?.nodes.map(({ node }) => node);
    expect(nodes).toEqual(["a", "d", "e", "b", "c"]);
  });

  it("keeps the verdicts of the most recent pods only", () => {
    const harness = new Harness({ keptVerdicts: 2 });
    harness.create(NODES, nodeObject({ name: "n" }));
    harness.start();
    for (const name of ["a", "b", "c"]) harness.create(PODS, podObject({ metadata: { name } }));
    harness.run(10);
    expect(harness.scheduler.verdictPods()).toEqual(["default/b", "default/c"]);
    expect(harness.scheduler.verdictOf("default/a")).toBeUndefined();
  });

  it("names the plugin, the words and the points in a verdict", () => {
    const harness = new Harness();
    harness.create(NODES, nodeObject({ name: "small", cpu: "100m" }));
    harness.create(NODES, nodeObject({ name: "left" }));
    harness.create(NODES, nodeObject({ name: "right" }));
    harness.start();
    const containers = [{ name: "c", image: "a:1", resources: { requests: { cpu: "1" } } }];
    harness.create(PODS, podObject({ metadata: { name: "p" }, spec: { containers } }));
    harness.run(10);
    const verdict = harness.scheduler.verdictOf("default/p");
    const [left, , small] = verdict?.nodes ?? [];
    expect(small?.rejection).toEqual({
      plugin: "NodeResourcesFit",
      code: "UnschedulableAndUnresolvable",
      reasons: ["Insufficient cpu"],
    });
    expect(left?.total).toBe(Object.values(left?.scores ?? {}).reduce((sum, points) => sum + points, 0));
    expect(verdict).toMatchObject({ nodeCount: 3, attempt: 1, weights: { TaintToleration: 3 } });
  });

  it("takes a new plugin from one line in a list", () => {
    const name = "NoFridays";
    const noFridays: PluginDefinition = {
      name,
      weight: 0,
      create: () => ({
        name,
        filter: (_, { labels }) =>
          labels.day === "friday" ? rejected(name, "node(s) don't work on fridays") : undefined,
      }),
    };
    const harness = new Harness({ plugins: [...plugins.all, noFridays] });
    harness.create(NODES, nodeObject({ name: "n" }));
    harness.start();
    for (const day of ["thursday", "friday"]) {
      harness.create(PODS, podObject({ metadata: { name: day, labels: { day } } }));
    }
    harness.run(10);
    expect(harness.pod("thursday").spec.nodeName).toBe("n");
    expect(harness.eventsOf("friday")[0]?.message).toBe(
      "0/1 nodes are available: 1 node(s) don't work on fridays. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    );
  });

  it("asks only the nodes that a pod names, and says so of the others", () => {
    const harness = large(300);
    const matchFields = [{ key: "metadata.name", operator: "In", values: ["n7", "nowhere"] }];
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } };
    const spec = { affinity: { nodeAffinity: required } };
    harness.create(PODS, podObject({ metadata: { name: "p" }, spec }));
    harness.run(10);
    expect(harness.pod("p").spec.nodeName).toBe("n7");
    const node = harness.node("n7");
    harness.update(NODES, { ...node, spec: { unschedulable: true } });
    harness.create(PODS, podObject({ metadata: { name: "q" }, spec }));
    harness.run(10);
    expect(harness.eventsOf("q")[0]?.message).toBe(
      "0/300 nodes are available: 1 node(s) were unschedulable, 299 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/300 nodes are available: 300 Preemption is not helpful for scheduling.",
    );
  });
});

describe("messages", () => {
  const cpu = rejected("Fit", "Insufficient cpu");
  const both = rejected("Fit", "Insufficient cpu", "Insufficient memory");
  it.each([
    [
      "counts equal reasons over different statuses",
      { nodeCount: 3, statuses: [cpu, both, cpu] },
      "0/3 nodes are available: 1 Insufficient memory, 3 Insufficient cpu.",
    ],
    [
      "fills up with what holds for the rest",
      { nodeCount: 3, statuses: [cpu], absent: rejected("x", "else") },
      "0/3 nodes are available: 1 Insufficient cpu, 2 else.",
    ],
    [
      "tells only what PreFilter said",
      { nodeCount: 3, statuses: [], absent: cpu, preFilter: "no claim" },
      "0/3 nodes are available: no claim.",
    ],
    [
      "sorts as text",
      { nodeCount: 12, statuses: [...Array(10).fill(cpu), both, both] },
      "0/12 nodes are available: 12 Insufficient cpu, 2 Insufficient memory.",
    ],
    [
      "adds what PostFilter said",
      { nodeCount: 1, statuses: [cpu], postFilter: "sorry" },
      "0/1 nodes are available: 1 Insufficient cpu. sorry",
    ],
  ])("%s", (_, error, text) => expect(fitErrorText(error)).toBe(text));

  it("cuts a note that is too long", () => {
    expect(truncateNote("x".repeat(1024))).toHaveLength(1024);
    expect(truncateNote("x".repeat(1025))).toBe(`${"x".repeat(1020)} ...`);
  });
});
