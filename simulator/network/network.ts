import type { ApiRequest, ApiResponse } from "../api/http.ts";
import type { Pod } from "../api/refs.ts";
import type { JsonObject } from "../base/json.ts";
import type { Machine } from "../node/machine.ts";
import type { Machines } from "../node/machines.ts";
import { podOfRuntime } from "../node/pod-spec-of.ts";
import { type RunningProgram, serverIn } from "../node/program-world.ts";
import type { RuntimePod } from "../node/runtime.ts";
import type { RandomStream } from "../time/random.ts";
import { Affinity } from "./affinity.ts";
import { chooseEndpoints } from "./endpoints.ts";
import type { ConnectProblem, NetworkView, Place } from "./network-view.ts";
import { isOutsideAddress, OUTSIDE_ADDRESS, OUTSIDE_RESOLVER } from "./outside.ts";
import { isAllowed } from "./policy.ts";
import { type Matched, matchService, RuleBook, type Rules } from "./rules.ts";
import { PlaceView } from "./view.ts";

/** What the network needs from its host. */
export interface NetworkPorts {
  readonly machines: Machines;
  /** A stream of chance: which endpoint. */
  readonly random: (name: string) => RandomStream;
  /** A request to the API server from inside the cluster; it is no input of the run. */
  readonly api: (request: ApiRequest) => ApiResponse;
}

/** Where somebody stands who opens a connection. */
export interface Stand {
  readonly ip: string;
  /** Undefined: outside. */
  readonly machine: Machine | undefined;
  /** A pod with an address of its own, and its object where the API knows it. */
  readonly runtimePod: RuntimePod | undefined;
  readonly pod: Pod | undefined;
}

/** Where a connection ends. */
export type Target =
  | { readonly kind: "program"; readonly program: RunningProgram; readonly port: number; readonly from: string }
  | { readonly kind: "kubelet"; readonly machine: Machine; readonly port: number }
  | { readonly kind: "world" }
  | { readonly kind: "resolver" };

type Protocol = "tcp" | "udp";

const KUBELET_PORT = 10_250;
const KUBELET_HEALTH_PORT = 10_248;
const DNS_PORT = 53;
const LOOPBACK = /^(127\.|localhost$)/;
const ZONE_LABEL = "topology.kubernetes.io/zone";

/** The network of the cluster: finds where a connection from one place to an address ends. */
export class Network {
  readonly #ports: NetworkPorts;
  readonly #rules: RuleBook;
  readonly #affinity = new Affinity();

  constructor(ports: NetworkPorts) {
    this.#ports = ports;
    this.#rules = new RuleBook(this.cache, ports.machines.ports.nowMs);
  }

  get machines(): Machines {
    return this.#ports.machines;
  }

  get cache() {
    return this.machines.ports.sources.cache;
  }

  get nowMs(): number {
    return this.machines.ports.nowMs();
  }

  /** The network as one place sees it; good for this instant. */
  view(place: Place): NetworkView {
    return new PlaceView(this, place);
  }

  podOf(machine: Machine, runtimePod: RuntimePod): Pod | undefined {
    return podOfRuntime(this.machines.ports.sources, machine, runtimePod);
  }

  /** A request to the API server from inside the cluster. */
  api(request: ApiRequest): ApiResponse {
    return this.#ports.api(request);
  }

  /** kube-proxy of a machine has started, or is about to stop following the API: what it knows is noted then. */
  onProxy(machine: Machine, does: "starts" | "stops"): void {
    if (does === "stops") this.#rules.keep(machine);
    else this.#rules.of(machine);
  }

  save(): JsonObject {
    return { rules: this.#rules.save(), affinity: this.#affinity.save() };
  }

  load(state: JsonObject): void {
    this.#rules.load(state.rules as JsonObject);
    this.#affinity.load(state.affinity as JsonObject);
  }

  /** Where a place stands; undefined when there is nothing that could open a connection. */
  standOf(place: Place): Stand | undefined {
    if (place.kind === "outside") {
      return { ip: OUTSIDE_ADDRESS, machine: undefined, runtimePod: undefined, pod: undefined };
    }
    const machine = this.machines.get(place.node);
    if (machine === undefined || !machine.powered) return undefined;
    const own: Stand = { ip: machine.shape.address, machine, runtimePod: undefined, pod: undefined };
    if (place.kind === "node") return own;
    const runtimePod = machine.pods.get(place.uid);
    if (runtimePod?.ip === undefined || !runtimePod.sandbox) return undefined;
    if (runtimePod.ip === machine.shape.address) return own;
    const pod = podOfRuntime(this.machines.ports.sources, machine, runtimePod);
    return { ip: runtimePod.ip, machine, runtimePod, pod };
  }

  // The order of the kernel's tables: services first, then routes, then policies, then whoever listens.
  /** Follows a connection to its end. */
  route(from: Stand, address: string, port: number, protocol: Protocol): Target | ConnectProblem {
    if (LOOPBACK.test(address)) return this.#loopback(from, port);
    const own = this.machines.withAddress(address);
    if (from.machine === undefined) return this.#fromOutside(from, own, address, port, protocol);
    const rules = this.#rules.of(from.machine);
    const match = rules && matchService(rules, address, port, protocol, own !== undefined);
    if (match === "other-port") return "timeout";
    if (match === undefined) return this.#deliver(from, from.machine, { ip: address, port, protocol });
    return this.#throughService(from, from.machine, rules, match, protocol);
  }

  /** Only what is meant for those outside is open to them: machines, their node ports, addresses of load balancers. */
  #fromOutside(
    from: Stand,
    own: Machine | undefined,
    address: string,
    port: number,
    protocol: Protocol,
  ): Target | ConnectProblem {
    for (const gate of own === undefined ? this.machines.all : [own]) {
      if (!gate.powered || !gate.connected) continue;
      const rules = this.#rules.of(gate);
      const match = rules && matchService(rules, address, port, protocol, own !== undefined);
      if (match !== undefined && match !== "other-port" && match.external) {
        const found = this.#throughService(from, gate, rules, match, protocol);
        // A load balancer asks each machine whether it has endpoints of its own, where that matters.
        if (own !== undefined || (found !== "timeout" && found !== "refused")) return found;
      } else if (own !== undefined) return this.#deliver(from, own, { ip: address, port, protocol });
    }
    return isOutsideAddress(address) ? { kind: "world" } : "timeout";
  }

  #throughService(
    from: Stand,
    gate: Machine,
    rules: Rules | undefined,
    match: Matched,
    protocol: Protocol,
  ): Target | ConnectProblem {
    const fromOutside = from.machine === undefined;
    const { backends, hasAny } = chooseEndpoints(match.service, match.port, rules?.slicesOf(match.service) ?? [], {
      nodeName: gate.name,
      zone: gate.shape.labels[ZONE_LABEL],
      // From inside, an address for those outside means the whole cluster.
      way: match.external ? (fromOutside ? "external" : "cluster") : "internal",
    });
    if (backends.length === 0) return hasAny ? "timeout" : "refused";
    const chosen = this.#choose(gate, from.ip, match, backends);
    const keepsAddress = !match.external || (fromOutside && match.service.spec.externalTrafficPolicy === "Local");
    // The answer must come back the same way: the machine puts its own address in the place of the caller's.
    const seen: Stand =
      keepsAddress && chosen.address !== from.ip
        ? from
        : { ip: gate.shape.address, machine: gate, runtimePod: undefined, pod: undefined };
    return this.#deliver(seen, gate, { ip: chosen.address, port: chosen.port, protocol });
  }

  #choose<T extends { readonly address: string; readonly port: number }>(
    gate: Machine,
    clientIp: string,
    match: Matched,
    backends: readonly T[],
  ): T {
    const { spec, metadata } = match.service;
    const random = this.#ports.random(`network/${gate.name}`);
    const draw = () => backends[backends.length === 1 ? 0 : random.below(backends.length)] as T;
    if (spec.sessionAffinity !== "ClientIP") return draw();
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
    const key = `${gate.name}/${metadata.uid}/${match.port.port}/${clientIp}`;
    const held = this.#affinity.get(key, this.nowMs, seconds * 1000);
    const chosen = backends.find(({ address }) => address === held) ?? draw();
    this.#affinity.set(key, chosen.address, this.nowMs);
    return chosen;
  }

  /** From a machine to an address that is no service's. */
  #deliver(from: Stand, gate: Machine, to: Address): Target | ConnectProblem {
    const machine = this.machines.withAddress(to.ip);
    const home = machine ?? this.machines.ofPodAddress(to.ip);
    if (home === undefined) return this.#beyond(from, to);
    if (gate !== home && !(gate.connected && home.connected && home.powered)) return "timeout";
    if (machine !== undefined) {
      if (!this.#isAllowed(from, undefined, undefined, to)) return "timeout";
      return this.#onMachine(machine, to.port, from.ip) ?? "refused";
    }
    const runtimePod = podAt(home, to.ip);
    if (runtimePod === undefined) return "unreachable";
    const pod = podOfRuntime(this.machines.ports.sources, home, runtimePod);
    if (!this.#isAllowed(from, pod, home, to)) return "timeout";
    return this.#inPod(home, runtimePod, to.port, from.ip) ?? "refused";
  }

  #isAllowed(from: Stand, pod: Pod | undefined, home: Machine | undefined, to: Address): boolean {
    const ofOwnMachine = from.runtimePod === undefined && home !== undefined && from.machine === home;
    if (ofOwnMachine) return true;
    const attempt = { from: { ip: from.ip, pod: from.pod }, to: { ip: to.ip, pod }, ...to };
    return isAllowed(this.cache, { ...attempt, port: to.port, protocol: to.protocol });
  }

  /** To addresses that are nobody's in the cluster. */
  #beyond(from: Stand, to: Address): Target | ConnectProblem {
    if (from.machine?.connected === false || !this.#isAllowed(from, undefined, undefined, to)) return "timeout";
    if (to.ip === OUTSIDE_RESOLVER) return to.port === DNS_PORT ? { kind: "resolver" } : "refused";
    if (!isOutsideAddress(to.ip)) return "timeout";
    return to.port === 80 || to.port === 443 ? { kind: "world" } : "timeout";
  }

  #loopback(from: Stand, port: number): Target | ConnectProblem {
    const { machine, runtimePod } = from;
    if (machine === undefined) return "refused";
    if (runtimePod !== undefined) return this.#inPod(machine, runtimePod, port, "127.0.0.1") ?? "refused";
    if (port === KUBELET_HEALTH_PORT && machine.kubeletEnabled) return { kind: "kubelet", machine, port };
    return this.#onMachine(machine, port, "127.0.0.1") ?? "refused";
  }

  /** Who listens on a machine's own address: pods on its network, its kubelet, ports that it passes on to pods. */
  #onMachine(machine: Machine, port: number, from: string): Target | undefined {
    if (port === KUBELET_PORT && machine.kubeletEnabled) return { kind: "kubelet", machine, port };
    for (const runtimePod of machine.pods.values()) {
      if (!runtimePod.sandbox || runtimePod.ip === undefined) continue;
      if (runtimePod.ip === machine.shape.address) {
        const found = this.#inPod(machine, runtimePod, port, from);
        if (found !== undefined) return found;
        continue;
      }
      const inner = hostPortOf(podOfRuntime(this.machines.ports.sources, machine, runtimePod), port);
      if (inner !== undefined) return this.#inPod(machine, runtimePod, inner, from);
    }
    return undefined;
  }

  #inPod(machine: Machine, runtimePod: RuntimePod, port: number, from: string): Target | undefined {
    const program = serverIn(this.machines, machine, runtimePod, port);
    return program && { kind: "program", program, port, from };
  }
}

interface Address {
  readonly ip: string;
  readonly port: number;
  readonly protocol: Protocol;
}

function podAt(machine: Machine, ip: string): RuntimePod | undefined {
  for (const pod of machine.pods.values()) if (pod.ip === ip && pod.sandbox) return pod;
  return undefined;
}

/** The container port behind a port of its machine. */
function hostPortOf(pod: Pod | undefined, port: number): number | undefined {
  for (const { ports } of pod?.spec.containers ?? []) {
    const found = ports?.find(({ hostPort }) => hostPort === port);
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}
