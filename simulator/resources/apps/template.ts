import { child, type FieldError, forbidden, invalid, notSupported } from "../../api/meta/field-error.ts";
import { sortedMap } from "../../api/meta/go-text.ts";
import { labelSelectorMatches } from "../../api/meta/labels.ts";
import type { LabelSelector, PodTemplateSpec } from "../../api/schema/generated/types.ts";

const PATH = "spec.template";

// Models pkg/apis/apps/validation ValidatePodTemplateSpecForReplicaSet
/** Checks the pods that a ReplicaSet or Deployment makes against its selector. */
export function validateReplicatedTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const labels = template?.metadata?.labels;
  const everything =
    selector !== undefined && !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length;
  if (!everything && !labelSelectorMatches(selector, labels)) {
    const bad = labels === undefined ? null : sortedMap(labels);
    errors.push(invalid(child(PATH, "metadata.labels"), bad, "`selector` does not match template `labels`"));
  }
  const { restartPolicy = "", activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== "Always")
    errors.push(notSupported(child(PATH, "spec.restartPolicy"), restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const path = child(PATH, "spec.activeDeadlineSeconds");
    errors.push(forbidden(path, "activeDeadlineSeconds in ReplicaSet is not Supported"));
  }
  return errors;
}
