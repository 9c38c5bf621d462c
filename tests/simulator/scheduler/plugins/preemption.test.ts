import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../../simulator/api/refs.ts";
import { BUDGETS, Harness } from "../harness.ts";
import { nodeObject, type PodSketch, podObject } from "../objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const START_MS = Date.UTC(2026, 5, 1);

/**
 * `name priority cpu [start] [key=value ...]`: a pod that asks for so many CPUs, running since day `start` of June 2026. A
 * label `away=x` means: not on a node with pods labelled `app=x`; `gone=1`: it is being deleted already.
 */
function running(text: string, nodeName: string): PodSketch {
  const [name = "", priority = "0", cpu = "0", ...rest] = text.split(" ");
  const start = Number(rest.find((one) => /^\d+$/.test(one)) ?? 1);
  const labels = Object.fromEntries(rest.filter((one) => one.includes("=")).map((one) => one.split("=")));
  const startTime = new Date(START_MS + start * 86_400_000).toISOString().replace(".000", "");
  return {
    metadata: { name, labels, ...(labels.gone && { deletionTimestamp: "2026-06-30T00:00:00Z" }) },
    spec: { ...asking(priority, cpu), ...keepsAway(labels.away), ...(nodeName && { nodeName }) },
    status: { phase: nodeName ? "Running" : "Pending", ...(nodeName && { startTime }) },
  };
}

const asking = (priority: string, cpu: string) => ({
  priority: Number(priority),
  containers: [{ name: "c", image: "app:1", resources: { requests: { cpu } } }],
});

function keepsAway(app: string | undefined): object {
  if (app === undefined) return {};
  const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app } } };
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

interface Case {
  /** Pods by node; each node has 4 CPUs, and is a zone of its own. */
  readonly nodes: { readonly [name: string]: readonly string[] };
  readonly pod: string;
  readonly more?: object;
  /** `selector allowed [disrupted pod]`. */
  readonly budgets?: readonly string[];
}

/** Which node the pod is promised, and who has to leave it: `n1: a b`; else what is said of it. */
function outcome({ nodes, pod, more, budgets = [] }: Case): string {
  const harness = new Harness();
  harness.namespace("default");
  for (const [name, pods] of Object.entries(nodes)) {
    harness.create(NODES, nodeObject({ name, cpu: "4", labels: { [ZONE]: name } }));
    for (const one of pods) harness.create(PODS, podObject(running(one, name)));
  }
  for (const [index, text] of budgets.entries()) {
    const [selector = "", allowed, disrupted] = text.split(" ");
    const matchLabels = selector === "*" ? {} : Object.fromEntries([selector.split("=")]);
    const disruptedPods = disrupted === undefined ? {} : { [disrupted]: "2026-06-30T00:00:00Z" };
    harness.create(BUDGETS, {
      metadata: { name: `b${index}`, namespace: "default" },
      spec: { selector: { matchLabels } },
      status: { disruptionsAllowed: Number(allowed), disruptedPods },
    });
  }
  harness.start();
  const sketch = running(pod, "");
  harness.create(PODS, podObject({ ...sketch, spec: { ...sketch.spec, ...more } }));
  harness.run(10);
  const { nodeName } = harness.pod(sketch.metadata.name).spec;
  if (nodeName) return `on ${nodeName}`;
  const nominated = harness.pod(sketch.metadata.name).status.nominatedNodeName;
  const victims = harness.events.filter(({ reason }) => reason === "Preempted").map(({ about }) => about);
  if (nominated) return `${nominated}: ${victims.join(" ")}`;
  const [failed] = harness.eventsOf(sketch.metadata.name, "FailedScheduling");
  return failed?.message.split("preemption: ").at(-1) ?? "nothing";
}

const SPREAD = {
  topologySpreadConstraints: [
    { topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", labelSelector: { matchLabels: { app: "x" } } },
  ],
};
const NOBODY = "No preemption victims found for incoming pod";

// [what, nodes with their pods, the pod, what comes of it, budgets, further spec]
type Row = readonly [string, Case["nodes"], string, string, (readonly string[])?, object?];
const ROWS: readonly Row[] = [
  ["it fits: nobody leaves", { n1: ["a 0 2"] }, "p 100 2", "on n1"],
  ["one less important pod leaves", { n1: ["a 0 3"] }, "p 100 2", "n1: a"],
  ["pods of the same priority stay", { n1: ["a 100 3"] }, "p 100 2", `0/1 nodes are available: 1 ${NOBODY}.`],
  ["more important pods stay", { n1: ["a 200 3"] }, "p 100 2", `0/1 nodes are available: 1 ${NOBODY}.`],
  [
    "all that may leave are not enough",
    { n1: ["a 0 1", "b 200 3"] },
    "p 100 2",
    "0/1 nodes are available: 1 Insufficient cpu.",
  ],
  [
    "one node without victims, one where they are not enough",
    { n1: ["a 200 3"], n2: ["b 0 1", "c 200 3"] },
    "p 100 2",
    `0/2 nodes are available: 1 Insufficient cpu, 1 ${NOBODY}.`,
  ],
  [
    "more than the node has: nobody is tried",
    { n1: ["a 0 3"] },
    "p 100 5",
    "0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
  ],
  ["as few as will do", { n1: ["a 0 1", "b 0 1", "c 0 1"] }, "p 100 2", "n1: c"],
  ["the least important first", { n1: ["a 50 2", "b 0 2"] }, "p 100 2", "n1: b"],
  ["a small one of little importance may stay", { n1: ["a 50 3", "b 0 1"] }, "p 100 3", "n1: a"],
  ["mixed priorities leave together", { n1: ["a 50 1", "b 0 1", "c 10 1", "d 200 1"] }, "p 100 3", "n1: a c b"],
  ["of equals the one that started last", { n1: ["a 0 2 1", "b 0 2 2"] }, "p 100 2", "n1: b"],
  ["whose lowest victim counts least", { n1: ["a 50 4"], n2: ["b 10 4"] }, "p 100 4", "n2: b"],
  [
    "the highest victim of each node decides",
    { n1: ["a 50 2", "b 0 2"], n2: ["c 40 2", "d 40 2"] },
    "p 100 4",
    "n2: c d",
  ],
  ["then the sum of priorities", { n1: ["a 50 2", "b 40 2"], n2: ["c 50 2", "d 10 2"] }, "p 100 4", "n2: c d"],
  [
    "negative priorities count against numbers",
    { n1: ["a 50 2", "b -5 1", "c -5 1"], n2: ["d 50 2", "e 1 2"] },
    "p 100 4",
    "n2: d e",
  ],
  ["then how many they are", { n1: ["a 0 2", "b 0 2"], n2: ["c 0 4"] }, "p 100 4", "n2: c"],
  ["then who started last", { n1: ["a 10 2 1", "b 10 2 3"], n2: ["c 10 2 2", "d 10 2 4"] }, "p 100 4", "n2: c d"],
  [
    "of which only the most important count",
    { n1: ["a 10 2 5", "b 0 2 1"], n2: ["c 10 2 4", "d 0 2 6"] },
    "p 100 4",
    "n1: a b",
  ],
  ["a guarded pod stays if another will do", { n1: ["a 0 2 5 app=x", "b 0 2 1"] }, "p 100 2", "n1: b", ["app=x 0"]],
  ["a guarded pod leaves if it must", { n1: ["a 0 4 app=x"] }, "p 100 4", "n1: a", ["app=x 0"]],
  [
    "a node without violations is better than a less important victim",
    { n1: ["a 0 4 app=x"], n2: ["b 50 4"] },
    "p 100 4",
    "n2: b",
    ["app=x 0"],
  ],
  [
    "the fewest violations",
    { n1: ["a 0 2 app=x", "b 0 2 app=x"], n2: ["c 50 2 app=x", "d 50 2"] },
    "p 100 4",
    "n2: c d",
    ["app=x 0"],
  ],
  [
    "a budget that allows one is not violated by one",
    { n1: ["a 0 4 app=x"], n2: ["b 50 4"] },
    "p 100 4",
    "n1: a",
    ["app=x 1"],
  ],
  ["but by two", { n1: ["a 0 2 app=x", "b 0 2 app=x"], n2: ["c 50 4"] }, "p 100 4", "n2: c", ["app=x 1"]],
  [
    "a pod that its budget has let go already violates nothing",
    { n1: ["a 0 4 app=x"], n2: ["b 50 4"] },
    "p 100 4",
    "n1: a",
    ["app=x 0 a"],
  ],
  [
    "a budget that selects all guards nobody here",
    { n1: ["a 0 4 app=x"], n2: ["b 50 4"] },
    "p 100 4",
    "n1: a",
    ["* 0"],
  ],
  ["the pod that keeps it away", { n1: ["a 0 1 away=p", "b 0 1"] }, "p 100 1 app=p", "n1: a"],
  ["the pod that it keeps away from", { n1: ["a 0 1 app=x", "b 0 1"] }, "p 100 1 away=x", "n1: a"],
  [
    "a more important pod that keeps it away",
    { n1: ["a 200 1 away=p"] },
    "p 100 1 app=p",
    `0/1 nodes are available: 1 ${NOBODY}.`,
  ],
  [
    "affinity that nobody meets: no use",
    { n1: ["a 0 4"] },
    "p 100 1",
    "0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    [],
    { nodeSelector: { disk: "fast" } },
  ],
  [
    "skew is undone",
    { n1: ["a 0 1 app=x", "b 0 1 app=x"], n2: ["c 200 4 app=x"] },
    "p 100 1 app=x",
    "n1: b",
    [],
    SPREAD,
  ],
  [
    "who must never preempt does not",
    { n1: ["a 0 4"] },
    "p 100 1",
    "not eligible due to preemptionPolicy=Never.",
    [],
    { preemptionPolicy: "Never" },
  ],
  ["a pod that goes already is a victim without more ado", { n1: ["a 0 4 gone=1"] }, "p 100 1", "n1: "],
];

describe("DefaultPreemption", () => {
  it.each(ROWS.map((row) => [row[0], row] as const))("%s", (_what, [, nodes, pod, expected, budgets, more]) => {
    expect(outcome({ nodes, pod, budgets, more })).toBe(expected);
  });
});
