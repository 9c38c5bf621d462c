import { child, type FieldError, forbidden } from "../../../../api/meta/field-error.ts";
import { validateLabels } from "../../../../api/meta/label-validation.ts";
import { validateAnnotations } from "../../../../api/meta/object-meta.ts";
import type { PodTemplateSpec } from "../../../../api/schema/generated/types.ts";
import { validatePodAnnotations, validateProfilesAgree } from "./annotations.ts";
import { TEMPLATE_OPTIONS } from "./options.ts";
import { validatePodSpec } from "./pod-spec.ts";

// Models pkg/apis/core/validation ValidatePodTemplateSpec
/** Problems of the `template` of a workload; `path` is the template's, as `spec.template`. */
export function validatePodTemplate(template: PodTemplateSpec, path: string): readonly FieldError[] {
  const { metadata: meta = {}, spec = { containers: [] } } = template;
  const specPath = child(path, "spec");
  const annotationsPath = child(path, "annotations");
  const errors = [
    ...validateLabels(meta.labels, child(path, "labels")),
    ...validateAnnotations(meta.annotations, annotationsPath),
    ...validatePodAnnotations(meta.annotations, spec, annotationsPath),
    ...validatePodSpec(spec, undefined, specPath, TEMPLATE_OPTIONS),
    ...validateProfilesAgree(meta, spec, specPath),
  ];
  if (spec.ephemeralContainers?.length) {
    errors.push(forbidden(child(specPath, "ephemeralContainers"), "ephemeral containers not allowed in pod template"));
  }
  return errors;
}
