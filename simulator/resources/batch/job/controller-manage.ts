import type { Status } from "../../../api/errors.ts";
import { keyOf } from "../../../api/object.ts";
import { type Job, PODS, type Pod } from "../../../api/refs.ts";
import { isNamespaceTerminating } from "../../../controllers/shared/history.ts";
import { isPodReady } from "../../../controllers/shared/pods.ts";
import { remainingMs, remainingOfIndexMs } from "./controller-backoff.ts";
import { withoutTracking } from "./controller-claim.ts";
import { indexesOf, isPodTerminating, type Look } from "./controller-look.ts";
import { compareForRemoval, indexOf, isTracked, replacesFailedOnly } from "./controller-pods.ts";
import { indexedTemplate, podOf } from "./controller-template.ts";
import { addIndexes, mergeIndexes, missingIndexes } from "./intervals.ts";

/** Pods that one look makes or deletes at most. */
export const MOST_A_LOOK = 500;
/** The least that a look for back-off is put off. */
const BATCH_MS = 1000;

export interface Managed {
  /** How many pods are active now. */
  readonly active: number;
  readonly failure?: Status;
}

// Models pkg/controller/job manageJob
/** Makes the pods that are missing, or deletes those too many; never both at one look. */
export function manageJob(look: Look): Managed {
  const { job, active } = look;
  if (look.isSuspended) return remove(look, podsForRemoval(look, active.length));
  const wanted = wantedActive(look);
  const surplus = podsForRemoval(look, Math.max(0, active.length - wanted)).slice(0, MOST_A_LOOK);
  if (surplus.length > 0) return remove(look, surplus);
  const ending = replacesFailedOnly(job) ? look.terminating : 0;
  const missing = Math.min(wanted - ending - active.length, MOST_A_LOOK);
  return missing > 0 ? create(look, missing) : { active: active.length };
}

function wantedActive({ job, succeeded, active }: Look): number {
  const { parallelism = 1, completions } = job.spec;
  // Without a number to reach, the first success ends the making of pods.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

// Models pkg/controller/job deleteJobPods
/** Deletes pods that shall not count: they lose the finalizer first. */
function remove(look: Look, pods: readonly Pod[]): Managed {
  const { client } = look.context;
  let [removed, failure] = [0, undefined as Status | undefined];
  for (const pod of pods) {
    const untracked = isTracked(pod) ? client.update(PODS, withoutTracking(pod)) : undefined;
    const refused = untracked?.ok === false ? untracked.error : deletePod(look, pod);
    if (refused !== undefined && refused.code !== 404) failure ??= refused;
    else removed++;
    if (isPodReady(pod) && untracked?.ok !== false) look.ready--;
  }
  look.terminating += removed;
  return { active: look.active.length - removed, failure };
}

// Models pkg/controller/job deleteActivePods
/** Deletes the pods of a job that ends; they count as ended. */
export function deleteActivePods(look: Look): { readonly deleted: number; readonly failure: Status | undefined } {
  let [deleted, failure] = [0, undefined as Status | undefined];
  for (const pod of look.active) {
    const refused = deletePod(look, pod);
    if (refused !== undefined && refused.code !== 404) failure ??= refused;
    else deleted++;
    if (isPodReady(pod)) look.ready--;
  }
  look.terminating += deleted;
  return { deleted, failure };
}

// Models pkg/controller RealPodControl.DeletePod
function deletePod({ context, job }: Look, pod: Pod): Status | undefined {
  const deleted = context.client.delete(PODS, keyOf(pod), { uid: pod.metadata.uid });
  if (deleted.ok) {
    const message = `Deleted pod: ${pod.metadata.name}`;
    context.recordEvent(job, { type: "Normal", reason: "SuccessfulDelete", message });
    return undefined;
  }
  if (deleted.error.code === 404) return deleted.error;
  const message = `Error deleting: ${deleted.error.message}`;
  context.recordEvent(job, { type: "Warning", reason: "FailedDelete", message });
  return deleted.error;
}

function create(look: Look, missing: number): Managed {
  const { context, record } = look;
  const backoffMs = look.limitsIndexes ? 0 : remainingMs(record, context.nowMs);
  if (backoffMs > 0) return waiting(look, backoffMs);
  if (!look.isIndexed) return createPods(look, new Array(missing).fill(undefined));
  const pending = firstPending(look, missing);
  if (!look.limitsIndexes) return createPods(look, pending);
  const waits = pending.map((index) => {
    return remainingOfIndexMs(look.delayed.get(index), context.nowMs, (time) => context.parseMs(time));
  });
  const now = pending.filter((_, at) => waits[at] === 0);
  return now.length === 0 && waits.length > 0 ? waiting(look, Math.min(...waits)) : createPods(look, now);
}

/** Nothing is made yet; what runs goes on. */
function waiting(look: Look, ms: number): Managed {
  look.lookAgainAfter(Math.max(BATCH_MS, ms));
  return { active: look.active.length };
}

// Models pkg/controller/job firstPendingIndexes
function firstPending(look: Look, count: number): readonly number[] {
  const { job, active, pods, succeededIndexes, failedIndexes = [] } = look;
  const ending = replacesFailedOnly(job) ? indexesOf(pods.filter(isPodTerminating)) : [];
  const taken = addIndexes(succeededIndexes, [...indexesOf(active), ...ending]);
  return missingIndexes(mergeIndexes(taken, failedIndexes), count, job.spec.completions ?? 0);
}

/** Makes 1 pod, then 2, 4, 8…, so that what the API refuses is not asked for by the hundred. */
function createPods(look: Look, indexes: readonly (number | undefined)[]): Managed {
  const template = indexedTemplate(look.job);
  let [active, failure] = [look.active.length, undefined as Status | undefined];
  let made = 0;
  for (let batch = 1; made < indexes.length && failure === undefined; batch *= 2) {
    const end = Math.min(made + batch, indexes.length);
    for (; made < end; made++) {
      const refused = createPod(look, template, indexes[made]);
      if (refused === undefined) active++;
      else failure ??= refused;
    }
  }
  return { active, failure };
}

function createPod(look: Look, template: NonNullable<Job["spec"]["template"]>, index?: number): Status | undefined {
  const { context, job } = look;
  const created = context.client.create(PODS, podOf(job, template, index, look.delayed));
  if (created.ok) {
    const message = `Created pod: ${created.value.metadata.name}`;
    context.recordEvent(job, { type: "Normal", reason: "SuccessfulCreate", message });
    return undefined;
  }
  if (isNamespaceTerminating(created.error)) return undefined;
  const message = `Error creating: ${created.error.message}`;
  context.recordEvent(job, { type: "Warning", reason: "FailedCreate", message });
  return created.error;
}

// Models pkg/controller/job activePodsForRemoval
/** At least so many pods; of an indexed job also those without an index of its own, and all but one of each index. */
function podsForRemoval({ job, active, isIndexed }: Look, atLeast: number): readonly Pod[] {
  const surplus: Pod[] = [];
  let left = [...active];
  if (isIndexed) {
    const byIndex = new Map<number, Pod[]>();
    for (const pod of active) {
      const index = indexOf(pod);
      if (index === undefined || index >= (job.spec.completions ?? 0)) surplus.push(pod);
      else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
    }
    left = [];
    for (const pods of byIndex.values()) {
      pods.sort(compareForRemoval);
      surplus.push(...pods.slice(0, -1));
      left.push(...pods.slice(-1));
    }
  }
  if (surplus.length >= atLeast) return surplus;
  left.sort(compareForRemoval);
  return [...surplus, ...left.slice(0, atLeast - surplus.length)];
}
