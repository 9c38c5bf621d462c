import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from "../../../../api/meta/field-error.ts";
import { goQuote } from "../../../../api/meta/go-text.ts";
import { validateLabels } from "../../../../api/meta/label-validation.ts";
import { inclusiveRangeError, nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type { ObjectMeta, PodSpec } from "../../../../api/schema/generated/types.ts";
import { containersWithPath } from "../containers.ts";
import { validateAffinity } from "./affinity.ts";
import {
  type ContainerContext,
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from "./containers.ts";
import { validateDnsConfig, validateHostAliases, validateHostnames } from "./dns.ts";
import { validateFileKeyVolumes } from "./env.ts";
import { validateReadinessGates, validateResourceClaims, validateSchedulingGates } from "./gates.ts";
import type { PodValidationOptions } from "./options.ts";
import { validateHostNetworkPorts } from "./ports.ts";
import { validateOverhead, validatePodResources } from "./resources.ts";
import { validatePodSecurityContext } from "./security.ts";
import { validateTolerations } from "./tolerations.ts";
import { validateTopologySpreadConstraints } from "./topology-spread.ts";
import { validateVolumes } from "./volumes.ts";
import { validateHostProcess, validateOs } from "./windows.ts";

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PREEMPTION_POLICIES = ["PreemptLowerPriority", "Never"];
const MAX_INT32 = 2 ** 31 - 1;

// Models pkg/apis/core/validation ValidatePodSpec
/** Problems of a pod's spec. `meta` is the pod's own metadata, absent for the template of a workload. */
export function validatePodSpec(
  spec: PodSpec,
  meta: ObjectMeta | undefined,
  path: string,
  options: PodValidationOptions,
): readonly FieldError[] {
  const at = (field: string) => child(path, field);
  const { volumes, errors: volumeErrors } = validateVolumes(spec.volumes ?? [], meta, at("volumes"));
  const claimNames = new Set((spec.resourceClaims ?? []).flatMap(({ name }) => (name ? [name] : [])));
  const context: ContainerContext = { spec, volumes, claimNames };
  return [
    ...(spec.terminationGracePeriodSeconds === undefined ? [required(at("terminationGracePeriodSeconds"))] : []),
    ...volumeErrors,
    ...validateResourceClaims(spec.resourceClaims ?? [], meta, at("resourceClaims")),
    ...validateContainers(context, at("containers")),
    ...validateInitContainers(context, at("initContainers")),
    ...validateEphemeralContainers(context, at("ephemeralContainers")),
    ...validatePodResources(spec, claimNames, path),
    ...validateHostNetworkPorts(spec, path, options),
    ...validateChoice(spec.restartPolicy, RESTART_POLICIES, at("restartPolicy")),
    ...validateChoice(spec.dnsPolicy, DNS_POLICIES, at("dnsPolicy")),
    ...validateLabels(spec.nodeSelector, at("nodeSelector")),
    ...validatePodSecurityContext(spec, at("securityContext")),
    ...validateProcessNamespace(spec, at("shareProcessNamespace")),
    ...validateAffinity(spec.affinity, at("affinity")),
    ...validateDnsConfig(spec, at("dnsConfig")),
    ...validateReadinessGates(spec.readinessGates ?? [], at("readinessGates")),
    ...validateSchedulingGates(spec.schedulingGates ?? [], at("schedulingGates")),
    ...validateTopologySpreadConstraints(spec.topologySpreadConstraints ?? [], at("topologySpreadConstraints")),
    ...validateHostProcess(spec, path),
    ...validateHostUsers(spec, path),
    ...validateHostnames(spec, path),
    ...validateNames(spec, path),
    ...validateDeadline(spec.activeDeadlineSeconds, at("activeDeadlineSeconds")),
    ...validateTolerations(spec.tolerations ?? [], at("tolerations")),
    ...validateHostAliases(spec.hostAliases ?? [], at("hostAliases")),
    ...(spec.preemptionPolicy === undefined
      ? []
      : validateChoice(spec.preemptionPolicy, PREEMPTION_POLICIES, at("preemptionPolicy"))),
    ...(spec.overhead ? validateOverhead(spec.overhead, at("overhead")) : []),
    ...validateOs(spec, path),
    ...validateFileKeyVolumes(spec, path),
  ];
}

function validateChoice(value: string | undefined, allowed: readonly string[], path: string): readonly FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

function validateProcessNamespace(spec: PodSpec, path: string): readonly FieldError[] {
  if (!spec.shareProcessNamespace || !spec.hostPID) return [];
  return [invalid(path, true, "ShareProcessNamespace and HostPID cannot both be enabled")];
}

// Models pkg/apis/core/validation validateHostUsers
/** A pod with users of its own shares no other namespace with the node. */
function validateHostUsers(spec: PodSpec, path: string): readonly FieldError[] {
  if (spec.hostUsers !== false) return [];
  const refuse = (here: string) => forbidden(here, "when `hostUsers` is false");
  const devices = containersWithPath(spec, path).filter(([container]) => container.volumeDevices?.length);
  return [
    ...(spec.hostNetwork ? [refuse(child(path, "hostNetwork"))] : []),
    ...(spec.hostPID ? [refuse(child(path, "HostPID"))] : []),
    ...(spec.hostIPC ? [refuse(child(path, "HostIPC"))] : []),
    ...devices.map(([, containerPath]) => refuse(child(containerPath, "volumeDevices"))),
  ];
}

/** Names of other objects: each is a DNS subdomain. */
function validateNames(spec: PodSpec, path: string): readonly FieldError[] {
  const { serviceAccountName = "", serviceAccount = "", nodeName, priorityClassName, runtimeClassName } = spec;
  const check = (name: string, field: string) =>
    nameIsDnsSubdomain(name, false).map((text) => invalid(child(path, field), name, text));
  const errors = serviceAccountName ? check(serviceAccountName, "serviceAccountName") : [];
  if (serviceAccount !== serviceAccountName) {
    const text = `must be the same as serviceAccountName: ${goQuote(serviceAccountName)}`;
    errors.push(invalid(child(path, "deprecatedServiceAccount"), serviceAccount, text));
  }
  if (nodeName) errors.push(...check(nodeName, "nodeName"));
  if (priorityClassName) errors.push(...check(priorityClassName, "priorityClassName"));
  if (runtimeClassName !== undefined) errors.push(...check(runtimeClassName, "runtimeClassName"));
  return errors;
}

function validateDeadline(seconds: number | undefined, path: string): readonly FieldError[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= MAX_INT32)) return [];
  return [invalid(path, seconds, inclusiveRangeError(1, MAX_INT32))];
}
