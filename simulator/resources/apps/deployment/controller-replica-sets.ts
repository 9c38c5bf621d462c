import { scaledIntOrPercent } from "../../../api/meta/intstr.ts";
import type { Deployment, ReplicaSet } from "../../../api/refs.ts";
import type { PodTemplateSpec } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";

// Models pkg/controller/deployment/util: sums, orders and limits that all strategies use.

export const HASH_LABEL = "pod-template-hash";
const MAX_INT32 = 2 ** 31 - 1;

/** The replica sets of a deployment: the one of its template, if there is one, and those of earlier templates. */
export interface ReplicaSets {
  readonly current: ReplicaSet | undefined;
  /** Oldest first. */
  readonly old: readonly ReplicaSet[];
}

export function allOf({ current, old }: ReplicaSets): readonly ReplicaSet[] {
  return current === undefined ? old : [...old, current];
}

/** Replicas that a replica set is asked for. */
export function sizeOf(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas ?? 1;
}

export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function totalSize(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + sizeOf(replicaSet), 0);
}

export function totalAvailable(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, { status }) => sum + (status.availableReplicas ?? 0), 0);
}

export function totalActual(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, { status }) => sum + status.replicas, 0);
}

export function active(replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return replicaSets.filter((replicaSet) => sizeOf(replicaSet) > 0);
}

/** Orders the oldest first; RFC 3339 texts in UTC sort as times. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const left = a.metadata;
  const right = b.metadata;
  if (left.creationTimestamp !== right.creationTimestamp) {
    return left.creationTimestamp < right.creationTimestamp ? -1 : 1;
  }
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type === "RollingUpdate";
}

export function hasProgressDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== MAX_INT32;
}

export function hasHistoryLimit({ spec }: Deployment): boolean {
  return spec.revisionHistoryLimit !== undefined && spec.revisionHistoryLimit !== MAX_INT32;
}

// Models pkg/controller/deployment/util ResolveFenceposts
/** How many pods a rolling update may have too many, and how many may be unavailable: never neither. */
function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { maxSurge = 0, maxUnavailable = 0 } = deployment.spec.strategy?.rollingUpdate ?? {};
  const replicas = desiredReplicas(deployment);
  const surge = scaledIntOrPercent(maxSurge, replicas, true);
  const unavailable = scaledIntOrPercent(maxUnavailable, replicas, false);
  if (!surge.ok || !unavailable.ok) return { surge: 0, unavailable: 0 };
  if (surge.value === 0 && unavailable.value === 0) return { surge: 0, unavailable: 1 };
  return { surge: surge.value, unavailable: unavailable.value };
}

export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

export function maxUnavailable(deployment: Deployment): number {
  const replicas = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, replicas);
}

// Models pkg/controller/deployment/util EqualIgnoreHash
/** Whether two templates make the same pods, whatever their hash labels. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  if (!equalJson(a?.spec, b?.spec)) return false;
  const { labels: leftLabels, ...left } = a?.metadata ?? {};
  const { labels: rightLabels, ...right } = b?.metadata ?? {};
  return equalJson(left, right) && equalJson(withoutHash(leftLabels), withoutHash(rightLabels));
}

function withoutHash(labels: { readonly [key: string]: string } = {}): { readonly [key: string]: string } {
  const { [HASH_LABEL]: _, ...others } = labels;
  return others;
}

// Models pkg/controller/deployment/util FindNewReplicaSet, FindOldReplicaSets
/** Tells the replica set of the deployment's template (the oldest, if there are several) from the others. */
export function splitByTemplate(deployment: Deployment, replicaSets: readonly ReplicaSet[]): ReplicaSets {
  const sorted = [...replicaSets].sort(byCreation);
  const current = sorted.find(({ spec }) => sameTemplate(spec.template, deployment.spec.template));
  return { current, old: sorted.filter((replicaSet) => replicaSet !== current) };
}

// Models pkg/controller/deployment/util FindActiveOrLatest
/** The only one with replicas, or the newest when none has any; undefined when several have. */
export function activeOrLatest(sets: ReplicaSets): ReplicaSet | undefined {
  const running = active(allOf(sets));
  if (running.length === 0) return sets.current ?? sets.old.at(-1);
  return running.length === 1 ? running[0] : undefined;
}

// Models pkg/controller/deployment/util NewRSNewReplicas
/** How many replicas the newest replica set, of `size` now, may have; `total` counts those of all, it included. */
export function newReplicaCount(deployment: Deployment, total: number, size: number): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const room = desired + maxSurge(deployment) - total;
  return room <= 0 ? size : size + Math.min(room, desired - size);
}
