import { type FieldError, forbidden, index, invalid } from "../../../api/meta/field-error.ts";
import type { Service } from "../../../api/refs.ts";
import { isHeadless, needsClusterIp, needsHealthCheckPort, sameField } from "./traits.ts";

const CLUSTER_IPS = "spec.clusterIPs";
const FAMILIES = "spec.ipFamilies";
const FIXED = "may not change once set";

// Models pkg/apis/core/validation ValidateServiceUpdate: what may not change
export function validateServiceChange(object: Service, old: Service): readonly FieldError[] {
  return [
    ...clusterIpChanges(object, old),
    ...familyChanges(object, old),
    ...classChanges(object, old),
    ...healthCheckPortChanges(object, old),
  ];
}

// Models pkg/apis/core/validation validateUpgradeDowngradeClusterIPs
function clusterIpChanges(object: Service, old: Service): readonly FieldError[] {
  if (!needsClusterIp(object) || !needsClusterIp(old)) return [];
  if (isHeadless(object) && isHeadless(old)) return [];
  const { clusterIPs: after = [], ipFamilyPolicy } = object.spec;
  const before = old.spec.clusterIPs ?? [];
  if (before.length === after.length) {
    return before.flatMap((ip, at) => (ip === after[at] ? [] : [invalid(index(CLUSTER_IPS, at), after, FIXED)]));
  }
  const errors: FieldError[] = [];
  if (after.length === 0) errors.push(invalid(index(CLUSTER_IPS, 0), after, "primary clusterIP can not be unset"));
  if (before.length > 0 && after.length > 0 && after[0] !== before[0]) {
    errors.push(invalid(index(CLUSTER_IPS, 0), after, FIXED));
  }
  if (after.length === 1 && before.length > 1 && ipFamilyPolicy !== "SingleStack") {
    errors.push(releaseError(ipFamilyPolicy, "clusterIP"));
  }
  return errors;
}

// Models pkg/apis/core/validation validateUpgradeDowngradeIPFamilies
function familyChanges(object: Service, old: Service): readonly FieldError[] {
  if (!needsClusterIp(object) || !needsClusterIp(old) || isHeadless(object) || isHeadless(old)) return [];
  const { clusterIPs = [], ipFamilies: after = [], ipFamilyPolicy } = object.spec;
  const before = old.spec.ipFamilies ?? [];
  const path = index(FAMILIES, 0);
  if (before.length === after.length) {
    return before.flatMap((family, at) => (family === after[at] ? [] : [invalid(path, after, FIXED)]));
  }
  const errors: FieldError[] = [];
  if (before.length > after.length && clusterIPs.length === 0) {
    errors.push(invalid(path, after, "primary ipFamily can not be unset"));
  }
  if (before.length > 0 && after.length > 0 && after[0] !== before[0]) errors.push(invalid(path, clusterIPs, FIXED));
  if (after.length === 1 && before.length > 1 && ipFamilyPolicy !== "SingleStack") {
    errors.push(releaseError(ipFamilyPolicy, "ipFamily"));
  }
  return errors;
}

function releaseError(policy: string | undefined, what: string): FieldError {
  const why = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  return invalid("spec.ipFamilyPolicy", policy ?? null, why);
}

function classChanges(object: Service, old: Service): readonly FieldError[] {
  const both = object.spec.type === "LoadBalancer" && old.spec.type === "LoadBalancer";
  if (!both || sameField(object, old, "loadBalancerClass")) return [];
  return [invalid("spec.loadBalancerClass", object.spec.loadBalancerClass ?? null, FIXED)];
}

function healthCheckPortChanges(object: Service, old: Service): readonly FieldError[] {
  if (!needsHealthCheckPort(object) || !needsHealthCheckPort(old)) return [];
  return sameField(object, old, "healthCheckNodePort")
    ? []
    : [forbidden("spec.healthCheckNodePort", "field is immutable")];
}
