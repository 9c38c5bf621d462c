import { describe, expect, it } from "vitest";
import type { ScoringStrategy } from "../../../../simulator/scheduler/configuration.ts";
import { brokenLine } from "../../../../simulator/scheduler/plugins/allocation-scores.ts";
import { nodeResourcesBalancedAllocation } from "../../../../simulator/scheduler/plugins/node-resources-balanced-allocation.ts";
import { nodeResourcesFit } from "../../../../simulator/scheduler/plugins/node-resources-fit.ts";
import type { PodSketch } from "../objects.ts";
import { filtered, scored } from "./evaluate.ts";

/** `cpu memory [name=amount ...]` of one container; "" asks for nothing. */
function container(text: string) {
  const [cpu, memory, ...rest] = text.split(" ");
  const requests = {
    ...(cpu && { cpu }),
    ...(memory && { memory }),
    ...Object.fromEntries(rest.map((one) => one.split("="))),
  };
  return { name: "c", image: "app:1", resources: { requests } };
}

/** Containers, then init containers after `|`; a sidecar begins with `*`. */
function pod(text: string, extra: object = {}): PodSketch {
  const [main = "", init = ""] = text.split("|");
  const list = (part: string) => (part.trim() === "" ? [] : part.split("+").map((one) => one.trim()));
  const initContainers = list(init).map((one) =>
    one.startsWith("*") ? { ...container(one.slice(1)), restartPolicy: "Always" } : container(one),
  );
  const spec = { containers: list(main).map(container), ...(init && { initContainers }), ...extra };
  return { metadata: { name: "p" }, spec };
}

const on = (nodeName: string, text: string, index = 0): PodSketch => ({
  ...pod(text, { nodeName }),
  metadata: { name: `${nodeName}-${index}` },
});

// The node has 10m CPU, 20 bytes of memory, 20 of ephemeral storage, 5 of example.com/a, 32 pods.
// [what, pod, pods there, reasons]
const FIT: readonly (readonly [string, string, readonly string[], string])[] = [
  ["nothing asked always fits", "", ["10m 20"], ""],
  ["too much of both", "1m 1", ["10m 20"], "Insufficient cpu, Insufficient memory"],
  ["too much by an init container", "1m 1 | 3m 1", ["8m 19"], "Insufficient cpu"],
  ["too much by the highest of init containers", "1m 1 | 3m 1 + 2m 1", ["8m 19"], "Insufficient cpu"],
  ["too much memory by an init container", "1m 1 | 1m 3", ["9m 19"], "Insufficient memory"],
  ["init containers run one after another", "1m 1 | 1m 1 + 1m 1", ["9m 19"], ""],
  ["both fit", "1m 1", ["5m 5"], ""],
  ["one resource fits, memory does not", "1m 2", ["5m 19"], "Insufficient memory"],
  ["one resource fits, CPU does not", "2m 1", ["9m 5"], "Insufficient cpu"],
  ["an equal edge", "5m 1", ["5m 19"], ""],
  ["an equal edge of an init container", "4m 1 | 5m 1", ["5m 19"], ""],
  ["sums of two containers", "3m 5 + 3m 5", ["5m 5"], "Insufficient cpu"],
  ["a sidecar adds to the containers", "3m 1 | *3m 1", ["5m 5"], "Insufficient cpu"],
  ["a sidecar before an init container adds to it", "1m 1 | *2m 1 + 4m 1", ["5m 5"], "Insufficient cpu"],
  ["a sidecar after an init container does not", "1m 1 | 4m 1 + *2m 1", ["5m 5"], ""],
  ["an extended resource fits", "1m 1 example.com/a=5", [], ""],
  ["an extended resource on top of another pod's", "1m 1 example.com/a=3", ["1m 1 example.com/a=2"], ""],
  ["an extended resource used up", "1m 1 example.com/a=1", ["1m 1 example.com/a=5"], "Insufficient example.com/a"],
  ["more than the node ever had", "1m 1 example.com/a=6", [], "!Insufficient example.com/a"],
  ["an unknown extended resource", "1m 1 example.com/b=1", [], "!Insufficient example.com/b"],
  ["an unknown one asked zero times", "1m 1 example.com/b=0", [], ""],
  [
    "extended resources of two containers",
    "1m 1 example.com/a=3 + 1m 1 example.com/a=3",
    [],
    "!Insufficient example.com/a",
  ],
  ["of init containers only the highest", "1m 1 | 1m 1 example.com/a=5 + 1m 1 example.com/a=5", [], ""],
  ["more CPU than the node ever had", "11m 1", [], "!Insufficient cpu"],
  ["one hopeless resource makes the node hopeless", "11m 2", ["1m 19"], "!Insufficient cpu, Insufficient memory"],
  ["ephemeral storage fits", "1m 1 ephemeral-storage=10", ["1m 1 ephemeral-storage=10"], ""],
  [
    "ephemeral storage does not",
    "1m 1 ephemeral-storage=11",
    ["1m 1 ephemeral-storage=10"],
    "Insufficient ephemeral-storage",
  ],
  ["ephemeral storage beyond the node", "1m 1 ephemeral-storage=25", [], "!Insufficient ephemeral-storage"],
  [
    "an extended resource that others hold too much of, asked zero times",
    "1m 1 example.com/a=0",
    ["1m 1 example.com/a=7"],
    "",
  ],
  [
    "an extended resource that others hold too much of",
    "1m 1 example.com/a=1",
    ["1m 1 example.com/a=7"],
    "Insufficient example.com/a",
  ],
  ["unknown plain resources are not counted", "1m 1 storage=99", [], ""],
  ["fractions of a millicore round up", "0.0095 1", ["1m 1"], "Insufficient cpu"],
];

describe("NodeResourcesFit filters", () => {
  it.each(FIT)("%s", (_, wanted, there, reasons) => {
    const node = {
      name: "n",
      cpu: "10m",
      memory: "20",
      pods: "32",
      "ephemeral-storage": "20",
      extended: { "example.com/a": "5" },
    };
    const existing = there.map((text, index) => on("n", text, index));
    expect(filtered(nodeResourcesFit, { nodes: [node], existing, pod: pod(wanted) })).toEqual({ n: reasons });
  });

  it.each([
    ["room for one more", "2", ""],
    ["no room even for nothing", "1", "Too many pods"],
  ])("counts pods: %s", (_, pods, reasons) => {
    const world = { nodes: [{ name: "n", pods }], existing: [on("n", "")], pod: pod("") };
    expect(filtered(nodeResourcesFit, world)).toEqual({ n: reasons });
  });

  it.each([
    [
      "the pod's own resources stand for its containers'",
      { resources: { requests: { cpu: "11m" } } },
      "!Insufficient cpu",
    ],
    ["also when they are less", { resources: { requests: { cpu: "2m" } } }, ""],
    ["overhead is added", { overhead: { cpu: "4m" } }, "Insufficient cpu"],
    ["overhead that fits", { overhead: { cpu: "1m" } }, ""],
  ])("%s", (_, extra, reasons) => {
    const world = { nodes: [{ name: "n", cpu: "10m" }], existing: [on("n", "3m")], pod: pod("4m", extra) };
    expect(filtered(nodeResourcesFit, world)).toEqual({ n: reasons });
  });
});

/** A pod with a node whose spec asks for `spec` of CPU, while its kubelet has granted and set up other amounts. */
function resized(spec: string, granted: string, actual: string, why?: string): PodSketch {
  const list = (cpu: string) => ({ cpu });
  const status = { name: "c", allocatedResources: list(granted), resources: { requests: list(actual) } };
  const conditions = why ? [{ type: "PodResizePending", status: "True", reason: why }] : [];
  const sketch = pod(`${spec} 1`, { nodeName: "n" });
  return {
    metadata: { name: "there", generation: 2 },
    spec: sketch.spec,
    status: { phase: "Running", containerStatuses: [status], conditions } as unknown as PodSketch["status"],
  };
}

describe("NodeResourcesFit beside a pod that is being resized", () => {
  // [what, spec, granted, set up, reason of PodResizePending, the most that fits beside it on 10m]
  it.each([
    ["more is asked for: that counts at once", "6m", "2m", "2m", undefined, 4],
    ["more is asked for, and waits for room", "6m", "2m", "2m", "Deferred", 4],
    ["more is asked for than can ever be: it does not count", "60m", "2m", "2m", "Infeasible", 8],
    ["less is asked for: what is granted counts still", "1m", "5m", "5m", undefined, 5],
    ["less is granted: what is set up counts still", "1m", "1m", "5m", undefined, 5],
    ["less is set up", "1m", "1m", "1m", undefined, 9],
  ])("%s", (_, spec, granted, actual, why, room) => {
    const world = (cpu: number) => ({
      nodes: [{ name: "n", cpu: "10m" }],
      existing: [resized(spec, granted, actual, why)],
      pod: pod(`${cpu}m 1`),
    });
    expect(filtered(nodeResourcesFit, world(room))).toEqual({ n: "" });
    expect(filtered(nodeResourcesFit, world(room + 1))).toEqual({
      n: room < 10 ? "Insufficient cpu" : "!Insufficient cpu",
    });
  });
});

const EQUAL = [
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
];
const LEAST: ScoringStrategy = { type: "LeastAllocated", resources: EQUAL };
const MOST: ScoringStrategy = { type: "MostAllocated", resources: EQUAL };
const DOWN = [
  { utilization: 0, score: 10 },
  { utilization: 100, score: 0 },
];
const RATIO: ScoringStrategy = { type: "RequestedToCapacityRatio", resources: EQUAL, shape: DOWN };
const HEAVY_CPU = [
  { name: "cpu", weight: 2 },
  { name: "memory", weight: 1 },
];
const A = [{ name: "example.com/a", weight: 1 }];
const UP = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];

// [what, strategy, pod, node sizes `cpu memory`, pods there by node, scores]
type ScoreRow = readonly [
  string,
  ScoringStrategy,
  string,
  readonly string[],
  readonly (readonly string[])[],
  readonly number[],
];
const SCORES: readonly ScoreRow[] = [
  ["least: nothing there, nothing asked", LEAST, "", ["4000m 10000", "4000m 10000"], [[], []], [100, 100]],
  ["least: nodes of different size", LEAST, "3000m 5000", ["4000m 10000", "6000m 10000"], [[], []], [37, 50]],
  ["least: pods there", LEAST, "", ["10000m 20000", "10000m 20000"], [["3000m 0"], ["3000m 5000"]], [85, 72]],
  [
    "least: pods there, something asked",
    LEAST,
    "3000m 5000",
    ["10000m 20000", "10000m 20000"],
    [["3000m 0"], ["3000m 5000"]],
    [57, 45],
  ],
  [
    "least: different sizes with pods",
    LEAST,
    "3000m 5000",
    ["10000m 20000", "10000m 50000"],
    [["3000m 5000"], ["3000m 5000"]],
    [45, 60],
  ],
  [
    "least: asked more than the node has",
    LEAST,
    "6000m 0",
    ["4000m 10000", "4000m 10000"],
    [["0m 0"], ["0m 5000"]],
    [50, 25],
  ],
  [
    "least: CPU counts double",
    { type: "LeastAllocated", resources: HEAVY_CPU },
    "3000m 5000",
    ["4000m 10000", "6000m 10000"],
    [[], []],
    [33, 50],
  ],
  ["least: memory that nobody asked for counts as 200 MiB", LEAST, "1m", ["1 1000Mi"], [[]], [89]],
  ["most: nothing there, nothing asked", MOST, "", ["4000m 10000", "4000m 10000"], [[], []], [0, 0]],
  ["most: nodes of different size", MOST, "3000m 5000", ["4000m 10000", "6000m 10000"], [[], []], [62, 50]],
  ["most: pods there", MOST, "", ["10000m 20000", "10000m 20000"], [["3000m 0"], ["3000m 5000"]], [15, 27]],
  [
    "most: pods there, something asked",
    MOST,
    "3000m 5000",
    ["10000m 20000", "10000m 20000"],
    [["3000m 0"], ["3000m 5000"]],
    [42, 55],
  ],
  [
    "most: asked more than the node has counts as full",
    MOST,
    "5000m 9000",
    ["4000m 10000", "10000m 8000"],
    [[], []],
    [95, 75],
  ],
  [
    "most: CPU counts double",
    { type: "MostAllocated", resources: HEAVY_CPU },
    "3000m 5000",
    ["4000m 10000", "6000m 10000"],
    [[], []],
    [66, 50],
  ],
  ["ratio: nothing there, nothing asked", RATIO, "", ["4000m 10000", "4000m 10000"], [[], []], [100, 100]],
  ["ratio: nodes of different size", RATIO, "3000m 5000", ["4000m 10000", "6000m 10000"], [[], []], [38, 50]],
  ["ratio: pods there", RATIO, "", ["4000m 10000", "6000m 10000"], [["3000m 5000"], ["3000m 5000"]], [38, 50]],
  [
    "ratio of an extended resource nobody has asked for",
    { type: "RequestedToCapacityRatio", resources: A, shape: UP },
    "",
    ["4 10000", "4 10000"],
    [[], []],
    [0, 0],
  ],
  [
    "ratio of an extended resource",
    { type: "RequestedToCapacityRatio", resources: A, shape: UP },
    "1m 1 example.com/a=2",
    ["4 10000 8", "4 10000 4"],
    [[], []],
    [25, 50],
  ],
  [
    "ratio of an extended resource in use",
    { type: "RequestedToCapacityRatio", resources: A, shape: UP },
    "1m 1 example.com/a=2",
    ["4 10000 8", "4 10000 4"],
    [["1m 1 example.com/a=2"], []],
    [50, 50],
  ],
];

function sized(text: string, index: number) {
  const [cpu = "", memory = "", a] = text.split(" ");
  return { name: `n${index}`, cpu, memory, ...(a && { extended: { "example.com/a": a } }) };
}

describe("NodeResourcesFit scores", () => {
  it.each(SCORES)("%s", (_, scoringStrategy, wanted, sizes, there, expected) => {
    const existing = there.flatMap((pods, node) => pods.map((text, index) => on(`n${node}`, text, index)));
    const world = { nodes: sizes.map(sized), existing, pod: pod(wanted), options: { scoringStrategy } };
    expect(Object.values(scored(nodeResourcesFit, world) ?? {})).toEqual(expected);
  });
});

// [shape, [at, value]...]
const LINES: readonly (readonly [readonly (readonly [number, number])[], readonly (readonly [number, number])[]])[] = [
  [
    [
      [10, 1],
      [90, 9],
    ],
    [
      [-10, 1],
      [0, 1],
      [9, 1],
      [10, 1],
      [15, 1],
      [19, 1],
      [20, 2],
      [89, 8],
      [90, 9],
      [99, 9],
      [100, 9],
      [110, 9],
    ],
  ],
  [
    [
      [0, 2],
      [40, 10],
      [100, 0],
    ],
    [
      [-10, 2],
      [0, 2],
      [20, 6],
      [30, 8],
      [40, 10],
      [70, 5],
      [100, 0],
      [110, 0],
    ],
  ],
  [
    [
      [0, 2],
      [40, 2],
      [100, 2],
    ],
    [
      [-10, 2],
      [0, 2],
      [20, 2],
      [30, 2],
      [40, 2],
      [70, 2],
      [100, 2],
      [110, 2],
    ],
  ],
];

describe("the line through a shape's points", () => {
  it.each(LINES.flatMap(([shape, points]) => points.map(([at, value]) => [shape, at, value] as const)))(
    "%j at %i is %i",
    (shape, at, value) => {
      const points = shape.map(([utilization, score]) => ({ utilization, score }));
      expect(brokenLine(points, at)).toBe(value);
    },
  );
});

// [what, pod, node sizes, pods there by node, scores]: 75 when the pod changes nothing, more when it evens out.
type BalanceRow = readonly [
  string,
  string,
  readonly string[],
  readonly (readonly string[])[],
  readonly number[] | undefined,
];
const BALANCED: readonly BalanceRow[] = [
  ["pods that ask for nothing have no say", "", ["4000m 10000"], [[]], undefined],
  ["an equal share of both", "1000m 1000", ["10000m 10000", "2000m 2000"], [[], []], [75, 75]],
  ["CPU only, on an empty node", "1000m 0", ["10000m 10000", "2000m 10000"], [[], []], [72, 62]],
  ["evens out what is there", "1000m 0", ["10000m 10000"], [["0m 2000"]], [77]],
  ["makes what is there worse", "1000m 0", ["10000m 10000"], [["2000m 0"]], [72]],
  ["from one extreme to balance", "5000m 0", ["10000m 10000"], [["0m 5000"]], [87]],
  ["beyond the node counts as full", "9000m 0", ["4000m 10000"], [[]], [50]],
];

describe("NodeResourcesBalancedAllocation scores", () => {
  it.each(BALANCED)("%s", (_, wanted, sizes, there, expected) => {
    const existing = there.flatMap((pods, node) => pods.map((text, index) => on(`n${node}`, text, index)));
    const scores = scored(nodeResourcesBalancedAllocation, { nodes: sizes.map(sized), existing, pod: pod(wanted) });
    expect(scores && Object.values(scores)).toEqual(expected);
  });
});
