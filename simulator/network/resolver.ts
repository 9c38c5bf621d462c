import type { Cache } from "../api/client.ts";
import type { Pod } from "../api/refs.ts";
import {
  answerAddress,
  answerClusterName,
  CLUSTER_DOMAIN,
  isClusterName,
  record,
  type ZoneAnswer,
} from "./dns-names.ts";
import type { DnsAnswer, DnsRecord } from "./network-view.ts";
import { OUTSIDE_RESOLVER, outsideAddress } from "./outside.ts";

export const CLUSTER_DNS = "10.96.0.10";
/** An alias of an alias, and so on: no resolver follows for ever. */
const MAX_ALIASES = 8;
const OUTSIDE_TTL_SECONDS = 300;

/** What a place asks, as in its `resolv.conf` and its `hosts`. */
export interface ResolverSettings {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** A name with at least so many dots is tried as it stands first. */
  readonly ndots: number;
  readonly hosts: ReadonlyMap<string, string>;
}

/** A machine's own resolver. */
export const MACHINE_RESOLVER: ResolverSettings = {
  servers: [OUTSIDE_RESOLVER],
  search: [],
  ndots: 1,
  hosts: new Map([["localhost", "127.0.0.1"]]),
};

// Models pkg/kubelet/network/dns dns.go GetPodDNS
/** What a pod's containers find in their `resolv.conf` and `hosts`. */
export function podResolver(pod: Pod, ip: string, hostname: string): ResolverSettings {
  const { dnsPolicy = "ClusterFirst", dnsConfig, hostNetwork, hostAliases, subdomain } = pod.spec;
  const { namespace = "default" } = pod.metadata;
  const isCluster = dnsPolicy === "ClusterFirstWithHostNet" || (dnsPolicy === "ClusterFirst" && hostNetwork !== true);
  const cluster = [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN];
  const given = dnsPolicy === "None" ? [] : isCluster ? [CLUSTER_DNS] : MACHINE_RESOLVER.servers;
  const search = dnsPolicy === "None" ? [] : isCluster ? cluster : MACHINE_RESOLVER.search;
  const ndots = dnsConfig?.options?.find(({ name }) => name === "ndots")?.value;
  const hosts = new Map(MACHINE_RESOLVER.hosts);
  if (subdomain) hosts.set(`${hostname}.${subdomain}.${namespace}.svc.${CLUSTER_DOMAIN}`, ip);
  hosts.set(hostname, ip);
  for (const alias of hostAliases ?? []) for (const name of alias.hostnames ?? []) hosts.set(name, alias.ip);
  return {
    servers: [...new Set([...given, ...(dnsConfig?.nameservers ?? [])])],
    search: [...new Set([...search, ...(dnsConfig?.searches ?? [])])],
    ndots: ndots === undefined ? (isCluster ? 5 : 1) : Number(ndots) || 0,
    hosts,
  };
}

/** What answers at an address: the cluster's DNS, the resolver outside, or nothing that anyone hears of. */
export type ServerKind = "cluster" | "outside" | "none";

/** Asks one server about one whole name. */
function ask(cache: Cache, kind: ServerKind, name: string, type: DnsRecord["type"]): ZoneAnswer | "timeout" {
  if (kind === "none") return "timeout";
  if (kind === "cluster" && isClusterName(name)) return followed(cache, answerClusterName(cache, name, type), type, 0);
  if (kind === "cluster" && type === "PTR") {
    const found = answerAddress(cache, name);
    if (found !== undefined) return found;
  }
  const address = outsideAddress(name);
  if (address === undefined) return { status: "NXDOMAIN", records: [] };
  return { status: "NOERROR", records: type === "A" ? [record(name, "A", address, OUTSIDE_TTL_SECONDS)] : [] };
}

/** Adds what an alias points to: the cluster's server looks it up for the one who asks. */
function followed(cache: Cache, answer: ZoneAnswer, type: DnsRecord["type"], depth: number): ZoneAnswer {
  if (answer.forward === undefined || depth >= MAX_ALIASES) return answer;
  const target = answer.forward;
  const next = isClusterName(target)
    ? followed(cache, answerClusterName(cache, target, type), type, depth + 1)
    : ask(cache, "outside", target, type);
  if (next === "timeout") return answer;
  return { status: next.status, records: [...answer.records, ...next.records] };
}

interface Question {
  readonly name: string;
  readonly type: DnsRecord["type"];
  readonly search: boolean;
  /** A server to ask instead of the place's own. */
  readonly server: string | undefined;
}

/** Asks as the C library's resolver does: search domains in turn, the first server that answers. */
export function resolveName(
  cache: Cache,
  settings: ResolverSettings,
  question: Question,
  serverKind: (address: string) => ServerKind,
): DnsAnswer {
  const isWhole = question.name.endsWith(".");
  const bare = (isWhole ? question.name.slice(0, -1) : question.name).toLowerCase();
  const dots = bare.split(".").length - 1;
  const searched = isWhole || !question.search ? [] : settings.search.map((domain) => `${bare}.${domain}`);
  const names = dots >= settings.ndots ? [bare, ...searched] : [...searched, bare];
  const servers = question.server === undefined ? settings.servers : [question.server];
  for (const server of servers) {
    const kind = serverKind(server);
    if (kind === "none") continue;
    let empty: DnsAnswer | undefined;
    for (const name of names) {
      const answer = ask(cache, kind, name, question.type);
      if (answer === "timeout" || answer.status === "NXDOMAIN") continue;
      const found = { status: answer.status, server, name, records: answer.records };
      if (answer.records.length > 0) return found;
      empty ??= found;
    }
    return empty ?? { status: "NXDOMAIN", server, name: names.at(-1) ?? bare, records: [] };
  }
  return { status: "timeout", server: servers[0] ?? "", name: bare, records: [] };
}
