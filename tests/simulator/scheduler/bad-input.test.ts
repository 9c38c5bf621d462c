import { describe, expect, it } from "vitest";
import { NODES, PERSISTENT_VOLUME_CLAIMS, PODS, STORAGE_CLASSES } from "../../../simulator/api/refs.ts";
import { BUDGETS, Harness } from "./harness.ts";
import { nodeObject, type PodSketch, podObject } from "./objects.ts";

const ZONE = "topology.kubernetes.io/zone";

function world(nodes: number, cpu = "4"): Harness {
  const harness = new Harness();
  harness.namespace("default");
  for (let index = 0; index < nodes; index++) {
    harness.create(NODES, nodeObject({ name: `n${index}`, cpu, labels: { [ZONE]: `z${index % 3}` } }));
  }
  return harness.start();
}

type Spec = NonNullable<PodSketch["spec"]>;

const asking = (requests: { readonly [resource: string]: string }) => [
  { name: "c", image: "app:1", resources: { requests } },
];

function add(harness: Harness, name: string, spec: Spec, labels: { readonly [key: string]: string } = {}): void {
  harness.create(PODS, podObject({ metadata: { name, labels }, spec }));
}

/** Adds pods of one template. */
function addMany(harness: Harness, prefix: string, count: number, spec: Spec): void {
  const containers = spec.containers ?? asking({ cpu: "1m" });
  for (let index = 0; index < count; index++) add(harness, `${prefix}-${index}`, { ...spec, containers });
}

const nodeOf = (harness: Harness, name: string) => harness.pod(name).spec.nodeName;
const bound = (harness: Harness, prefix: string): number =>
  [...harness.store.of(PODS).values()].filter(({ metadata, spec }) => metadata.name.startsWith(prefix) && spec.nodeName)
    .length;
const whyNot = (harness: Harness, name: string) =>
  harness.pod(name).status.conditions?.find(({ type }) => type === "PodScheduled")?.message;

describe("ten thousand pods that fit nowhere", () => {
  it("are tried once each, and starve nobody", () => {
    const harness = world(20);
    addMany(harness, "hopeless", 10_000, { containers: asking({ cpu: "100" }) });
    addMany(harness, "modest", 500, { containers: asking({ cpu: "10m" }) });
    harness.run(10_600);
    expect(bound(harness, "modest")).toBe(500);
    expect(harness.scheduler.reconciled).toBe(10_500);
    // What comes later does not stand behind them, whoever comes and goes.
    for (let round = 0; round < 5; round++) {
      const before = harness.scheduler.reconciled;
      addMany(harness, `later-${round}`, 10, { containers: asking({ cpu: "10m" }) });
      harness.run(20);
      expect(bound(harness, `later-${round}`)).toBe(10);
      expect(harness.scheduler.reconciled - before).toBe(10);
    }
    expect(harness.scheduler.queued).toBe(10_000);
  });

  it("come back together when room may have come, in their turn, after more important ones", () => {
    const harness = world(2, "1");
    add(harness, "there", { containers: asking({ cpu: "1" }), nodeName: "n0" });
    addMany(harness, "waiting", 2_000, { containers: asking({ cpu: "2" }) });
    harness.run(3_000);
    const before = harness.scheduler.reconciled;
    harness.deletePod("there");
    add(harness, "important", { priority: 5, containers: asking({ cpu: "10m" }) });
    harness.run(100);
    expect(nodeOf(harness, "important")).toBeDefined();
    harness.run(20_000);
    // A node of one CPU can never take them: its pod's going may help each of them once, as far as upstream can tell.
    expect(harness.scheduler.reconciled - before).toBeLessThanOrEqual(2_001);
  });
});

describe("affinity to itself", () => {
  const near = (topologyKey: string) => ({
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { app: "x" } } }],
  });
  const zones = (harness: Harness, names: readonly string[]) =>
    new Set(names.map((name) => harness.node(nodeOf(harness, name) ?? "").metadata.labels?.[ZONE]));

  it("is met by the first pod, and the others follow into its zone", () => {
    const harness = world(9);
    const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
    for (const name of names) add(harness, name, { affinity: { podAffinity: near(ZONE) } }, { app: "x" });
    harness.run(100);
    expect(zones(harness, names).size).toBe(1);
  });

  it("and against itself: one pod a node, the rest waits and says why", () => {
    const harness = world(3);
    const names = Array.from({ length: 5 }, (_, index) => `p${index}`);
    for (const name of names) {
      add(harness, name, { affinity: { podAntiAffinity: near("kubernetes.io/hostname") } }, { app: "x" });
    }
    harness.run(100);
    expect(names.map((name) => nodeOf(harness, name)).filter(Boolean)).toHaveLength(3);
    expect(whyNot(harness, "p4")).toMatch(
      /^0\/3 nodes are available: 3 node\(s\) didn't match pod anti-affinity rules\./,
    );
  });

  it("and for and against itself at once: the first pod stays alone", () => {
    const harness = world(3);
    const affinity = { podAffinity: near(ZONE), podAntiAffinity: near(ZONE) };
    for (const name of ["p0", "p1"]) add(harness, name, { affinity }, { app: "x" });
    harness.run(100);
    expect(nodeOf(harness, "p0")).toBeDefined();
    expect(whyNot(harness, "p1")).toMatch(
      /^0\/3 nodes are available: 1 node\(s\) didn't match pod anti-affinity rules, 2 node\(s\) didn't match pod affinity rules\./,
    );
  });
});

describe("a topology key that no node has", () => {
  const term = { topologyKey: "rack", labelSelector: { matchLabels: { app: "x" } } };
  const spread = (whenUnsatisfiable: string): Spec["topologySpreadConstraints"] => [
    { ...term, maxSkew: 1, whenUnsatisfiable },
  ];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: [term] };
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: term }] };

  it.each<readonly [string, Spec, RegExp | undefined]>([
    ["required affinity", { affinity: { podAffinity: required } }, /2 node\(s\) didn't match pod affinity rules/],
    ["required anti-affinity", { affinity: { podAntiAffinity: required } }, undefined],
    ["preferred affinity", { affinity: { podAffinity: preferred } }, undefined],
    ["preferred anti-affinity", { affinity: { podAntiAffinity: preferred } }, undefined],
    [
      "a hard spread constraint",
      { topologySpreadConstraints: spread("DoNotSchedule") },
      /2 node\(s\) didn't match pod topology spread constraints \(missing required label\)/,
    ],
    ["a soft spread constraint", { topologySpreadConstraints: spread("ScheduleAnyway") }, undefined],
  ])("%s", (_what, spec, reason) => {
    const harness = world(2);
    add(harness, "p", spec, { app: "x" });
    harness.run(20);
    if (reason === undefined) expect(nodeOf(harness, "p")).toBeDefined();
    else expect(whyNot(harness, "p")).toMatch(reason);
  });
});

describe("a storm of negative priorities", () => {
  it("is served from the top, and makes way for a pod without priority, one victim for one pod", () => {
    const harness = world(4, "10");
    for (let index = 0; index < 400; index++) {
      add(harness, `minus-${index}`, { priority: -2_147_483_648 + index, containers: asking({ cpu: "1" }) });
    }
    harness.run(1_000);
    // 40 places: for the most important forty of the four hundred.
    expect(bound(harness, "minus-")).toBe(40);
    const lowest = Array.from({ length: 40 }, (_, index) => nodeOf(harness, `minus-${360 + index}`));
    expect(lowest.every(Boolean)).toBe(true);
    for (let index = 0; index < 3; index++) add(harness, `zero-${index}`, { containers: asking({ cpu: "1" }) });
    harness.run(15_000);
    expect(bound(harness, "zero-")).toBe(3);
    const preempted = harness.events.filter(({ reason }) => reason === "Preempted").map(({ about }) => about);
    expect(preempted).toHaveLength(3);
    // Each node's least important pod is among them, and no two for one.
    expect(new Set(preempted).size).toBe(3);
    expect(bound(harness, "minus-")).toBe(37);
  });

  it("does not run in circles when each preempts the next", () => {
    const harness = world(1, "1");
    for (let index = 0; index < 50; index++) {
      add(harness, `p-${index}`, { priority: index - 50, containers: asking({ cpu: "1" }) });
      harness.run(200);
    }
    harness.run(30_000);
    expect(nodeOf(harness, "p-49")).toBe("n0");
    expect(harness.events.filter(({ reason }) => reason === "Preempted")).toHaveLength(49);
  });
});

describe("a node that disappears between the choice and the binding", () => {
  function waitingForVolume(): Harness {
    const harness = world(2);
    harness.create(STORAGE_CLASSES, {
      metadata: { name: "later" },
      provisioner: "disk.example",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    harness.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name: "c", namespace: "default" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
        storageClassName: "later",
      },
      status: { phase: "Pending" },
    });
    add(harness, "p", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] });
    harness.run(100);
    return harness;
  }

  const chosen = (harness: Harness) =>
    harness.store.of(PERSISTENT_VOLUME_CLAIMS).get("default/c")?.metadata.annotations?.[
      "volume.kubernetes.io/selected-node"
    ];

  it("fails the binding in upstream's words, and the pod is not lost", () => {
    const harness = waitingForVolume();
    const name = chosen(harness) ?? "";
    harness.store.delete(NODES, harness.node(name));
    harness.run(2_000);
    expect(harness.eventsOf("p", "FailedScheduling")[0]?.message).toBe(
      `running PreBind plugin "VolumeBinding": binding volumes: failed to get node "${name}": node "${name}" not found`,
    );
    expect(harness.scheduler.queued).toBe(1);
  });

  it("is no reason to count its pods elsewhere, and one that comes back has them again", () => {
    const harness = world(2, "1");
    add(harness, "a", { containers: asking({ cpu: "1" }) });
    harness.run(10);
    const name = nodeOf(harness, "a") ?? "";
    harness.store.delete(NODES, harness.node(name));
    add(harness, "b", { containers: asking({ cpu: "1" }) });
    harness.run(10);
    expect(nodeOf(harness, "b")).not.toBe(name);
    harness.create(NODES, nodeObject({ name, cpu: "1" }));
    add(harness, "c", { containers: asking({ cpu: "500m" }) });
    harness.run(10);
    expect(nodeOf(harness, "c")).toBeUndefined();
  });
});

describe("amounts beyond 64 bits", () => {
  it.each<readonly [string, Spec, string]>([
    ["memory", { containers: asking({ memory: "9E" }) }, "Insufficient memory"],
    ["the largest number", { containers: asking({ memory: "9223372036854775807" }) }, "Insufficient memory"],
    ["CPU", { containers: asking({ cpu: "9E" }) }, "Insufficient cpu"],
    [
      "the sum of two containers",
      { containers: [...asking({ memory: "9E" }), { ...asking({ memory: "9E" })[0], name: "d" }] },
      "Insufficient memory",
    ],
    ["with overhead", { containers: asking({ memory: "9E" }), overhead: { memory: "9E" } }, "Insufficient memory"],
    ["ephemeral storage", { containers: asking({ "ephemeral-storage": "9E" }) }, "Insufficient ephemeral-storage"],
    ["an extended resource", { containers: asking({ "example.com/a": "9E" }) }, "Insufficient example.com/a"],
  ])("%s: the pod waits, another does not", (_what, spec, reason) => {
    const harness = world(2);
    add(harness, "huge", spec);
    add(harness, "small", { containers: asking({ cpu: "1", memory: "1Gi" }) });
    harness.run(20);
    expect(nodeOf(harness, "huge")).toBeUndefined();
    expect(whyNot(harness, "huge")).toContain(`0/2 nodes are available: 2 ${reason}.`);
    expect(nodeOf(harness, "small")).toBeDefined();
  });

  it("on a node that somebody bound it to: nothing fits beside it, and all is free when it goes", () => {
    const harness = world(1);
    add(harness, "huge", { nodeName: "n0", containers: asking({ memory: "9E" }) });
    add(harness, "huge-too", { nodeName: "n0", containers: asking({ memory: "9E" }) });
    add(harness, "small", { containers: asking({ memory: "1Mi" }) });
    harness.run(20);
    expect(whyNot(harness, "small")).toContain("1 Insufficient memory");
    harness.deletePod("huge");
    harness.deletePod("huge-too");
    harness.run(20_000);
    expect(nodeOf(harness, "small")).toBe("n0");
    const full = { containers: asking({ memory: "8191Mi" }) };
    add(harness, "rest", full);
    harness.run(20);
    expect(nodeOf(harness, "rest")).toBe("n0");
  });
});

describe("a budget that nobody can read", () => {
  it("guards nobody, and does not stop the scheduler", () => {
    const harness = world(1, "1");
    harness.create(BUDGETS, {
      metadata: { name: "odd", namespace: "default" },
      spec: { selector: { matchExpressions: [{ key: "app", operator: "Like" }] } },
      status: { disruptionsAllowed: 0 },
    });
    add(harness, "low", { nodeName: "n0", containers: asking({ cpu: "1" }) }, { app: "x" });
    add(harness, "high", { priority: 1, containers: asking({ cpu: "1" }) });
    harness.run(15_000);
    expect(nodeOf(harness, "high")).toBe("n0");
  });
});
