import type { JsonObject, Simulation } from "../../../simulator/index.ts";

/** An object that was applied. */
export interface Applied {
  readonly kind: string;
  /** `namespace/name`. */
  readonly key: string;
}

interface Seen {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: JsonObject }[];
    readonly initContainerStatuses?: readonly { readonly name: string; readonly state?: JsonObject }[];
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
    readonly lastSuccessfulTime?: string;
  };
}

const COLLECTIONS: { readonly [kind: string]: string } = {
  Pod: "/api/v1/namespaces/{}/pods",
  ReplicationController: "/api/v1/namespaces/{}/replicationcontrollers",
  ReplicaSet: "/apis/apps/v1/namespaces/{}/replicasets",
  Deployment: "/apis/apps/v1/namespaces/{}/deployments",
  StatefulSet: "/apis/apps/v1/namespaces/{}/statefulsets",
  DaemonSet: "/apis/apps/v1/namespaces/{}/daemonsets",
  Job: "/apis/batch/v1/namespaces/{}/jobs",
  CronJob: "/apis/batch/v1/namespaces/{}/cronjobs",
};

export function isWorkload({ kind }: Applied): boolean {
  return kind in COLLECTIONS;
}

/** What a workload lacks to be ready (a Pod may have succeeded instead, a Job must be complete); undefined if nothing. */
export function whyNotReady(simulation: Simulation, { kind, key }: Applied): string | undefined {
  const [namespace = "", name = ""] = key.split("/");
  const path = `${COLLECTIONS[kind]?.replace("{}", namespace)}/${name}`;
  const lack = judge(kind, simulation.request({ method: "GET", path }).body as Seen);
  return lack === undefined ? undefined : `${kind} ${key}: ${lack}`;
}

function judge(kind: string, { metadata, spec, status = {} }: Seen): string | undefined {
  const holds = (type: string) => status.conditions?.some((each) => each.type === type && each.status === "True");
  const counted = (ready: number | undefined, wanted: number) =>
    (ready ?? 0) >= wanted ? undefined : `${ready ?? 0} of ${wanted} ready`;
  switch (kind) {
    case "Pod":
      return holds("Ready") || status.phase === "Succeeded" ? undefined : podState(status);
    case "Job":
      return holds("Complete") ? undefined : JSON.stringify(status);
    case "CronJob":
      return status.lastSuccessfulTime === undefined ? "no job has succeeded" : undefined;
    case "DaemonSet":
      return status.observedGeneration !== metadata?.generation
        ? "not looked at yet"
        : counted(status.numberReady, status.desiredNumberScheduled ?? 0);
    default:
      return counted(status.readyReplicas, spec?.replicas ?? 1);
  }
}

function podState(status: NonNullable<Seen["status"]>): string {
  const unmet = status.conditions?.filter((each) => each.status !== "True").map((each) => each.message ?? each.type);
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const states = containers.map(({ name, state }) => `${name} ${JSON.stringify(state)}`);
  return [status.phase, ...(unmet ?? []), ...states].join("; ");
}
