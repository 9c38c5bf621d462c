import type { Status } from "../../../api/errors.ts";
import { goQuote } from "../../../api/meta/go-text.ts";
import { formatTime } from "../../../api/meta/time.ts";
import { controllerOf, joinKey, keyOf } from "../../../api/object.ts";
import { type CronJob, JOBS, type Job } from "../../../api/refs.ts";
import type { ObjectReference } from "../../../api/schema/generated/types.ts";
import type { ComponentContext } from "../../../controller-runtime/component.ts";
import { isNamespaceTerminating } from "../../../controllers/shared/history.ts";
import { finishedAs } from "../../../controllers/shared/jobs.ts";
import { dueTime, msUntilNext, type Next, type Times } from "./controller-due.ts";
import { jobFor, jobName, surplusJobs } from "./controller-jobs.ts";
import { nextAfter } from "./next.ts";
import { parseSchedule } from "./schedule.ts";
import { isTimeZone } from "./time-zone.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** One look at a CronJob: the status to be grows as things are found out and done. Models pkg/controller/cronjob syncCronJob. */
export class CronJobLook {
  readonly #context: ComponentContext;
  readonly #cronJob: CronJob;
  readonly #nowEpochMs: number;
  status: CronJob["status"];
  /** When to look again, in milliseconds from now. */
  againMs: number | undefined;

  constructor(context: ComponentContext, cronJob: CronJob, nowEpochMs: number) {
    this.#context = context;
    this.#cronJob = cronJob;
    this.#nowEpochMs = nowEpochMs;
    this.status = cronJob.status;
  }

  get #active(): readonly ObjectReference[] {
    return this.status.active ?? [];
  }

  /** Strikes out jobs that are over or gone, and notes the last success. */
  takeNote(jobs: readonly Job[]): void {
    for (const job of jobs) this.#noteJob(job);
    for (const { uid, name = "", namespace = "" } of this.#active) {
      if (jobs.some(({ metadata }) => metadata.uid === uid)) continue;
      if (this.#context.cache.get(JOBS, joinKey(namespace, name)) !== undefined) continue;
      this.#tell("Normal", "MissingJob", `Active job went missing: ${name}`);
      this.#strike(uid);
    }
  }

  #noteJob(job: Job): void {
    const { uid, name } = job.metadata;
    const isListed = this.#active.some((other) => other.uid === uid);
    const outcome = finishedAs(job);
    if (outcome === undefined) {
      if (isListed) return;
      this.#tell("Warning", "UnexpectedJob", `Saw a job that the controller did not create or forgot: ${name}`);
      return;
    }
    if (isListed) {
      this.#strike(uid);
      this.#tell("Normal", "SawCompletedJob", `Saw completed job: ${name}, condition: ${outcome}`);
    }
    const { completionTime } = job.status;
    const { lastSuccessfulTime } = this.status;
    if (outcome !== "Complete" || completionTime === undefined) return;
    if (lastSuccessfulTime === undefined || completionTime > lastSuccessfulTime) {
      this.status = { ...this.status, lastSuccessfulTime: completionTime };
    }
  }

  /** Starts the job that is due, if any, and says when to look again; what was refused. */
  start(times: Times): Status | undefined {
    const { spec, metadata } = this.#cronJob;
    const { timeZone = "" } = spec;
    if (metadata.deletionTimestamp !== undefined) return undefined;
    if (!isTimeZone(timeZone)) {
      const message = `invalid timeZone: ${goQuote(timeZone)}: unknown time zone ${timeZone}`;
      return this.#tell("Warning", "UnknownTimeZone", message);
    }
    if (spec.suspend) return undefined;
    const schedule = parseSchedule(spec.schedule);
    if (!schedule.ok) {
      const message = `unparseable schedule: ${goQuote(spec.schedule)} : ${schedule.error}`;
      return this.#tell("Warning", "UnparseableSchedule", message);
    }
    const next: Next = (afterMs) => nextAfter(schedule.value, timeZone, afterMs);
    const due = dueTime(times, this.#nowEpochMs, next);
    if (!due.ok) return this.#tell("Warning", "InvalidSchedule", `invalid schedule: ${spec.schedule} : ${due.error}`);
    if (due.value?.tooMany) {
      const advice = "Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      this.#tell("Warning", "TooManyMissedTimes", `too many missed start times. ${advice}`);
    }
    const dueMs = due.value?.dueMs;
    if (dueMs !== undefined && this.#mayStart(times, dueMs)) {
      const started = this.#replace() ?? this.#create(dueMs);
      if (started !== "started") return started === "left" ? undefined : started;
      this.againMs = msUntilNext({ ...times, lastScheduleMs: dueMs }, this.#nowEpochMs, next);
      return undefined;
    }
    this.againMs = msUntilNext(times, this.#nowEpochMs, next);
    return undefined;
  }

  /** Whether the job of a time may begin: in time, not begun before, and not beside another where that is forbidden. */
  #mayStart({ startingDeadlineMs, lastScheduleMs }: Times, dueMs: number): boolean {
    if (startingDeadlineMs !== undefined && dueMs + startingDeadlineMs < this.#nowEpochMs) {
      this.#tell("Warning", "MissSchedule", `Missed scheduled time to start a job: ${longTime(dueMs)}`);
      return false;
    }
    const name = jobName(this.#cronJob, dueMs);
    if (lastScheduleMs === dueMs || this.#active.some((other) => other.name === name)) return false;
    if (this.#cronJob.spec.concurrencyPolicy === "Forbid" && this.#active.length > 0) {
      const why = "prior execution is running and concurrency policy is Forbid";
      this.#tell("Normal", "JobAlreadyActive", `Not starting job because ${why}`);
      return false;
    }
    return true;
  }

  /** Ends the jobs that run, where the policy is to replace them. */
  #replace(): Status | undefined {
    if (this.#cronJob.spec.concurrencyPolicy !== "Replace") return undefined;
    for (const { name = "", namespace = "" } of this.#active) {
      const job = this.#context.cache.get(JOBS, joinKey(namespace, name));
      const failed = job && this.#delete(job);
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  /** `left`: nothing to do, another's job has the name. */
  #create(dueMs: number): "started" | "left" | Status {
    const { client, cache } = this.#context;
    const wanted = jobFor(this.#cronJob, dueMs);
    const created = client.create(JOBS, wanted);
    let job = created.ok ? created.value : undefined;
    if (!created.ok) {
      const { error } = created;
      if (isNamespaceTerminating(error)) return error;
      if (error.reason !== "AlreadyExists") {
        this.#tell("Warning", "FailedCreate", `Error creating job: ${error.message}`);
        return error;
      }
      job = cache.get(JOBS, keyOf(wanted));
    }
    if (job === undefined || controllerOf(job)?.uid !== this.#cronJob.metadata.uid) return "left";
    const { apiVersion, kind, metadata } = job;
    const { name, namespace, uid, resourceVersion } = metadata;
    if (this.#active.some((other) => other.uid === uid)) return "left";
    if (created.ok) this.#tell("Normal", "SuccessfulCreate", `Created job ${name}`);
    const reference = { kind, ...(namespace && { namespace }), name, uid, apiVersion, resourceVersion };
    this.status = { ...this.status, active: [...this.#active, reference], lastScheduleTime: formatTime(dueMs) };
    return "started";
  }

  /** Deletes finished jobs beyond the limits of the history. */
  cleanUp(jobs: readonly Job[]): void {
    for (const job of surplusJobs(this.#cronJob, jobs)) this.#delete(job);
  }

  // Models pkg/controller/cronjob deleteJob
  #delete(job: Job): Status | undefined {
    const { name, uid } = job.metadata;
    const deleted = this.#context.client.delete(JOBS, keyOf(job), { propagationPolicy: "Background" });
    if (!deleted.ok) {
      this.#tell("Warning", "FailedDelete", `Deleted job: ${deleted.error.message}`);
      return deleted.error;
    }
    this.#strike(uid);
    this.#tell("Normal", "SuccessfulDelete", `Deleted job ${name}`);
    return undefined;
  }

  #strike(uid: string | undefined): void {
    const left = this.#active.filter((other) => other.uid !== uid);
    const { active: _, ...rest } = this.status;
    this.status = left.length > 0 ? { ...rest, active: left } : rest;
  }

  #tell(type: "Normal" | "Warning", reason: string, message: string): undefined {
    this.#context.recordEvent(this.#cronJob, { type, reason, message });
    return undefined;
  }
}

/** Go's RFC1123Z in UTC: `Sun, 29 Mar 2026 01:30:00 +0000`. */
function longTime(epochMs: number): string {
  const date = new Date(epochMs);
  const day = String(date.getUTCDate()).padStart(2, "0");
  const time = date.toISOString().slice(11, 19);
  return `${WEEKDAYS[date.getUTCDay()]}, ${day} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`;
}
