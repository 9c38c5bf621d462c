import { controllerOf } from "../../../api/object.ts";
import type { Job, Pod } from "../../../api/refs.ts";
import { type ParseMs, readyCondition } from "../../../controllers/shared/pods.ts";

// Models pkg/controller/job tracking_utils.go and indexed_job_utils.go: what a pod says about its job.

export const TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking";
export const INDEX_KEY = "batch.kubernetes.io/job-completion-index";
export const FAILURE_COUNT = "batch.kubernetes.io/job-index-failure-count";
export const IGNORED_COUNT = "batch.kubernetes.io/job-index-ignored-failure-count";
const MAX_INT32 = 2 ** 31 - 1;

/** Not yet counted in its job's status: its finalizer keeps it until it is. */
export function isTracked({ metadata }: Pod): boolean {
  return metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
}

export function isOwnedBy(pod: Pod, { metadata }: Job): boolean {
  return controllerOf(pod)?.uid === metadata.uid;
}

/** The completion index of a pod; undefined where it has none that can be read. */
export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[INDEX_KEY];
  if (text === undefined || !/^\+?[0-9]+$/.test(text)) return undefined;
  return Number(text);
}

/** The index of a pod where it is one of the job's. */
export function validIndexOf(pod: Pod, { spec }: Job): number | undefined {
  const index = indexOf(pod);
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined;
}

// Models pkg/controller/job onlyReplaceFailedPods
export function replacesFailedOnly({ spec }: Job): boolean {
  return spec.podReplacementPolicy === "Failed" || spec.podFailurePolicy !== undefined;
}

/** Failed, or on its way out and taken as failed, unless the job waits for the end of such pods. */
export function isPodFailed({ metadata, status }: Pod, job: Job): boolean {
  if (status.phase === "Failed") return true;
  if (replacesFailedOnly(job)) return false;
  return metadata.deletionTimestamp !== undefined && status.phase !== "Succeeded";
}

export function failureCount({ metadata }: Pod): number {
  return count(metadata.annotations?.[FAILURE_COUNT]);
}

/** Failures that the failure policy forgave. */
export function ignoredCount({ metadata }: Pod): number {
  return count(metadata.annotations?.[IGNORED_COUNT]);
}

function count(text: string | undefined): number {
  const value = text !== undefined && /^\+?[0-9]+$/.test(text) ? Number(text) : 0;
  return value > MAX_INT32 ? 0 : value;
}

// Models pkg/controller/job getFinishedTime
/** When a pod ended, in virtual milliseconds; of one that is being deleted, when that began. */
export function finishedMs(pod: Pod, parseMs: ParseMs): number {
  const { metadata, status } = pod;
  const ends = (status.containerStatuses ?? []).map(({ state }) => state?.terminated?.finishedAt);
  const known = ends.filter((time) => time !== undefined);
  if (ends.length > 0 && known.length === ends.length) return Math.max(...known.map((time) => parseMs(time)));
  const ready = readyCondition(pod);
  if (ready?.status === "False" && ready.lastTransitionTime) return parseMs(ready.lastTransitionTime);
  if (metadata.deletionTimestamp !== undefined) {
    return parseMs(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  }
  return parseMs(metadata.creationTimestamp);
}

// Models pkg/controller ActivePods.Less
/** Negative when `a` is to be removed before `b`. */
export function compareForRemoval(a: Pod, b: Pod): number {
  const ranks = (pod: Pod): readonly number[] => {
    const { phase } = pod.status;
    return [
      pod.spec.nodeName ? 1 : 0,
      phase === "Pending" ? 0 : phase === "Unknown" ? 1 : 2,
      readyCondition(pod)?.status === "True" ? 1 : 0,
    ];
  };
  const [left, right] = [ranks(a), ranks(b)];
  for (const [at, rank] of left.entries()) if (rank !== right[at]) return rank - (right[at] ?? 0);
  const [readyA, readyB] = [readyCondition(a), readyCondition(b)];
  const bothReady = readyA?.status === "True" && readyB?.status === "True";
  if (bothReady && readyA.lastTransitionTime !== readyB.lastTransitionTime) {
    return newerFirst(readyA.lastTransitionTime ?? "", readyB.lastTransitionTime ?? "");
  }
  const restarts = mostRestarts(b) - mostRestarts(a);
  return restarts === 0 ? newerFirst(a.metadata.creationTimestamp, b.metadata.creationTimestamp) : restarts;
}

/** RFC 3339 texts of one form sort as they are; no time at all counts as the newest. */
function newerFirst(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? -1 : 1;
  return a > b ? -1 : 1;
}

function mostRestarts({ status }: Pod): number {
  return (status.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
}
