import type { Pod } from "../../../api/refs.ts";
import type {
  LabelSelector,
  PodAffinityTerm,
  PodCondition,
  PodSpec,
  PodStatus,
} from "../../../api/schema/generated/types.ts";
import { withPodDefaults } from "./defaults.ts";
import { podQosClass } from "./qos.ts";

// Models pkg/registry/core/pod strategy.go

/** A new pod is Pending, has its quality of service, and selectors made whole by its labels. */
export function preparePodCreate(pod: Pod, { now }: { readonly now: string }): Pod {
  // Pods of controllers come without decoding: what only pods default is filled in here.
  const defaulted = pod.spec.enableServiceLinks === undefined ? sharedPodDefaults(pod.spec) : pod.spec;
  const spec = withLabelKeys(withoutDisabledFields(defaulted), pod.metadata.labels ?? {});
  const status: PodStatus = {
    phase: "Pending",
    ...(spec.schedulingGates?.length && { conditions: [{ ...GATED, lastTransitionTime: now }] }),
    qosClass: podQosClass(spec),
  };
  // Whole, not spread and added to: Node 20 would give each pod a hidden class of its own.
  const { metadata, apiVersion, kind } = pod;
  return { metadata, spec, apiVersion, kind, status };
}

const defaultedSpecs = new WeakMap<PodSpec, PodSpec>();

/** Pods of one template share their spec, before the defaults and after. */
function sharedPodDefaults(spec: PodSpec): PodSpec {
  const known = defaultedSpecs.get(spec);
  if (known) return known;
  const defaulted = withPodDefaults(spec);
  defaultedSpecs.set(spec, defaulted);
  return defaulted;
}

/** Gates hold the pod back from the first moment on. */
const GATED: PodCondition = Object.freeze({
  type: "PodScheduled",
  status: "False",
  reason: "SchedulingGated",
  message: "Scheduling is blocked due to non-empty scheduling gates",
});

/** Fields behind feature gates that are off in v1.36 are dropped, as the API server does. */
function withoutDisabledFields(spec: PodSpec): PodSpec {
  if (spec.schedulingGroup === undefined) return spec;
  const { schedulingGroup: _, ...kept } = spec;
  return kept;
}

/** The status is written by its own subresource only. */
export function preparePodUpdate(pod: Pod, old: Pod): Pod {
  return Object.assign({}, pod, { status: old.status });
}

/** A status write keeps the spec, the owners, a begun deletion, and what the system wrote once. */
export function preparePodStatusUpdate(pod: Pod, old: Pod): Pod {
  const { deletionTimestamp, deletionGracePeriodSeconds, ownerReferences } = old.metadata;
  const metadata =
    pod.metadata === old.metadata
      ? old.metadata
      : { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds, ownerReferences };
  return { ...old, metadata, status: withOldParts(withAddresses(pod.status ?? {}), old.status) };
}

// Models pkg/apis/core/v1 Convert_v1_PodStatus_To_core_PodStatus and back
/** The single address leads, as older kubelets know no other; the list's first one repeats it. */
function withAddresses(status: PodStatus): PodStatus {
  const first = status.podIPs?.[0]?.ip ?? "";
  if (status.podIP) return status.podIP === first ? status : { ...status, podIPs: [{ ip: status.podIP }] };
  return first === "" ? status : { ...status, podIP: first };
}

/** A status with what it does not say taken from the one before: the same object where it says all. */
function withOldParts(status: PodStatus, old: PodStatus): PodStatus {
  const next: { -readonly [Field in keyof PodStatus]: PodStatus[Field] } = {
    qosClass: status.qosClass || old.qosClass,
    resourceClaimStatuses: status.resourceClaimStatuses ?? old.resourceClaimStatuses,
    extendedResourceClaimStatus: status.extendedResourceClaimStatus ?? old.extendedResourceClaimStatus,
    observedGeneration: status.observedGeneration || old.observedGeneration,
    conditions: withOldGenerations(status.conditions, old.conditions),
  };
  const saysAll = (Object.keys(next) as (keyof PodStatus)[]).every((field) => next[field] === status[field]);
  return saysAll ? status : Object.assign({}, status, next);
}

/** Conditions written without observedGeneration keep the one they had. */
function withOldGenerations(
  conditions: readonly PodCondition[] | undefined,
  old: readonly PodCondition[] | undefined,
): readonly PodCondition[] | undefined {
  if (conditions === undefined || conditions.every(({ observedGeneration }) => observedGeneration)) return conditions;
  return conditions.map((condition) => {
    if (condition.observedGeneration) return condition;
    const observedGeneration = old?.find(({ type }) => type === condition.type)?.observedGeneration;
    return observedGeneration ? { ...condition, observedGeneration } : condition;
  });
}

/** Seconds that the kubelet has to stop a pod; 0 where no kubelet has it, or it has ended. */
export function podGracePeriodSeconds(pod: Pod, asked: number | undefined): number {
  const ended = pod.status.phase === "Failed" || pod.status.phase === "Succeeded";
  if (!pod.spec.nodeName || ended) return 0;
  const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

type Labels = Readonly<Record<string, string>>;

/** Merges matchLabelKeys and mismatchLabelKeys, with the pod's own values, into the selectors beside them. */
function withLabelKeys(spec: PodSpec, labels: Labels): PodSpec {
  const { affinity, topologySpreadConstraints } = spec;
  const spread = topologySpreadConstraints?.map((constraint) => {
    const labelSelector = mergeLabelKeys(constraint.labelSelector, labels, constraint.matchLabelKeys, undefined);
    return labelSelector === constraint.labelSelector ? constraint : { ...constraint, labelSelector };
  });
  const pod = affinity?.podAffinity && mergeAffinityKeys(affinity.podAffinity, labels);
  const anti = affinity?.podAntiAffinity && mergeAffinityKeys(affinity.podAntiAffinity, labels);
  const changed =
    pod !== affinity?.podAffinity ||
    anti !== affinity?.podAntiAffinity ||
    spread?.some((constraint, at) => constraint !== topologySpreadConstraints?.[at]);
  if (!changed) return spec;
  return {
    ...spec,
    ...(affinity && {
      affinity: { ...affinity, ...(pod && { podAffinity: pod }), ...(anti && { podAntiAffinity: anti }) },
    }),
    ...(spread && { topologySpreadConstraints: spread }),
  };
}

type AffinityTerms = NonNullable<NonNullable<PodSpec["affinity"]>["podAffinity"]>;

function mergeAffinityKeys(affinity: AffinityTerms, labels: Labels): AffinityTerms {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred,
  } = affinity;
  const newRequired = required?.map((term) => mergeTermKeys(term, labels));
  const newPreferred = preferred?.map((weighted) => {
    const podAffinityTerm = mergeTermKeys(weighted.podAffinityTerm, labels);
    return podAffinityTerm === weighted.podAffinityTerm ? weighted : { ...weighted, podAffinityTerm };
  });
  const changed =
    newRequired?.some((term, at) => term !== required?.[at]) ||
    newPreferred?.some((term, at) => term !== preferred?.[at]);
  if (!changed) return affinity;
  return {
    ...affinity,
    ...(newRequired && { requiredDuringSchedulingIgnoredDuringExecution: newRequired }),
    ...(newPreferred && { preferredDuringSchedulingIgnoredDuringExecution: newPreferred }),
  };
}

function mergeTermKeys(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  const labelSelector = mergeLabelKeys(term.labelSelector, labels, term.matchLabelKeys, term.mismatchLabelKeys);
  return labelSelector === term.labelSelector ? term : { ...term, labelSelector };
}

function mergeLabelKeys(
  selector: LabelSelector | undefined,
  labels: Labels,
  matchKeys: readonly string[] | undefined,
  mismatchKeys: readonly string[] | undefined,
): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const requirements = (keys: readonly string[] | undefined, operator: string) =>
    (keys ?? []).flatMap((key) => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const added = [...requirements(matchKeys, "In"), ...requirements(mismatchKeys, "NotIn")];
  return added.length === 0
    ? selector
    : { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}
