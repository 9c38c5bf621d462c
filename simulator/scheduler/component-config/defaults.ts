import type {
  KubeSchedulerConfiguration,
  PluginArgs,
  PluginConfig,
  PluginEntry,
  PluginSet,
  PluginSets,
  PluginWithArgs,
  ProfileSpec,
  ResourceSpec,
} from "./types.ts";
import { EXTENSION_POINTS } from "./types.ts";

/** A configuration with all that it leaves open filled in. */
export interface CompleteConfiguration extends KubeSchedulerConfiguration {
  readonly parallelism: number;
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  readonly profiles: readonly CompleteProfile[];
}

export interface CompleteProfile extends ProfileSpec {
  readonly plugins: PluginSets;
  readonly pluginConfig: readonly PluginConfig[];
}

const CPU_AND_MEMORY: readonly ResourceSpec[] = [
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
];

function weighted(resources: readonly ResourceSpec[] | undefined): readonly ResourceSpec[] {
  if (resources === undefined || resources.length === 0) return CPU_AND_MEMORY;
  return resources.map((resource) => ({ ...resource, weight: resource.weight || 1 }));
}

/** How the arguments of each plugin that has some are completed. Models apis/config/v1 defaults.go. */
export const ARGS_DEFAULTS: { readonly [Name in PluginWithArgs]: (args: PluginArgs[Name]) => PluginArgs[Name] } = {
  DefaultPreemption: (args) => ({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100, ...args }),
  InterPodAffinity: (args) => ({ hardPodAffinityWeight: 1, ...args }),
  NodeAffinity: (args) => args,
  NodeResourcesBalancedAllocation: (args) => ({ ...args, resources: weighted(args.resources) }),
  NodeResourcesFit: (args) => {
    const strategy = args.scoringStrategy ?? { type: "LeastAllocated" };
    return { ...args, scoringStrategy: { ...strategy, resources: weighted(strategy.resources) } };
  },
  PodTopologySpread: (args) => ({ ...args, defaultingType: args.defaultingType || "System" }),
  VolumeBinding: (args) => ({ bindTimeoutSeconds: 600, ...args }),
  DynamicResources: (args) => args,
};

export function takesArgs(name: string): name is PluginWithArgs {
  return Object.hasOwn(ARGS_DEFAULTS, name);
}

/** The arguments of one plugin, completed. */
export function completeArgs(name: PluginWithArgs, args: object): object {
  return (ARGS_DEFAULTS[name] as (args: object) => object)(args);
}

/** Default plugins of one point, changed by what the configuration says of it. Models mergePluginSet. */
export function mergePluginSet(standard: PluginSet | undefined, custom: PluginSet | undefined): PluginSet {
  const own = custom?.enabled ?? [];
  const disabled = [...(custom?.disabled ?? []), ...(standard?.disabled ?? [])].map(({ name }) => ({ name }));
  const isOff = new Set(disabled.map(({ name }) => name));
  const byName = new Map(own.map((entry, at) => [entry.name, { entry, at }]));
  const replaced = new Set<number>();
  const kept: PluginEntry[] = [];
  if (!isOff.has("*")) {
    for (const entry of standard?.enabled ?? []) {
      if (isOff.has(entry.name)) continue;
      const changed = byName.get(entry.name);
      if (changed !== undefined) replaced.add(changed.at);
      kept.push(changed?.entry ?? entry);
    }
  }
  return { enabled: [...kept, ...own.filter((_, at) => !replaced.has(at))], disabled };
}

function completePlugins(custom: PluginSets | undefined, standard: readonly PluginEntry[]): PluginSets {
  const points = Object.keys(EXTENSION_POINTS) as (keyof typeof EXTENSION_POINTS)[];
  return {
    ...Object.fromEntries(points.map((point) => [point, mergePluginSet(undefined, custom?.[point])])),
    multiPoint: mergePluginSet({ enabled: standard }, custom?.multiPoint),
  };
}

/** All that a configuration leaves open. `standard`: the default plugins with their weights. */
export function complete(
  configuration: KubeSchedulerConfiguration,
  standard: readonly PluginEntry[],
): CompleteConfiguration {
  const { profiles = [] } = configuration;
  const written: readonly ProfileSpec[] = profiles.length === 0 ? [{}] : profiles;
  return {
    ...configuration,
    parallelism: configuration.parallelism ?? 16,
    percentageOfNodesToScore: configuration.percentageOfNodesToScore ?? 0,
    podInitialBackoffSeconds: configuration.podInitialBackoffSeconds ?? 1,
    podMaxBackoffSeconds: configuration.podMaxBackoffSeconds ?? 10,
    profiles: written.map((profile) => ({
      ...profile,
      // With several profiles each must say its name.
      ...(written.length === 1 && { schedulerName: profile.schedulerName ?? "default-scheduler" }),
      plugins: completePlugins(profile.plugins, standard),
      pluginConfig: (profile.pluginConfig ?? []).map(({ name, args }) => ({
        name,
        args: takesArgs(name) ? completeArgs(name, args ?? {}) : args,
      })),
    })),
  };
}
