import type { Job } from "../../../api/refs.ts";
import type { JobSpec } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { defaultPodTemplate } from "../../core/pod/defaults.ts";

const BACKOFF_LIMIT = 6;
const MAX_INT32 = 2 ** 31 - 1;

// Models pkg/apis/batch/v1 SetDefaults_Job
export function defaultJob(job: Draft<Job>): void {
  const spec: Partial<Draft<JobSpec>> = job.spec ?? {};
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  // With a limit for each index there is none for all of them.
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? BACKOFF_LIMIT : MAX_INT32;
  spec.completionMode ??= "NonIndexed";
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed";
  spec.manualSelector ??= false;
  defaultJobParts(spec);
  job.spec = spec as Draft<Job>["spec"];
  const labels = spec.template?.metadata?.labels;
  if (!labels || Object.keys(job.metadata?.labels ?? {}).length > 0) return;
  job.metadata = { ...job.metadata, labels: { ...labels } };
}

/** Defaults that the job of a CronJob has as well: those of its pods and of its failure policy. */
export function defaultJobParts(spec: Partial<Draft<JobSpec>>): void {
  spec.template ??= {};
  defaultPodTemplate(spec.template);
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= "True";
  }
}
