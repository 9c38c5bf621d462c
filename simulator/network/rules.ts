import type { Cache } from "../api/client.ts";
import { joinKey, keyOf } from "../api/object.ts";
import { ENDPOINT_SLICES, type EndpointSlice, SERVICES, type Service } from "../api/refs.ts";
import type { ServicePort } from "../api/schema/generated/types.ts";
import type { JsonObject } from "../base/json.ts";
import type { Machine } from "../node/machine.ts";
import { PROXY } from "../node/machines.ts";
import { stateOf } from "../node/runtime.ts";
import { SERVICES_BY_CLUSTER_IP, SERVICES_BY_NODE_PORT } from "../resources/core/service/addresses.ts";
import { SERVICE_NAME_LABEL, SLICES_BY_SERVICE } from "../resources/discovery/endpointslice/kind.ts";

/*
 * What kube-proxy has told the kernel of one machine. While it runs and sees the API that is what the API says; when it
 * stops, or is cut off, the rules stay as they were; a machine that has just been switched on has none.
 */

/** A service, and which of its ports an address and a port mean. */
export interface Matched {
  readonly service: Service;
  readonly port: ServicePort;
  /** Whether it was by a door for those outside: a node port, an external or a load balancer's address. */
  readonly external: boolean;
}

/** Services and their slices as one machine knows them. */
export interface Rules {
  byClusterIp(ip: string): Iterable<Service>;
  byNodePort(port: number): Iterable<Service>;
  all(): Iterable<Service>;
  slicesOf(service: Service): Iterable<EndpointSlice>;
}

interface Kept {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
}

function liveRules(cache: Cache): Rules {
  return {
    byClusterIp: (ip) => cache.byIndex(SERVICES, SERVICES_BY_CLUSTER_IP, ip),
    byNodePort: (port) => cache.byIndex(SERVICES, SERVICES_BY_NODE_PORT, String(port)),
    all: () => cache.list(SERVICES),
    slicesOf: (service) => cache.byIndex(ENDPOINT_SLICES, SLICES_BY_SERVICE, keyOf(service)),
  };
}

function keptRules({ services, slices }: Kept): Rules {
  const nameOf = ({ metadata }: EndpointSlice) =>
    joinKey(metadata.namespace, metadata.labels?.[SERVICE_NAME_LABEL] ?? "");
  return {
    byClusterIp: (ip) => services.filter(({ spec }) => spec.clusterIPs?.includes(ip)),
    byNodePort: (port) => services.filter(({ spec }) => spec.ports?.some(({ nodePort }) => nodePort === port)),
    all: () => services,
    slicesOf: (service) => slices.filter((slice) => nameOf(slice) === keyOf(service)),
  };
}

/** The rules of all machines. */
export class RuleBook {
  readonly #cache: Cache;
  readonly #nowMs: () => number;
  readonly #live: Rules;
  /** Machines whose proxy was seen at work since they were switched on, with what it left behind if it no longer is. */
  readonly #seen = new Map<string, { readonly boots: number; kept: Kept | undefined }>();

  constructor(cache: Cache, nowMs: () => number) {
    this.#cache = cache;
    this.#nowMs = nowMs;
    this.#live = liveRules(cache);
  }

  /** What the machine's kernel does with addresses of services; undefined: it knows none. */
  of(machine: Machine): Rules | undefined {
    const state = this.#proxyState(machine);
    if (state === "live") {
      this.#seen.set(machine.name, { boots: machine.boots, kept: undefined });
      return this.#live;
    }
    const seen = this.#seen.get(machine.name);
    const wasSeen = seen !== undefined && seen.boots === machine.boots;
    if (!wasSeen && state === "none") return undefined;
    const kept = (wasSeen ? seen.kept : undefined) ?? this.#copy();
    this.#seen.set(machine.name, { boots: machine.boots, kept });
    return keptRules(kept);
  }

  /** The proxy of a machine stops following the API just now, or may do so: what it knows is noted. */
  keep(machine: Machine): void {
    const seen = this.#seen.get(machine.name);
    if (seen?.boots === machine.boots && seen.kept !== undefined) return;
    if (seen?.boots !== machine.boots && this.#proxyState(machine) === "none") return;
    this.#seen.set(machine.name, { boots: machine.boots, kept: this.#copy() });
  }

  #copy(): Kept {
    return { services: [...this.#cache.list(SERVICES)], slices: [...this.#cache.list(ENDPOINT_SLICES)] };
  }

  #proxyState(machine: Machine): "live" | "was" | "none" {
    let state: "was" | "none" = "none";
    for (const pod of machine.pods.values()) {
      for (const container of pod.containers) {
        if (container.name !== PROXY || container.lost || container.startedMs < 0) continue;
        if (stateOf(container, this.#nowMs()) === "running" && machine.connected) return "live";
        state = "was";
      }
    }
    return state;
  }

  save(): JsonObject {
    return Object.fromEntries([...this.#seen]) as unknown as JsonObject;
  }

  load(state: JsonObject): void {
    this.#seen.clear();
    const saved = state as unknown as { [name: string]: { boots: number; kept?: Kept } };
    for (const [name, { boots, kept }] of Object.entries(saved)) this.#seen.set(name, { boots, kept });
  }
}

// Models pkg/proxy/iptables proxier.go syncProxyRules: which addresses and ports get a rule
/** The service that an address and a port stand for on a machine with these rules. `isNode`: the address is a machine's. */
export function matchService(
  rules: Rules,
  address: string,
  port: number,
  protocol: string,
  isNode: boolean,
): Matched | "other-port" | undefined {
  const fits = (each: ServicePort) => (each.protocol ?? "TCP").toLowerCase() === protocol;
  for (const service of rules.byClusterIp(address)) {
    const found = service.spec.ports?.find((each) => each.port === port && fits(each));
    return found === undefined ? "other-port" : { service, port: found, external: false };
  }
  if (isNode) {
    for (const service of rules.byNodePort(port)) {
      const found = service.spec.ports?.find((each) => each.nodePort === port && fits(each));
      if (found !== undefined) return { service, port: found, external: true };
    }
    return undefined;
  }
  for (const service of rules.all()) {
    const points = service.status?.loadBalancer?.ingress ?? [];
    if (!service.spec.externalIPs?.includes(address) && !points.some(({ ip }) => ip === address)) continue;
    const found = service.spec.ports?.find((each) => each.port === port && fits(each));
    if (found !== undefined) return { service, port: found, external: true };
  }
  return undefined;
}
