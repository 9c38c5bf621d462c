import type { NodeAffinity, TopologySpreadConstraint } from "../../api/schema/generated/types.ts";
import type { FieldTables } from "../../api/schema/schema.ts";

/** The group version that a scheduler's configuration is written in. */
export const CONFIG_VERSION = "kubescheduler.config.k8s.io/v1";

/** Where plugins are plugged in, by the names of a configuration, each with the name of its Go interface. */
export const EXTENSION_POINTS = {
  preFilter: "PreFilterPlugin",
  filter: "FilterPlugin",
  postFilter: "PostFilterPlugin",
  reserve: "ReservePlugin",
  preScore: "PreScorePlugin",
  score: "ScorePlugin",
  preBind: "PreBindPlugin",
  bind: "BindPlugin",
  postBind: "PostBindPlugin",
  permit: "PermitPlugin",
  preEnqueue: "PreEnqueuePlugin",
  queueSort: "QueueSortPlugin",
} as const;

export type ExtensionPoint = keyof typeof EXTENSION_POINTS;

export interface PluginEntry {
  readonly name: string;
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled?: readonly PluginEntry[];
  readonly disabled?: readonly PluginEntry[];
}

export type PluginSets = { readonly [Point in ExtensionPoint | "multiPoint"]?: PluginSet };

export interface ResourceSpec {
  readonly name: string;
  readonly weight?: number;
}

export interface UtilizationShapePoint {
  readonly utilization: number;
  readonly score: number;
}

export interface ScoringStrategySpec {
  readonly type?: string;
  readonly resources?: readonly ResourceSpec[];
  readonly requestedToCapacityRatio?: { readonly shape?: readonly UtilizationShapePoint[] };
}

/** Arguments of the plugins that take some, by plugin. Models kube-scheduler config/v1 types_pluginargs. */
export interface PluginArgs {
  readonly DefaultPreemption: {
    readonly minCandidateNodesPercentage?: number;
    readonly minCandidateNodesAbsolute?: number;
  };
  readonly InterPodAffinity: {
    readonly hardPodAffinityWeight?: number;
    readonly ignorePreferredTermsOfExistingPods?: boolean;
  };
  readonly NodeAffinity: { readonly addedAffinity?: NodeAffinity };
  readonly NodeResourcesBalancedAllocation: { readonly resources?: readonly ResourceSpec[] };
  readonly NodeResourcesFit: {
    readonly ignoredResources?: readonly string[];
    readonly ignoredResourceGroups?: readonly string[];
    readonly scoringStrategy?: ScoringStrategySpec;
  };
  readonly PodTopologySpread: {
    readonly defaultConstraints?: readonly TopologySpreadConstraint[];
    readonly defaultingType?: string;
  };
  readonly VolumeBinding: {
    readonly bindTimeoutSeconds?: number;
    readonly shape?: readonly UtilizationShapePoint[];
  };
  readonly DynamicResources: { readonly filterTimeout?: string; readonly bindingTimeout?: string };
}

export type PluginWithArgs = keyof PluginArgs;

export interface PluginConfig {
  readonly name: string;
  readonly args?: object;
}

export interface ProfileSpec {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: PluginSets;
  readonly pluginConfig?: readonly PluginConfig[];
}

/** Durations are as they are written, such as `15s`. */
export interface LeaderElectionSpec {
  readonly leaderElect?: boolean;
  readonly leaseDuration?: string;
  readonly renewDeadline?: string;
  readonly retryPeriod?: string;
  readonly resourceLock?: string;
  readonly resourceName?: string;
  readonly resourceNamespace?: string;
}

/** A KubeSchedulerConfiguration as it is written. What only a real process has is accepted and of no effect. */
export interface KubeSchedulerConfiguration {
  readonly parallelism?: number;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly profiles?: readonly ProfileSpec[];
  readonly extenders?: readonly object[];
  readonly leaderElection?: LeaderElectionSpec;
  readonly clientConnection?: { readonly burst?: number };
}

const TYPE_META = { apiVersion: "string", kind: "string" };

const POINTS = Object.fromEntries([...Object.keys(EXTENSION_POINTS), "multiPoint"].map((name) => [name, "PluginSet"]));

/** The fields of the configuration's types, in the words of the API's own tables. */
export const CONFIG_TYPES: FieldTables = {
  KubeSchedulerConfiguration: {
    ...TYPE_META,
    parallelism: "int32",
    leaderElection: "LeaderElectionConfiguration",
    clientConnection: "ClientConnectionConfiguration",
    enableProfiling: "boolean",
    enableContentionProfiling: "boolean",
    percentageOfNodesToScore: "int32",
    podInitialBackoffSeconds: "int64",
    podMaxBackoffSeconds: "int64",
    profiles: "[KubeSchedulerProfile]",
    extenders: "[Extender]",
    delayCacheUntilActive: "boolean",
  },
  LeaderElectionConfiguration: {
    leaderElect: "boolean",
    leaseDuration: "string",
    renewDeadline: "string",
    retryPeriod: "string",
    resourceLock: "string",
    resourceName: "string",
    resourceNamespace: "string",
  },
  ClientConnectionConfiguration: {
    kubeconfig: "string",
    acceptContentTypes: "string",
    contentType: "string",
    qps: "double",
    burst: "int32",
  },
  Extender: {
    urlPrefix: "string",
    filterVerb: "string",
    preemptVerb: "string",
    prioritizeVerb: "string",
    weight: "int64",
    bindVerb: "string",
    enableHTTPS: "boolean",
    tlsConfig: "any",
    httpTimeout: "string",
    nodeCacheCapable: "boolean",
    managedResources: "any",
    ignorable: "boolean",
  },
  KubeSchedulerProfile: {
    schedulerName: "string",
    percentageOfNodesToScore: "int32",
    plugins: "Plugins",
    pluginConfig: "[PluginConfig]",
  },
  Plugins: POINTS,
  PluginSet: { enabled: "[Plugin]", disabled: "[Plugin]" },
  Plugin: { name: "string", weight: "int32" },
  PluginConfig: { name: "string", args: "any" },
  DefaultPreemptionArgs: { ...TYPE_META, minCandidateNodesPercentage: "int32", minCandidateNodesAbsolute: "int32" },
  InterPodAffinityArgs: {
    ...TYPE_META,
    hardPodAffinityWeight: "int32",
    ignorePreferredTermsOfExistingPods: "boolean",
  },
  NodeAffinityArgs: { ...TYPE_META, addedAffinity: "NodeAffinity" },
  NodeResourcesBalancedAllocationArgs: { ...TYPE_META, resources: "[ResourceSpec]" },
  NodeResourcesFitArgs: {
    ...TYPE_META,
    ignoredResources: "[string]",
    ignoredResourceGroups: "[string]",
    scoringStrategy: "ScoringStrategy",
  },
  ScoringStrategy: {
    type: "string",
    resources: "[ResourceSpec]",
    requestedToCapacityRatio: "RequestedToCapacityRatioParam",
  },
  RequestedToCapacityRatioParam: { shape: "[UtilizationShapePoint]" },
  ResourceSpec: { name: "string", weight: "int64" },
  UtilizationShapePoint: { utilization: "int32", score: "int32" },
  PodTopologySpreadArgs: {
    ...TYPE_META,
    defaultConstraints: "[TopologySpreadConstraint]",
    defaultingType: "string",
  },
  VolumeBindingArgs: { ...TYPE_META, bindTimeoutSeconds: "int64", shape: "[UtilizationShapePoint]" },
  DynamicResourcesArgs: { ...TYPE_META, filterTimeout: "string", bindingTimeout: "string" },
};
