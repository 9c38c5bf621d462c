import type { Cache } from "../api/client.ts";
import { joinKey, keyOf } from "../api/object.ts";
import { ENDPOINT_SLICES, NAMESPACES, SERVICES, type Service } from "../api/refs.ts";
import type { Endpoint } from "../api/schema/generated/types.ts";
import { hasClusterIp } from "../controllers/shared/service-ports.ts";
import { SERVICES_BY_CLUSTER_IP } from "../resources/core/service/addresses.ts";
import { SLICES_BY_SERVICE } from "../resources/discovery/endpointslice/kind.ts";
import type { DnsRecord } from "./network-view.ts";

/** The names that the cluster's DNS knows. Models CoreDNS' plugin kubernetes, with `pods insecure` and `ttl 30`. */

export const CLUSTER_DOMAIN = "cluster.local";
const TTL_SECONDS = 30;
const DNS_VERSION = "1.1.0";

/** An answer; `forward`: a name that is not the cluster's, and that an alias points to. */
export interface ZoneAnswer {
  readonly status: "NOERROR" | "NXDOMAIN";
  readonly records: readonly DnsRecord[];
  readonly forward?: string;
}

const NO_NAME: ZoneAnswer = { status: "NXDOMAIN", records: [] };
const NO_DATA: ZoneAnswer = { status: "NOERROR", records: [] };

/** Whether the cluster's DNS answers for a name itself. */
export function isClusterName(name: string): boolean {
  return name === CLUSTER_DOMAIN || name.endsWith(`.${CLUSTER_DOMAIN}`);
}

export const record = (name: string, type: DnsRecord["type"], data: string, ttlSeconds = TTL_SECONDS): DnsRecord => ({
  name: `${name}.`,
  ttlSeconds,
  type,
  data,
});

/** Answers for a name in the cluster's domain: lower case, no dot at its end. */
export function answerClusterName(cache: Cache, name: string, type: DnsRecord["type"]): ZoneAnswer {
  const labels = name.slice(0, -CLUSTER_DOMAIN.length).split(".").filter(Boolean);
  const kind = labels.pop();
  if (kind === undefined) return NO_DATA;
  if (kind === "dns-version" && labels.length === 0) {
    return type === "TXT" ? { status: "NOERROR", records: [record(name, "TXT", `"${DNS_VERSION}"`)] } : NO_DATA;
  }
  if (kind !== "svc" && kind !== "pod") return NO_NAME;
  const namespace = labels.pop();
  if (namespace === undefined) return NO_DATA;
  if (cache.get(NAMESPACES, namespace) === undefined) return NO_NAME;
  if (labels.length === 0) return NO_DATA;
  return kind === "pod" ? podAnswer(name, labels, type) : serviceAnswer(cache, name, namespace, labels, type);
}

/** `10-244-1-2.default.pod.cluster.local`: whatever stands there, nobody looks whether there is such a pod. */
function podAnswer(name: string, labels: readonly string[], type: DnsRecord["type"]): ZoneAnswer {
  const ip = (labels[0] ?? "").replaceAll("-", ".");
  if (labels.length > 1 || !/^\d{1,3}(\.\d{1,3}){3}$/.test(ip)) return NO_NAME;
  return type === "A" ? { status: "NOERROR", records: [record(name, "A", ip)] } : NO_DATA;
}

interface Found {
  readonly host: string;
  readonly port: number;
  /** The name that an SRV record points to. */
  readonly target: string;
}

function serviceAnswer(
  cache: Cache,
  name: string,
  namespace: string,
  labels: readonly string[],
  type: DnsRecord["type"],
): ZoneAnswer {
  const service = cache.get(SERVICES, joinKey(namespace, labels.at(-1) ?? ""));
  if (service === undefined) return NO_NAME;
  const rest = labels.slice(0, -1);
  if (service.spec.type === "ExternalName") {
    const target = (service.spec.externalName ?? "").replace(/\.$/, "").toLowerCase();
    if (rest.length > 0 || target === "") return NO_NAME;
    const alias = record(name, "CNAME", `${target}.`);
    return { status: "NOERROR", records: [alias], ...(type !== "CNAME" && { forward: target }) };
  }
  const [port, protocol, endpoint] =
    rest.length === 2 && rest.every((label) => label.startsWith("_"))
      ? [rest[0]?.slice(1), rest[1]?.slice(1), undefined]
      : [undefined, undefined, rest[0]];
  if (rest.length > (port === undefined ? 1 : 2)) return NO_NAME;
  const found = findTargets(cache, service, { port, protocol, endpoint });
  if (found.length === 0) return NO_NAME;
  const owner = port === undefined ? name : `${labels.join(".")}.${namespace}.svc.${CLUSTER_DOMAIN}`;
  if (type === "SRV") return srvAnswer(owner, found);
  if (type !== "A") return NO_DATA;
  const ips = [...new Set(found.map(({ host }) => host))].filter((ip) => !ip.includes(":"));
  return { status: "NOERROR", records: ips.map((ip) => record(name, "A", ip)) };
}

function srvAnswer(owner: string, found: readonly Found[]): ZoneAnswer {
  const weight = Math.max(1, Math.floor(100 / found.length));
  const pairs = new Set(found.map(({ port, target }) => `0 ${weight} ${port} ${target}.`));
  return { status: "NOERROR", records: [...pairs].map((data) => record(owner, "SRV", data)) };
}

interface Asked {
  readonly port: string | undefined;
  readonly protocol: string | undefined;
  readonly endpoint: string | undefined;
}

// Models coredns plugin/kubernetes kubernetes.go findServices
function findTargets(cache: Cache, service: Service, { port, protocol, endpoint }: Asked): Found[] {
  const own = `${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
  const fits = (name: string | undefined, proto: string | undefined) =>
    (port === undefined || port === (name ?? "")) &&
    (protocol === undefined || protocol === (proto ?? "TCP").toLowerCase());
  if (hasClusterIp(service) && endpoint === undefined) {
    const ports = (service.spec.ports ?? []).filter((each) => fits(each.name, each.protocol));
    const host = service.spec.clusterIP ?? "";
    return ports.map((each) => ({ host, port: each.port, target: own }));
  }
  const found: Found[] = [];
  for (const slice of cache.byIndex(ENDPOINT_SLICES, SLICES_BY_SERVICE, keyOf(service))) {
    for (const each of slice.endpoints ?? []) {
      if (each.conditions?.ready === false) continue;
      const name = endpointName(each);
      if (endpoint !== undefined && endpoint !== name) continue;
      const ports = slice.ports?.length ? slice.ports : [{ name: "", port: -1, protocol: "TCP" }];
      for (const one of ports) {
        if (!fits(one.name, one.protocol)) continue;
        found.push({ host: each.addresses[0] ?? "", port: one.port ?? -1, target: `${name}.${own}` });
      }
    }
  }
  return found;
}

/** The name of an endpoint below its service: its own, or its address with dashes. */
function endpointName({ hostname, addresses }: Endpoint): string {
  return hostname || (addresses[0] ?? "").replaceAll(".", "-").replaceAll(":", "-");
}

/** Answers for `4.3.2.1.in-addr.arpa`; undefined when the address is nobody's here. */
// Models coredns plugin/kubernetes reverse.go serviceRecordForIP
export function answerAddress(cache: Cache, name: string): ZoneAnswer | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name);
  if (match === null) return undefined;
  const ip = match.slice(1).reverse().join(".");
  const pointer = (target: string) => record(name, "PTR", `${target}.`);
  for (const { metadata } of cache.byIndex(SERVICES, SERVICES_BY_CLUSTER_IP, ip)) {
    return {
      status: "NOERROR",
      records: [pointer(`${metadata.name}.${metadata.namespace}.svc.${CLUSTER_DOMAIN}`)],
    };
  }
  const records: DnsRecord[] = [];
  for (const key of cache.indexValues(ENDPOINT_SLICES, SLICES_BY_SERVICE)) {
    for (const slice of cache.byIndex(ENDPOINT_SLICES, SLICES_BY_SERVICE, key)) {
      const endpoint = slice.endpoints?.find(
        ({ addresses, conditions }) => addresses.includes(ip) && conditions?.ready !== false,
      );
      if (endpoint === undefined) continue;
      const [namespace, service] = key.split("/");
      records.push(pointer(`${endpointName(endpoint)}.${service}.${namespace}.svc.${CLUSTER_DOMAIN}`));
      break;
    }
  }
  return records.length > 0 ? { status: "NOERROR", records } : undefined;
}
