import type { Pod } from "../api/refs.ts";
import type { Machine } from "./machine.ts";

const LONGEST = 63;
export const CLUSTER_DOMAIN = "cluster.local";

// Models pkg/kubelet kubelet_pods.go GeneratePodHostNameAndDomain and truncatePodHostnameIfNeeded
/** What `hostname` says in a pod's containers. */
export function hostnameOf(pod: Pod, machine: Machine): string {
  const { hostnameOverride, hostname, hostNetwork } = pod.spec;
  if (hostNetwork === true && !hostnameOverride) return machine.name;
  const name = hostnameOverride || hostname || pod.metadata.name;
  return name.length <= LONGEST ? name : name.slice(0, LONGEST).replace(/[-.]+$/, "");
}

/** The domain of a pod with a subdomain: `sub.default.svc.cluster.local`; empty without one. */
export function domainOf(pod: Pod): string {
  const { subdomain, hostnameOverride } = pod.spec;
  if (!subdomain || hostnameOverride) return "";
  return `${subdomain}.${pod.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
}
