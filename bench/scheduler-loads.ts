import type { Pod } from "../simulator/index.ts";

type PodSpec = NonNullable<Pod["spec"]>;
type Affinity = NonNullable<PodSpec["affinity"]>;

/*
 * The named loads of upstream's scheduler benchmark (test/integration/scheduler_perf, v1.36) at their largest sizes, as far
 * as they are about the scheduler's default plugins. Thresholds are upstream's own, in pods a second.
 */

export interface PodKind {
  readonly spec?: Partial<PodSpec>;
  readonly labels?: { readonly [key: string]: string };
  /** Requests; none: a pod that asks for nothing. */
  readonly cpu?: string;
  /** Each with a claim of its own that is bound to a volume of its own. */
  readonly claims?: true;
}

export interface Batch {
  readonly kind: PodKind;
  readonly count: number;
  /** Namespaces that they are spread over. */
  readonly namespaces?: readonly string[];
  /** They are not waited for. */
  readonly waits?: true;
}

export interface Load {
  readonly name: string;
  readonly threshold?: number;
  readonly nodes?: number;
  /** Labels of node `index`. */
  readonly zones?: readonly string[];
  /** How many of the nodes have a taint that nobody tolerates. */
  readonly tainted?: number;
  /** One node that takes every pod. */
  readonly oneBigNode?: true;
  readonly service?: { readonly namespace: string; readonly selector: { readonly [key: string]: string } };
  readonly before?: readonly Batch[];
  readonly measured: Batch;
  /** Created all along, one for about each 120 pods, as 5 a second are upstream. */
  readonly churn?: PodKind;
  /** A node, a service and a pod that fits nowhere come and go all along. */
  readonly mixedChurn?: true;
  /** Pods of `before` go all along. */
  readonly deletes?: true;
}

const range = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";
const SCHED = ["sched-0", "sched-1"];
const plain: PodKind = { cpu: "100m" };

function near(
  side: keyof Affinity & ("podAffinity" | "podAntiAffinity"),
  color: string,
  topologyKey: string,
  more: object,
) {
  const term = { labelSelector: { matchLabels: { color } }, topologyKey, ...more };
  return {
    required: colored(color, { [side]: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }),
    preferred: colored(color, {
      [side]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
    }),
  };
}

const colored = (color: string, affinity: Affinity): PodKind => ({
  cpu: "100m",
  labels: { color },
  spec: { affinity },
});

const inSched = { namespaces: SCHED };
const byTeam = { namespaceSelector: { matchLabels: { team: "devops" } } };
const antiGreen = near("podAntiAffinity", "green", HOST, inSched).required;
const nearBlue = near("podAffinity", "blue", ZONE, inSched).required;
const likesRed = near("podAffinity", "red", HOST, inSched).preferred;
const avoidsYellow = near("podAntiAffinity", "yellow", HOST, inSched).preferred;

const spread = (whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway"): PodKind => ({
  cpu: "100m",
  labels: { color: "blue" },
  spec: {
    topologySpreadConstraints: [
      { maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: { color: "blue" } } },
    ],
  },
});

const inZones: PodKind = {
  cpu: "100m",
  spec: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: ["zone1", "zone2"] }] }],
        },
      },
    },
  },
};

const toBigNode: PodKind = {
  spec: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["big"] }] }],
        },
      },
    },
  },
};

const honoringTaints: PodKind = {
  cpu: "100m",
  labels: { foo: "" },
  spec: {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: HOST,
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { foo: "" } },
        nodeTaintsPolicy: "Honor",
      },
    ],
  },
};

const low: PodKind = { cpu: "900m" };
const high: PodKind = { cpu: "3", spec: { priority: 10 } };
const fitsNowhere: PodKind = { cpu: "9", spec: { priority: 10 } };
const gated: PodKind = { spec: { schedulingGates: [{ name: "test.k8s.io/hold" }] } };
const secret: PodKind = { cpu: "100m", spec: { volumes: [{ name: "secret", secret: { secretName: "secret" } }] } };
const claiming: PodKind = { cpu: "100m", claims: true };

const MOONS = ["moon-1", "moon-2", "moon-3"];
const manyNamespaces = (per: number, kind: PodKind): Batch => ({
  kind,
  count: per * 100,
  namespaces: range("init-ns", 100),
});
const teamNear = (side: "podAffinity" | "podAntiAffinity", topologyKey: string) =>
  near(side, "green", topologyKey, byTeam);

export const LOADS: readonly Load[] = [
  {
    name: "SchedulingBasic 10000Pods",
    threshold: 680,
    before: [{ kind: plain, count: 1000 }],
    measured: { kind: plain, count: 10_000 },
  },
  {
    name: "SchedulingBasic 50000Pods",
    threshold: 810,
    before: [{ kind: plain, count: 5000 }],
    measured: { kind: plain, count: 50_000 },
  },
  {
    name: "SchedulingDaemonset 15000Nodes",
    threshold: 1100,
    nodes: 15_000,
    oneBigNode: true,
    measured: { kind: toBigNode, count: 30_000 },
  },
  {
    name: "PreemptionBasic 1000Nodes",
    nodes: 1000,
    before: [{ kind: low, count: 4000 }],
    measured: { kind: high, count: 1000 },
  },
  {
    name: "PreemptionAsync",
    threshold: 570,
    before: [{ kind: low, count: 20_000 }],
    churn: high,
    measured: { kind: plain, count: 5000 },
  },
  {
    name: "Unschedulable 100Init",
    threshold: 590,
    before: [{ kind: plain, count: 100 }],
    churn: fitsNowhere,
    measured: { kind: plain, count: 10_000 },
  },
  {
    name: "Unschedulable 20kInit",
    threshold: 600,
    before: [{ kind: plain, count: 20_000 }],
    churn: fitsNowhere,
    measured: { kind: plain, count: 10_000 },
  },
  { name: "SchedulingWithMixedChurn", threshold: 710, mixedChurn: true, measured: { kind: plain, count: 10_000 } },
  {
    name: "SchedulingWhileGated 10000GatedPods",
    threshold: 910,
    nodes: 0,
    oneBigNode: true,
    deletes: true,
    before: [
      { kind: gated, count: 10_000, waits: true },
      { kind: {}, count: 20_000 },
    ],
    measured: { kind: {}, count: 20_000 },
  },
  {
    name: "SchedulingPodAntiAffinity",
    threshold: 60,
    before: [{ kind: antiGreen, count: 1000, namespaces: ["sched-0"] }],
    measured: { kind: antiGreen, count: 2000, namespaces: ["sched-1"] },
  },
  {
    name: "SchedulingPodMatchingAntiAffinity",
    threshold: 595,
    before: [{ kind: antiGreen, count: 1000, namespaces: ["sched-0"] }],
    measured: { kind: { cpu: "100m", labels: { color: "green" } }, count: 5000, namespaces: ["sched-1"] },
  },
  {
    name: "SchedulingPodAffinity",
    threshold: 35,
    zones: ["zone1"],
    before: [{ kind: nearBlue, count: 5000, namespaces: ["sched-0"] }],
    measured: { kind: nearBlue, count: 5000, namespaces: ["sched-1"] },
  },
  {
    name: "SchedulingPreferredPodAffinity",
    threshold: 90,
    before: [{ kind: likesRed, count: 5000, namespaces: ["sched-0"] }],
    measured: { kind: likesRed, count: 5000, namespaces: ["sched-1"] },
  },
  {
    name: "SchedulingPreferredPodAntiAffinity",
    threshold: 90,
    before: [{ kind: avoidsYellow, count: 5000, namespaces: ["sched-0"] }],
    measured: { kind: avoidsYellow, count: 5000, namespaces: ["sched-1"] },
  },
  {
    name: "SchedulingNodeAffinity",
    threshold: 220,
    zones: ["zone1"],
    before: [{ kind: inZones, count: 5000 }],
    measured: { kind: inZones, count: 10_000 },
  },
  {
    name: "MixedSchedulingBasePod",
    threshold: 140,
    zones: ["zone1"],
    before: [plain, nearBlue, antiGreen, likesRed, avoidsYellow].map((kind) => ({
      kind,
      count: 2000,
      namespaces: ["sched-0"],
    })),
    measured: { kind: plain, count: 5000 },
  },
  {
    name: "SchedulingRequiredPodAntiAffinityWithNSSelector",
    threshold: 24,
    nodes: 6000,
    before: [manyNamespaces(40, teamNear("podAntiAffinity", HOST).required)],
    measured: { kind: teamNear("podAntiAffinity", HOST).required, count: 2000, namespaces: ["measure-ns-0"] },
  },
  {
    name: "SchedulingPreferredAntiAffinityWithNSSelector",
    threshold: 55,
    before: [manyNamespaces(40, teamNear("podAntiAffinity", HOST).preferred)],
    measured: { kind: teamNear("podAntiAffinity", HOST).preferred, count: 2000, namespaces: ["measure-ns-0"] },
  },
  {
    name: "SchedulingRequiredPodAffinityWithNSSelector",
    threshold: 35,
    zones: ["zone1"],
    before: [manyNamespaces(50, teamNear("podAffinity", ZONE).required)],
    measured: { kind: teamNear("podAffinity", ZONE).required, count: 2000, namespaces: ["measure-ns-0"] },
  },
  {
    name: "SchedulingPreferredAffinityWithNSSelector",
    threshold: 90,
    before: [manyNamespaces(50, teamNear("podAffinity", HOST).preferred)],
    measured: { kind: teamNear("podAffinity", HOST).preferred, count: 5000, namespaces: ["measure-ns-0"] },
  },
  {
    name: "SchedulingGatedPodsWithPodAffinity",
    threshold: 110,
    nodes: 0,
    oneBigNode: true,
    before: [{ kind: { ...gated, spec: { ...gated.spec, ...nearBlue.spec } }, count: 10_000, waits: true }],
    measured: { kind: { labels: { color: "blue" } }, count: 20_000 },
  },
  {
    name: "TopologySpreading",
    threshold: 460,
    zones: MOONS,
    before: [{ kind: plain, count: 5000 }],
    measured: { kind: spread("DoNotSchedule"), count: 5000 },
  },
  {
    name: "PreferredTopologySpreading",
    threshold: 340,
    zones: MOONS,
    before: [{ kind: plain, count: 5000 }],
    measured: { kind: spread("ScheduleAnyway"), count: 5000 },
  },
  {
    name: "DefaultTopologySpreading",
    threshold: 160,
    zones: MOONS,
    service: { namespace: "service-ns", selector: { app: "web" } },
    before: [{ kind: plain, count: 5000 }],
    measured: { kind: { cpu: "100m", labels: { app: "web" } }, count: 50_000, namespaces: ["service-ns"] },
  },
  {
    name: "SchedulingWithNodeInclusionPolicy",
    threshold: 270,
    tainted: 1000,
    measured: { kind: honoringTaints, count: 4000 },
  },
  {
    name: "SchedulingSecrets",
    threshold: 790,
    before: [{ kind: secret, count: 1000 }],
    measured: { kind: secret, count: 10_000 },
  },
  {
    name: "SchedulingCSIPVs",
    threshold: 100,
    before: [{ kind: claiming, count: 5000 }],
    measured: { kind: claiming, count: 5000 },
  },
];
