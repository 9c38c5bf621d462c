import { describe, expect, it } from "vitest";
import { NODES, PODS, SERVICES } from "../../../simulator/api/refs.ts";
import { schedulerProfiles } from "../../../simulator/scheduler/configuration.ts";
import { plugins } from "../../../simulator/scheduler/plugins/registry.ts";
import { Harness } from "./harness.ts";
import { type NodeSketch, nodeObject, podObject } from "./objects.ts";

const HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

function world(configuration: string, nodes: readonly NodeSketch[]): Harness {
  const profiles = schedulerProfiles(HEAD + configuration, plugins.all);
  if (!profiles.ok) throw new Error(profiles.error);
  const harness = new Harness({}, 1, profiles.value);
  harness.namespace("default");
  for (const node of nodes) harness.create(NODES, nodeObject(node));
  return harness.start();
}

function add(harness: Harness, name: string, spec: object = {}, labels: object = {}): void {
  const containers = [{ name: "c", image: "app:1", resources: { requests: { cpu: "1", memory: "1Gi" } } }];
  harness.create(PODS, podObject({ metadata: { name, labels }, spec: { containers, ...spec } } as never));
  harness.run(20);
}

const nodeOf = (harness: Harness, name: string) => harness.pod(name).spec.nodeName;
const refusal = (harness: Harness, name: string) => harness.eventsOf(name, "FailedScheduling").at(-1)?.message;
const withArgs = (name: string, args: string) => `profiles: [{pluginConfig: [{name: ${name}, args: ${args}}]}]`;

describe("profiles", () => {
  const TWO = `
profiles:
- schedulerName: default-scheduler
- schedulerName: packing
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated}}
  plugins:
    score: {disabled: [{name: NodeResourcesBalancedAllocation}, {name: PodTopologySpread}]}
`;
  const NODE_PAIR = [{ name: "a" }, { name: "b" }];

  it("serve the pods that name them, each in its own way and name", () => {
    const harness = world(TWO, NODE_PAIR);
    add(harness, "first", { nodeName: "a" });
    add(harness, "packed", { schedulerName: "packing" });
    add(harness, "spread");
    expect([nodeOf(harness, "packed"), nodeOf(harness, "spread")]).toEqual(["a", "b"]);
    const sources = ["packed", "spread"].map((name) => harness.eventsOf(name).map(({ source }) => source));
    expect(sources).toEqual([["packing"], ["default-scheduler"]]);
  });

  it("leave alone the pods of a scheduler that is not there", () => {
    const harness = world(TWO, NODE_PAIR);
    add(harness, "stranger", { schedulerName: "nobody" });
    expect([nodeOf(harness, "stranger"), harness.events]).toEqual([undefined, []]);
  });

  it("leave alone even default pods when no profile has that name", () => {
    const harness = world("profiles: [{schedulerName: only}]", NODE_PAIR);
    add(harness, "usual");
    expect(nodeOf(harness, "usual")).toBeUndefined();
  });

  it("wake their own pods when something helps", () => {
    const harness = world(TWO, [{ name: "a", cpu: "1" }]);
    add(harness, "one", { schedulerName: "packing" });
    add(harness, "two", { schedulerName: "packing" });
    expect(refusal(harness, "two")).toContain("0/1 nodes are available: 1 Insufficient cpu.");
    harness.create(NODES, nodeObject({ name: "b", cpu: "1" }));
    harness.run(20_000);
    expect(nodeOf(harness, "two")).toBe("b");
  });
});

describe("pauses between tries", () => {
  /** Seconds between the tries of a pod whose binding fails each time: only such pauses are waited out when nobody else waits. */
  function pauses(configuration: string): number[] {
    const harness = world(configuration, [{ name: "a" }]);
    harness.isReachable = false;
    add(harness, "p");
    const seconds: number[] = [];
    let seen = harness.scheduler.reconciled;
    for (let second = 1; second <= 60; second++) {
      harness.run(1_000);
      if (harness.scheduler.reconciled > seen) seconds.push(second);
      seen = harness.scheduler.reconciled;
    }
    return seconds.map((one, index) => one - (seconds[index - 1] ?? 0));
  }

  it.each([
    ["as usual: from one second to ten", "", [1, 2, 4, 8, 10, 10, 10]],
    ["as configured", "podInitialBackoffSeconds: 3\npodMaxBackoffSeconds: 5", [3, 5, 5, 5]],
    ["always the same", "podInitialBackoffSeconds: 2\npodMaxBackoffSeconds: 2", [2, 2, 2, 2]],
  ])("%s", (_, configuration, wanted) => {
    // Ends of pauses are looked at in whole seconds.
    const had = pauses(configuration).slice(0, wanted.length);
    expect(had.map((pause, index) => Math.abs(pause - (wanted[index] ?? 0)) <= 1)).toEqual(wanted.map(() => true));
  });
});

describe("arguments of plugins", () => {
  const ZONES = [
    { name: "a", labels: { zone: "1" } },
    { name: "b", labels: { zone: "2" } },
  ];

  it("add affinity that every pod must meet", () => {
    const terms = "nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: ['2']}]}]";
    const affinity = `{addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {${terms}}}}`;
    const harness = world(withArgs("NodeAffinity", affinity), ZONES);
    for (const name of ["p", "q", "r"]) add(harness, name);
    expect(["p", "q", "r"].map((name) => nodeOf(harness, name))).toEqual(["b", "b", "b"]);
    add(harness, "bound-for-a", { nodeSelector: { zone: "1" } });
    expect(refusal(harness, "bound-for-a")).toBe(
      "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, " +
        "1 node(s) didn't match scheduler-enforced node affinity. no new claims to deallocate, " +
        "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    );
  });

  it("add preferences", () => {
    const preference = "{weight: 10, preference: {matchExpressions: [{key: zone, operator: In, values: ['2']}]}}";
    const affinity = `{addedAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [${preference}]}}`;
    const harness = world(withArgs("NodeAffinity", affinity), ZONES);
    add(harness, "p");
    expect(nodeOf(harness, "p")).toBe("b");
  });

  it.each([
    ["by name", "{ignoredResources: [example.com/a]}", "a", undefined],
    ["by group", "{ignoredResourceGroups: [example.com]}", "a", undefined],
    ["no other", "{ignoredResources: [example.com/b]}", undefined, "Insufficient example.com/a"],
  ])("pass over extended resources: %s", (_, args, node, why) => {
    const harness = world(withArgs("NodeResourcesFit", args), [{ name: "a" }]);
    const resources = { requests: { "example.com/a": "1" } };
    add(harness, "p", { containers: [{ name: "c", image: "app:1", resources }] });
    expect(nodeOf(harness, "p")).toBe(node);
    if (why !== undefined) expect(refusal(harness, "p")).toContain(why);
  });

  it("spread pods of a service by a list of its own", () => {
    const constraint = "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}";
    const args = `{defaultingType: List, defaultConstraints: [${constraint}]}`;
    const harness = world(withArgs("PodTopologySpread", args), ZONES);
    harness.create(SERVICES, { metadata: { name: "s", namespace: "default" }, spec: { selector: { app: "x" } } });
    const onZone1 = { nodeSelector: { zone: "1" } };
    add(harness, "one", onZone1, { app: "x" });
    add(harness, "two", onZone1, { app: "x" });
    add(harness, "other", onZone1, { app: "y" });
    expect([nodeOf(harness, "one"), nodeOf(harness, "two"), nodeOf(harness, "other")]).toEqual(["a", "a", "a"]);
    add(harness, "anywhere", {}, { app: "x" });
    expect(nodeOf(harness, "anywhere")).toBe("b");
  });
});
