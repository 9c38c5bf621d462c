import { child, type FieldError, index, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { parseIp, validateIpLegacy } from "../../../api/meta/ip.ts";
import {
  isDns1123Subdomain,
  isPortName,
  isPortNumber,
  isWildcardDns1123Subdomain,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from "../../../api/meta/validation.ts";
import type { Ingress } from "../../../api/refs.ts";
import type {
  HTTPIngressPath,
  IngressBackend,
  IngressRule,
  IngressServiceBackend,
  IngressTLS,
} from "../../../api/schema/generated/types.ts";
import { validateReference } from "../reference.ts";

/** How the class was named before there was a field. */
export const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const BAD_PARTS = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_ENDS = ["/..", "/."];
const NO_NAME = "must be a DNS name, not an IP address";

// Models pkg/apis/networking/validation ValidateIngressCreate
export function validateNewIngress(object: Ingress): readonly FieldError[] {
  const annotation = object.metadata.annotations?.[CLASS_ANNOTATION];
  const { ingressClassName } = object.spec;
  const errors = validateIngress(object);
  if (annotation === undefined || ingressClassName === undefined || annotation === ingressClassName) return errors;
  const text = "must match `ingressClassName` when both are specified";
  return [...errors, invalid(child("annotations", CLASS_ANNOTATION), annotation, text)];
}

// Models pkg/apis/networking/validation ValidateIngressSpec
export function validateIngress({ spec }: Ingress): readonly FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && !defaultBackend) {
    errors.push(invalid("spec", spec.rules ?? null, "either `defaultBackend` or `rules` must be specified"));
  }
  if (defaultBackend) errors.push(...validateBackend(defaultBackend, "spec.defaultBackend"));
  errors.push(...rules.flatMap((rule, at) => validateRule(rule, index("spec.rules", at))));
  errors.push(...tls.flatMap((one, at) => validateTls(one, index("spec.tls", at))));
  if (ingressClassName === undefined) return errors;
  const wrong = nameIsDnsSubdomain(ingressClassName, false);
  return [...errors, ...wrong.map((text) => invalid("spec.ingressClassName", ingressClassName, text))];
}

function validateHost(host: string, path: string): readonly FieldError[] {
  const rule = host.includes("*") ? isWildcardDns1123Subdomain : isDns1123Subdomain;
  return rule(host).map((text) => invalid(path, host, text));
}

function validateTls({ hosts = [], secretName }: IngressTLS, path: string): readonly FieldError[] {
  const wrong = secretName ? nameIsDnsSubdomain(secretName, false) : [];
  return [
    ...hosts.flatMap((host, at) => validateHost(host, index(child(path, "hosts"), at))),
    ...wrong.map((text) => invalid(child(path, "secretName"), secretName, text)),
  ];
}

function validateRule({ host = "", http }: IngressRule, path: string): readonly FieldError[] {
  const hostPath = child(path, "host");
  const errors: FieldError[] = [];
  if (host !== "") {
    if (parseIp(host, true)) errors.push(invalid(hostPath, host, NO_NAME));
    errors.push(...validateHost(host, hostPath));
  }
  if (!http) return errors;
  const pathsPath = child(path, "http", "paths");
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.push(required(pathsPath));
  return [...errors, ...paths.flatMap((one, at) => validatePath(one, index(pathsPath, at)))];
}

function validatePath({ path = "", pathType, backend = {} }: HTTPIngressPath, here: string): readonly FieldError[] {
  const typePath = child(here, "pathType");
  if (pathType === undefined) return [required(typePath, "pathType must be specified")];
  const pathPath = child(here, "path");
  const errors: FieldError[] = [];
  const relative = invalid(pathPath, path, "must be an absolute path");
  if (pathType === "Exact" || pathType === "Prefix") {
    if (!path.startsWith("/")) errors.push(relative);
    const parts = BAD_PARTS.filter((part) => path.includes(part));
    errors.push(...parts.map((part) => invalid(pathPath, path, `must not contain '${part}'`)));
    const ends = BAD_ENDS.filter((end) => path.endsWith(end));
    errors.push(...ends.map((end) => invalid(pathPath, path, `cannot end with '${end}'`)));
  } else if (pathType === "ImplementationSpecific") {
    if (path !== "" && !path.startsWith("/")) errors.push(relative);
  } else errors.push(notSupported(typePath, pathType, PATH_TYPES));
  return [...errors, ...validateBackend(backend, child(here, "backend"))];
}

function validateBackend({ resource, service }: IngressBackend, path: string): readonly FieldError[] {
  if (resource && service) return [invalid(path, "", "cannot set both resource and service backends")];
  if (resource) return validateReference(resource, child(path, "resource"));
  if (service) return validateService(service, path);
  return [invalid(path, "", "resource or service backend is required")];
}

function validateService({ name = "", port = {} }: IngressServiceBackend, path: string): readonly FieldError[] {
  const here = child(path, "service");
  const namePath = child(here, "name");
  const wrong = nameIsDnsLabel(name, false).map((text) => invalid(namePath, name, text));
  const errors = name === "" ? [required(namePath)] : wrong;
  if (port.name && port.number) return [...errors, invalid(path, "", "cannot set both port name & port number")];
  if (port.name) {
    return [...errors, ...isPortName(port.name).map((text) => invalid(child(here, "port.name"), port.name, text))];
  }
  if (!port.number) return [...errors, required(path, "port name or number is required")];
  const outside = isPortNumber(port.number);
  return [...errors, ...outside.map((text) => invalid(child(here, "port.number"), port.number, text))];
}

// Models pkg/apis/networking/validation ValidateIngressLoadBalancerStatus
export function validateIngressStatusUpdate({ status }: Ingress): readonly FieldError[] {
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip = "", hostname = "" }, at) => {
    const path = index("status.loadBalancer.ingress", at);
    const hostPath = child(path, "hostname");
    const errors = ip === "" ? [] : [...validateIpLegacy(child(path, "ip"), ip)];
    if (hostname === "") return errors;
    errors.push(...isDns1123Subdomain(hostname).map((text) => invalid(hostPath, hostname, text)));
    return parseIp(hostname, true) ? [...errors, invalid(hostPath, hostname, NO_NAME)] : errors;
  });
}
