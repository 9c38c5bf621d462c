import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  omitValue,
  required,
} from "../../../api/meta/field-error.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import { timeOf } from "../../../api/meta/time.ts";
import type { Job } from "../../../api/refs.ts";
import { commonIndex, parseIndexes } from "./indexes.ts";

const CONDITIONS = "status.conditions";

const holds = ({ status }: Job, type: string): boolean =>
  status.conditions?.some((one) => one.type === type && one.status === "True") === true;

// Models pkg/apis/batch/validation ValidateJobStatusUpdate, with all its options on
export function validateJobStatusUpdate(object: Job, old: Job): readonly FieldError[] {
  return [
    ...validateCounts(object),
    ...validateUncounted(object),
    ...validateEnd(object),
    ...validateTimes(object),
    ...validateIndexes(object),
    ...validateSuccess(object),
    ...validateChange(object, old),
  ];
}

function validateCounts({ status }: Job): readonly FieldError[] {
  const { active = 0, succeeded = 0, failed = 0, ready = 0, terminating = 0 } = status;
  const errors = Object.entries({ active, succeeded, failed, ready, terminating }).flatMap(([name, count]) =>
    validateNonNegative(count, child("status", name)),
  );
  if (ready <= active) return errors;
  return [...errors, invalid("status.ready", ready, "cannot set more ready pods than active")];
}

function validateUncounted({ status }: Job): readonly FieldError[] {
  const path = "status.uncountedTerminatedPods";
  const check = (uids: readonly string[], field: string) =>
    uids.flatMap((uid, at) => {
      const here = index(child(path, field), at);
      const seen = [
        ...(field === "failed" ? (status.uncountedTerminatedPods?.succeeded ?? []) : []),
        ...uids.slice(0, at),
      ];
      if (uid === "") return [invalid(here, uid, "must not be empty")];
      return seen.includes(uid) ? [duplicate(here, uid)] : [];
    });
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  return [...check(succeeded, "succeeded"), ...check(failed, "failed")];
}

/** What an ended job may not have, or must have. */
function validateEnd(job: Job): readonly FieldError[] {
  const { active = 0, terminating = 0, uncountedTerminatedPods: uncounted, startTime } = job.status;
  const complete = holds(job, "Complete");
  const failed = holds(job, "Failed");
  const target = holds(job, "FailureTarget");
  const errors: FieldError[] = [];
  const refuse = (text: string) => errors.push(invalid(CONDITIONS, omitValue, text));
  if (complete && failed) refuse("cannot set Complete=True and Failed=true conditions");
  if (complete && target) refuse("cannot set Complete=True and FailureTarget=true conditions");
  if (failed && !target) refuse("cannot set Failed=True condition without the FailureTarget=true condition");
  if (complete && !holds(job, "SuccessCriteriaMet")) {
    refuse("cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
  }
  if (!complete && !failed) return errors;
  if (active > 0) errors.push(invalid("status.active", active, "active>0 is invalid for finished job"));
  if (startTime === undefined) errors.push(required("status.startTime", "startTime is required for finished job"));
  if (uncounted?.succeeded?.length || uncounted?.failed?.length) {
    const printed = { Succeeded: uncounted.succeeded ?? null, Failed: uncounted.failed ?? null };
    errors.push(invalid("status.uncountedTerminatedPods", printed, "must be empty for finished job"));
  }
  if (terminating > 0) {
    errors.push(invalid("status.terminating", terminating, "terminating>0 is invalid for finished job"));
  }
  return errors;
}

function validateTimes(job: Job): readonly FieldError[] {
  const { startTime, completionTime } = job.status;
  const path = "status.completionTime";
  const complete = holds(job, "Complete");
  const errors: FieldError[] = [];
  if (completionTime !== undefined && !complete) {
    errors.push(invalid(path, completionTime, "cannot set completionTime when there is no Complete=True condition"));
  }
  if (completionTime === undefined && complete) {
    errors.push(required(path, "completionTime is required for Complete jobs"));
  }
  const started = timeOf(startTime);
  const ended = timeOf(completionTime);
  if (started !== undefined && ended !== undefined && ended < started) {
    errors.push(invalid(path, completionTime, "must be equal to or after `startTime`"));
  }
  return errors;
}

function validateIndexes({ spec, status }: Job): readonly FieldError[] {
  const { completions, completionMode, backoffLimitPerIndex } = spec;
  const { completedIndexes = "", failedIndexes } = status;
  const completedPath = "status.completedIndexes";
  const failedPath = "status.failedIndexes";
  const errors: FieldError[] = [];
  const completed = parseIndexes(completedIndexes, completions ?? 0);
  const failed = parseIndexes(failedIndexes ?? "", completions ?? 0);
  if (completions !== undefined && !completed.ok) {
    errors.push(invalid(completedPath, completedIndexes, `error parsing completedIndexes: ${completed.error}`));
  }
  if (completions !== undefined && backoffLimitPerIndex !== undefined && !failed.ok) {
    errors.push(invalid(failedPath, failedIndexes, `error parsing failedIndexes: ${failed.error}`));
  }
  if (completedIndexes !== "" && completionMode !== "Indexed") {
    const text = "cannot set non-empty completedIndexes when non-indexed completion mode";
    errors.push(invalid(completedPath, completedIndexes, text));
  }
  if (failedIndexes === undefined) return errors;
  if (backoffLimitPerIndex === undefined) {
    const text = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    errors.push(invalid(failedPath, failedIndexes, text));
  }
  const common = completed.ok && failed.ok ? commonIndex(completed.value, failed.value) : undefined;
  if (completions !== undefined && common !== undefined) {
    const text = `failedIndexes and completedIndexes overlap at index: ${common}`;
    errors.push(invalid(failedPath, failedIndexes, text));
  }
  return errors;
}

function validateSuccess(job: Job): readonly FieldError[] {
  const met = holds(job, "SuccessCriteriaMet");
  const errors: FieldError[] = [];
  const refuse = (text: string) => errors.push(invalid(CONDITIONS, omitValue, text));
  if (met && holds(job, "Failed")) refuse("cannot set SuccessCriteriaMet=True and Failed=true conditions");
  if (met && holds(job, "FailureTarget")) {
    refuse("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
  }
  if (job.spec.successPolicy && !met && holds(job, "Complete")) {
    refuse("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
  }
  return errors;
}

function validateChange(object: Job, old: Job): readonly FieldError[] {
  const { spec, status } = object;
  const errors: FieldError[] = [];
  const refuse = (text: string) => errors.push(invalid(CONDITIONS, omitValue, text));
  for (const type of ["Failed", "Complete", "FailureTarget"]) {
    if (holds(old, type) && !holds(object, type)) refuse(`cannot disable the terminal ${type}=True condition`);
  }
  const { failed = 0, succeeded = 0, completionTime, startTime } = status;
  if (failed < (old.status.failed ?? 0)) {
    errors.push(invalid("status.failed", failed, "cannot decrease the failed counter"));
  }
  // An indexed job whose indexes all run at once may shrink.
  const elastic = spec.completionMode === "Indexed" && spec.completions === spec.parallelism;
  if (!elastic && succeeded < (old.status.succeeded ?? 0)) {
    errors.push(invalid("status.succeeded", succeeded, "cannot decrease the succeeded counter"));
  }
  const before = old.status.completionTime;
  if (completionTime !== undefined && before !== undefined && completionTime !== before) {
    errors.push(invalid("status.completionTime", completionTime, "field is immutable"));
  }
  if (old.status.startTime !== undefined && old.status.startTime !== startTime && !spec.suspend) {
    errors.push(required("status.startTime", "startTime cannot be removed for unsuspended job"));
  }
  const met = holds(object, "SuccessCriteriaMet");
  const wasMet = holds(old, "SuccessCriteriaMet");
  if (wasMet && !met) refuse("cannot disable the SuccessCriteriaMet=True condition");
  if (holds(old, "Complete") && !wasMet && met) {
    refuse("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
  }
  return errors;
}
