import type { Pod } from "../../api/refs.ts";
import { CLUSTER_DOMAIN, domainOf, hostnameOf } from "../hostname.ts";
import type { Machine } from "../machine.ts";

const CLUSTER_DNS = "10.96.0.10";
/** What a machine's own /etc/resolv.conf names. */
const HOST_DNS = "10.0.0.1";

/** A machine's own /etc/hosts. */
export function machineHosts(machine: Machine): string {
  const localhost = "127.0.0.1\tlocalhost\n";
  const ipv6 = "\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";
  return `${localhost}${machine.shape.address}\t${machine.name}\n${ipv6}`;
}

function aliasLines({ spec }: Pod): string {
  if (!spec.hostAliases?.length) return "";
  const lines = spec.hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join("\t")}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join("")}`;
}

// Models pkg/kubelet kubelet_pods.go managedHostsFileContent and nodeHostsFileContent
/** The /etc/hosts that a kubelet writes for a pod. */
export function hostsFile(pod: Pod, ip: string, machine: Machine): string {
  if (pod.spec.hostNetwork === true) {
    return `# Kubernetes-managed hosts file (host network).\n${machineHosts(machine)}${aliasLines(pod)}`;
  }
  const hostname = hostnameOf(pod, machine);
  const domain = domainOf(pod);
  const own = domain === "" ? `${ip}\t${hostname}\n` : `${ip}\t${hostname}.${domain}\t${hostname}\n`;
  const common =
    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n";
  return `# Kubernetes-managed hosts file.\n${common}${own}${aliasLines(pod)}`;
}

interface Dns {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

function baseDns({ metadata, spec }: Pod): Dns {
  const policy = spec.dnsPolicy ?? "ClusterFirst";
  if (policy === "None") return { servers: [], searches: [], options: [] };
  const isCluster = policy === "ClusterFirstWithHostNet" || (policy === "ClusterFirst" && spec.hostNetwork !== true);
  if (!isCluster) return { servers: [HOST_DNS], searches: [], options: [] };
  const services = `svc.${CLUSTER_DOMAIN}`;
  return {
    servers: [CLUSTER_DNS],
    searches: [`${metadata.namespace}.${services}`, services, CLUSTER_DOMAIN],
    options: ["ndots:5"],
  };
}

const unique = (items: readonly string[]): string[] => [...new Set(items)];

/** The most that a resolver looks at. Models pkg/apis/core/validation MaxDNSNameservers and MaxDNSSearchPaths */
const MOST_SERVERS = 3;
const MOST_SEARCHES = 32;

// Models pkg/kubelet/network/dns GetPodDNS
/** Name servers, search domains and options of a pod, in the order in which its /etc/resolv.conf has them. */
export function podDns(pod: Pod): Dns {
  const base = baseDns(pod);
  const { nameservers = [], searches = [], options = [] } = pod.spec.dnsConfig ?? {};
  const merged = new Map(base.options.map((option) => option.split(":", 2) as [string, string | undefined]));
  for (const { name = "", value } of options) merged.set(name, value);
  return {
    servers: unique([...base.servers, ...nameservers]).slice(0, MOST_SERVERS),
    searches: unique([...base.searches, ...searches]).slice(0, MOST_SEARCHES),
    options: [...merged].map(([name, value]) => (value ? `${name}:${value}` : name)),
  };
}

// Models containerd internal/cri/server parseDNSOptions
/** The /etc/resolv.conf of a pod. */
export function resolvFile(pod: Pod): string {
  const { servers, searches, options } = podDns(pod);
  const search = searches.length === 0 ? "" : `search ${searches.join(" ")}\n`;
  const nameservers = servers.map((server) => `nameserver ${server}\n`).join("");
  return `${search}${nameservers}${options.length === 0 ? "" : `options ${options.join(" ")}\n`}`;
}
