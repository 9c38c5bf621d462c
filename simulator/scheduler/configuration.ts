import type { Stored } from "../api/object.ts";
import type { ResourceRef } from "../api/refs.ts";
import type { PodDisruptionBudget } from "../api/schema/generated/types.ts";
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

/** What of KubeSchedulerConfiguration is carried out, with its defaults. */
export interface SchedulerOptions {
  readonly schedulerName: string;
  readonly plugins: readonly PluginDefinition[];
  /** 0: adapts to the size of the cluster. */
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffMs: number;
  readonly podMaxBackoffMs: number;
  readonly scoringStrategy: ScoringStrategy;
  readonly balancedResources: readonly ResourceWeight[];
  readonly hardPodAffinityWeight: number;
  /** False: pods without constraints of their own get none (defaultingType List with an empty list). */
  readonly systemDefaultSpreading: boolean;
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
  balancedResources: CPU_AND_MEMORY,
  hardPodAffinityWeight: 1,
  systemDefaultSpreading: true,
  minCandidateNodesPercentage: 10,
  minCandidateNodesAbsolute: 100,
  keptVerdicts: 64,
};
