import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
  tooMany,
} from "../../../api/meta/field-error.ts";
import { isIpv4, parseIp } from "../../../api/meta/ip.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from "../../../api/meta/validation.ts";
import type { EndpointSlice } from "../../../api/refs.ts";
import type { DiscoveryV1EndpointPort, Endpoint } from "../../../api/schema/generated/types.ts";
import { validateEndpointIp } from "../../core/endpoint-ip.ts";
import { PROTOCOLS } from "../../core/endpoints/validation.ts";

const ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20000;

// Models pkg/apis/discovery/validation ValidateEndpointSlice
export function validateEndpointSlice(object: EndpointSlice): readonly FieldError[] {
  const { addressType = "", endpoints = [], ports = [] } = object;
  return [
    ...validateAddressType(addressType),
    ...validateEndpoints(endpoints ?? [], addressType),
    ...validatePorts(ports ?? []),
  ];
}

export function validateEndpointSliceUpdate(object: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  return [...validateEndpointSlice(object), ...validateImmutable(object.addressType, old.addressType, "addressType")];
}

function validateAddressType(addressType: string): readonly FieldError[] {
  if (addressType === "") return [required("addressType")];
  return ADDRESS_TYPES.includes(addressType) ? [] : [notSupported("addressType", addressType, ADDRESS_TYPES)];
}

function validateEndpoints(endpoints: readonly Endpoint[], addressType: string): readonly FieldError[] {
  if (endpoints.length > MAX_ENDPOINTS) return [tooMany("endpoints", endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, at) => {
    const path = index("endpoints", at);
    const addressPath = child(path, "addresses");
    const addresses = endpoint.addresses ?? [];
    const errors: FieldError[] = [];
    if (addresses.length === 0) errors.push(required(addressPath, "must contain at least 1 address"));
    else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(addressPath, addresses.length, MAX_ADDRESSES));
    errors.push(...addresses.flatMap((address, i) => validateAddress(address, addressType, index(addressPath, i))));
    const { nodeName, hostname } = endpoint;
    const nodeErrors = nodeName === undefined ? [] : isDns1123Subdomain(nodeName);
    errors.push(...nodeErrors.map((text) => invalid(child(path, "nodeName"), nodeName, text)));
    const hostErrors = hostname === undefined ? [] : isDns1123Label(hostname);
    errors.push(...hostErrors.map((text) => invalid(child(path, "hostname"), hostname, text)));
    return errors;
  });
}

function validateAddress(address: string, addressType: string, path: string): readonly FieldError[] {
  if (addressType === "FQDN") return validateFullName(address, path);
  if (addressType !== "IPv4" && addressType !== "IPv6") return [];
  const errors = validateEndpointIp(path, address);
  const ip = parseIp(address);
  if (errors.length > 0 || ip === undefined || isIpv4(ip) === (addressType === "IPv4")) return errors;
  return [invalid(path, address, `must be an ${addressType} address`)];
}

// Models apimachinery pkg/util/validation IsFullyQualifiedDomainName
function validateFullName(name: string, path: string): readonly FieldError[] {
  if (name === "") return [required(path)];
  const bare = name.endsWith(".") ? name.slice(0, -1) : name;
  const wrong = isDns1123Subdomain(bare);
  if (wrong.length > 0) return [invalid(path, bare, wrong.join(","))];
  const labels = bare.split(".");
  if (labels.length < 2)
    return [invalid(path, bare, "should be a domain with at least two segments separated by dots")];
  return labels.flatMap((label) => isDns1123Label(label).map((text) => invalid(path, label, text)));
}

function validatePorts(ports: readonly DiscoveryV1EndpointPort[]): readonly FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany("ports", ports.length, MAX_PORTS)];
  const names = new Set<string>();
  return ports.flatMap((port, at) => {
    const path = index("ports", at);
    const { name = "", protocol, appProtocol } = port;
    const errors: FieldError[] = [];
    if (name !== "") errors.push(...isDns1123Label(name).map((text) => invalid(child(path, "name"), name, text)));
    if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
    names.add(name);
    if (protocol === undefined) errors.push(required(child(path, "protocol")));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(child(path, "protocol"), protocol, PROTOCOLS));
    const wrong = appProtocol === undefined ? [] : isQualifiedName(appProtocol);
    errors.push(...wrong.map((text) => invalid(child(path, "appProtocol"), appProtocol, text)));
    return errors;
  });
}
