import { formatLabelSelector } from "../../api/meta/labels.ts";
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from "../../api/schema/generated/types.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Describing } from "./describer.ts";
import { goTimeText, orNone, writeAnnotations, writeLabels } from "./parts.ts";
import type { TextSink } from "./text.ts";
import { writeName } from "./workloads.ts";

const INDENT = "    ";

interface Rule {
  readonly ports?: readonly NetworkPolicyPort[];
  readonly peers?: readonly NetworkPolicyPeer[];
}

// Models kubectl pkg/describe describeNetworkPolicy
export async function describeNetworkPolicy(object: JsonObject, { out }: Describing): Promise<void> {
  const { metadata = {}, spec } = object as NetworkPolicy;
  const { podSelector = {}, policyTypes = [], ingress = [], egress = [] } = spec ?? {};
  writeName(out, metadata);
  out.write(0, `Created on:\t${goTimeText(metadata.creationTimestamp)}\n`);
  writeLabels(out, "Labels", metadata.labels);
  writeAnnotations(out, "Annotations", metadata.annotations);
  out.write(0, "Spec:\n");
  const selected = formatLabelSelector(podSelector);
  out.write(1, "PodSelector: ");
  const everyone = "<none> (Allowing the specific traffic to all pods in this namespace)";
  out.write(2, `${selected === "<none>" ? everyone : selected}\n`);
  if (policyTypes.includes("Ingress")) {
    out.write(1, "Allowing ingress traffic:\n");
    const rules = ingress.map(({ ports, from }) => ({ ...(ports && { ports }), ...(from && { peers: from }) }));
    writeRules(out, rules, "From", "ingress", "source");
  } else out.write(1, "Not affecting ingress traffic\n");
  if (policyTypes.includes("Egress")) {
    out.write(1, "Allowing egress traffic:\n");
    const rules = egress.map(({ ports, to }) => ({ ...(ports && { ports }), ...(to && { peers: to }) }));
    writeRules(out, rules, "To", "egress", "destination");
  } else out.write(1, "Not affecting egress traffic\n");
  out.write(1, `Policy Types: ${orNone(policyTypes.join(", "))}\n`);
}

function writeRules(out: TextSink, rules: readonly Rule[], word: string, direction: string, end: string): void {
  if (rules.length === 0) out.write(0, `${INDENT}<none> (Selected pods are isolated for ${direction} connectivity)\n`);
  rules.forEach(({ ports = [], peers = [] }, index) => {
    if (ports.length === 0) out.write(0, `${INDENT}To Port: <any> (traffic allowed to all ports)\n`);
    for (const { port = "<nil>", endPort, protocol = "TCP" } of ports) {
      const text = endPort === undefined ? `To Port: ${port}` : `To Port Range: ${port}-${endPort}`;
      out.write(0, `${INDENT}${text}/${protocol}\n`);
    }
    if (peers.length === 0) out.write(0, `${INDENT}${word}: <any> (traffic not restricted by ${end})\n`);
    for (const peer of peers) {
      out.write(0, `${INDENT}${word}:\n`);
      writePeer(out, peer);
    }
    if (index < rules.length - 1) out.write(0, `${INDENT}----------\n`);
  });
}

function writePeer(out: TextSink, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): void {
  if (namespaceSelector !== undefined) {
    out.write(1, `${INDENT}NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n`);
  }
  if (podSelector !== undefined) out.write(1, `${INDENT}PodSelector: ${formatLabelSelector(podSelector)}\n`);
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock !== undefined) {
    out.write(1, `${INDENT}IPBlock:\n`);
    out.write(2, `${INDENT}CIDR: ${ipBlock.cidr}\n`);
    out.write(2, `${INDENT}Except: ${(ipBlock.except ?? []).join(", ")}\n`);
  }
}
