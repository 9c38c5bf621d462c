import { hostnameOf } from "../node/hostname.ts";
import { countRequest } from "../node/usage.ts";
import { askApiServer } from "./api-server.ts";
import type { Network, Stand, Target } from "./network.ts";
import type {
  ConnectProblem,
  DnsAnswer,
  DnsRecord,
  NetworkRequest,
  NetworkResponse,
  NetworkView,
  Place,
} from "./network-view.ts";
import { outsideAnswer } from "./outside.ts";
import { MACHINE_RESOLVER, podResolver, type ResolverSettings, resolveName, type ServerKind } from "./resolver.ts";

const API_SERVER = "kube-apiserver";
const IP = /^\d{1,3}(\.\d{1,3}){3}$/;
const FIRST_PORT = 32_768;
const PORTS = 28_232;

const page = (status: number, body: string): NetworkResponse => ({
  status,
  headers: { "Content-Type": "text/plain; charset=utf-8", "Content-Length": String(body.length) },
  body,
});

/** The network as one place sees it. */
export class PlaceView implements NetworkView {
  readonly #network: Network;
  readonly #place: Place;

  constructor(network: Network, place: Place) {
    this.#network = network;
    this.#place = place;
  }

  resolve(name: string): readonly string[] {
    if (IP.test(name)) return [name];
    const listed = this.#settings().hosts.get(name.toLowerCase());
    if (listed !== undefined) return [listed];
    const { records } = this.lookup(name, "A", { search: true });
    return records.filter(({ type }) => type === "A").map(({ data }) => data);
  }

  lookup(
    name: string,
    type: DnsRecord["type"],
    { search = true, server }: { readonly search?: boolean; readonly server?: string } = {},
  ): DnsAnswer {
    const question = { name, type, search, server };
    return resolveName(this.#network.cache, this.#settings(), question, (address) => this.#serverAt(address));
  }

  connect(address: string, port: number): "open" | ConnectProblem {
    const target = this.#route(address, port, "tcp");
    return typeof target === "string" ? target : "open";
  }

  http(address: string, port: number, request: NetworkRequest, secure = false): NetworkResponse | ConnectProblem {
    const target = this.#route(address, port, "tcp");
    if (typeof target === "string") return target;
    if (target.kind === "world") return secure === (port === 443) ? outsideAnswer(request.path) : "reset";
    if (target.kind === "resolver") return "reset";
    if (target.kind === "kubelet") {
      if (target.port === 10_248)
        return request.path === "/healthz" ? page(200, "ok") : page(404, "404 page not found\n");
      return secure ? page(401, "Unauthorized") : page(400, "Client sent an HTTP request to an HTTPS server.\n");
    }
    return this.#ask(target, request, secure);
  }

  exchange(address: string, port: number, bytes: string, protocol: "tcp" | "udp"): string | ConnectProblem {
    const target = this.#route(address, port, protocol);
    if (typeof target === "string") return target;
    if (target.kind !== "program") return "";
    const { behaviour, world } = target.program;
    return (
      behaviour.bytes?.(bytes, world, { port: target.port, from: target.from, fromPort: this.#port(), protocol }) ?? ""
    );
  }

  #ask(
    { program, port, from }: Extract<Target, { kind: "program" }>,
    request: NetworkRequest,
    secure: boolean,
  ): NetworkResponse | ConnectProblem {
    const { behaviour, world } = program;
    if (behaviour.process === API_SERVER) return askApiServer(this.#network, request, secure);
    const isTls = behaviour.tlsPorts.includes(port);
    if (secure && !isTls) return "reset";
    if (!secure && isTls) return page(400, "Client sent an HTTP request to an HTTPS server.\n");
    if (behaviour.http === undefined) return "reset";
    const fromPort = this.#port();
    if (!request.isTraceless) countRequest(program.container, this.#network.nowMs);
    return behaviour.http({ ...request, port, from, fromPort, secure }, world);
  }

  /** A port as the kernel hands them out: the same at the same instant. */
  #port(): number {
    return FIRST_PORT + ((this.#network.nowMs * 2_654_435_761) % PORTS);
  }

  #route(address: string, port: number, protocol: "tcp" | "udp"): Target | ConnectProblem {
    const stand = this.#network.standOf(this.#place);
    return stand === undefined ? "unreachable" : this.#network.route(stand, address, port, protocol);
  }

  #serverAt(address: string): ServerKind {
    const stand: Stand | undefined = this.#network.standOf(this.#place);
    if (stand === undefined) return "none";
    if (stand.machine === undefined) return "outside";
    const target = this.#network.route(stand, address, 53, "udp");
    if (typeof target === "string") return "none";
    if (target.kind === "resolver") return "outside";
    return target.kind === "program" && target.program.behaviour.dns ? "cluster" : "none";
  }

  #settings(): ResolverSettings {
    const place = this.#place;
    const machine = place.kind === "outside" ? undefined : this.#network.machines.get(place.node);
    const runtimePod = place.kind === "pod" ? machine?.pods.get(place.uid) : undefined;
    if (machine === undefined || runtimePod === undefined) return MACHINE_RESOLVER;
    const pod = this.#network.podOf(machine, runtimePod);
    return pod === undefined ? MACHINE_RESOLVER : podResolver(pod, runtimePod.ip ?? "", hostnameOf(pod, machine));
  }
}
