import type { Cache } from "../api/client.ts";

import { maskedIp, parseCidr, parseIp } from "../api/meta/ip.ts";
import { labelSelectorMatches } from "../api/meta/labels.ts";
import { NAMESPACES, NETWORK_POLICIES, type NetworkPolicy, type Pod } from "../api/refs.ts";
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort } from "../api/schema/generated/types.ts";

/*
 * Network policies, as a network plugin that enforces them does. They are about pods with an address of their own: pods
 * on their machine's network are taken for the machine. What a pod's own machine sends (probes) always comes through.
 */

/** One end of a connection: an address, and the pod behind it, if it is one with an address of its own. */
export interface End {
  readonly ip: string;
  readonly pod: Pod | undefined;
}

/** What is connected: after services, so the port is the pod's. */
export interface Attempt {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

/** Whether the policies of both ends let a connection through. */
export function isAllowed(cache: Cache, attempt: Attempt): boolean {
  const { from, to } = attempt;
  if (from.pod !== undefined && from.pod === to.pod) return true;
  return sideAllows(cache, attempt, from.pod, "Egress") && sideAllows(cache, attempt, to.pod, "Ingress");
}

function sideAllows(cache: Cache, attempt: Attempt, pod: Pod | undefined, side: "Ingress" | "Egress"): boolean {
  if (pod === undefined) return true;
  let isolated = false;
  for (const policy of cache.byIndex(NETWORK_POLICIES, "namespace", pod.metadata.namespace ?? "")) {
    const types = policy.spec.policyTypes ?? defaultTypes(policy);
    if (!types.includes(side)) continue;
    if (!labelSelectorMatches(policy.spec.podSelector ?? {}, pod.metadata.labels)) continue;
    isolated = true;
    if (allows(cache, policy, attempt, side)) return true;
  }
  return !isolated;
}

function defaultTypes({ spec }: NetworkPolicy): readonly string[] {
  return (spec.egress?.length ?? 0) > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function allows(cache: Cache, policy: NetworkPolicy, attempt: Attempt, side: "Ingress" | "Egress"): boolean {
  const other = side === "Ingress" ? attempt.from : attempt.to;
  const fits = (peers: readonly NetworkPolicyPeer[] | undefined, ports: readonly NetworkPolicyPort[] | undefined) =>
    portFits(ports, attempt) &&
    (!peers?.length || peers.some((peer) => peerFits(cache, policy.metadata.namespace ?? "", peer, other)));
  return side === "Ingress"
    ? (policy.spec.ingress ?? []).some(({ from, ports }) => fits(from, ports))
    : (policy.spec.egress ?? []).some(({ to, ports }) => fits(to, ports));
}

function portFits(ports: readonly NetworkPolicyPort[] | undefined, attempt: Attempt): boolean {
  if (!ports?.length) return true;
  return ports.some(({ port, endPort, protocol }) => {
    if ((protocol ?? "TCP").toLowerCase() !== attempt.protocol) return false;
    if (port === undefined) return true;
    if (typeof port === "number") return attempt.port >= port && attempt.port <= (endPort ?? port);
    return namedPort(attempt.to.pod, port, attempt.protocol) === attempt.port;
  });
}

/** A port by its name is the one of the pod that is connected to. */
function namedPort(pod: Pod | undefined, name: string, protocol: string): number | undefined {
  const sidecars = pod?.spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  for (const { ports } of [...(pod?.spec.containers ?? []), ...sidecars]) {
    const found = ports?.find((each) => each.name === name && (each.protocol ?? "TCP").toLowerCase() === protocol);
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}

function peerFits(cache: Cache, ownNamespace: string, peer: NetworkPolicyPeer, { ip, pod }: End): boolean {
  if (peer.ipBlock !== undefined) return blockHas(peer.ipBlock, ip);
  if (pod === undefined) return false;
  const namespace = pod.metadata.namespace ?? "";
  if (peer.namespaceSelector !== undefined) {
    const labels = cache.get(NAMESPACES, namespace)?.metadata.labels;
    if (!labelSelectorMatches(peer.namespaceSelector, labels)) return false;
  } else if (namespace !== ownNamespace) return false;
  return peer.podSelector === undefined || labelSelectorMatches(peer.podSelector, pod.metadata.labels);
}

function blockHas({ cidr, except }: IPBlock, ip: string): boolean {
  return cidrHas(cidr, ip) && !(except ?? []).some((part) => cidrHas(part, ip));
}

/** Whether an address is in a network such as `10.0.0.0/8`. */
export function cidrHas(cidr: string, ip: string): boolean {
  const network = parseCidr(cidr);
  const address = parseIp(ip);
  if (network === undefined || address === undefined || network.bytes.length !== address.bytes.length) return false;
  const masked = maskedIp({ bytes: address.bytes, prefix: network.prefix }).bytes;
  return maskedIp(network).bytes.every((byte, at) => byte === masked[at]);
}
