import type { NodeGroup } from "./api/refs.ts";

/** What a cluster is made of. With the inputs of the journal it is the whole run. */
export interface ClusterOptions {
  readonly seed: number;
  /** Epoch milliseconds that virtual 0 stands for. */
  readonly startEpochMs: number;
  /** Workers beside the one control-plane node. */
  readonly workers: number;
  /** Groups of machines of other shapes that it begins with; more come and go through the API. */
  readonly nodeGroups: readonly { readonly name: string; readonly spec: NodeGroup["spec"] }[];
  /** Whether it begins with storage classes, as clusters for learners do: `standard`, the default one, and `network-disk`. */
  readonly storageClasses: boolean;
  /** Whether kube-proxy comes from a DaemonSet, as kubeadm sets it up; otherwise each machine has it as a static pod. */
  readonly proxyDaemonSet: boolean;
  /** Whether somebody gives addresses to services of type LoadBalancer, as a cloud does. */
  readonly loadBalancers: boolean;
  /** Whether the metrics server is installed: `kubectl top`, and what autoscalers look at. */
  readonly metricsServer: boolean;
  /**
   * Whether somebody at the edge runs shell scripts: time then stands still now and then until a command is answered (see
   * simulator/shell). Without, containers whose scripts can't be read run until they are stopped.
   */
  readonly shells: boolean;
  /** The scheduler's KubeSchedulerConfiguration, YAML or JSON; the empty text for kube-scheduler's own defaults. */
  readonly schedulerConfiguration: string;
  /** How long an Event lives after its last write, as the API server's --event-ttl. */
  readonly eventTtlMs: number;
}

/** Thursday, 1 January 2026: any fixed day will do, and runs stay comparable. */
const DEFAULT_START_EPOCH_MS = 1_767_225_600_000;

export const DEFAULT_OPTIONS: ClusterOptions = {
  seed: 1,
  startEpochMs: DEFAULT_START_EPOCH_MS,
  workers: 3,
  nodeGroups: [],
  storageClasses: false,
  shells: false,
  proxyDaemonSet: false,
  loadBalancers: false,
  metricsServer: false,
  schedulerConfiguration: "",
  eventTtlMs: 3_600_000,
};
