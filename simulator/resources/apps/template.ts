import { child, type FieldError, forbidden, invalid, notSupported } from "../../api/meta/field-error.ts";
import { sortedMap } from "../../api/meta/go-text.ts";
import { labelSelectorMatches } from "../../api/meta/labels.ts";
import { isDns1123Label } from "../../api/meta/validation.ts";
import type { KubeObject } from "../../api/object.ts";
import type { LabelSelector, PodTemplateSpec } from "../../api/schema/generated/types.ts";
import { validatePodTemplate } from "../core/pod/validation/pod-template.ts";
import { podTemplateWarnings } from "../core/pod/warnings.ts";

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
  errors.push(...validatePodTemplate(template ?? {}, PATH));
  const { restartPolicy = "", activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== "Always")
    errors.push(notSupported(child(PATH, "spec.restartPolicy"), restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const path = child(PATH, "spec.activeDeadlineSeconds");
    errors.push(forbidden(path, "activeDeadlineSeconds in ReplicaSet is not Supported"));
  }
  return errors;
}

type Workload = KubeObject & { readonly spec: { readonly template?: PodTemplateSpec } };

// Models pkg/registry/apps/deployment WarningsOnCreate and WarningsOnUpdate, which are those of ReplicaSets as well
/** Warnings about a workload's name, when it is new, and about its template, unless nothing of the spec changed. */
export function workloadWarnings(object: Workload, old: Workload | undefined): readonly string[] {
  if (old !== undefined && old.metadata.generation === object.metadata.generation) return [];
  const wrong = old === undefined ? isDns1123Label(object.metadata.name) : [];
  const named = `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${wrong.join(" ")}]`;
  return [...(wrong.length > 0 ? [named] : []), ...podTemplateWarnings(object.spec.template ?? {}, PATH)];
}
