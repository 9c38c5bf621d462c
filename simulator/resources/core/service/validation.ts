import type { WriteContext } from "../../../api/kind.ts";
import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { validateCidrLegacy, validateIpLegacy } from "../../../api/meta/ip.ts";
import { validateLabels } from "../../../api/meta/label-validation.ts";
import { isDns1123Subdomain, isPortNumber, isQualifiedName } from "../../../api/meta/validation.ts";
import type { Service } from "../../../api/refs.ts";
import { validateEndpointIp } from "../endpoint-ip.ts";
import { allocate } from "./allocation.ts";
import { validateClusterIps } from "./families.ts";
import { validatePorts } from "./port-validation.ts";
import { HEADLESS, isExternallyAccessible, isHeadless, needsHealthCheckPort } from "./traits.ts";
import { validateServiceChange } from "./update-validation.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const AFFINITIES = ["ClientIP", "None"];
const POLICIES = ["Cluster", "Local"];
const DISTRIBUTIONS = ["PreferClose", "PreferSameZone", "PreferSameNode"];
const MAX_AFFINITY_SECONDS = 86_400;
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";

type Spec = Service["spec"];

/** A service that cannot be given its addresses is not looked at further, as upstream allocates before it validates. */
export function validateNewService(object: Service, context: WriteContext): readonly FieldError[] {
  const { errors } = allocate(object, undefined, context);
  return errors.length > 0 ? errors : validateService(object);
}

export function validateServiceUpdate(object: Service, old: Service, context: WriteContext): readonly FieldError[] {
  const { errors } = allocate(object, old, context);
  return errors.length > 0 ? errors : [...validateServiceChange(object, old), ...validateService(object)];
}

// Models pkg/apis/core/validation ValidateService
function validateService(object: Service): readonly FieldError[] {
  const { spec } = object;
  const { type = "", ports = [], selector, externalIPs = [] } = spec;
  return [
    ...(ports.length === 0 && !isHeadless(object) && type !== "ExternalName" ? [required("spec.ports")] : []),
    ...validateForType(object),
    ...validatePorts(object),
    ...validateLabels(selector, "spec.selector"),
    ...validateAffinity(spec),
    ...validateClusterIps(object),
    ...externalIPs.flatMap((ip, at) => validateEndpointIp(index("spec.externalIPs", at), ip)),
    ...validateEnum("spec.type", type, TYPES),
    ...validateLoadBalancerFields(object),
    ...validateTrafficPolicies(object),
  ];
}

function validateEnum(path: string, value: string, allowed: readonly string[]): readonly FieldError[] {
  if (value === "") return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

function validateForType(object: Service): readonly FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = "" } = object.spec;
  if ((type === "LoadBalancer" || type === "NodePort") && isHeadless(object)) {
    return [invalid("spec.clusterIPs[0]", HEADLESS, `may not be set to 'None' for ${type} services`)];
  }
  if (type !== "ExternalName") return [];
  const none = "may not be set for ExternalName services";
  const name = externalName.endsWith(".") ? externalName.slice(0, -1) : externalName;
  const path = "spec.externalName";
  return [
    ...(clusterIPs.length > 0 ? [forbidden("spec.clusterIPs", none)] : []),
    ...(ipFamilies.length > 0 ? [forbidden("spec.ipFamilies", none)] : []),
    ...(ipFamilyPolicy !== undefined ? [forbidden("spec.ipFamilyPolicy", none)] : []),
    ...(name === "" ? [required(path)] : isDns1123Subdomain(name).map((text) => invalid(path, name, text))),
  ];
}

function validateAffinity({ sessionAffinity = "", sessionAffinityConfig }: Spec): readonly FieldError[] {
  const errors = validateEnum("spec.sessionAffinity", sessionAffinity, AFFINITIES);
  const path = "spec.sessionAffinityConfig";
  if (sessionAffinity === "None" && sessionAffinityConfig !== undefined) {
    return [...errors, forbidden(path, "must not be set when session affinity is None")];
  }
  if (sessionAffinity !== "ClientIP") return errors;
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  const secondsPath = child(path, "clientIP.timeoutSeconds");
  if (seconds === undefined) return [...errors, required(secondsPath, "when session affinity type is ClientIP")];
  if (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS) return errors;
  return [...errors, invalid(secondsPath, seconds, `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`)];
}

function validateLoadBalancerFields({ spec }: Service): readonly FieldError[] {
  const { type, loadBalancerSourceRanges = [], allocateLoadBalancerNodePorts, loadBalancerClass } = spec;
  const isLoadBalancer = type === "LoadBalancer";
  const errors: FieldError[] = [];
  // Upstream writes this path with a capital.
  const rangesPath = "spec.LoadBalancerSourceRanges";
  if (loadBalancerSourceRanges.length > 0 && !isLoadBalancer) errors.push(forbidden(rangesPath, ONLY_LOAD_BALANCER));
  errors.push(
    ...loadBalancerSourceRanges.flatMap((range, at) => validateCidrLegacy(index(rangesPath, at), range.trim())),
  );
  if (allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer) {
    errors.push(forbidden("spec.allocateLoadBalancerNodePorts", ONLY_LOAD_BALANCER));
  }
  if (allocateLoadBalancerNodePorts === undefined && isLoadBalancer) {
    errors.push(required("allocateLoadBalancerNodePorts"));
  }
  if (loadBalancerClass === undefined) return errors;
  const classPath = "spec.loadBalancerClass";
  if (!isLoadBalancer) return [...errors, forbidden(classPath, ONLY_LOAD_BALANCER)];
  return [...errors, ...isQualifiedName(loadBalancerClass).map((text) => invalid(classPath, loadBalancerClass, text))];
}

function validateTrafficPolicies(object: Service): readonly FieldError[] {
  const { type = "", externalTrafficPolicy = "", internalTrafficPolicy, trafficDistribution } = object.spec;
  const errors: FieldError[] = [];
  const externalPath = "spec.externalTrafficPolicy";
  if (isExternallyAccessible(object)) errors.push(...validateEnum(externalPath, externalTrafficPolicy, POLICIES));
  else if (externalTrafficPolicy !== "") {
    errors.push(invalid(externalPath, externalTrafficPolicy, "may only be set for externally-accessible services"));
  }
  errors.push(...validateHealthCheckPort(object));
  const internalPath = "spec.internalTrafficPolicy";
  if (internalTrafficPolicy !== undefined && !POLICIES.includes(internalTrafficPolicy)) {
    errors.push(notSupported(internalPath, internalTrafficPolicy, POLICIES));
  } else if (internalTrafficPolicy === undefined && ["NodePort", "LoadBalancer", "ClusterIP"].includes(type)) {
    errors.push(required(internalPath));
  }
  if (trafficDistribution !== undefined && !DISTRIBUTIONS.includes(trafficDistribution)) {
    errors.push(notSupported("spec.trafficDistribution", trafficDistribution, DISTRIBUTIONS));
  }
  return errors;
}

function validateHealthCheckPort(object: Service): readonly FieldError[] {
  const { healthCheckNodePort = 0 } = object.spec;
  const path = "spec.healthCheckNodePort";
  if (needsHealthCheckPort(object)) {
    if (healthCheckNodePort === 0) return [required(path)];
    return isPortNumber(healthCheckNodePort).map((text) => invalid(path, healthCheckNodePort, text));
  }
  if (healthCheckNodePort === 0) return [];
  const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  return [invalid(path, healthCheckNodePort, why)];
}

// Models pkg/apis/core/validation ValidateLoadBalancerStatus
export function validateServiceStatusUpdate(object: Service): readonly FieldError[] {
  const path = "status.loadBalancer.ingress";
  const ingresses = object.status.loadBalancer?.ingress ?? [];
  const errors: FieldError[] = [];
  if (ingresses.length > 0 && object.spec.type !== "LoadBalancer") {
    errors.push(forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'"));
  }
  ingresses.forEach(({ ip = "", ipMode, hostname = "" }, at) => {
    const place = index(path, at);
    if (ip !== "") errors.push(...validateIpLegacy(child(place, "ip"), ip));
    const modePath = child(place, "ipMode");
    if (ip !== "" && ipMode === undefined) errors.push(required(modePath, "must be specified when `ip` is set"));
    if (ip === "" && ipMode !== undefined)
      errors.push(forbidden(modePath, "may not be specified when `ip` is not set"));
    if (ip !== "" && ipMode !== undefined && !["Proxy", "VIP"].includes(ipMode)) {
      errors.push(notSupported(modePath, ipMode, ["Proxy", "VIP"]));
    }
    const wrong = hostname === "" ? [] : isDns1123Subdomain(hostname);
    errors.push(...wrong.map((text) => invalid(child(place, "hostname"), hostname, text)));
  });
  return errors;
}
