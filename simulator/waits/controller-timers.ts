import {
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  HORIZONTAL_POD_AUTOSCALERS,
  JOBS,
  NAMESPACES,
  PERSISTENT_VOLUME_CLAIMS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
} from "../api/refs.ts";

/** What it means that a controller has planned to look at an object again. */
export interface ControllerTimer {
  readonly resource: string;
  readonly controller: string;
  /** What the controller's keys of such objects begin with. */
  readonly prefixes: readonly string[];
  /** Undefined: only its retries after failures are worth telling. */
  readonly meaning: { readonly reason: string; readonly message: string } | undefined;
}

const OWN_KEY = [""];
const AVAILABLE = {
  reason: "MinReadySeconds",
  message: "Its ready pods count as available once they were so for minReadySeconds.",
};

/** The controllers whose timers are waits of objects, and what for. */
export const controllerTimers: readonly ControllerTimer[] = [
  { resource: DEPLOYMENTS.id, controller: "deployment-controller", prefixes: OWN_KEY, meaning: undefined },
  { resource: REPLICA_SETS.id, controller: "replicaset-controller", prefixes: OWN_KEY, meaning: AVAILABLE },
  { resource: STATEFUL_SETS.id, controller: "statefulset-controller", prefixes: OWN_KEY, meaning: AVAILABLE },
  { resource: DAEMON_SETS.id, controller: "daemonset-controller", prefixes: OWN_KEY, meaning: AVAILABLE },
  { resource: JOBS.id, controller: "job-controller", prefixes: OWN_KEY, meaning: undefined },
  {
    resource: JOBS.id,
    controller: "ttl-after-finished-controller",
    prefixes: OWN_KEY,
    meaning: { reason: "TimeToLive", message: "It has ended, and is deleted then (ttlSecondsAfterFinished)." },
  },
  {
    resource: CRON_JOBS.id,
    controller: "cronjob-controller",
    prefixes: ["", "changed:"],
    meaning: { reason: "NextRun", message: "Its schedule comes next then." },
  },
  {
    resource: HORIZONTAL_POD_AUTOSCALERS.id,
    controller: "horizontal-pod-autoscaler",
    prefixes: OWN_KEY,
    meaning: { reason: "NextSync", message: "Metrics are read again every 15 s." },
  },
  {
    resource: NAMESPACES.id,
    controller: "namespace-controller",
    prefixes: OWN_KEY,
    meaning: {
      reason: "NamespaceContent",
      message: "What is in it is being deleted; its controller looks again then.",
    },
  },
  {
    resource: SERVICES.id,
    controller: "service-lb-controller",
    prefixes: OWN_KEY,
    meaning: { reason: "LoadBalancer", message: "Its load balancer is being made." },
  },
  {
    resource: PERSISTENT_VOLUME_CLAIMS.id,
    controller: "persistentvolume-expander-controller",
    prefixes: OWN_KEY,
    meaning: { reason: "VolumeExpansion", message: "Its volume is being made larger." },
  },
];
