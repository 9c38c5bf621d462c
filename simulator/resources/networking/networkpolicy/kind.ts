import type { Kind } from "../../../api/kind.ts";
import { child, index } from "../../../api/meta/field-error.ts";
import { cidrWarnings } from "../../../api/meta/ip.ts";
import { formatLabelSelector } from "../../../api/meta/labels.ts";
import { NETWORK_POLICIES, type NetworkPolicy } from "../../../api/refs.ts";
import type { NetworkPolicyPeer } from "../../../api/schema/generated/types.ts";
import type { Draft } from "../../../base/json.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateNetworkPolicy } from "./validation.ts";

export const networkPolicyKind: Kind<NetworkPolicy> = {
  ref: NETWORK_POLICIES,
  singular: "networkpolicy",
  shortNames: ["netpol"],
  namespaced: true,
  type: "NetworkPolicy",
  hasGeneration: true,
  defaults: defaultNetworkPolicy,
  validate: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicy,
  warnings: (object) => [
    ...(object.spec.ingress ?? []).flatMap(({ from = [] }, at) =>
      peerWarnings(from, child(index("spec.ingress", at), "from")),
    ),
    ...(object.spec.egress ?? []).flatMap(({ to = [] }, at) => peerWarnings(to, child(index("spec.egress", at), "to"))),
  ],
  // Models pkg/printers/internalversion printNetworkPolicy
  columns: [
    nameColumn(),
    {
      name: "Pod-Selector",
      type: "string",
      description:
        "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is applied to any pods selected by this field. An empty selector matches all pods in the policy's namespace. Multiple network policies can select the same set of pods. In this case, the ingress rules for each are combined additively. This field is optional. If it is not specified, it defaults to an empty selector.",
      priority: 0,
      cell: (object) => formatLabelSelector(object.spec.podSelector ?? {}),
    },
    ageColumn(),
  ],
};

// Models pkg/apis/networking/v1 SetDefaults_NetworkPolicy
function defaultNetworkPolicy(object: Draft<NetworkPolicy>): void {
  object.spec ??= {};
  const { spec } = object;
  spec.podSelector ??= {};
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of rule.ports ?? []) port.protocol ??= "TCP";
  }
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ["Ingress", "Egress"] : ["Ingress"];
}

// Models pkg/registry/networking/networkpolicy networkPolicyWarnings
function peerWarnings(peers: readonly NetworkPolicyPeer[], path: string): readonly string[] {
  return peers.flatMap(({ ipBlock }, at) => {
    if (!ipBlock) return [];
    const here = child(index(path, at), "ipBlock");
    const excepted = (ipBlock.except ?? []).flatMap((cidr, exceptAt) =>
      cidrWarnings(index(child(here, "except"), exceptAt), cidr),
    );
    return [...cidrWarnings(child(here, "cidr"), ipBlock.cidr), ...excepted];
  });
}
