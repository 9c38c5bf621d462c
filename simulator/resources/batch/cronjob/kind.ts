import type { Kind } from "../../../api/kind.ts";
import { CRON_JOBS, type CronJob } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { defaultJobParts } from "../job/defaults.ts";
import { jobNameWarnings, jobSpecWarnings } from "../job/warnings.ts";
import { cronJobColumns } from "./table.ts";
import { validateCronJob, validateCronJobUpdate } from "./validation.ts";

export const cronJobKind: Kind<CronJob> = {
  ref: CRON_JOBS,
  singular: "cronjob",
  shortNames: ["cj"],
  categories: ["all"],
  namespaced: true,
  type: "CronJob",
  hasGeneration: true,
  defaults: defaultCronJob,
  prepareCreate: (object) => ({ ...object, status: {} }),
  prepareStatusUpdate: (object, old) => ({ ...object, spec: old.spec }),
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings,
  subresources: { status: true },
  columns: cronJobColumns,
};

// Models pkg/apis/batch/v1 SetDefaults_CronJob
function defaultCronJob(object: Draft<CronJob>): void {
  const spec: Partial<Draft<CronJob>["spec"]> = object.spec ?? {};
  spec.schedule ??= "";
  spec.concurrencyPolicy ||= "Allow";
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  spec.jobTemplate ??= {};
  spec.jobTemplate.metadata ??= {};
  const jobSpec: Parameters<typeof defaultJobParts>[0] = spec.jobTemplate.spec ?? {};
  defaultJobParts(jobSpec);
  spec.jobTemplate.spec = jobSpec as NonNullable<typeof spec.jobTemplate.spec>;
  object.spec = spec as Draft<CronJob>["spec"];
}

// Models pkg/registry/batch/cronjob WarningsOnCreate and WarningsOnUpdate
function warnings(object: CronJob, old: CronJob | undefined): readonly string[] {
  if (old !== undefined && old.metadata.generation === object.metadata.generation) return [];
  return [
    ...(old === undefined ? jobNameWarnings(object.metadata.name) : []),
    ...jobSpecWarnings(object.spec.jobTemplate.spec ?? {}, "spec.jobTemplate.spec"),
  ];
}
