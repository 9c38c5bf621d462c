import type { Deployment, ReplicaSet } from "../../../api/refs.ts";
import { desiredReplicas, maxSurge, sizeOf } from "./controller-replica-sets.ts";

// Models pkg/controller/deployment/util: what a deployment and its replica sets say to one another in annotations.

export const REVISION = "deployment.kubernetes.io/revision";
const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";
export const ROLLBACK_TO = "deprecated.deployment.rollback.to";
const MAX_HISTORY_LENGTH = 2000;

const NOT_COPIED = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
]);

export type Annotations = { readonly [key: string]: string };

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[-+]?[0-9]+$/.test(text) ? Number(text) : undefined;
}

/** A revision as text; undefined where it is no whole number of 64 bits. A number would round the large ones. */
export function readRevision(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[-+]?[0-9]+$/.test(text)) return undefined;
  const revision = BigInt(text.replace("+", ""));
  return BigInt.asIntN(64, revision) === revision ? revision : undefined;
}

/** The revision that an object shows; 0 where it shows none. */
export function revisionOf(object: { readonly metadata: { readonly annotations?: Annotations } }): bigint {
  return readRevision(object.metadata.annotations?.[REVISION]) ?? 0n;
}

export function maxRevision(replicaSets: readonly ReplicaSet[]): bigint {
  const last = [...replicaSets].sort(byRevision).at(-1);
  const revision = last === undefined ? 0n : revisionOf(last);
  return revision > 0n ? revision : 0n;
}

/** For sorting: the lower revision first. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [one, other] = [revisionOf(a), revisionOf(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Replicas that the deployment wanted when it last scaled the replica set. */
export function noticedReplicas(replicaSet: ReplicaSet): number | undefined {
  return integer(replicaSet.metadata.annotations?.[DESIRED_REPLICAS]);
}

/** Replicas that the deployment allowed at most when it last scaled the replica set. */
export function noticedMaxReplicas(replicaSet: ReplicaSet): number | undefined {
  return integer(replicaSet.metadata.annotations?.[MAX_REPLICAS]);
}

/** The annotations of a replica set that the deployment scales now. */
export function withReplicaCounts(annotations: Annotations | undefined, deployment: Deployment): Annotations {
  const desired = desiredReplicas(deployment);
  return {
    ...annotations,
    [DESIRED_REPLICAS]: String(desired),
    [MAX_REPLICAS]: String(desired + maxSurge(deployment)),
  };
}

/** The deployment's own annotations, without those that only mean something on one kind of object. */
export function copiedAnnotations(annotations: Annotations | undefined): Annotations {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)));
}

/** Annotations of a deployment that is rolled back: the replica set's, beside those that are never copied. */
export function rolledBackAnnotations(deployment: Deployment, replicaSet: ReplicaSet): Annotations {
  const kept = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => NOT_COPIED.has(key));
  return { ...Object.fromEntries(kept), ...copiedAnnotations(replicaSet.metadata.annotations) };
}

// Models pkg/controller/deployment/util SetNewReplicaSetAnnotations
/**
 * Annotations of the newest replica set: the deployment's, and the revision, which only grows. Serving again under a
 * new revision, it notes the old one.
 */
export function newestAnnotations(
  deployment: Deployment,
  present: Annotations | undefined,
  newRevision: bigint,
): Annotations {
  const annotations: Record<string, string> = { ...present, ...copiedAnnotations(deployment.metadata.annotations) };
  const oldText = present?.[REVISION];
  const oldRevision = oldText === undefined || oldText === "" ? 0n : readRevision(oldText);
  if (oldRevision === undefined || oldRevision >= newRevision) return annotations;
  annotations[REVISION] = String(newRevision);
  if (oldText !== undefined) {
    const history = longerHistory(present?.[REVISION_HISTORY], oldText);
    if (history !== undefined) annotations[REVISION_HISTORY] = history;
  }
  return annotations;
}

/** The list of revisions with one more; the oldest go when it becomes too long. */
function longerHistory(history: string | undefined, revision: string): string | undefined {
  if (!history) return revision;
  const revisions = [...history.split(","), revision];
  while (revisions.length > 1 && revisions.join(",").length > MAX_HISTORY_LENGTH) revisions.shift();
  const text = revisions.join(",");
  return text.length <= MAX_HISTORY_LENGTH ? text : undefined;
}

// Models pkg/controller/deployment/util IsSaturated
/** Whether a replica set has all that the deployment wants, and is known to. */
export function isSaturated(deployment: Deployment, replicaSet: ReplicaSet | undefined): boolean {
  if (replicaSet === undefined) return false;
  const desired = desiredReplicas(deployment);
  return (
    sizeOf(replicaSet) === desired &&
    noticedReplicas(replicaSet) === desired &&
    replicaSet.status.availableReplicas === desired
  );
}
