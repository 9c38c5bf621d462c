import { formatTime } from "../../../api/meta/time.ts";
import type { Incoming } from "../../../api/object.ts";
import type { CronJob, Job } from "../../../api/refs.ts";
import { cloneJson, type Draft } from "../../../base/json.ts";
import { finishedAs } from "../../../controllers/shared/jobs.ts";
import { controllerReference } from "../../../controllers/shared/pod-template.ts";
import { defaultJob } from "../job/defaults.ts";
import { zoneOffsetMs } from "./time-zone.ts";

const SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";
const MINUTE_MS = 60_000;

/** The job of a time has a name of its own: nobody starts it twice. */
export function jobName({ metadata }: CronJob, dueMs: number): string {
  return `${metadata.name}-${Math.floor(dueMs / MINUTE_MS)}`;
}

// Models pkg/controller/cronjob getJobFromTemplate2
/** The job for a time (epoch milliseconds), with defaults. */
export function jobFor(cronJob: CronJob, dueMs: number): Incoming<Job> {
  const { jobTemplate, timeZone = "" } = cronJob.spec;
  const { labels, annotations } = jobTemplate.metadata ?? {};
  const job = cloneJson({
    metadata: {
      name: jobName(cronJob, dueMs),
      namespace: cronJob.metadata.namespace ?? "",
      ...(labels && { labels }),
      annotations: { ...annotations, [SCHEDULED]: zonedTime(dueMs, timeZone) },
      ownerReferences: [controllerReference(cronJob)],
    },
    spec: jobTemplate.spec ?? { template: {} },
  });
  defaultJob(job as unknown as Draft<Job>);
  return job as unknown as Incoming<Job>;
}

/** RFC 3339 with the zone's offset: `2026-03-29T03:30:00+02:00`. */
function zonedTime(epochMs: number, zone: string): string {
  const offsetMinutes = Math.round(zoneOffsetMs(zone, epochMs) / MINUTE_MS);
  if (offsetMinutes === 0) return formatTime(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const ahead = Math.abs(offsetMinutes);
  const offset = `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
  return `${formatTime(epochMs + offsetMinutes * MINUTE_MS).slice(0, -1)}${offset}`;
}

// Models pkg/controller/cronjob cleanupFinishedJobs
/** Finished jobs beyond the limits, the oldest first. */
export function surplusJobs({ spec }: CronJob, jobs: readonly Job[]): readonly Job[] {
  const beyond = (outcome: "Complete" | "Failed", limit: number | undefined) => {
    const ended = jobs.filter((job) => finishedAs(job) === outcome).sort(byStartTime);
    return limit === undefined ? [] : ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...beyond("Complete", spec.successfulJobsHistoryLimit), ...beyond("Failed", spec.failedJobsHistoryLimit)];
}

/** Jobs that never began come last. */
function byStartTime(a: Job, b: Job): number {
  const key = ({ status, metadata }: Job) => `${status.startTime ?? "~"} ${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
