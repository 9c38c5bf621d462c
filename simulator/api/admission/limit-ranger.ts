import { deepFreeze } from "../../base/json.ts";
import { ok } from "../../base/result.ts";
import { forbidden, type Status } from "../errors.ts";
import type { WriteContext } from "../kind.ts";
import { aggregateMessage } from "../meta/field-error.ts";
import { containerTotal } from "../meta/pod-resources.ts";
import { formatQuantity } from "../meta/quantity.ts";
import type { KubeObject } from "../object.ts";
import {
  LIMIT_RANGES,
  type LimitRange,
  PERSISTENT_VOLUME_CLAIMS,
  type PersistentVolumeClaim,
  PODS,
  type Pod,
} from "../refs.ts";
import type { Container, LimitRangeItem, PodSpec, ResourceRequirements } from "../schema/generated/types.ts";
import { limitProblems, type Usage } from "./limit-rules.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const ANNOTATION = "kubernetes.io/limit-ranger";

interface Limited {
  readonly ranges: readonly LimitRange[];
  readonly spec: PodSpec;
  readonly note: string;
}

/** What was made of a spec last: pods of one template share it. */
const limited = new WeakMap<PodSpec, Limited>();

// Models plugin/pkg/admission/limitranger
/** Gives containers what their namespace's limit ranges say they ask for, and refuses pods and claims out of range. */
export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  resources: [PODS.id, PERSISTENT_VOLUME_CLAIMS.id],
  verbs: ["create", "update"],
  mutate: ({ kind, verb, object, context }) => {
    const ranges = verb === "create" && kind.ref.id === PODS.id ? rangesOf(object, context) : [];
    return ok(ranges.length === 0 ? object : withDefaults(object as Pod, ranges));
  },
  validate: ({ kind, verb, object, context }) => {
    if (kind.ref.id === PODS.id) return verb === "create" ? checkPod(object as Pod, context) : undefined;
    return checkClaim(object as PersistentVolumeClaim, context);
  },
};

function rangesOf({ metadata }: KubeObject, context: WriteContext): readonly LimitRange[] {
  const ranges = [...context.byIndex(LIMIT_RANGES, "namespace", metadata.namespace ?? "")];
  return ranges.length < 2 ? ranges : ranges.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function withDefaults(pod: Pod, ranges: readonly LimitRange[]): Pod {
  let made = limited.get(pod.spec);
  if (made === undefined || made.ranges.length !== ranges.length || made.ranges.some((one, at) => one !== ranges[at])) {
    made = { ranges, ...limitedSpec(pod.spec, ranges) };
    if (Object.isFrozen(pod.spec)) limited.set(pod.spec, made);
  }
  if (made.note === "") return pod;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${made.note}` };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: made.spec };
}

function limitedSpec(given: PodSpec, ranges: readonly LimitRange[]): { readonly spec: PodSpec; readonly note: string } {
  let spec = given;
  let note = "";
  for (const range of ranges) {
    const items = (range.spec.limits ?? []).filter(({ type }) => type === "Container");
    const defaults: ResourceRequirements = {
      limits: Object.assign({}, ...items.map((item) => item.default)),
      requests: Object.assign({}, ...items.map((item) => item.defaultRequest)),
    };
    const notes: string[] = [];
    const fill = (what: string) => (container: Container) => withResources(container, defaults, what, notes);
    const containers = spec.containers.map(fill("container"));
    const initContainers = spec.initContainers?.map(fill("init container"));
    if (notes.length === 0) continue;
    spec = { ...spec, containers, ...(initContainers && { initContainers }) };
    note = notes.join("; ");
  }
  return { spec: deepFreeze(spec), note };
}

/** The container with what it leaves out; says so in `notes`. */
function withResources(container: Container, defaults: ResourceRequirements, what: string, notes: string[]): Container {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const missing = (given: object, wanted: object = {}) =>
    Object.keys(wanted)
      .filter((name) => !(name in given))
      .sort();
  const [newRequests, newLimits] = [missing(requests, defaults.requests), missing(limits, defaults.limits)];
  if (newRequests.length + newLimits.length === 0) return container;
  if (newRequests.length > 0) notes.push(`${newRequests.join(", ")} request for ${what} ${container.name}`);
  if (newLimits.length > 0) notes.push(`${newLimits.join(", ")} limit for ${what} ${container.name}`);
  const resources = {
    ...container.resources,
    limits: { ...defaults.limits, ...limits },
    requests: { ...defaults.requests, ...requests },
  };
  return { ...container, resources };
}

function checkPod(pod: Pod, context: WriteContext): Status | undefined {
  const { containers, initContainers = [] } = pod.spec;
  return check(pod, PODS, context, ({ type }) => {
    if (type === "Container") return [...containers, ...initContainers].map(({ resources = {} }) => resources);
    return type === "Pod" ? [{ requests: totals(pod.spec, "requests"), limits: totals(pod.spec, "limits") }] : [];
  });
}

function totals(spec: PodSpec, field: "requests" | "limits") {
  return Object.fromEntries([...containerTotal(spec, field)].map(([name, amount]) => [name, formatQuantity(amount)]));
}

function checkClaim(claim: PersistentVolumeClaim, context: WriteContext): Status | undefined {
  const { requests } = claim.spec.resources ?? {};
  return check(claim, PERSISTENT_VOLUME_CLAIMS, context, ({ type }) =>
    type === "PersistentVolumeClaim" ? [{ requests, requestsOnly: true }] : [],
  );
}

/** The first limit range that an object is outside of; `usages`: what a limit is about. */
function check(
  object: KubeObject,
  ref: { readonly group: string; readonly plural: string },
  context: WriteContext,
  usages: (item: LimitRangeItem) => readonly Usage[],
): Status | undefined {
  for (const range of rangesOf(object, context)) {
    const problems = (range.spec.limits ?? []).flatMap((item) =>
      usages(item).flatMap((usage) => limitProblems(item, usage)),
    );
    if (problems.length > 0) return forbidden(ref, object.metadata.name, aggregateMessage(problems));
  }
  return undefined;
}
