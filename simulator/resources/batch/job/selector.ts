import { type FieldError, invalid, key, required } from "../../../api/meta/field-error.ts";
import { sortedMap } from "../../../api/meta/go-text.ts";
import { matchesLabels, selectorFromLabelSelector } from "../../../api/meta/labels.ts";
import type { Job } from "../../../api/refs.ts";
import { equalJson } from "../../../base/json.ts";
import { printedSelector } from "../../apps/selector.ts";

const CONTROLLER_UID_LABEL = "batch.kubernetes.io/controller-uid";
const JOB_NAME_LABEL = "batch.kubernetes.io/job-name";

/** The labels of a job's pods, the old spellings first. */
function generatedLabels({ metadata: { name, uid } }: Job): Readonly<Record<string, string>> {
  return { "controller-uid": uid, "job-name": name, [CONTROLLER_UID_LABEL]: uid, [JOB_NAME_LABEL]: name };
}

// Models pkg/registry/batch/job generateSelector
/** A new job with the selector and the labels that tell its pods from all others. */
export function withGeneratedSelector(job: Job): Job {
  if (job.spec.manualSelector) return job;
  const { template, selector } = job.spec;
  const given = template?.metadata?.labels;
  const labels = { ...generatedLabels(job), ...given };
  const matchLabels = { [CONTROLLER_UID_LABEL]: job.metadata.uid, ...selector?.matchLabels };
  // Defaulting gave the job the labels of its template, and they are the same map upstream.
  const own = job.metadata.labels;
  const shared = own === undefined || Object.keys(own).length === 0 || equalJson(own, given);
  return {
    ...job,
    metadata: shared ? { ...job.metadata, labels } : job.metadata,
    spec: {
      ...job.spec,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}

// Models pkg/apis/batch/validation validateGeneratedSelector
/** A generated selector and its labels are as they were generated. */
export function validateGeneratedSelector(job: Job): readonly FieldError[] {
  const { manualSelector, selector, template } = job.spec;
  if (manualSelector || selector === undefined) return [];
  const expected = generatedLabels(job);
  const labels = template?.metadata?.labels;
  const errors = Object.entries(expected).flatMap(([label, value]) => {
    const path = key("spec.template.metadata.labels", label);
    const actual = labels?.[label];
    if (actual === undefined) return [required(path, `must be '${value}'`)];
    return actual === value ? [] : [invalid(path, sortedMap(labels ?? {}), `must be '${value}'`)];
  });
  const compiled = selectorFromLabelSelector(selector);
  if (compiled.ok && !matchesLabels(compiled.value, expected)) {
    errors.push(invalid("spec.selector", printedSelector(selector), "`selector` not auto-generated"));
  }
  return errors;
}
