import type { Status } from "../../../api/errors.ts";
import { keyOf } from "../../../api/object.ts";
import { PODS, type Pod } from "../../../api/refs.ts";
import { withoutTracking } from "./controller-claim.ts";
import { dated, heldCondition, withCondition } from "./controller-conditions.ts";
import type { Look } from "./controller-look.ts";
import { indexOf, isPodFailed, isTracked, validIndexOf } from "./controller-pods.ts";
import { matchFailurePolicy } from "./controller-policies.ts";
import { countIndexes } from "./indexes.ts";
import { addIndexes, formatIndexes, hasIndex } from "./intervals.ts";

/** Pods that one look counts at most: so the status stays small. */
const MOST_UNCOUNTED = 500;

/** What is left to do of counting. */
interface Tally {
  /** Pods whose finalizers may go once the status holds them. */
  readonly leaving: readonly Pod[];
  readonly newIndexes: readonly number[];
  readonly isFull: boolean;
}

// Models pkg/controller/job trackJobStatusAndRemoveFinalizers
/**
 * Counts ended pods without counting any twice, wherever it is interrupted: their uids are written into the status,
 * then they lose the finalizer, then the counters grow. With the last one the job is over. Returns what was refused;
 * `saved` is called when the status has been written.
 */
export function trackStatus(look: Look, changed: boolean, saved: () => void): Status | undefined {
  const tracked = new Set(look.pods.filter(isTracked).map(({ metadata }) => metadata.uid));
  let dirty = countUntracked(look, tracked) || changed;
  const tally = takeEnded(look);
  const before = look.status;
  noteEnded(look, tally);
  dirty = dirty || look.status !== before;
  const indexes = look.isIndexed && noteIndexes(look, tally.newIndexes);
  dirty = noteTarget(look) || indexes || dirty;
  if (dirty) {
    const refused = look.flush();
    if (refused !== undefined) return refused;
    saved();
    dirty = false;
  }
  const failure = removeFinalizers(look, tally.leaving, tracked);
  if (countUntracked(look, tracked)) dirty = true;
  if (failure !== undefined) return (dirty ? look.flush() : undefined) ?? failure;
  const finished = !tally.isFull && finish(look);
  if (!dirty && !finished) return undefined;
  const refused = look.flush();
  if (refused === undefined && finished) recordFinish(look);
  return refused;
}

// Models pkg/controller/job cleanUncountedPodsWithoutFinalizers
/** Counts the uids of the status whose pods have lost their finalizers, or are gone. */
function countUntracked(look: Look, tracked: ReadonlySet<string>): boolean {
  const { uncountedTerminatedPods = {}, succeeded = 0, failed = 0 } = look.status;
  const { succeeded: done = [], failed: lost = [] } = uncountedTerminatedPods;
  const doneLeft = done.filter((uid) => tracked.has(uid));
  const lostLeft = lost.filter((uid) => tracked.has(uid));
  if (doneLeft.length === done.length && lostLeft.length === lost.length) return false;
  look.status = {
    ...look.status,
    succeeded: succeeded + done.length - doneLeft.length,
    failed: failed + lost.length - lostLeft.length,
    uncountedTerminatedPods: { succeeded: doneLeft, failed: lostLeft },
  };
  return true;
}

/** The pods to count and to let go at this look, in the order of their indexes where they have some. */
function takeEnded(look: Look): Tally & { readonly succeeded: readonly string[]; readonly failed: readonly string[] } {
  const { job, uncountedFailed, uncountedSucceeded } = look;
  const { succeeded: had = [], failed: hadFailed = [] } = look.status.uncountedTerminatedPods ?? {};
  const leaving: Pod[] = [];
  const newIndexes: number[] = [];
  const succeeded: string[] = [];
  const failed: string[] = [];
  const ends = look.verdict !== undefined && look.verdict.type !== "SuccessCriteriaMet";
  for (const pod of look.isIndexed ? byIndex(look.pods) : look.pods) {
    const failedPod = isPodFailed(pod, job);
    if (!isTracked(pod) || !mayLeave(look, pod, failedPod)) continue;
    leaving.push(pod);
    const { uid } = pod.metadata;
    const index = validIndexOf(pod, job);
    if (pod.status.phase === "Succeeded" && !uncountedFailed.has(uid)) {
      if (look.isIndexed) {
        if (index !== undefined && !hasIndex(look.previousIndexes, index)) newIndexes.push(index);
      } else if (!uncountedSucceeded.has(uid)) succeeded.push(uid);
    } else if (failedPod || ends) {
      // When the job ends badly, every pod that has not ended counts as failed.
      const isNew = !uncountedFailed.has(uid) && (!look.isIndexed || index !== undefined);
      if (isNew && matchFailurePolicy(job, pod).counts) failed.push(uid);
    }
    const total = newIndexes.length + had.length + succeeded.length + hadFailed.length + failed.length;
    if (total >= MOST_UNCOUNTED) return { leaving, newIndexes, succeeded, failed, isFull: true };
  }
  return { leaving, newIndexes, succeeded, failed, isFull: false };
}

function byIndex(pods: readonly Pod[]): readonly Pod[] {
  return [...pods].sort((a, b) => (indexOf(a) ?? -1) - (indexOf(b) ?? -1));
}

// Models pkg/controller/job canRemoveFinalizer
function mayLeave({ job, verdict, delayed, limitsIndexes }: Look, pod: Pod, failed: boolean): boolean {
  if (job.metadata.deletionTimestamp !== undefined || verdict !== undefined) return true;
  if (pod.status.phase === "Succeeded") return true;
  if (!failed || !limitsIndexes) return failed;
  const index = indexOf(pod);
  return index === undefined || delayed.get(index)?.metadata.uid !== pod.metadata.uid;
}

function noteEnded(look: Look, { succeeded, failed }: ReturnType<typeof takeEnded>): void {
  if (succeeded.length + failed.length === 0) return;
  const { succeeded: done = [], failed: lost = [] } = look.status.uncountedTerminatedPods ?? {};
  const uncountedTerminatedPods = { succeeded: [...done, ...succeeded], failed: [...lost, ...failed] };
  look.status = { ...look.status, uncountedTerminatedPods };
}

/** Indexes need no uids: an index that succeeded is never counted again. */
function noteIndexes(look: Look, newIndexes: readonly number[]): boolean {
  look.succeededIndexes = addIndexes(look.succeededIndexes, newIndexes);
  const completedIndexes = formatIndexes(look.succeededIndexes);
  const failedIndexes = look.failedIndexes && formatIndexes(look.failedIndexes);
  const { completedIndexes: hadCompleted = "", failedIndexes: hadFailed } = look.status;
  const changed = newIndexes.length > 0 || completedIndexes !== hadCompleted || failedIndexes !== hadFailed;
  const succeeded = countIndexes(look.succeededIndexes);
  look.status = { ...look.status, succeeded, completedIndexes, ...(failedIndexes !== undefined && { failedIndexes }) };
  return changed;
}

/** Writes down that the job is to end, before its pods are let go; what it ends with comes after them. */
function noteTarget(look: Look): boolean {
  const { verdict, status, context } = look;
  if (verdict?.type !== "FailureTarget" && verdict?.type !== "SuccessCriteriaMet") return false;
  look.verdict = { ...verdict, type: verdict.type === "FailureTarget" ? "Failed" : "Complete" };
  if (heldCondition(look, verdict.type) !== undefined) return false;
  look.status = { ...status, conditions: [...(status.conditions ?? []), dated(verdict, context.now)] };
  return true;
}

/** Lets pods go, and takes their uids out of `tracked`. */
function removeFinalizers(look: Look, leaving: readonly Pod[], tracked: Set<string>): Status | undefined {
  const { cache, client } = look.context;
  let failure: Status | undefined;
  for (const { metadata } of leaving) {
    const pod = cache.get(PODS, keyOf({ metadata }));
    if (pod !== undefined && pod.metadata.uid === metadata.uid && isTracked(pod)) {
      const written = client.update(PODS, withoutTracking(pod));
      if (!written.ok && written.error.code !== 404) {
        failure ??= written.error;
        continue;
      }
    }
    tracked.delete(metadata.uid);
  }
  return failure;
}

// Models pkg/controller/job enactJobFinished
/** Puts the final condition, when every pod is counted and has ended. */
function finish(look: Look): boolean {
  const { verdict, status, context } = look;
  if (verdict === undefined || look.terminating > 0) return false;
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0) return false;
  const had = status.conditions ?? [];
  const conditions = withCondition(had, verdict, context.now) ?? had;
  look.status = { ...status, conditions, ...(verdict.type === "Complete" && { completionTime: context.now }) };
  return true;
}

// Models pkg/controller/job recordJobFinished
function recordFinish({ verdict, job, context }: Look): void {
  if (verdict?.type !== "Complete") {
    const { reason = "", message = "" } = verdict ?? {};
    context.recordEvent(job, { type: "Warning", reason, message });
    return;
  }
  const { completions } = job.spec;
  if (completions !== undefined && (job.status.succeeded ?? 0) > completions) {
    const message = "Too many succeeded pods running after completion count reached";
    context.recordEvent(job, { type: "Warning", reason: "TooManySucceededPods", message });
  }
  context.recordEvent(job, { type: "Normal", reason: "Completed", message: "Job completed" });
}
