import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../simulator/api/object.ts";
import {
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  type ResourceRef,
  resourceRef,
  STATEFUL_SETS,
} from "../../../../simulator/api/refs.ts";
import { interPodAffinity } from "../../../../simulator/scheduler/plugins/inter-pod-affinity.ts";
import { podTopologySpread } from "../../../../simulator/scheduler/plugins/pod-topology-spread.ts";
import type { PodSketch } from "../objects.ts";
import { filtered, scored, type World } from "./evaluate.ts";

const ZONE = "topology.kubernetes.io/zone";
const KEYS: { readonly [short: string]: string } = { zone: ZONE, host: "kubernetes.io/hostname" };
const keyOf = (short: string): string => KEYS[short] ?? short;

/** Nodes n1, n2, ... of zones such as `z1 z1 z2`; `-` is a node without the label. */
const nodesIn = (zones: string) =>
  zones.split(" ").map((zone, index) => ({ name: `n${index + 1}`, ...(zone !== "-" && { labels: { [ZONE]: zone } }) }));

/** `app=web` -> labels; `ns/app=web` in another namespace; `!` in front: the pod is being deleted. */
function labelled(text: string, name: string, spec: object): PodSketch {
  const isTerminating = text.startsWith("!");
  const [namespace, labels] = text.includes("/")
    ? text.replace("!", "").split("/")
    : ["default", text.replace("!", "")];
  const pairs = (labels ?? "").split(",").map((one) => one.split("="));
  return {
    metadata: {
      name,
      namespace,
      labels: labels ? Object.fromEntries(pairs) : {},
      ...(isTerminating && { deletionTimestamp: "2026-07-01T00:00:00Z" }),
    },
    spec,
  };
}

/** Pods by node: `["app=web", "app=web"]` on n1 and so on. */
const there = (pods: readonly (readonly string[])[], spec: object = {}): PodSketch[] =>
  pods.flatMap((list, node) =>
    list.map((text, index) => labelled(text, `e${node + 1}-${index}`, { nodeName: `n${node + 1}`, ...spec })),
  );

const select = (text: string) => ({ matchLabels: Object.fromEntries(text.split(",").map((one) => one.split("="))) });

/** `zone 1 app=web [field=value ...]`: topology key, maximum skew, selector, further fields. */
function constraint(text: string, whenUnsatisfiable: string) {
  const [key = "", skew, selector = "", ...rest] = text.split(" ");
  const more = rest.map((one) => one.split("=")).map(([name, value]) => [name, Number(value) || value]);
  return {
    topologyKey: keyOf(key),
    maxSkew: Number(skew),
    whenUnsatisfiable,
    labelSelector: select(selector),
    ...Object.fromEntries(more),
  };
}

const SKEWED = "node(s) didn't match pod topology spread constraints";
const NO_LABEL = `!${SKEWED} (missing required label)`;

// [what, zones of the nodes, pods by node, the pod's labels, constraints, nodes it may go to, further spec]
type SpreadRow = readonly [string, string, readonly (readonly string[])[], string, readonly string[], string, object?];
const W = "app=web";
const NOT_Z3 = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "NotIn", values: ["z3"] }] }],
      },
    },
  },
};
const SPREAD: readonly SpreadRow[] = [
  ["nothing there", "z1 z1 z2 z2", [], W, ["zone 1 app=web"], "n1 n2 n3 n4"],
  ["the fuller zone is closed", "z1 z1 z2 z2", [[W], [W], [W], []], W, ["zone 1 app=web"], "n3 n4"],
  ["a larger skew opens it", "z1 z1 z2 z2", [[W], [W], [W], []], W, ["zone 2 app=web"], "n1 n2 n3 n4"],
  ["pods of other labels don't count", "z1 z2", [["app=x"], []], W, ["zone 1 app=web"], "n1 n2"],
  ["pods of other namespaces don't count", "z1 z2", [["other/app=web"], []], W, ["zone 1 app=web"], "n1 n2"],
  ["pods that go don't count", "z1 z2", [["!app=web"], []], W, ["zone 1 app=web"], "n1 n2"],
  ["a pod that its own selector leaves out adds nothing", "z1 z2", [[W], []], "app=x", ["zone 1 app=web"], "n1 n2"],
  ["and one that it takes in does", "z1 z2", [[W], []], W, ["zone 1 app=web"], "n2"],
  ["hosts", "z1 z1 z2", [[W, W], [W], []], W, ["host 1 app=web"], "n3"],
  ["hosts with skew 2", "z1 z1 z2", [[W, W], [W], []], W, ["host 2 app=web"], "n2 n3"],
  ["a node without the key can't take it", "z1 - z2", [[], [], []], W, ["zone 1 app=web"], "n1 n3"],
  ["pods on such a node don't count", "z1 - z2", [[], [W, W], []], W, ["zone 1 app=web"], "n1 n3"],
  ["two constraints both hold", "z1 z1 z2 z2", [[W], [], [W, W], []], W, ["zone 1 app=web", "host 1 app=web"], "n2"],
  [
    "two constraints that no node meets",
    "z1 z1 z2 z2",
    [[W], [W], [W], []],
    W,
    ["zone 1 app=web", "host 0 app=web"],
    "",
  ],
  ["a key that no node has", "z1 z2", [], W, ["rack 1 app=web"], ""],
  ["fewer domains than demanded count as an empty one", "z1 z2", [[W], [W]], W, ["zone 1 app=web minDomains=3"], ""],
  ["as many domains as demanded", "z1 z2", [[W], [W]], W, ["zone 1 app=web minDomains=2"], "n1 n2"],
  ["nodes that the pod can't choose count not", "z1 z2 z3", [[W], [W], []], W, ["zone 1 app=web"], "n1 n2 n3", NOT_Z3],
  [
    "unless affinity is to be ignored",
    "z1 z2 z3",
    [[W], [W], []],
    W,
    ["zone 1 app=web nodeAffinityPolicy=Ignore"],
    "n3",
    NOT_Z3,
  ],
];

describe("PodTopologySpread filters", () => {
  it.each(SPREAD.map((row) => [row[0], row] as const))("%s", (_, row) => {
    const [, zones, pods, labels, constraints, expected, spec = {}] = row;
    const topologySpreadConstraints = constraints.map((one) => constraint(one, "DoNotSchedule"));
    const pod = labelled(labels, "p", { topologySpreadConstraints, ...spec });
    const result = filtered(podTopologySpread, { nodes: nodesIn(zones), existing: there(pods), pod });
    expect(
      Object.keys(result)
        .filter((node) => result[node] === "")
        .sort()
        .join(" "),
    ).toBe(expected);
    for (const reason of Object.values(result)) expect(["", SKEWED, NO_LABEL]).toContain(reason);
  });

  it.each([
    ["taints are ignored unless asked for", "", ["n1", ""]],
    ["tainted nodes are no domain when honoured", " nodeTaintsPolicy=Honor", ["n1", "n2"]],
  ])("%s", (_, policy, open) => {
    const taints = [{ key: "a", effect: "NoSchedule" }];
    const nodes = [{ name: "n1", labels: { [ZONE]: "z1" }, taints }, ...nodesIn("z1 z2").slice(1)];
    const topologySpreadConstraints = [constraint(`zone 1 app=web${policy}`, "DoNotSchedule")];
    const pod = labelled(W, "p", { topologySpreadConstraints });
    const result = filtered(podTopologySpread, { nodes, existing: there([[], [W]]), pod });
    expect(["n1", "n2"].map((node) => (result[node] === "" ? node : ""))).toEqual(open);
  });

  it("tells apart pods by the labels that matchLabelKeys name", () => {
    const topologySpreadConstraints = [{ ...constraint("zone 1 app=web", "DoNotSchedule"), matchLabelKeys: ["v"] }];
    const pod = labelled("app=web,v=2", "p", { topologySpreadConstraints });
    const world = { nodes: nodesIn("z1 z2"), existing: there([["app=web,v=1"], ["app=web,v=2"]]), pod };
    expect(filtered(podTopologySpread, world)).toEqual({ n1: "", n2: SKEWED });
  });
});

// [what, zones, pods by node, constraints, scores, nodes that the filters left]
type SpreadScoreRow = readonly [
  string,
  string,
  readonly (readonly string[])[],
  readonly string[],
  readonly number[] | undefined,
  string?,
];
const F = "foo=";
const FB = "foo=,bar=";
const B = "bar=";
const SPREAD_SCORES: readonly SpreadScoreRow[] = [
  ["no constraint", "z1 z2", [[F], []], [], undefined],
  ["nothing there: all alike", "z1 z2", [[], []], ["host 1 foo="], [100, 100]],
  ["one node is one node", "z1", [[F]], ["host 1 foo="], [100]],
  ["hosts 1, 1: all alike", "z1 z1", [[F], [F]], ["host 1 foo="], [100, 100]],
  ["hosts 2, 1, 0, 3", "z1 z1 z1 z1", [[F, F], [F], [], [F, F, F]], ["host 1 foo="], [20, 60, 100, 0]],
  ["hosts 2, 1, 0, 3, skew 2", "z1 z1 z1 z1", [[F, F], [F], [], [F, F, F]], ["host 2 foo="], [33, 66, 100, 16]],
  [
    "hosts 4, 3, 2, 1, skew 3",
    "z1 z1 z1 z1",
    [[F, F, F, F], [F, F, F], [F, F], [F]],
    ["host 3 foo="],
    [44, 66, 77, 100],
  ],
  [
    "hosts 4, 2, 1, and 3 on a node that is out",
    "z1 z1 z1 z1",
    [[F, F, F, F], [F, F], [F], [F, F, F]],
    ["host 1 foo="],
    [33, 83, 100],
    "n1 n2 n3",
  ],
  [
    "zones 6 and 4, of which one node is out",
    "z1 z1 z2 z2",
    [[F, F, F, F], [F, F], [F], [F, F, F]],
    ["zone 1 foo="],
    [75, 75, 100],
    "n1 n2 n3",
  ],
  [
    "zones and hosts, two nodes out",
    "z1 z1 z2 z2",
    [[F, F], [F], [F, F], [F, F, F, F]],
    ["zone 1 foo=", "host 1 foo="],
    [100, 63],
    "n1 n3",
  ],
  [
    "zones of foo, hosts of bar",
    "z1 z1 z2 z2",
    [[F], [FB], [], [F, B]],
    ["zone 1 foo=", "host 1 bar="],
    [60, 20, 100, 60],
  ],
  [
    "zones of foo, hosts of bar, an empty zone",
    "z1 z1 z2 z2",
    [[], [B], [F], [FB]],
    ["zone 1 foo=", "host 1 bar="],
    [100, 60, 40, 0],
  ],
  ["a node without the key gets nothing", "z1 - z2", [[F], [], []], ["zone 1 foo="], [0, 0, 100]],
];

describe("PodTopologySpread scores", () => {
  it.each(SPREAD_SCORES.map((row) => [row[0], row] as const))("%s", (_, row) => {
    const [, zones, pods, constraints, expected, candidates] = row;
    const topologySpreadConstraints = constraints.map((one) => constraint(one, "ScheduleAnyway"));
    const pod = labelled(F, "p", { topologySpreadConstraints });
    const scores = scored(podTopologySpread, { nodes: nodesIn(zones), existing: there(pods), pod, candidates });
    expect(scores && Object.values(byName(scores))).toEqual(expected);
  });

  it("spreads by default over hosts alone where there are no zones", () => {
    const world: World = {
      nodes: nodesIn("- - - -"),
      existing: there([[W, W, W, W], [W, W, W], [W, W], [W]]),
      services,
      pod: labelled(W, "p", {}),
    };
    expect(Object.values(byName(scored(podTopologySpread, world) ?? {}))).toEqual([44, 66, 77, 100]);
  });

  const services = [{ metadata: { name: "s", namespace: "default" }, spec: { selector: { app: "web" } } }];
  it.each([
    ["a service's pods are spread over hosts and zones", services, W, true],
    ["a pod that no service selects is not", services, "app=x", false],
    ["nor one without any service", [], W, false],
  ] as const)("by default: %s", (_, list, labels, isSpread) => {
    const existing = there([[W, W], [], []]);
    const world: World = { nodes: nodesIn("z1 z1 z2"), existing, services: list, pod: labelled(labels, "p", {}) };
    const scores = scored(podTopologySpread, world);
    if (!isSpread) expect(scores).toBeUndefined();
    else {
      const [first, second, third] = Object.values(byName(scores ?? {})) as [number, number, number];
      expect(third).toBe(100);
      expect(first).toBeLessThan(second);
      expect(second).toBeLessThan(third);
    }
    expect(scored(podTopologySpread, { ...world, options: { defaultConstraints: [] } })).toBeUndefined();
  });
});

// [what, the kind of the pod's owner, the owner's selector, the pod's labels, whether it is spread by default]
const LABELLED = { matchLabels: { app: "web" } };
const OWNERS: readonly (readonly [string, ResourceRef<KubeObject>, object, string, boolean])[] = [
  ["a replica set", REPLICA_SETS, LABELLED, W, true],
  ["a stateful set", STATEFUL_SETS, LABELLED, W, true],
  ["a replication controller", REPLICATION_CONTROLLERS, { app: "web" }, W, true],
  [
    "a stateful set by an expression",
    STATEFUL_SETS,
    { matchExpressions: [{ key: "app", operator: "Exists" }] },
    W,
    true,
  ],
  ["a stateful set that selects all", STATEFUL_SETS, {}, W, false],
  ["a job, which does not count", resourceRef("batch", "v1", "jobs", "Job"), LABELLED, W, false],
];

describe("PodTopologySpread by default", () => {
  it.each(OWNERS)("of %s", (_what, ref, selector, labels, isSpread) => {
    const owner = {
      apiVersion: [ref.group, ref.version].filter(Boolean).join("/"),
      kind: ref.kind,
      name: "o",
      uid: "o",
    };
    const sketch = labelled(labels, "p", {});
    const pod = { ...sketch, metadata: { ...sketch.metadata, ownerReferences: [{ ...owner, controller: true }] } };
    const objects =
      isSpread || ref.kind !== "Job"
        ? [[ref, { metadata: { name: "o", namespace: "default" }, spec: { selector } }] as const]
        : [];
    const scores = scored(podTopologySpread, { nodes: nodesIn("z1 z2"), existing: there([[W], []]), objects, pod });
    expect(scores === undefined).toBe(!isSpread);
    if (scores !== undefined) expect(scores.n2).toBeGreaterThan(scores.n1 ?? 0);
  });
});

/** `zone app=web [ns,ns]`: topology key, selector, namespaces. */
function term(text: string) {
  const [key = "", selector = "", namespaces] = text.split(" ");
  return {
    topologyKey: keyOf(key),
    labelSelector: select(selector),
    ...(namespaces && { namespaces: namespaces.split(",") }),
  };
}

const required = (list: readonly string[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: list.map(term) });
const NEAR = "!node(s) didn't match pod affinity rules";
const AWAY = "node(s) didn't match pod anti-affinity rules";
const SYMMETRY = "node(s) didn't satisfy existing pods anti-affinity rules";

// [what, zones, pods by node, the pod's labels, affinity, anti-affinity, reasons by node]
type NearRow = readonly [
  string,
  string,
  readonly (readonly string[])[],
  string,
  readonly string[],
  readonly string[],
  readonly string[],
];
const S = "service=securityscan";
const NEIGHBOURS: readonly NearRow[] = [
  ["no terms", "z1", [], "", [], [], [""]],
  ["near a matching pod", "z1 z2", [[S], []], "", [`zone ${S}`], [], ["", NEAR]],
  ["near, within the zone", "z1 z1 z2", [[S], [], []], "", [`zone ${S}`], [], ["", "", NEAR]],
  ["near nobody", "z1", [[]], "", [`zone ${S}`], [], [NEAR]],
  ["the other pod is of another namespace", "z1", [[`other/${S}`]], "", [`zone ${S}`], [], [NEAR]],
  ["which the term names", "z1", [[`other/${S}`]], "", [`zone ${S} other`], [], [""]],
  ["the first of its kind matches itself", "z1 z2", [], S, [`zone ${S}`], [], ["", ""]],
  ["but not where the key is missing", "z1 -", [], S, [`zone ${S}`], [], ["", NEAR]],
  ["and not once there is another", "z1 z2", [[S], []], S, [`zone ${S}`], [], ["", NEAR]],
  ["two terms, both by one pod", "z1 z2", [[S], []], "", [`zone ${S}`, `host ${S}`], [], ["", NEAR]],
  [
    "two terms that different pods match: neither counts",
    "z1",
    [["a=1", "b=2"]],
    "",
    ["zone a=1", "zone b=2"],
    [],
    [NEAR],
  ],
  ["away from a matching pod", "z1 z2", [[S], []], "", [], [`zone ${S}`], [AWAY, ""]],
  ["away within the zone", "z1 z1 z2", [[S], [], []], "", [], [`zone ${S}`], [AWAY, AWAY, ""]],
  ["away by host only", "z1 z1 z2", [[S], [], []], "", [], [`host ${S}`], [AWAY, "", ""]],
  ["away from another namespace's pod: no matter", "z1", [[`other/${S}`]], "", [], [`zone ${S}`], [""]],
  ["away where the key is missing: no matter", "-", [[S]], "", [], [`zone ${S}`], [""]],
  ["near one, away from another", "z1 z1 z2", [["a=1"], ["b=2"], []], "", ["zone a=1"], ["host b=2"], ["", AWAY, NEAR]],
  ["near and away from the same", "z1", [[S]], "", [`zone ${S}`], [`zone ${S}`], [AWAY]],
  ["pods that go count still", "z1 z2", [[`!${S}`], []], "", [], [`zone ${S}`], [AWAY, ""]],
];

describe("InterPodAffinity filters", () => {
  it.each(NEIGHBOURS)("%s", (_, zones, pods, labels, near, away, expected) => {
    const affinity = {
      ...(near.length > 0 && { podAffinity: required(near) }),
      ...(away.length > 0 && { podAntiAffinity: required(away) }),
    };
    const world = { nodes: nodesIn(zones), existing: there(pods), pod: labelled(labels, "p", { affinity }) };
    expect(Object.values(byName(filtered(interPodAffinity, world)))).toEqual(expected);
  });

  // [what, zones, where a pod with that anti-affinity runs, its anti-affinity, the pod's labels, reasons]
  it.each([
    ["a running pod keeps it away", "z1 z1 z2", "zone app=web", W, [SYMMETRY, SYMMETRY, ""]],
    ["by host only", "z1 z1 z2", "host app=web", W, [SYMMETRY, "", ""]],
    ["not a pod of other labels", "z1 z1 z2", "zone app=web", "app=x", ["", "", ""]],
    ["not a pod of another namespace", "z1 z1 z2", "zone app=web", "other/app=web", ["", "", ""]],
    [
      "where its term names the namespace, it does",
      "z1 z1 z2",
      "zone app=web other",
      "other/app=web",
      [SYMMETRY, SYMMETRY, ""],
    ],
    ["without the key it keeps nobody away", "- z1 z2", "zone app=web", W, ["", "", ""]],
  ])("symmetry: %s", (_, zones, anti, labels, expected) => {
    const existing = there([["app=db"]], { affinity: { podAntiAffinity: required([anti]) } });
    const world = { nodes: nodesIn(zones), existing, pod: labelled(labels, "p", {}) };
    expect(Object.values(byName(filtered(interPodAffinity, world)))).toEqual(expected);
  });

  it.each([
    ["namespaces by their labels", { matchLabels: { team: "a" } }, [AWAY, ""]],
    ["an empty namespace selector means all", {}, [AWAY, AWAY]],
    ["a selector that matches none", { matchLabels: { team: "c" } }, ["", ""]],
  ])("chooses %s", (_, namespaceSelector, expected) => {
    const affinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ ...term(`host ${S}`), namespaceSelector }],
      },
    };
    const world = {
      nodes: nodesIn("z1 z2"),
      namespaces: { a: { team: "a" }, b: { team: "b" } },
      existing: there([[`a/${S}`], [`b/${S}`]]),
      pod: labelled("", "p", { affinity }),
    };
    expect(Object.values(byName(filtered(interPodAffinity, world)))).toEqual(expected);
  });
});

const preferred = (list: readonly (readonly [number, string])[]) => ({
  preferredDuringSchedulingIgnoredDuringExecution: list.map(([weight, text]) => ({
    weight,
    podAffinityTerm: term(text),
  })),
});

// [what, zones, pods by node, preferred affinity, preferred anti-affinity, scores]
type Weighted = readonly (readonly [number, string])[];
type PreferredRow = readonly [
  string,
  string,
  readonly (readonly string[])[],
  Weighted,
  Weighted,
  readonly number[] | undefined,
];
const PREFERRED: readonly PreferredRow[] = [
  ["no preference, nobody prefers it", "z1 z2", [[S], []], [], [], undefined],
  ["nobody matches", "z1 z2", [["a=1"], []], [[5, `zone ${S}`]], [], undefined],
  ["near a matching pod", "z1 z2", [[S], []], [[5, `zone ${S}`]], [], [100, 0]],
  ["more matching pods, more points", "z1 z2 z3", [[S, S], [S], []], [[5, `zone ${S}`]], [], [100, 50, 0]],
  [
    "weights of two terms",
    "z1 z2 z3",
    [["a=1"], ["b=2"], []],
    [
      [8, "zone a=1"],
      [2, "zone b=2"],
    ],
    [],
    [100, 25, 0],
  ],
  ["away from a matching pod", "z1 z2", [[S], []], [], [[5, `zone ${S}`]], [0, 100]],
  ["near and away", "z1 z2 z3", [["a=1"], ["b=2"], ["a=1", "b=2"]], [[8, "zone a=1"]], [[5, "zone b=2"]], [100, 0, 61]],
  ["near and as much away: all alike", "z1", [["a=1", "b=2"]], [[5, "zone a=1"]], [[5, "zone b=2"]], [0]],
];

describe("InterPodAffinity scores", () => {
  it.each(PREFERRED)("%s", (_, zones, pods, near, away, expected) => {
    const affinity = { podAffinity: preferred(near), podAntiAffinity: preferred(away) };
    const world = { nodes: nodesIn(zones), existing: there(pods), pod: labelled("", "p", { affinity }) };
    const scores = scored(interPodAffinity, world);
    expect(scores && Object.values(byName(scores))).toEqual(expected);
  });

  it.each([
    ["preferred affinity of a running pod draws", { podAffinity: preferred([[5, "zone app=web"]]) }, [100, 0], {}],
    ["preferred anti-affinity repels", { podAntiAffinity: preferred([[5, "zone app=web"]]) }, [0, 100], {}],
    ["required affinity draws with weight 1", { podAffinity: required(["zone app=web"]) }, [100, 0], {}],
    ["unless that weight is 0", { podAffinity: required(["zone app=web"]) }, undefined, { hardPodAffinityWeight: 0 }],
    ["required anti-affinity scores nothing", { podAntiAffinity: required(["zone app=web"]) }, undefined, {}],
  ])("symmetry: %s", (_, affinity, expected, options) => {
    const existing = there([["app=db"]], { affinity });
    const scores = scored(interPodAffinity, { nodes: nodesIn("z1 z2"), existing, pod: labelled(W, "p", {}), options });
    expect(scores && Object.values(byName(scores))).toEqual(expected);
  });
});

/** In the order of the nodes' names: the cache lists them by turns of their zones. */
function byName<T>(byNode: { [node: string]: T }): { [node: string]: T } {
  return Object.fromEntries(Object.entries(byNode).sort(([a], [b]) => (a < b ? -1 : 1)));
}
