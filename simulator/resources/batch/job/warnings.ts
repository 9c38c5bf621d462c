import { isDns1123Label } from "../../../api/meta/validation.ts";
import type { Job } from "../../../api/refs.ts";
import type { JobSpec } from "../../../api/schema/generated/types.ts";
import { podTemplateWarnings } from "../../core/pod/warnings.ts";

// Models pkg/registry/batch/job WarningsOnCreate and WarningsOnUpdate
export function jobWarnings(object: Job, old: Job | undefined): readonly string[] {
  if (old !== undefined && old.metadata.generation === object.metadata.generation) return [];
  return [...(old === undefined ? jobNameWarnings(object.metadata.name) : []), ...jobSpecWarnings(object.spec, "spec")];
}

/** Warns of a name that makes no good names of pods. */
export function jobNameWarnings(name: string): readonly string[] {
  const wrong = isDns1123Label(name);
  if (wrong.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(" ")}]`,
  ];
}

const MANY_COMPLETIONS = 100_000;
const MANY_AT_ONCE = 10_000;

// Models pkg/api/job WarningsForJobSpec
/** Warnings about a job, or about the template of one; `path`: the spec's. */
export function jobSpecWarnings(spec: Partial<JobSpec>, path: string): readonly string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec;
  const untracked =
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
  const huge = completionMode === "Indexed" && completions > MANY_COMPLETIONS && parallelism > MANY_AT_ONCE;
  return [...(huge ? [`${path}: ${untracked}`] : []), ...podTemplateWarnings(template ?? {}, `${path}.template`)];
}
