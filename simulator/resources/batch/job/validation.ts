import { child, type FieldError, invalid, notSupported, required, tooLong } from "../../../api/meta/field-error.ts";
import { byteLength, sortedMap } from "../../../api/meta/go-text.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { matchesLabels, selectorFromLabelSelector } from "../../../api/meta/labels.ts";
import { validateNonNegative } from "../../../api/meta/object-meta.ts";
import { isDns1123Label } from "../../../api/meta/validation.ts";
import type { Job } from "../../../api/refs.ts";
import type { JobSpec } from "../../../api/schema/generated/types.ts";
import { validatePodTemplate } from "../../core/pod/validation/pod-template.ts";
import { validateDomainPrefixedPath } from "../../domain-path.ts";
import { validateFailurePolicy } from "./failure-policy.ts";
import { printedSuccessPolicy } from "./printed-policies.ts";
import { validateGeneratedSelector } from "./selector.ts";
import { validateSuccessPolicy } from "./success-policy.ts";
import { validateJobChange } from "./update-validation.ts";

const MODES = ["NonIndexed", "Indexed"];
const REPLACEMENTS = ["Failed", "TerminatingOrFailed"];
const MAX_INDEXED = 100_000;
const MANY_COMPLETIONS = 100_000;
const MAX_WITH_MANY = 10_000;
const MAX_MANAGER_BYTES = 63;

// Models pkg/apis/batch/validation ValidateJob
export function validateJob(object: Job): readonly FieldError[] {
  const { completionMode, completions = 0 } = object.spec;
  const { name } = object.metadata;
  const errors = [...validateGeneratedSelector(object), ...validateSpecWithSelector(object.spec)];
  const lastPod = `${name}-${completions - 1}`;
  if (completionMode === "Indexed" && completions > 0 && isDns1123Label(lastPod).length > 0) {
    errors.push(invalid("metadata.name", name, `will not able to create pod with invalid DNS label: ${lastPod}`));
  }
  return errors;
}

// Models pkg/apis/batch/validation ValidateJobSpecUpdate
export function validateJobUpdate(object: Job, old: Job): readonly FieldError[] {
  return [...validateSpecWithSelector(object.spec), ...validateJobChange(object, old)];
}

function validateSpecWithSelector(spec: Job["spec"]): readonly FieldError[] {
  const { selector, template } = spec;
  const errors = [...validateJobSpec(spec, "spec")];
  if (selector === undefined) errors.push(required("spec.selector"));
  else errors.push(...validateLabelSelector(selector, "spec.selector"));
  const labels = template?.metadata?.labels;
  const compiled = selectorFromLabelSelector(selector);
  if (compiled.ok && !matchesLabels(compiled.value, labels)) {
    const bad = labels === undefined ? null : sortedMap(labels);
    errors.push(invalid("spec.template.metadata.labels", bad, "`selector` does not match template `labels`"));
  }
  return errors;
}

// Models pkg/apis/batch/validation validateJobSpec
/** Problems of a job's spec but for its selector; `path`: the spec's. */
export function validateJobSpec(spec: Partial<JobSpec>, path: string): readonly FieldError[] {
  const { podFailurePolicy, successPolicy, podReplacementPolicy, completionMode = "NonIndexed" } = spec;
  const errors = [...validateCounts(spec, path), ...validateManager(spec.managedBy, child(path, "managedBy"))];
  errors.push(...validateMode(spec, path));
  if (podFailurePolicy) errors.push(...validateFailurePolicy(spec, child(path, "podFailurePolicy")));
  if (successPolicy) {
    const here = child(path, "successPolicy");
    const indexed = completionMode === "Indexed";
    if (indexed) errors.push(...validateSuccessPolicy(spec, here));
    else errors.push(invalid(here, printedSuccessPolicy(successPolicy), "requires indexed completion mode"));
  }
  if (podReplacementPolicy !== undefined) {
    const allowed = podFailurePolicy ? ["Failed"] : REPLACEMENTS;
    if (!allowed.includes(podReplacementPolicy)) {
      errors.push(notSupported(child(path, "podReplacementPolicy"), podReplacementPolicy, allowed));
    }
  }
  errors.push(...validatePodTemplate(spec.template ?? {}, child(path, "template")));
  return [...errors, ...validateRestartPolicy(spec, child(path, "template.spec.restartPolicy"))];
}

function validateCounts(spec: Partial<JobSpec>, path: string): readonly FieldError[] {
  const { parallelism = 0, completions = 0, activeDeadlineSeconds = 0, backoffLimit = 0 } = spec;
  const { ttlSecondsAfterFinished = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const counts = { parallelism, completions, activeDeadlineSeconds, backoffLimit, ttlSecondsAfterFinished };
  const all = { ...counts, backoffLimitPerIndex: backoffLimitPerIndex ?? 0, maxFailedIndexes: maxFailedIndexes ?? 0 };
  const errors = Object.entries(all).flatMap(([name, count]) => validateNonNegative(count, child(path, name)));
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    errors.push(required(child(path, "backoffLimitPerIndex"), "when maxFailedIndexes is specified"));
  }
  return errors;
}

function validateManager(managedBy: string | undefined, path: string): readonly FieldError[] {
  if (managedBy === undefined) return [];
  const long = byteLength(managedBy) > MAX_MANAGER_BYTES;
  return [...validateDomainPrefixedPath(managedBy, path), ...(long ? [tooLong(path, MAX_MANAGER_BYTES)] : [])];
}

function validateMode(spec: Partial<JobSpec>, path: string): readonly FieldError[] {
  const { completionMode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  if (completionMode !== undefined && !MODES.includes(completionMode)) {
    errors.push(notSupported(child(path, "completionMode"), completionMode, MODES));
  }
  if (completionMode === "Indexed") return [...errors, ...validateIndexed(spec, path)];
  if (completionMode !== undefined && completionMode !== "NonIndexed") return errors;
  for (const [name, count] of Object.entries({ backoffLimitPerIndex, maxFailedIndexes })) {
    if (count !== undefined) errors.push(invalid(child(path, name), count, "requires indexed completion mode"));
  }
  return errors;
}

function validateIndexed(spec: Partial<JobSpec>, path: string): readonly FieldError[] {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec;
  const parallelismPath = child(path, "parallelism");
  const failedPath = child(path, "maxFailedIndexes");
  const errors: FieldError[] = [];
  if (completions === undefined) errors.push(required(child(path, "completions"), "when completion mode is Indexed"));
  if (parallelism > MAX_INDEXED) {
    const text = `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`;
    errors.push(invalid(parallelismPath, parallelism, text));
  }
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    errors.push(invalid(failedPath, maxFailedIndexes, "must be less than or equal to completions"));
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_INDEXED) {
    errors.push(invalid(failedPath, maxFailedIndexes, `must be less than or equal to ${MAX_INDEXED}`));
  }
  if ((completions ?? 0) <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return errors;
  if (maxFailedIndexes === undefined) {
    errors.push(required(failedPath, `must be specified when completions is above ${MANY_COMPLETIONS}`));
  }
  const text = `must be less than or equal to ${MAX_WITH_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (parallelism > MAX_WITH_MANY) errors.push(invalid(parallelismPath, parallelism, text));
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_WITH_MANY) {
    errors.push(invalid(failedPath, maxFailedIndexes, text));
  }
  return errors;
}

function validateRestartPolicy({ template, podFailurePolicy }: Partial<JobSpec>, path: string): readonly FieldError[] {
  const policy = template?.spec?.restartPolicy ?? "";
  if (policy === "Always" || policy === "") return [required(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== "OnFailure" && policy !== "Never") return [notSupported(path, policy, ["OnFailure", "Never"])];
  if (!podFailurePolicy || policy === "Never") return [];
  return [invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}
