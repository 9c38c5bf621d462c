import { child, type FieldError, forbidden, index, invalid, required } from "../../../../api/meta/field-error.ts";
import { goQuote, sortedMap } from "../../../../api/meta/go-text.ts";
import { inclusiveRangeError } from "../../../../api/meta/validation.ts";
import type { Pod } from "../../../../api/refs.ts";
import type { Container, NodeAffinity, NodeSelectorTerm, PodSpec } from "../../../../api/schema/generated/types.ts";
import { equalJson } from "../../../../base/json.ts";
import { MIRROR_POD_ANNOTATION, validateAnnotationChange } from "./annotations.ts";
import { validateImageSpaces } from "./containers.ts";
import { validateOnlyDeletedGates } from "./gates.ts";
import { internalForm, internalPodSpec } from "./internal-form.ts";
import { validatePodAlways } from "./pod.ts";
import { validateOnlyAddedTolerations } from "./tolerations.ts";
import { prettyJson, unifiedDiff } from "./unified-diff.ts";

const MAX_INT32 = 2 ** 31 - 1;

/** What of a pod may change, as the error lists it. */
const CHANGEABLE = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
].join(",");

// Models pkg/apis/core/validation ValidatePodUpdate
export function validatePodUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const errors = [
    ...validatePodAlways(pod),
    ...validateAnnotationChange(pod.metadata.annotations, old.metadata.annotations, "metadata.annotations"),
  ];
  for (const field of ["containers", "initContainers"] as const) {
    const now = pod.spec[field] ?? [];
    const path = child("spec", field);
    if (now.length !== (old.spec[field] ?? []).length) {
      return [...errors, forbidden(path, "pod updates may not add or remove containers")];
    }
    errors.push(...validateImages(now, path));
  }
  const deadline = validateDeadlineChange(pod.spec, old.spec);
  errors.push(...deadline.errors);
  if (deadline.stop) return errors;
  errors.push(
    ...validateOnlyAddedTolerations(pod.spec.tolerations ?? [], old.spec.tolerations ?? [], "spec.tolerations"),
    ...validateOnlyDeletedGates(pod.spec.schedulingGates ?? [], old.spec.schedulingGates ?? [], "spec.schedulingGates"),
  );
  if (equalJson(pod.spec, old.spec)) return errors;
  let rest = withOldChangeable(pod.spec, old.spec);
  if (old.spec.schedulingGates?.length) {
    errors.push(...validateGatedChange(pod.spec, old.spec));
    rest = withOldPlacement(rest, old.spec);
  }
  return [...errors, ...validateUnchanged(rest, old.spec)];
}

function validateImages(containers: readonly Container[], path: string): readonly FieldError[] {
  return containers.flatMap((container, at) => {
    const here = index(path, at);
    return [...(container.image ? [] : [required(child(here, "image"))]), ...validateImageSpaces(container, here)];
  });
}

/** A deadline may be set, or drawn nearer. `stop`: nothing after it is checked. */
function validateDeadlineChange(
  { activeDeadlineSeconds: now }: PodSpec,
  { activeDeadlineSeconds: before }: PodSpec,
): { readonly errors: readonly FieldError[]; readonly stop: boolean } {
  const path = "spec.activeDeadlineSeconds";
  if (now === undefined) {
    const text = "must not update from a positive integer to nil value";
    return { errors: before === undefined ? [] : [invalid(path, undefined, text)], stop: false };
  }
  if (now < 0 || now > MAX_INT32) {
    return { errors: [invalid(path, now, inclusiveRangeError(0, MAX_INT32))], stop: true };
  }
  if (before !== undefined && before < now) {
    return { errors: [invalid(path, now, "must be less than or equal to previous value")], stop: true };
  }
  return { errors: [], stop: false };
}

/** The new spec with what may change as it was before: the rest must be equal. */
function withOldChangeable(spec: PodSpec, old: PodSpec): PodSpec {
  const images = (now: readonly Container[] | undefined, before: readonly Container[] | undefined) =>
    now?.map((container, at) => ({ ...container, image: before?.[at]?.image }));
  const grace = old.terminationGracePeriodSeconds;
  const graceMended = grace !== undefined && grace < 0 && spec.terminationGracePeriodSeconds === 1;
  return {
    ...spec,
    containers: images(spec.containers, old.containers) ?? [],
    initContainers: images(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    ...(graceMended && { terminationGracePeriodSeconds: grace }),
  };
}

/** As `withOldChangeable`, for what may change while a pod waits at its gates: where it may run. */
function withOldPlacement(spec: PodSpec, old: PodSpec): PodSpec {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const nodeAffinity = old.affinity?.nodeAffinity;
  const affinity = { nodeAffinity, podAffinity, podAntiAffinity };
  const none = !nodeAffinity && !podAffinity && !podAntiAffinity && !old.affinity;
  return { ...spec, nodeSelector: old.nodeSelector, affinity: none ? undefined : affinity };
}

// Models pkg/apis/core/validation validateNodeSelectorMutation and validateNodeAffinityMutation
function validateGatedChange(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const selector = spec.nodeSelector ?? {};
  if (Object.entries(old.nodeSelector ?? {}).some(([name, value]) => selector[name] !== value)) {
    const text = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
    errors.push(invalid("spec.nodeSelector", sortedMap(selector), text));
  }
  const before = old.affinity?.nodeAffinity;
  if (before) errors.push(...validateNarrowed(spec.affinity?.nodeAffinity, before));
  return errors;
}

/** Node affinity may only become narrower: its terms stay, and grow. */
function validateNarrowed(affinity: NodeAffinity | undefined, old: NodeAffinity): readonly FieldError[] {
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const path = `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms`;
  const terms = affinity?.[required]?.nodeSelectorTerms ?? [];
  const oldTerms = old[required]?.nodeSelectorTerms ?? [];
  const shown = (term: NodeSelectorTerm) => internalForm("NodeSelectorTerm", term);
  if (oldTerms.length === 0) return [];
  if (terms.length !== oldTerms.length) {
    const text = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
    return [invalid(path, terms.map(shown), text)];
  }
  return oldTerms.flatMap((before, at) => {
    const term = terms[at];
    if (!term || onlyAdds(term, before)) return [];
    return [invalid(index(path, at), shown(term), "only additions are allowed (no mutations or deletions)")];
  });
}

function onlyAdds(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const fields = ["matchExpressions", "matchFields"] as const;
  // A term without requirements matches no node; with one it could.
  if (fields.every((field) => !old[field]?.length)) return fields.every((field) => !term[field]?.length);
  return fields.every((field) => {
    const before = old[field] ?? [];
    return equalJson((term[field] ?? []).slice(0, before.length), before);
  });
}

/** Specs that upstream takes as equal: empty and absent lists and maps are the same. */
function validateUnchanged(spec: PodSpec, old: PodSpec): readonly FieldError[] {
  const now = internalPodSpec(spec);
  const before = internalPodSpec(old);
  if (equalJson(withoutEmpty(now), withoutEmpty(before))) return [];
  const diff = unifiedDiff(prettyJson(before), prettyJson(now));
  return [forbidden("spec", `pod updates may not change fields other than ${CHANGEABLE}\n${diff}`)];
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, withoutEmpty(item)] as const);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

// Models pkg/apis/core/validation ValidatePodEphemeralContainersUpdate
/** Problems of a write of the ephemeralcontainers subresource: containers for debugging come, and stay as they are. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  if (old.metadata.annotations?.[MIRROR_POD_ANNOTATION] !== undefined) {
    return [forbidden("", "static pods do not support ephemeral containers")];
  }
  const path = "spec.ephemeralContainers";
  const errors = [
    ...validatePodAlways(pod),
    ...validateAnnotationChange(pod.metadata.annotations, old.metadata.annotations, "metadata.annotations"),
  ];
  for (const before of old.spec.ephemeralContainers ?? []) {
    const now = pod.spec.ephemeralContainers?.find(({ name }) => name === before.name);
    const what = `existing ephemeral containers ${goQuote(before.name)}`;
    if (!now) errors.push(forbidden(path, `${what} may not be removed\n`));
    else if (!equalJson(now, before)) {
      const form = (container: object) => prettyJson(internalForm("EphemeralContainer", container));
      errors.push(forbidden(path, `${what} may not be changed\n${unifiedDiff(form(before), form(now))}`));
    }
  }
  return errors;
}
