import { child, type FieldError, index, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { isDns1123Label, isDns1123Subdomain, isPortNumber, isQualifiedName } from "../../../api/meta/validation.ts";
import type { Endpoints } from "../../../api/refs.ts";
import type { EndpointAddress, EndpointPort, EndpointSubset } from "../../../api/schema/generated/types.ts";
import { validateEndpointIp } from "../endpoint-ip.ts";

/** Protocols of ports, in the order of messages. */
export const PROTOCOLS = ["SCTP", "TCP", "UDP"];

// Models pkg/apis/core/validation ValidateEndpoints
export function validateEndpoints(object: Endpoints): readonly FieldError[] {
  return (object.subsets ?? []).flatMap((subset, at) => validateSubset(subset, index("subsets", at)));
}

function validateSubset(subset: EndpointSubset, path: string): readonly FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const none = addresses.length === 0 && notReadyAddresses.length === 0;
  const places = (name: string) => (address: EndpointAddress, at: number) =>
    validateAddress(address, index(child(path, name), at));
  return [
    ...(none ? [required(path, "must specify `addresses` or `notReadyAddresses`")] : []),
    ...addresses.flatMap(places("addresses")),
    ...notReadyAddresses.flatMap(places("notReadyAddresses")),
    ...ports.flatMap((port, at) => validatePort(port, ports.length > 1, index(child(path, "ports"), at))),
  ];
}

function validateAddress(address: EndpointAddress, path: string): readonly FieldError[] {
  const { hostname = "", nodeName } = address;
  const labelErrors = hostname === "" ? [] : isDns1123Label(hostname);
  const nodeErrors = nodeName === undefined ? [] : isDns1123Subdomain(nodeName);
  return [
    ...validateEndpointIp(child(path, "ip"), address.ip ?? ""),
    ...labelErrors.map((text) => invalid(child(path, "hostname"), hostname, text)),
    ...nodeErrors.map((text) => invalid(child(path, "nodeName"), nodeName, text)),
  ];
}

function validatePort(port: EndpointPort, requireName: boolean, path: string): readonly FieldError[] {
  const { name = "", protocol = "", appProtocol } = port;
  const errors: FieldError[] = [];
  if (requireName && name === "") errors.push(required(child(path, "name")));
  else if (name !== "") errors.push(...isDns1123Label(name).map((text) => invalid(child(path, "name"), name, text)));
  errors.push(...isPortNumber(port.port ?? 0).map((text) => invalid(child(path, "port"), port.port ?? 0, text)));
  if (protocol === "") errors.push(required(child(path, "protocol")));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(child(path, "protocol"), protocol, PROTOCOLS));
  if (appProtocol !== undefined) {
    const wrong = isQualifiedName(appProtocol);
    errors.push(...wrong.map((text) => invalid(child(path, "appProtocol"), appProtocol, text)));
  }
  return errors;
}
