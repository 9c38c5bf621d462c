import type { EndpointSlice, Service } from "../api/refs.ts";
import type { Endpoint, ServicePort } from "../api/schema/generated/types.ts";

/** Where a connection to a service may end. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  readonly endpoint: Endpoint;
}

/** From where a connection comes to a service's rules: the machine that applies them, and by which door. */
export interface Approach {
  readonly nodeName: string;
  readonly zone: string | undefined;
  /** `internal`: to the cluster IP; `external`: from outside to a door for those outside; `cluster`: to such from inside. */
  readonly way: "internal" | "external" | "cluster";
}

/** What the rules of a machine say about one port of a service. */
export interface Choice {
  readonly backends: readonly Backend[];
  /** Whether any backend is there at all: where none is, the connection is refused; where only others have, dropped. */
  readonly hasAny: boolean;
}

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false;

function isServingWhileTerminating({ conditions }: Endpoint): boolean {
  return (conditions?.serving ?? isReady({ addresses: [], conditions })) && conditions?.terminating === true;
}

/** All IPv4 endpoints of one port of a service. */
function backendsOf(slices: Iterable<EndpointSlice>, port: ServicePort): Backend[] {
  const backends: Backend[] = [];
  const seen = new Set<string>();
  for (const slice of slices) {
    if (slice.addressType !== "IPv4") continue;
    const target = slice.ports?.find(
      ({ name, protocol }) => (name ?? "") === (port.name ?? "") && (protocol ?? "TCP") === (port.protocol ?? "TCP"),
    )?.port;
    if (target === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const [address] = endpoint.addresses;
      if (address === undefined || seen.has(`${address}:${target}`)) continue;
      seen.add(`${address}:${target}`);
      backends.push({ address, port: target, endpoint });
    }
  }
  return backends;
}

// Models pkg/proxy topology.go CategorizeEndpoints
/** The endpoints that a machine's rules send connections to. */
export function chooseEndpoints(
  service: Service,
  port: ServicePort,
  slices: Iterable<EndpointSlice>,
  approach: Approach,
): Choice {
  const all = backendsOf(slices, port);
  const usable = all.filter(({ endpoint }) => isReady(endpoint));
  const fallback = all.filter(({ endpoint }) => isServingWhileTerminating(endpoint));
  const { internalTrafficPolicy, externalTrafficPolicy } = service.spec;
  const isLocal =
    (approach.way === "internal" && internalTrafficPolicy === "Local") ||
    (approach.way === "external" && externalTrafficPolicy === "Local");
  const hasAny = usable.length > 0 || fallback.length > 0;
  if (isLocal) {
    const here = ({ endpoint }: Backend) => endpoint.nodeName === approach.nodeName;
    const ready = usable.filter(here);
    return { backends: ready.length > 0 ? ready : fallback.filter(here), hasAny };
  }
  const near = byHints(usable, approach);
  return { backends: near.length > 0 ? near : usable.length > 0 ? usable : fallback, hasAny };
}

// Models pkg/proxy topology.go topologyModeFromHints
/** Those that are meant for this machine or its zone; empty where hints can't be followed. */
function byHints(usable: readonly Backend[], { nodeName, zone }: Approach): readonly Backend[] {
  const forNode = usable.filter(({ endpoint }) => endpoint.hints?.forNodes?.some(({ name }) => name === nodeName));
  const allHaveNodes = usable.every(({ endpoint }) => (endpoint.hints?.forNodes?.length ?? 0) > 0);
  if (allHaveNodes && forNode.length > 0) return forNode;
  const allHaveZones = usable.every(({ endpoint }) => (endpoint.hints?.forZones?.length ?? 0) > 0);
  if (!allHaveZones || zone === undefined) return [];
  return usable.filter(({ endpoint }) => endpoint.hints?.forZones?.some(({ name }) => name === zone));
}
