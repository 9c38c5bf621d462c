import type { Status } from "../../../api/errors.ts";
import type { Pod } from "../../../api/refs.ts";
import {
  FAILED_BY_POLICY,
  failing,
  heldCondition,
  REACHED,
  type Verdict,
  withCondition,
} from "./controller-conditions.ts";
import { indexesOf, type Look } from "./controller-look.ts";
import { deleteActivePods, manageJob } from "./controller-manage.ts";
import { failureCount, finishedMs, ignoredCount, isPodFailed, isTracked, validIndexOf } from "./controller-pods.ts";
import { failJobMessage, failsItsIndex, matchSuccessPolicy } from "./controller-policies.ts";
import { trackStatus } from "./controller-track.ts";
import { countIndexes } from "./indexes.ts";
import { addIndexes, hasIndex, readIndexes } from "./intervals.ts";

const SUSPENDED: Verdict = { type: "Suspended", status: "True", reason: "JobSuspended", message: "Job suspended" };
const RESUMED: Verdict = { type: "Suspended", status: "False", reason: "JobResumed", message: "Job resumed" };

// Models pkg/controller/job syncJob
/** One look at a job that is not over: what was refused, if anything. `saved` is called when failures are on record. */
export function syncJob(look: Look, saved: () => void): Status | undefined {
  const { context, job } = look;
  if (job.status.startTime === undefined && !look.isSuspended) {
    look.status = { ...look.status, startTime: context.now };
  }
  look.verdict = earlierVerdict(look) ?? limitVerdict(look);
  if (look.isIndexed) countIndexed(look);
  const { active, failure, changed } = look.verdict === undefined ? carryOn(look) : windUp(look);
  const { ready, terminating } = look;
  const had = look.job.status;
  const differs = active !== (had.active ?? 0) || ready !== had.ready || terminating !== had.terminating;
  look.status = { ...look.status, active, ready, terminating };
  return trackStatus(look, changed || differs, saved) ?? failure;
}

/** What was decided at an earlier look, or by the failure policy now. */
function earlierVerdict({ job, pods }: Look): Verdict | undefined {
  const met = heldCondition(job, "SuccessCriteriaMet");
  if (met !== undefined) return { ...REACHED, reason: met.reason ?? "", message: met.message ?? "" };
  const target = heldCondition(job, "FailureTarget");
  if (target !== undefined) return failing(target.reason ?? "", target.message ?? "");
  const message = failJobMessage(job, pods);
  return message === undefined ? undefined : failing(FAILED_BY_POLICY, message);
}

function limitVerdict(look: Look): Verdict | undefined {
  const { job, context, failed, pods } = look;
  const { backoffLimit = 0, activeDeadlineSeconds } = job.spec;
  if (failed > backoffLimit || restartsExceed(look, pods)) {
    return failing("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  const { startTime } = look.status;
  if (activeDeadlineSeconds === undefined || startTime === undefined || look.isSuspended) return undefined;
  const leftMs = context.parseMs(startTime) + activeDeadlineSeconds * 1000 - context.nowMs;
  if (leftMs <= 0) return failing("DeadlineExceeded", "Job was active longer than specified deadline");
  look.lookAgainAfter(leftMs);
  return undefined;
}

// Models pkg/controller/job pastBackoffLimitOnFailure
/** Containers that are restarted in place count as well. */
function restartsExceed({ job }: Look, pods: readonly Pod[]): boolean {
  if (job.spec.template?.spec?.restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== "Running" && status.phase !== "Pending") continue;
    for (const { restartCount } of status.initContainerStatuses ?? []) restarts += restartCount;
    for (const { restartCount } of status.containerStatuses ?? []) restarts += restartCount;
  }
  const { backoffLimit = 0 } = job.spec;
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

/** Which indexes are done and which failed for good, and whether that ends the job. */
function countIndexed(look: Look): void {
  const { job, pods } = look;
  const { completions = 0, maxFailedIndexes, successPolicy } = job.spec;
  const newIndexes = (isEnd: (pod: Pod) => boolean) =>
    pods.flatMap((pod) => {
      const index = isTracked(pod) && isEnd(pod) ? validIndexOf(pod, job) : undefined;
      return index === undefined ? [] : [index];
    });
  look.previousIndexes = readIndexes(job.status.completedIndexes, completions);
  look.succeededIndexes = addIndexes(
    look.previousIndexes,
    newIndexes(({ status }) => status.phase === "Succeeded"),
  );
  look.succeeded = countIndexes(look.succeededIndexes);
  if (look.limitsIndexes) {
    const before = readIndexes(job.status.failedIndexes, completions);
    look.failedIndexes = addIndexes(
      before,
      newIndexes((pod) => failsItsIndex(job, pod)),
    );
    const failed = countIndexes(look.failedIndexes);
    if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
      const message = "Job has exceeded the specified maximal number of failed indexes";
      look.verdict ??= failing("MaxFailedIndexesExceeded", message);
    } else if (failed > 0 && failed + look.succeeded >= completions) {
      look.verdict ??= failing("FailedIndexes", "Job has failed indexes");
    }
    look.delayed = delayedPods(look);
  }
  const message = matchSuccessPolicy(successPolicy, completions, look.succeededIndexes);
  if (message !== undefined) look.verdict ??= { ...REACHED, reason: "SuccessPolicy", message };
}

// Models pkg/controller/job getPodsWithDelayedDeletionPerIndex
/** The last failed pod of each index that waits for a successor. */
function delayedPods(look: Look): ReadonlyMap<number, Pod> {
  const { job, pods, active, succeededIndexes, failedIndexes = [], context } = look;
  const activeIndexes = indexesOf(active);
  const endedMs = (pod: Pod) => finishedMs(pod, (time) => context.parseMs(time));
  const failures = (pod: Pod) => failureCount(pod) + ignoredCount(pod);
  const delayed = new Map<number, Pod>();
  for (const pod of pods) {
    const index = isTracked(pod) && isPodFailed(pod, job) ? validIndexOf(pod, job) : undefined;
    if (index === undefined || activeIndexes.has(index)) continue;
    if (hasIndex(succeededIndexes, index) || hasIndex(failedIndexes, index)) continue;
    const last = delayed.get(index);
    if (last === undefined || (failures(last) <= failures(pod) && endedMs(pod) >= endedMs(last))) {
      delayed.set(index, pod);
    }
  }
  return delayed;
}

interface Course {
  readonly active: number;
  readonly failure: Status | undefined;
  readonly changed: boolean;
}

/** The job is to end: its pods are deleted. */
function windUp(look: Look): Course {
  const { deleted, failure } = deleteActivePods(look);
  const active = look.active.length - deleted;
  // Not while pods are left that could not be deleted.
  if (active > 0) look.verdict = undefined;
  return { active, failure, changed: false };
}

function carryOn(look: Look): Course {
  const { job, succeeded } = look;
  const isManaged = job.metadata.deletionTimestamp === undefined;
  const { active, failure } = isManaged ? manageJob(look) : { active: look.active.length, failure: undefined };
  const { completions } = job.spec;
  const reached = completions === undefined ? succeeded > 0 : succeeded >= completions;
  if (reached && active === 0) look.verdict = REACHED;
  else if (isManaged) return { active, failure, changed: noteSuspension(look) };
  return { active, failure, changed: false };
}

/** Says whether the job is suspended; its time begins anew when it is resumed. */
function noteSuspension(look: Look): boolean {
  const { context, status, isSuspended, job } = look;
  const conditions = withCondition(status.conditions ?? [], isSuspended ? SUSPENDED : RESUMED, context.now);
  if (conditions === undefined) return false;
  look.status = { ...status, conditions, startTime: isSuspended ? undefined : context.now };
  const reason = isSuspended ? "Suspended" : "Resumed";
  context.recordEvent(job, { type: "Normal", reason, message: isSuspended ? "Job suspended" : "Job resumed" });
  return true;
}
