import { type FieldError, invalid } from "../../../api/meta/field-error.ts";
import { sortedMap } from "../../../api/meta/go-text.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { Job } from "../../../api/refs.ts";
import type { Container, PodSpec, PodTemplateSpec } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { printedSelector } from "../../apps/selector.ts";
import { internalPodSpec } from "../../core/pod/validation/internal-form.ts";
import { printedFailurePolicy, printedSuccessPolicy } from "./printed-policies.ts";

// Models pkg/apis/batch/validation ValidateJobSpecUpdate: what of a job may change.
export function validateJobChange({ spec }: Job, old: Job): readonly FieldError[] {
  const { podFailurePolicy, successPolicy, selector } = spec;
  const fixed = (field: "completionMode" | "backoffLimitPerIndex" | "managedBy") =>
    validateImmutable(spec[field], old.spec[field], `spec.${field}`, spec[field] ?? null);
  return [
    ...validateCompletions(spec, old.spec),
    ...validateImmutable(selector, old.spec.selector, "spec.selector", printedSelector(selector)),
    ...validateTemplateChange(spec.template ?? {}, old),
    ...fixed("completionMode"),
    ...validateImmutable(
      podFailurePolicy,
      old.spec.podFailurePolicy,
      "spec.podFailurePolicy",
      printedFailurePolicy(podFailurePolicy),
    ),
    ...fixed("backoffLimitPerIndex"),
    ...fixed("managedBy"),
    ...validateImmutable(
      successPolicy,
      old.spec.successPolicy,
      "spec.successPolicy",
      printedSuccessPolicy(successPolicy),
    ),
  ];
}

/** An indexed job may grow and shrink, as long as all of it runs at once. */
function validateCompletions(spec: Job["spec"], old: Job["spec"]): readonly FieldError[] {
  const path = "spec.completions";
  const { completions, parallelism, completionMode } = spec;
  if (completionMode !== "Indexed") {
    return validateImmutable(completions, old.completions, path, completions ?? null);
  }
  if (completions === old.completions || completions === undefined || completions === parallelism) return [];
  return [invalid(path, completions, "can only be modified in tandem with spec.parallelism")];
}

function validateTemplateChange(template: PodTemplateSpec, old: Job): readonly FieldError[] {
  const suspended = old.spec.suspend === true;
  const before = old.spec.template ?? {};
  const allowed = suspended && old.status.startTime === undefined ? withPlacementOf(before, template) : before;
  const spec = template.spec ?? { containers: [] };
  if (!suspended) {
    return equalJson(template, allowed)
      ? []
      : [invalid("spec.template", printedTemplate(template), "field is immutable")];
  }
  const expected = withResourcesOf(allowed.spec ?? { containers: [] }, spec);
  return equalJson(spec, expected) ? [] : [invalid("spec.template.spec", internalPodSpec(spec), "field is immutable")];
}

/** A suspended job that has not begun may still be told where to run. */
function withPlacementOf(template: PodTemplateSpec, wanted: PodTemplateSpec): PodTemplateSpec {
  const { nodeSelector, tolerations, schedulingGates, affinity } = wanted.spec ?? {};
  const { labels, annotations } = wanted.metadata ?? {};
  const before = template.spec ?? { containers: [] };
  const nodeAffinity = affinity?.nodeAffinity;
  const merged = { ...before.affinity, nodeAffinity };
  const none = Object.values(merged).every((part) => part === undefined) && affinity === undefined;
  return {
    ...template,
    metadata: { ...template.metadata, labels, annotations },
    spec: { ...before, nodeSelector, tolerations, schedulingGates, affinity: none ? undefined : merged },
  };
}

/** The containers of a suspended job may be given other resources. */
function withResourcesOf(spec: PodSpec, wanted: PodSpec): PodSpec {
  const adopt = (list: readonly Container[] = [], other: readonly Container[] = []): readonly Container[] =>
    list.length !== other.length
      ? list
      : list.map((one, at) => (one.name === other[at]?.name ? { ...one, resources: other[at]?.resources } : one));
  return {
    ...spec,
    containers: adopt(spec.containers, wanted.containers),
    ...(spec.initContainers && { initContainers: adopt(spec.initContainers, wanted.initContainers) }),
  };
}

/** The template as Go prints the internal type: metadata as in the API, then the spec. */
function printedTemplate({ metadata = {}, spec = { containers: [] } }: PodTemplateSpec): unknown {
  const { labels, annotations, ...rest } = metadata;
  return {
    ...rest,
    ...(labels && { labels: sortedMap(labels) }),
    ...(annotations && { annotations: sortedMap(annotations) }),
    Spec: internalPodSpec(spec),
  };
}
