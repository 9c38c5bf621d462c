import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { sortedMap } from "../../../api/meta/go-text.ts";
import { validateLabelSelector, validateLabels } from "../../../api/meta/label-validation.ts";
import { matchesLabels, selectorFromLabelSelector } from "../../../api/meta/labels.ts";
import { validateAnnotations, validateNonNegative } from "../../../api/meta/object-meta.ts";
import { isDns1123Label, nameIsDnsLabel } from "../../../api/meta/validation.ts";
import type { StatefulSet } from "../../../api/refs.ts";
import type { PodTemplateSpec, StatefulSetUpdateStrategy } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { validatePodAnnotations } from "../../core/pod/validation/annotations.ts";
import { validatePodTemplate } from "../../core/pod/validation/pod-template.ts";
import { validateClaimSpec } from "../../core/pod/validation/volume-claims.ts";
import { numberOrPercent, validateAtMost100Percent, validateIntOrPercent } from "../../int-or-percent.ts";
import { printedSelector } from "../selector.ts";
import { validateDecrement } from "../status.ts";

/** The names of its pods are their hostnames, so its own is a DNS label. */
export const statefulSetName = nameIsDnsLabel;

const TEMPLATE = "spec.template";
const STRATEGY = "spec.updateStrategy";
const RETENTIONS = ["Retain", "Delete"];
const FIXED_SPEC =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

interface SpecOptions {
  /** The set is there already: what cannot be changed is not looked at again. */
  readonly isUpdate?: boolean;
  /** Its template was never valid: a change need not mend it. */
  readonly skipTemplate?: boolean;
}

export function validateStatefulSet(object: StatefulSet): readonly FieldError[] {
  return validateSpec(object, {});
}

// Models pkg/apis/apps/validation ValidateStatefulSetUpdate
export function validateStatefulSetUpdate(object: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const skipTemplate = validateSpec(old, { isUpdate: true }).length > 0;
  const { replicas, template, updateStrategy, minReadySeconds, ordinals, revisionHistoryLimit } = old.spec;
  const { persistentVolumeClaimRetentionPolicy } = old.spec;
  const changeable = { replicas, template, updateStrategy, minReadySeconds, ordinals, revisionHistoryLimit };
  const rest = { ...object.spec, ...changeable, persistentVolumeClaimRetentionPolicy };
  return [
    ...validateSpec(object, { isUpdate: true, skipTemplate }),
    ...(equalJson(rest, old.spec) ? [] : [forbidden("spec", FIXED_SPEC)]),
  ];
}

// Models pkg/apis/apps/validation ValidateStatefulSetSpec
function validateSpec(object: StatefulSet, options: SpecOptions): readonly FieldError[] {
  const { podManagementPolicy = "", updateStrategy = {}, persistentVolumeClaimRetentionPolicy } = object.spec;
  const { volumeClaimTemplates = [], replicas = 0, minReadySeconds = 0, ordinals, serviceName = "" } = object.spec;
  const retention = Object.entries(persistentVolumeClaimRetentionPolicy ?? {});
  const claims = options.isUpdate ? [] : volumeClaimTemplates;
  const namePath = "spec.serviceName";
  return [
    ...validateManagement(podManagementPolicy),
    ...validateStrategy(updateStrategy),
    ...retention.flatMap(([field, policy]) =>
      RETENTIONS.includes(policy)
        ? []
        : [notSupported(child("spec.persistentVolumeClaimRetentionPolicy", field), policy, RETENTIONS)],
    ),
    ...claims.flatMap((claim, at) =>
      validateClaimSpec(claim.spec ?? {}, child(index("spec.volumeClaimTemplates", at), "spec")),
    ),
    ...validateNonNegative(replicas, "spec.replicas"),
    ...validateNonNegative(minReadySeconds, "spec.minReadySeconds"),
    ...validateNonNegative(ordinals?.start ?? 0, "spec.ordinals.start"),
    ...(options.isUpdate || serviceName === ""
      ? []
      : isDns1123Label(serviceName).map((text) => invalid(namePath, serviceName, text))),
    ...validateSelection(object, options),
  ];
}

function validateManagement(policy: string): readonly FieldError[] {
  const path = "spec.podManagementPolicy";
  if (policy === "") return [required(path)];
  if (policy === "OrderedReady" || policy === "Parallel") return [];
  return [invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateStrategy({ type = "", rollingUpdate }: StatefulSetUpdateStrategy): readonly FieldError[] {
  const path = child(STRATEGY, "rollingUpdate");
  // Go prints the internal type: its own field names.
  const printed = rollingUpdate
    ? { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: rollingUpdate.maxUnavailable ?? null }
    : null;
  if (type === "") return [required(STRATEGY)];
  if (type === "OnDelete") {
    return rollingUpdate ? [invalid(path, printed, "only allowed for updateStrategy 'RollingUpdate'")] : [];
  }
  if (type !== "RollingUpdate") {
    return [invalid(STRATEGY, { Type: type, RollingUpdate: printed }, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  const { partition = 0, maxUnavailable } = rollingUpdate ?? {};
  const errors = [...validateNonNegative(partition, child(path, "partition"))];
  if (maxUnavailable === undefined) return errors;
  const countPath = child(path, "maxUnavailable");
  errors.push(...validateIntOrPercent(maxUnavailable, countPath));
  if (numberOrPercent(maxUnavailable) === 0) errors.push(invalid(countPath, maxUnavailable, "cannot be 0"));
  return [...errors, ...validateAtMost100Percent(maxUnavailable, countPath)];
}

function validateSelection(object: StatefulSet, options: SpecOptions): readonly FieldError[] {
  const { selector, template } = object.spec;
  const path = "spec.selector";
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(required(path));
  else {
    errors.push(...validateLabelSelector(selector, path));
    if (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length) {
      errors.push(invalid(path, printedSelector(selector), "empty selector is invalid for statefulset"));
    }
  }
  const compiled = selectorFromLabelSelector(selector);
  if (!compiled.ok) errors.push(invalid(path, printedSelector(selector), ""));
  else {
    const labels = template?.metadata?.labels;
    const { requirements, nothing } = compiled.value;
    if ((nothing || requirements.length > 0) && !matchesLabels(compiled.value, labels)) {
      const bad = labels === undefined ? null : sortedMap(labels);
      errors.push(invalid(child(TEMPLATE, "metadata.labels"), bad, "`selector` does not match template `labels`"));
    }
    errors.push(...validateTemplate(object, options));
  }
  const { restartPolicy = "", activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== "Always")
    errors.push(notSupported(child(TEMPLATE, "spec.restartPolicy"), restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const deadlinePath = child(TEMPLATE, "spec.activeDeadlineSeconds");
    errors.push(forbidden(deadlinePath, "activeDeadlineSeconds in StatefulSet is not Supported"));
  }
  return errors;
}

// Models pkg/apis/apps/validation ValidatePodTemplateSpecForStatefulSet
/** Labels and annotations are looked at twice, as upstream does. */
function validateTemplate(object: StatefulSet, { skipTemplate }: SpecOptions): readonly FieldError[] {
  const template = templateOfPods(object);
  const { metadata: meta = {}, spec = { containers: [] } } = template;
  const annotationsPath = child(TEMPLATE, "annotations");
  return [
    ...(skipTemplate ? [] : validatePodTemplate(template, TEMPLATE)),
    ...validateLabels(meta.labels, child(TEMPLATE, "labels")),
    ...validateAnnotations(meta.annotations, annotationsPath),
    ...validatePodAnnotations(meta.annotations, spec, annotationsPath),
  ];
}

/** The template with what the controller puts in: claims as volumes, its own hostname and subdomain. */
function templateOfPods({ spec }: StatefulSet): PodTemplateSpec {
  const { volumeClaimTemplates = [] } = spec;
  const template = spec.template ?? {};
  const { hostname, subdomain, volumes = [], ...rest } = template.spec ?? { containers: [] };
  if (!hostname && !subdomain && volumeClaimTemplates.length === 0) return template;
  const names = [...new Set(volumeClaimTemplates.map((claim) => claim.metadata?.name ?? ""))];
  const claimed = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const own = volumes.filter(({ name }) => !names.includes(name ?? ""));
  return { ...template, spec: { ...rest, volumes: [...claimed, ...own] } };
}

// Models pkg/apis/apps/validation ValidateStatefulSetStatus and ValidateStatefulSetStatusUpdate
export function validateStatefulSetStatusUpdate(object: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const {
    replicas = 0,
    readyReplicas = 0,
    currentReplicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = object.status;
  const { observedGeneration = 0, collisionCount } = object.status;
  const shares = { readyReplicas, currentReplicas, updatedReplicas, availableReplicas };
  const counts = { replicas, ...shares, observedGeneration, collisionCount: collisionCount ?? 0 };
  const errors = Object.entries(counts).flatMap(([name, count]) => validateNonNegative(count, child("status", name)));
  for (const [name, count] of Object.entries(shares)) {
    if (count > replicas) errors.push(invalid(child("status", name), count, "cannot be greater than status.replicas"));
  }
  if (availableReplicas > readyReplicas) {
    const text = "cannot be greater than status.readyReplicas";
    errors.push(invalid("status.availableReplicas", availableReplicas, text));
  }
  return [...errors, ...validateDecrement(collisionCount, old.status.collisionCount)];
}
