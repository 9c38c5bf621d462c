import type { KubeObject } from "../api/object.ts";
import {
  DAEMON_SETS,
  type DaemonSet,
  DEPLOYMENTS,
  type Deployment,
  JOBS,
  type Job,
  NODES,
  type Node,
  PERSISTENT_VOLUME_CLAIMS,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
  REPLICA_SETS,
  type ReplicaSet,
  STATEFUL_SETS,
  type StatefulSet,
} from "../api/refs.ts";
import type { Waiting } from "../controller-runtime/component.ts";

/** A wait that the object itself tells of, and who waits. */
export interface TellingWait extends Waiting {
  readonly by: string;
}

/** Virtual time of a time text. */
export type ParseMs = (time: string) => number;

type Teller = (object: KubeObject, parseMs: ParseMs) => readonly TellingWait[];

function teller<T extends KubeObject>(tell: (object: T, parseMs: ParseMs) => readonly TellingWait[]): Teller {
  return tell as unknown as Teller;
}

/** By resource: what the spec and the status of an object say that it waits for. */
const TELLERS: { readonly [resource: string]: Teller } = {
  [PODS.id]: teller<Pod>(podWaits),
  [DEPLOYMENTS.id]: teller<Deployment>(deploymentWaits),
  [REPLICA_SETS.id]: teller<ReplicaSet>(({ spec, status }) =>
    replicaWaits("replicaset-controller", spec.replicas ?? 1, status.readyReplicas),
  ),
  [STATEFUL_SETS.id]: teller<StatefulSet>(({ spec, status }) =>
    replicaWaits("statefulset-controller", spec.replicas ?? 1, status.readyReplicas),
  ),
  [DAEMON_SETS.id]: teller<DaemonSet>(({ status }) =>
    replicaWaits("daemonset-controller", status.desiredNumberScheduled ?? 0, status.numberReady),
  ),
  [JOBS.id]: teller<Job>(jobWaits),
  [NODES.id]: teller<Node>(nodeWaits),
  [PERSISTENT_VOLUME_CLAIMS.id]: teller<PersistentVolumeClaim>(claimWaits),
};

/** What an object's own fields say that it waits for. */
export function objectWaits(resource: string, object: KubeObject, parseMs: ParseMs): readonly TellingWait[] {
  return [...deletionWaits(resource, object, parseMs), ...(TELLERS[resource]?.(object, parseMs) ?? [])];
}

function deletionWaits(resource: string, { metadata }: KubeObject, parseMs: ParseMs): readonly TellingWait[] {
  const { deletionTimestamp, finalizers = [] } = metadata;
  if (deletionTimestamp === undefined) return [];
  const untilMs = parseMs(deletionTimestamp);
  if (finalizers.length > 0) {
    const message = `It is being deleted, and goes when nobody holds it any more: ${finalizers.join(", ")}.`;
    return [{ reason: "Finalizers", message, by: "kube-apiserver", sinceMs: untilMs }];
  }
  if (resource !== PODS.id) return [];
  const message =
    "It is being deleted: this is when its grace is over. Its kubelet takes it away once nothing of it runs.";
  return [{ reason: "Deletion", message, by: "kube-apiserver", untilMs }];
}

function podWaits({ spec, status }: Pod, parseMs: ParseMs): readonly TellingWait[] {
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds === undefined || status.startTime === undefined) return [];
  if (status.phase === "Succeeded" || status.phase === "Failed") return [];
  const untilMs = parseMs(status.startTime) + activeDeadlineSeconds * 1000;
  const message = `It may be active for ${activeDeadlineSeconds} s (activeDeadlineSeconds); it is failed then.`;
  return [{ reason: "ActiveDeadline", message, by: "kubelet", untilMs }];
}

// Models pkg/controller/deployment/util DeploymentTimedOut
function deploymentWaits({ spec, status }: Deployment, parseMs: ParseMs): readonly TellingWait[] {
  const by = "deployment-controller";
  const wanted = spec.replicas ?? 1;
  const isComplete = (status.updatedReplicas ?? 0) >= wanted && (status.availableReplicas ?? 0) >= wanted;
  if (spec.paused === true && !isComplete) {
    return [{ reason: "Paused", message: "Its rollout is paused (spec.paused): it goes on when it is resumed.", by }];
  }
  if (isComplete) return [];
  const left = `${status.availableReplicas ?? 0} of ${wanted} replicas are available, ${status.updatedReplicas ?? 0} up to date`;
  const progress = status.conditions?.find(({ type }) => type === "Progressing");
  const seconds = spec.progressDeadlineSeconds;
  const hasDeadline = progress?.status === "True" && progress.reason !== "NewReplicaSetAvailable";
  if (!hasDeadline || seconds === undefined || progress.lastUpdateTime === undefined) {
    return [{ reason: "Replicas", message: `${left}.`, by }];
  }
  const sinceMs = parseMs(progress.lastUpdateTime);
  const message = `${left}. If nothing gets on until then, its rollout has failed (progressDeadlineSeconds).`;
  return [{ reason: "ProgressDeadline", message, by, sinceMs, untilMs: sinceMs + seconds * 1000 }];
}

function replicaWaits(by: string, wanted: number, ready = 0): readonly TellingWait[] {
  return ready >= wanted ? [] : [{ reason: "Replicas", message: `${ready} of ${wanted} pods are ready.`, by }];
}

function jobWaits({ spec, status }: Job, parseMs: ParseMs): readonly TellingWait[] {
  const by = "job-controller";
  const isOver = status.conditions?.some(
    ({ type, status: value }) => (type === "Complete" || type === "Failed") && value === "True",
  );
  if (isOver === true) return [];
  if (spec.suspend === true) return [{ reason: "Suspended", message: "It is suspended (spec.suspend).", by }];
  const waits: TellingWait[] = [];
  const wanted = spec.completions ?? 1;
  const message = `${status.succeeded ?? 0} of ${wanted} pods have succeeded, ${status.failed ?? 0} failed.`;
  waits.push({ reason: "Completions", message, by });
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds !== undefined && status.startTime !== undefined) {
    const untilMs = parseMs(status.startTime) + activeDeadlineSeconds * 1000;
    const deadline = `It may be active for ${activeDeadlineSeconds} s (activeDeadlineSeconds); it has failed then.`;
    waits.push({ reason: "ActiveDeadline", message: deadline, by, untilMs });
  }
  return waits;
}

function nodeWaits({ status }: Node, parseMs: ParseMs): readonly TellingWait[] {
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined || ready.status === "True") return [];
  const sinceMs = ready.lastTransitionTime && { sinceMs: parseMs(ready.lastTransitionTime) };
  const by = ready.status === "Unknown" ? "node-lifecycle-controller" : "kubelet";
  return [{ reason: "Ready", message: ready.message ?? ready.reason ?? "", by, ...sinceMs }];
}

const SELECTED_NODE = "volume.kubernetes.io/selected-node";

function claimWaits({ metadata, spec, status }: PersistentVolumeClaim): readonly TellingWait[] {
  if (status.phase !== "Pending") return [];
  const by = "persistentvolume-binder-controller";
  const node = metadata.annotations?.[SELECTED_NODE];
  const place = node === undefined ? "" : ` at node ${node}`;
  const message = `A volume${place} that fits has to be there, or be made (storage class ${spec.storageClassName || "none"}).`;
  return [{ reason: "Volume", message, by }];
}
