import { child, type FieldError, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import { DNS_LABEL_MAX_LENGTH, maxLengthError } from "../../../api/meta/validation.ts";
import type { CronJob } from "../../../api/refs.ts";
import type { JobTemplateSpec } from "../../../api/schema/generated/types.ts";
import { printedSelector } from "../../apps/selector.ts";
import { validateJobSpec } from "../job/validation.ts";
import { parseSchedule } from "./schedule.ts";
import { isTimeZone } from "./time-zone.ts";

/** The controller appends a dash and ten digits to make the names of jobs. */
const MAX_NAME_BYTES = DNS_LABEL_MAX_LENGTH - 11;
const POLICIES = ["Allow", "Forbid", "Replace"];
const ZONE_PART = /^[A-Za-z._0-9+-]{1,14}$/;

// Models pkg/apis/batch/validation ValidateCronJobCreate
export function validateCronJob(object: CronJob): readonly FieldError[] {
  const { name } = object.metadata;
  const long = byteLength(name) > MAX_NAME_BYTES;
  return [
    ...validateSpec(object.spec, undefined),
    ...(long ? [invalid("metadata.name", name, maxLengthError(MAX_NAME_BYTES))] : []),
  ];
}

// Models pkg/apis/batch/validation ValidateCronJobUpdate
export function validateCronJobUpdate(object: CronJob, old: CronJob): readonly FieldError[] {
  return validateSpec(object.spec, old.spec);
}

function validateSpec(spec: CronJob["spec"], old: CronJob["spec"] | undefined): readonly FieldError[] {
  const { schedule = "", timeZone, startingDeadlineSeconds = 0, concurrencyPolicy = "", jobTemplate } = spec;
  const { successfulJobsHistoryLimit = 0, failedJobsHistoryLimit = 0 } = spec;
  const sameZone = old !== undefined && old.timeZone === timeZone;
  const policyPath = "spec.concurrencyPolicy";
  const errors = schedule === "" ? [required("spec.schedule")] : [...validateSchedule(schedule)];
  errors.push(...validateNonNegative(startingDeadlineSeconds, "spec.startingDeadlineSeconds"));
  if (!sameZone) errors.push(...validateTimeZone(timeZone, "spec.timeZone"));
  if (concurrencyPolicy === "") errors.push(required(policyPath));
  else if (!POLICIES.includes(concurrencyPolicy)) {
    errors.push(notSupported(policyPath, concurrencyPolicy, POLICIES));
  }
  return [
    ...errors,
    ...validateJobTemplate(jobTemplate ?? {}, "spec.jobTemplate"),
    ...validateNonNegative(successfulJobsHistoryLimit, "spec.successfulJobsHistoryLimit"),
    ...validateNonNegative(failedJobsHistoryLimit, "spec.failedJobsHistoryLimit"),
  ];
}

function validateSchedule(schedule: string): readonly FieldError[] {
  const path = "spec.schedule";
  const parsed = parseSchedule(schedule);
  const errors = parsed.ok ? [] : [invalid(path, schedule, parsed.error)];
  if (!schedule.includes("TZ")) return errors;
  return [...errors, invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")];
}

function validateTimeZone(zone: string | undefined, path: string): readonly FieldError[] {
  if (zone === undefined) return [];
  if (zone === "") return [invalid(path, zone, "timeZone must be nil or non-empty string")];
  const unknown = invalid(path, zone, `unknown time zone ${zone}`);
  const odd = (part: string) => part === "." || part === ".." || part.startsWith("-") || !ZONE_PART.test(part);
  if (zone.split("/").some(odd)) return [unknown];
  if (zone.toLowerCase() === "local") {
    const text = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
    return [invalid(path, zone, text), ...(zone === "Local" ? [] : [unknown])];
  }
  return isTimeZone(zone) ? [] : [unknown];
}

// Models pkg/apis/batch/validation ValidateJobTemplateSpec
function validateJobTemplate({ spec = {} as never }: JobTemplateSpec, path: string): readonly FieldError[] {
  const { selector, manualSelector } = spec as NonNullable<JobTemplateSpec["spec"]>;
  const errors = [...validateJobSpec(spec, child(path, "spec"))];
  if (selector !== undefined) {
    const text = "`selector` will be auto-generated";
    errors.push(invalid(child(path, "spec.selector"), printedSelector(selector), text));
  }
  if (manualSelector) errors.push(notSupported(child(path, "spec.manualSelector"), manualSelector, ["nil", "false"]));
  return errors;
}
