import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  internal,
  invalid,
} from "../../../../api/meta/field-error.ts";
import { isIpv4, parseIp, validateIpLegacy } from "../../../../api/meta/ip.ts";
import { validateImmutable } from "../../../../api/meta/object-meta.ts";
import { nameIsDnsSubdomain } from "../../../../api/meta/validation.ts";
import type { Pod } from "../../../../api/refs.ts";
import type { Container, ContainerStatus, PodSpec } from "../../../../api/schema/generated/types.ts";
import { allContainersCouldRestart, containerShouldRestart } from "../restarts.ts";
import { validateAnnotationChange, validatePodAnnotations } from "./annotations.ts";
import { validateQualifiedName } from "./formats.ts";

const SYSTEM_CONDITIONS = ["PodScheduled", "Ready", "Initialized"];
const NOT_NEGATIVE = "must be a non-negative integer";

// Models pkg/apis/core/validation ValidatePodStatusUpdate
/** Problems of a write of the status subresource. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const { status } = pod;
  const { metadata, spec } = old;
  const annotationsPath = "metadata.annotations";
  return [
    ...validateAnnotationChange(pod.metadata.annotations, metadata.annotations, annotationsPath),
    ...validatePodAnnotations(pod.metadata.annotations, spec, annotationsPath),
    ...validateConditions(pod, "status.conditions"),
    ...validateNominatedNode(pod, old, "status.nominatedNodeName"),
    ...((status.observedGeneration ?? 0) < 0
      ? [invalid("status.observedGeneration", status.observedGeneration, NOT_NEGATIVE)]
      : []),
    ...validateImmutable(status.qosClass ?? "", old.status.qosClass ?? "", "status.qosClass"),
    ...validateTransitions(pod, old),
    ...validateClaimStatuses(pod, "status.resourceClaimStatuses"),
    ...validatePodIps(pod, old),
    ...validateHostIps(pod, old),
  ];
}

function validateConditions({ status }: Pod, path: string): readonly FieldError[] {
  return (status.conditions ?? []).flatMap(({ type = "", observedGeneration = 0 }, at) => {
    const here = index(path, at);
    const generation = child(here, "observedGeneration");
    return [
      ...(observedGeneration < 0 ? [invalid(generation, observedGeneration, NOT_NEGATIVE)] : []),
      ...(SYSTEM_CONDITIONS.includes(type) ? [] : validateQualifiedName(type, child(here, "Type"))),
    ];
  });
}

function validateNominatedNode(pod: Pod, old: Pod, path: string): readonly FieldError[] {
  const { nominatedNodeName: name } = pod.status;
  if (!name || name === old.status.nominatedNodeName) return [];
  const errors = nameIsDnsSubdomain(name, false).map((text) => invalid(path, name, text));
  if (old.spec.nodeName) errors.push(forbidden(path, "may not be set on pods that are already bound to a node"));
  return errors;
}

/** A container that ended for good does not come back to life. */
function validateTransitions({ status }: Pod, { spec, status: old }: Pod): readonly FieldError[] {
  const restartable = (containers: readonly Container[] | undefined) => (name: string, exitCode: number) => {
    const container = containers?.find((candidate) => candidate.name === name);
    return container !== undefined && containerShouldRestart(container, spec as PodSpec, exitCode);
  };
  const ephemeral = validateTransition(
    status.ephemeralContainerStatuses,
    old.ephemeralContainerStatuses,
    () => false,
    "status.ephemeralContainerStatuses",
  );
  if (allContainersCouldRestart(spec)) return ephemeral;
  return [
    ...validateTransition(
      status.containerStatuses,
      old.containerStatuses,
      restartable(spec.containers),
      "status.containerStatuses",
    ),
    ...validateTransition(
      status.initContainerStatuses,
      old.initContainerStatuses,
      restartable(spec.initContainers),
      "status.initContainerStatuses",
    ),
    ...ephemeral,
  ];
}

function validateTransition(
  statuses: readonly ContainerStatus[] | undefined,
  old: readonly ContainerStatus[] | undefined,
  mayRestart: (name: string, exitCode: number) => boolean,
  path: string,
): readonly FieldError[] {
  return (old ?? []).flatMap(({ name, state }, at) => {
    const now = statuses?.find((candidate) => candidate.name === name);
    if (!state?.terminated || !now || now.state?.terminated) return [];
    if (mayRestart(name, state.terminated.exitCode ?? 0)) return [];
    return [forbidden(child(index(path, at), "state"), "may not be transitioned to non-terminated state")];
  });
}

function validateClaimStatuses({ spec, status }: Pod, path: string): readonly FieldError[] {
  const seen = new Set<string>();
  return (status.resourceClaimStatuses ?? []).flatMap(({ name = "", resourceClaimName }, at) => {
    const here = index(path, at);
    const errors: FieldError[] = [];
    if (!spec.resourceClaims?.some((claim) => claim.name === name)) {
      errors.push(invalid(child(here, "name"), name, "must match the name of an entry in `spec.resourceClaims`"));
    }
    if (seen.has(name)) errors.push(duplicate(child(here, "name"), name));
    seen.add(name);
    if (resourceClaimName === undefined) return errors;
    const wrong = nameIsDnsSubdomain(resourceClaimName, false);
    return [...errors, ...wrong.map((text) => invalid(child(here, "resourceClaimName"), resourceClaimName, text))];
  });
}

type Addresses = readonly { readonly ip?: string }[];

function ipsOf(addresses: Addresses | undefined): readonly string[] {
  return (addresses ?? []).map(({ ip }) => ip ?? "");
}

/** At most one address of each family; those that were there before may stay as they are. */
function validateAddresses(addresses: Addresses, old: Addresses | undefined, path: string): readonly FieldError[] {
  const ips = ipsOf(addresses);
  const errors: FieldError[] = ips.flatMap((ip, at) => validateIpLegacy(index(path, at), ip, ipsOf(old)));
  if (ips.length <= 1) return errors;
  const parsed = ips.map((ip) => parseIp(ip, true));
  const wrong = parsed.indexOf(undefined);
  if (wrong >= 0) {
    const text = `failed to check for dual stack with error:invalid IP[${wrong}]: ${ips[wrong]}`;
    errors.push(internal(path, text));
  }
  const families = new Set(parsed.map((ip) => ip !== undefined && isIpv4(ip)));
  if (wrong >= 0 || ips.length > 2 || families.size < 2) {
    const shown = ips.map((IP) => ({ IP }));
    errors.push(invalid(path, shown, "may specify no more than one IP for each IP family"));
  }
  return errors;
}

function validatePodIps({ status }: Pod, old: Pod): readonly FieldError[] {
  return validateAddresses(status.podIPs ?? [], old.status.podIPs, "status.podIPs");
}

function validateHostIps({ status }: Pod, old: Pod): readonly FieldError[] {
  const path = "status.hostIPs";
  const { hostIP = "", hostIPs = [] } = status;
  if (hostIPs.length === 0) return [];
  const first = hostIPs[0]?.ip ?? "";
  return [
    ...(hostIP === first ? [] : [invalid(child(index(path, 0), "ip"), first, "must be equal to `hostIP`")]),
    ...validateAddresses(hostIPs, old.status.hostIPs, path),
  ];
}
