import { duplicate, type FieldError, index, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { isIpv4, parseIp, validateIpLegacy } from "../../../api/meta/ip.ts";
import type { Service } from "../../../api/refs.ts";
import { HEADLESS, isHeadless, sameField } from "./traits.ts";

/** The one family of this cluster's service range. */
const CLUSTER_FAMILY = "IPv4";
const FAMILIES = ["IPv4", "IPv6"];
const POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];

const CLUSTER_IPS = "spec.clusterIPs";
const IP_FAMILIES = "spec.ipFamilies";
const POLICY = "spec.ipFamilyPolicy";

/** A service with what was set for it, or the errors that stood in the way. */
export interface Attempt {
  readonly service: Service;
  readonly errors: readonly FieldError[];
}

function withSpec(service: Service, spec: Partial<Service["spec"]>): Service {
  return { ...service, spec: { ...service.spec, ...spec } };
}

// Models pkg/registry/core/service/storage initIPFamilyFields
/** Sets ipFamilyPolicy and ipFamilies of a service in a cluster of one family. */
export function initFamilies(service: Service, old: Service | undefined): Attempt {
  if (service.spec.type === "ExternalName" || keepsDualStackPreference(service, old)) return { service, errors: [] };
  const chosen = withSpec(service, { ipFamilyPolicy: choosePolicy(service, old) });
  const malformed = validateClusterIps(chosen);
  if (malformed.length > 0) return { service: chosen, errors: malformed };
  const adjusted = old === undefined ? chosen : shrinkToSingleStack(chosen, old);
  const errors = [...(old === undefined ? [] : reductionErrors(adjusted, old)), ...singleStackErrors(adjusted)];
  const inferred = inferFamilies(adjusted);
  errors.push(...inferred.errors);
  if (errors.length > 0) return { service: inferred.service, errors };
  return completeFamilies(inferred.service);
}

function keepsDualStackPreference(service: Service, old: Service | undefined): boolean {
  const preferred = (one: Service | undefined) => one?.spec.ipFamilyPolicy === "PreferDualStack";
  if (old === undefined || !preferred(service) || !preferred(old)) return false;
  return sameField(service, old, "clusterIPs") && sameField(service, old, "ipFamilies");
}

function choosePolicy({ spec }: Service, old: Service | undefined): string {
  if (spec.ipFamilyPolicy !== undefined) return spec.ipFamilyPolicy;
  if (old?.spec.ipFamilyPolicy !== undefined) return old.spec.ipFamilyPolicy;
  return spec.clusterIP === HEADLESS && !hasSelector(spec) ? "RequireDualStack" : "SingleStack";
}

function hasSelector(spec: Service["spec"]): boolean {
  return Object.keys(spec.selector ?? {}).length > 0;
}

/** Naming single-stack and touching nothing else gives up the second family. */
function shrinkToSingleStack(service: Service, old: Service): Service {
  const { ipFamilyPolicy, clusterIPs = [], ipFamilies = [] } = service.spec;
  if (ipFamilyPolicy !== "SingleStack") return service;
  return withSpec(service, {
    ...(clusterIPs.length > 1 && sameField(service, old, "clusterIPs") && { clusterIPs: clusterIPs.slice(0, 1) }),
    ...(ipFamilies.length > 1 && sameField(service, old, "ipFamilies") && { ipFamilies: ipFamilies.slice(0, 1) }),
  });
}

function reductionErrors({ spec }: Service, old: Service): readonly FieldError[] {
  if (spec.ipFamilyPolicy === "SingleStack") return [];
  const reduced = (before: readonly string[] = [], after: readonly string[] = []) =>
    after.length > 0 && before.length === 2 && after.length === 1;
  const release = (what: string) =>
    invalid(POLICY, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`);
  return [
    ...(reduced(old.spec.clusterIPs, spec.clusterIPs) ? [release("cluster IP")] : []),
    ...(reduced(old.spec.ipFamilies, spec.ipFamilies) ? [release("IP family")] : []),
  ];
}

function singleStackErrors({ spec }: Service): FieldError[] {
  if (spec.ipFamilyPolicy !== "SingleStack") return [];
  const must = (what: string) =>
    invalid(
      POLICY,
      spec.ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [
    ...(spec.clusterIPs?.length === 2 ? [must("cluster IPs")] : []),
    ...(spec.ipFamilies?.length === 2 ? [must("IP families")] : []),
  ];
}

/** Families of the addresses that were asked for. */
function inferFamilies(service: Service): Attempt {
  const { clusterIPs = [], ipFamilies = [] } = service.spec;
  if (clusterIPs[0] === HEADLESS) return { service, errors: [] };
  const families = [...ipFamilies];
  const errors: FieldError[] = [];
  clusterIPs.forEach((text, at) => {
    if (at < families.length) return;
    const family = familyOf(text);
    if (family === CLUSTER_FAMILY) families.push(family);
    else errors.push(invalid(index(CLUSTER_IPS, at), clusterIPs, `${family} is not configured on this cluster`));
  });
  return { service: families.length > 0 ? withSpec(service, { ipFamilies: families }) : service, errors };
}

function completeFamilies(service: Service): Attempt {
  const { spec } = service;
  const { ipFamilies = [], ipFamilyPolicy } = spec;
  const families = ipFamilies.length > 0 ? ipFamilies : [CLUSTER_FAMILY];
  if (spec.clusterIP === HEADLESS && !hasSelector(spec)) {
    // Nobody allocates for these: they may name families that the cluster has not.
    const both = ipFamilyPolicy !== "SingleStack" && families.length < 2;
    const second = families[0] === "IPv4" ? "IPv6" : "IPv4";
    return { service: withSpec(service, { ipFamilies: both ? [...families, second] : families }), errors: [] };
  }
  const errors: FieldError[] = [];
  if (ipFamilyPolicy === "RequireDualStack") {
    errors.push(invalid(POLICY, ipFamilyPolicy, "this cluster is not configured for dual-stack services"));
  }
  ipFamilies.forEach((family, at) => {
    if (family !== CLUSTER_FAMILY)
      errors.push(invalid(index(IP_FAMILIES, at), family, "not configured on this cluster"));
  });
  return { service: withSpec(service, { ipFamilies: families }), errors };
}

export function familyOf(text: string): string {
  const ip = parseIp(text);
  return ip !== undefined && !isIpv4(ip) ? "IPv6" : "IPv4";
}

// Models pkg/apis/core/validation ValidateServiceClusterIPsRelatedFields
export function validateClusterIps(service: Service): readonly FieldError[] {
  const { type, clusterIP = "", clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = service.spec;
  if (type === "ExternalName") return [];
  const errors: FieldError[] = [];
  if (clusterIP === "" && clusterIPs.length > 0) {
    errors.push(invalid(CLUSTER_IPS, clusterIPs, "must be empty when `clusterIP` is not specified"));
  } else if (clusterIP !== "" && clusterIPs.length === 0) {
    errors.push(required(CLUSTER_IPS));
  } else if (clusterIP !== "" && clusterIPs[0] !== clusterIP) {
    errors.push(invalid(CLUSTER_IPS, clusterIPs, "first value must match `clusterIP`"));
  }
  ipFamilies.forEach((family, at) => {
    const path = index(IP_FAMILIES, at);
    if (!FAMILIES.includes(family)) errors.push(notSupported(path, family, FAMILIES));
    if (ipFamilies.indexOf(family) < at) errors.push(duplicate(path, family));
  });
  if (ipFamilyPolicy !== undefined && !POLICIES.includes(ipFamilyPolicy)) {
    errors.push(notSupported(POLICY, ipFamilyPolicy, POLICIES));
  }
  const malformed = addressErrors(clusterIPs);
  errors.push(...malformed);
  if (clusterIPs.length > 2) errors.push(invalid(CLUSTER_IPS, clusterIPs, "may only hold up to 2 values"));
  // Wrong addresses would make the rest misleading.
  return malformed.length > 0 ? errors : [...errors, ...familyErrors(service)];
}

function addressErrors(clusterIPs: readonly string[]): readonly FieldError[] {
  return clusterIPs.flatMap((text, at) => {
    if (at > 0 || text !== HEADLESS) return validateIpLegacy(index(CLUSTER_IPS, at), text);
    return clusterIPs.length > 1 ? [invalid(CLUSTER_IPS, clusterIPs, "'None' must be the first and only value")] : [];
  });
}

function familyErrors(service: Service): readonly FieldError[] {
  const { clusterIPs = [], ipFamilies = [] } = service.spec;
  const errors: FieldError[] = [];
  if (clusterIPs.length > 1 && (clusterIPs.length > 2 || new Set(clusterIPs.map(familyOf)).size < 2)) {
    errors.push(invalid(CLUSTER_IPS, clusterIPs, "may specify no more than one IP for each IP family"));
  }
  if (isHeadless(service)) return errors;
  clusterIPs.forEach((text, at) => {
    const family = ipFamilies[at];
    if (family === undefined || !FAMILIES.includes(family) || family === familyOf(text)) return;
    const why = `expected an ${family} value as indicated by \`ipFamilies[${at}]\``;
    errors.push(invalid(index(CLUSTER_IPS, at), text, why));
  });
  return errors;
}
