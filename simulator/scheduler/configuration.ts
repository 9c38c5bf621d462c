import type { Stored } from "../api/object.ts";
import type { ResourceRef } from "../api/refs.ts";
import type { NodeAffinity, PodDisruptionBudget, TopologySpreadConstraint } from "../api/schema/generated/types.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { CompleteConfiguration, CompleteProfile } from "./component-config/defaults.ts";
import { type Layout, layoutOf } from "./component-config/layout.ts";
import { loadConfiguration } from "./component-config/load.ts";
import type { PluginArgs, PluginWithArgs } from "./component-config/types.ts";
import { UPSTREAM_POINTS } from "./component-config/upstream-points.ts";
import type { PluginDefinition } from "./framework.ts";

/** A resource that a scoring strategy looks at. */
export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

export interface ShapePoint {
  /** 0..100. */
  readonly utilization: number;
  /** 0..10, as in KubeSchedulerConfiguration. */
  readonly score: number;
}

/** Models NodeResourcesFitArgs.scoringStrategy. */
export interface ScoringStrategy {
  readonly type: "LeastAllocated" | "MostAllocated" | "RequestedToCapacityRatio";
  readonly resources: readonly ResourceWeight[];
  /** Only for RequestedToCapacityRatio: utilization rising. */
  readonly shape?: readonly ShapePoint[];
}

/** One profile of a scheduler: what of KubeSchedulerConfiguration is carried out, with its defaults. */
export interface SchedulerOptions {
  readonly schedulerName: string;
  readonly plugins: readonly PluginDefinition[];
  /** Which plugins are asked where; undefined: each wherever it takes part. */
  readonly layout?: Layout;
  /** 0: adapts to the size of the cluster. */
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffMs: number;
  readonly podMaxBackoffMs: number;
  readonly scoringStrategy: ScoringStrategy;
  /** Extended resources that filters pass over, by name and by what stands before the slash. */
  readonly ignoredResources: readonly string[];
  readonly ignoredResourceGroups: readonly string[];
  readonly balancedResources: readonly ResourceWeight[];
  readonly hardPodAffinityWeight: number;
  /** Whether only pods with preferences of their own are scored by those of others. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
  /** What all pods demand and prefer of nodes beside what they say themselves. */
  readonly addedAffinity?: NodeAffinity;
  /** For pods that have no constraints of their own: the system's, or these. */
  readonly defaultConstraints: "system" | readonly TopologySpreadConstraint[];
  readonly bindTimeoutMs: number;
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
  /** The kind, where the cluster has it: preemption spares what a budget guards. */
  readonly disruptionBudgets?: ResourceRef<Stored<PodDisruptionBudget>>;
  /** How many pods' verdicts are kept. */
  readonly keptVerdicts: number;
}

const CPU_AND_MEMORY: readonly ResourceWeight[] = [
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
];

// Models pkg/scheduler/apis/config/v1 defaults
export const DEFAULT_OPTIONS: Omit<SchedulerOptions, "plugins"> = {
  schedulerName: "default-scheduler",
  percentageOfNodesToScore: 0,
  podInitialBackoffMs: 1_000,
  podMaxBackoffMs: 10_000,
  scoringStrategy: { type: "LeastAllocated", resources: CPU_AND_MEMORY },
  ignoredResources: [],
  ignoredResourceGroups: [],
  balancedResources: CPU_AND_MEMORY,
  hardPodAffinityWeight: 1,
  ignorePreferredTermsOfExistingPods: false,
  defaultConstraints: "system",
  bindTimeoutMs: 600_000,
  minCandidateNodesPercentage: 10,
  minCandidateNodesAbsolute: 100,
  keptVerdicts: 64,
};

function argsOf<Name extends PluginWithArgs>({ pluginConfig }: CompleteProfile, name: Name): PluginArgs[Name] {
  return (pluginConfig.find((one) => one.name === name)?.args ?? {}) as PluginArgs[Name];
}

function strategyOf({ scoringStrategy }: PluginArgs["NodeResourcesFit"]): ScoringStrategy {
  if (scoringStrategy === undefined) return DEFAULT_OPTIONS.scoringStrategy;
  const { type, resources, requestedToCapacityRatio } = scoringStrategy;
  return {
    type: type as ScoringStrategy["type"],
    resources: (resources ?? CPU_AND_MEMORY) as readonly ResourceWeight[],
    shape: requestedToCapacityRatio?.shape,
  };
}

/** What a profile's arguments come to; those that were not given have their defaults. */
function profileOptions(configuration: CompleteConfiguration, profile: CompleteProfile) {
  const fit = argsOf(profile, "NodeResourcesFit");
  const balanced = argsOf(profile, "NodeResourcesBalancedAllocation");
  const affinity = argsOf(profile, "InterPodAffinity");
  const spread = argsOf(profile, "PodTopologySpread");
  const preemption = argsOf(profile, "DefaultPreemption");
  const { bindTimeoutSeconds = 600 } = argsOf(profile, "VolumeBinding");
  return {
    ...DEFAULT_OPTIONS,
    schedulerName: profile.schedulerName ?? DEFAULT_OPTIONS.schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? configuration.percentageOfNodesToScore,
    podInitialBackoffMs: configuration.podInitialBackoffSeconds * 1_000,
    podMaxBackoffMs: configuration.podMaxBackoffSeconds * 1_000,
    scoringStrategy: strategyOf(fit),
    ignoredResources: fit.ignoredResources ?? [],
    ignoredResourceGroups: fit.ignoredResourceGroups ?? [],
    balancedResources: (balanced.resources ?? CPU_AND_MEMORY) as readonly ResourceWeight[],
    hardPodAffinityWeight: affinity.hardPodAffinityWeight ?? 1,
    ignorePreferredTermsOfExistingPods: affinity.ignorePreferredTermsOfExistingPods ?? false,
    addedAffinity: argsOf(profile, "NodeAffinity").addedAffinity,
    defaultConstraints: spread.defaultingType === "List" ? (spread.defaultConstraints ?? []) : ("system" as const),
    minCandidateNodesPercentage: preemption.minCandidateNodesPercentage ?? 10,
    minCandidateNodesAbsolute: preemption.minCandidateNodesAbsolute ?? 100,
    bindTimeoutMs: bindTimeoutSeconds * 1_000,
  };
}

/**
 * The profiles of a KubeSchedulerConfiguration: YAML or JSON text, the empty text for one default profile. The error is in
 * kube-scheduler's words. Plugins that upstream does not have take part wherever they have something to do.
 */
export function schedulerProfiles(
  text: string,
  plugins: readonly PluginDefinition[],
): Result<readonly SchedulerOptions[], string> {
  const standard = plugins.map(({ name, weight }) => (weight > 0 ? { name, weight } : { name }));
  const loaded = loadConfiguration(text, standard);
  if (!loaded.ok) return loaded;
  const names = new Set(plugins.map(({ name }) => name));
  const profiles: SchedulerOptions[] = [];
  for (const profile of loaded.value.profiles) {
    const layout = layoutOf(profile, {
      has: (name) => names.has(name),
      implements: (name, point) => UPSTREAM_POINTS[name]?.includes(point) ?? point !== "queueSort",
    });
    const who = profile.schedulerName ?? "";
    if (!layout.ok) {
      return fail(`initializing profiles: creating profile for scheduler name ${who}: ${layout.error}`);
    }
    profiles.push({ ...profileOptions(loaded.value, profile), plugins, layout: layout.value });
  }
  return ok(profiles);
}
