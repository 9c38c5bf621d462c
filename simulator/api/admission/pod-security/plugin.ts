import { forbidden, invalid, type Status } from "../../errors.ts";
import { fieldErrorMessage, toCause } from "../../meta/field-error.ts";
import type { KubeObject } from "../../object.ts";
import { controllerOf } from "../../object.ts";
import {
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  NAMESPACES,
  POD_TEMPLATES,
  PODS,
  type Pod,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from "../../refs.ts";
import type { Container, ObjectMeta, PodTemplateSpec } from "../../schema/generated/types.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../plugin.ts";
import { compareLevels, detailText, isSame, type LevelVersion, levelText, policyOf, violationsOf } from "./policy.ts";

const MAX_PODS_TO_CHECK = 3000;

/** Where kinds that make pods keep their template. */
const TEMPLATES = [
  ...[REPLICATION_CONTROLLERS, POD_TEMPLATES, REPLICA_SETS, DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS, JOBS, CRON_JOBS],
].map(({ id }) => id);

// Models pod-security-admission admission.go
/** Keeps namespaces to the profile that their labels name: pods are refused, whatever makes pods is warned. */
export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  resources: [NAMESPACES.id, PODS.id, ...TEMPLATES],
  verbs: ["create", "update"],
  validate: (request) => {
    if (request.kind.ref.id === NAMESPACES.id) return checkNamespace(request);
    const { policy } = policyOf(namespaceLabels(request));
    const { enforce, warn } = policy;
    if (enforce.level === "privileged" && warn.level === "privileged") return undefined;
    if (request.kind.ref.id === PODS.id) return checkPod(request, enforce, warn);
    const template = templateOf(request.object);
    if (template !== undefined) warnOf(request, warn, template);
    return undefined;
  },
};

function namespaceLabels({ object, context }: AdmissionRequest): ObjectMeta["labels"] {
  return context.find(NAMESPACES, undefined, object.metadata.namespace ?? "")?.metadata.labels;
}

function checkPod(request: AdmissionRequest, enforce: LevelVersion, warn: LevelVersion): Status | undefined {
  const pod = request.object as Pod;
  if (request.old !== undefined && !isSignificant(pod, request.old as Pod)) return undefined;
  const violations = violationsOf(enforce, pod.spec, pod.metadata);
  if (violations.length > 0) {
    const why = `violates PodSecurity "${levelText(enforce)}": ${detailText(violations)}`;
    return forbidden(PODS, pod.metadata.name, why);
  }
  warnOf(request, warn, pod);
  return undefined;
}

function warnOf({ context }: AdmissionRequest, warn: LevelVersion, { spec, metadata = {} }: PodTemplateSpec): void {
  if (spec === undefined) return;
  const violations = violationsOf(warn, spec, metadata);
  if (violations.length === 0) return;
  context.warn(`would violate PodSecurity "${levelText(warn)}": ${detailText(violations)}`);
}

function templateOf(object: KubeObject): PodTemplateSpec | undefined {
  type Maker = { template?: PodTemplateSpec; jobTemplate?: { spec?: { template?: PodTemplateSpec } } };
  const { spec, template } = object as KubeObject & { spec?: Maker } & Maker;
  return template ?? spec?.template ?? spec?.jobTemplate?.spec?.template;
}

/** Whether a change of a pod is one that a profile looks at: its containers, or their images. */
function isSignificant({ spec }: Pod, { spec: old }: Pod): boolean {
  const differ = (now: readonly Container[] = [], before: readonly Container[] = []) =>
    now.length !== before.length || now.some(({ image }, at) => image !== before[at]?.image);
  if (differ(spec.containers, old.containers) || differ(spec.initContainers, old.initContainers)) return true;
  return (spec.ephemeralContainers ?? []).some(({ name, image }) => {
    const before = old.ephemeralContainers?.find((other) => other.name === name);
    return before === undefined || before.image !== image;
  });
}

function checkNamespace(request: AdmissionRequest): Status | undefined {
  const { object, old, kind, context } = request;
  const { policy, errors } = policyOf(object.metadata.labels);
  const before = old === undefined ? undefined : policyOf(old.metadata.labels);
  const messages = errors.map(fieldErrorMessage);
  const known = before?.errors.map(fieldErrorMessage).join() ?? "";
  if (messages.length > 0 && messages.join() !== known) {
    return invalid(kind.ref, object.metadata.name, messages, errors.map(toCause));
  }
  if (before === undefined) return undefined;
  const { enforce } = policy;
  const was = before.policy.enforce;
  const isRelaxed = enforce.minor === was.minor && compareLevels(enforce.level, was.level) < 1;
  if (isSame(enforce, was) || enforce.level === "privileged" || isRelaxed) return undefined;
  const pods = [...context.byIndex(PODS, "namespace", object.metadata.name)];
  for (const text of warningsOfPods(object.metadata.name, pods, enforce)) context.warn(text);
  return undefined;
}

// Models EvaluatePodsInNamespace
/** What pods that are there already have against a new profile: pods with the same faults together. */
function warningsOfPods(namespace: string, pods: readonly Pod[], enforce: LevelVersion): readonly string[] {
  const checked = prioritised(pods).slice(0, MAX_PODS_TO_CHECK);
  const byFaults = new Map<string, string[]>();
  for (const { spec, metadata } of checked) {
    const faults = violationsOf(enforce, spec, metadata)
      .map(({ reason }) => reason)
      .join(", ");
    if (faults === "") continue;
    const names = byFaults.get(faults);
    if (names === undefined) byFaults.set(faults, [metadata.name]);
    else names.push(metadata.name);
  }
  const only = `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`;
  const head = `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(enforce)}"`;
  const lines = [...byFaults].map(([faults, names]) => `${firstOf(names)}: ${faults}`).sort();
  return [...(checked.length < pods.length ? [only] : []), ...(lines.length > 0 ? [head] : []), ...lines];
}

/** One pod of each controller comes before the others of it. */
function prioritised(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string>();
  const others: Pod[] = [];
  const first = pods.filter((pod) => {
    const owner = controllerOf(pod)?.uid;
    if (owner === undefined) return true;
    if (seen.has(owner)) others.push(pod);
    else {
      seen.add(owner);
      return true;
    }
    return false;
  });
  return [...first, ...others];
}

function firstOf(names: readonly string[]): string {
  const [first = ""] = [...names].sort();
  const more = names.length - 1;
  if (more === 0) return first;
  return `${first} (and ${more} other ${more === 1 ? "pod" : "pods"})`;
}
