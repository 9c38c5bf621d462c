import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import { cidrContains, parseCidr, validateCidrLegacy } from "../../../api/meta/ip.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { isPortName, isPortNumber } from "../../../api/meta/validation.ts";
import type { NetworkPolicy } from "../../../api/refs.ts";
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort } from "../../../api/schema/generated/types.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP"];
const TYPES = ["Ingress", "Egress"];

// Models pkg/apis/networking/validation ValidateNetworkPolicySpec
export function validateNetworkPolicy({ spec }: NetworkPolicy): readonly FieldError[] {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec;
  const typesPath = "spec.policyTypes";
  const errors = [
    ...validateLabelSelector(podSelector, "spec.podSelector"),
    ...ingress.flatMap(({ ports, from }, at) => validateRule(ports, from, index("spec.ingress", at), "from")),
    ...egress.flatMap(({ ports, to }, at) => validateRule(ports, to, index("spec.egress", at), "to")),
  ];
  if (policyTypes.length > TYPES.length) {
    return [...errors, invalid(typesPath, policyTypes, "may not specify more than two policyTypes")];
  }
  const unknown = policyTypes.flatMap((type, at) =>
    TYPES.includes(type) ? [] : [notSupported(index(typesPath, at), type, TYPES)],
  );
  return [...errors, ...unknown];
}

function validateRule(
  ports: readonly NetworkPolicyPort[] = [],
  peers: readonly NetworkPolicyPeer[] = [],
  path: string,
  side: "from" | "to",
): readonly FieldError[] {
  return [
    ...ports.flatMap((port, at) => validatePort(port, index(child(path, "ports"), at))),
    ...peers.flatMap((peer, at) => validatePeer(peer, index(child(path, side), at))),
  ];
}

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, path: string): readonly FieldError[] {
  const portPath = child(path, "port");
  const endPath = child(path, "endPort");
  const errors: FieldError[] = [];
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    errors.push(notSupported(child(path, "protocol"), protocol, PROTOCOLS));
  }
  if (port === undefined) {
    const text = "may not be specified when `port` is not specified";
    return endPort === undefined ? errors : [...errors, invalid(endPath, endPort, text)];
  }
  if (typeof port === "string") {
    const text = "may not be specified when `port` is non-numeric";
    if (endPort !== undefined) errors.push(invalid(endPath, endPort, text));
    return [...errors, ...isPortName(port).map((wrong) => invalid(portPath, port, wrong))];
  }
  errors.push(...isPortNumber(port).map((text) => invalid(portPath, port, text)));
  if (endPort === undefined) return errors;
  // Upstream shows the port, not the end.
  if (endPort < port) errors.push(invalid(endPath, port, "must be greater than or equal to `port`"));
  return [...errors, ...isPortNumber(endPort).map((text) => invalid(endPath, endPort, text))];
}

function validatePeer(peer: NetworkPolicyPeer, path: string): readonly FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (!podSelector && !namespaceSelector && !ipBlock) return [required(path, "must specify a peer")];
  const errors = [
    ...validateLabelSelector(podSelector, child(path, "podSelector")),
    ...validateLabelSelector(namespaceSelector, child(path, "namespaceSelector")),
    ...(ipBlock ? validateBlock(ipBlock, child(path, "ipBlock")) : []),
  ];
  if (!ipBlock || (!podSelector && !namespaceSelector)) return errors;
  return [...errors, forbidden(path, "may not specify both ipBlock and another peer")];
}

// Models pkg/apis/networking/validation ValidateIPBlock
function validateBlock({ cidr: text = "", except = [] }: IPBlock, path: string): readonly FieldError[] {
  const cidrPath = child(path, "cidr");
  if (text === "") return [required(cidrPath)];
  const errors = [...validateCidrLegacy(cidrPath, text)];
  const cidr = parseCidr(text, true);
  if (!cidr) return errors;
  for (const [at, exception] of except.entries()) {
    const here = index(child(path, "except"), at);
    errors.push(...validateCidrLegacy(here, exception));
    const inner = parseCidr(exception, true);
    if (!inner) return errors;
    if (!cidrContains(cidr, inner) || cidr.prefix >= inner.prefix) {
      errors.push(invalid(here, exception, "must be a strict subset of `cidr`"));
    }
  }
  return errors;
}
