import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, notFound, type Status, serviceUnavailable } from "../errors.ts";
import { joinKey } from "../object.ts";
import { ENDPOINTS, NODES, SERVICES, type Service } from "../refs.ts";
import type { Answer, Reply, RoutedExchange } from "../server.ts";
import type { ProxyAnswer, ProxyRequest } from "../streams.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { proxiedAddress, proxiedPage } from "./html-links.ts";
import { kubeletAddress, podOf } from "./pod-location.ts";

/** Where a proxied request goes. */
interface Location {
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
}

/** pods/proxy: requests to a pod's address. */
export const podProxyHandler = proxyHandler("pods", "PodProxyOptions", (exchange) => send(exchange, podLocation));
/** services/proxy: requests to an endpoint of a service. */
export const serviceProxyHandler = proxyHandler("services", "ServiceProxyOptions", (exchange) =>
  send(exchange, serviceLocation),
);
/** nodes/proxy: requests to a node's kubelet. */
export const nodeProxyHandler = proxyHandler("nodes", "NodeProxyOptions", toNode);

function proxyHandler(resource: string, kind: string, handle: (exchange: RoutedExchange) => Answer) {
  const handler: SubresourceHandler = {
    resource,
    name: "proxy",
    kind,
    GET: handle,
    POST: handle,
    PUT: handle,
    PATCH: handle,
    DELETE: handle,
    isProxy: true,
  };
  return handler;
}

/** `scheme:name:port`, of which scheme and port may be left out. */
// Models apimachinery pkg/util/net SplitSchemeNamePort
function splitName(id: string): { readonly secure: boolean; readonly name: string; readonly port: string } | undefined {
  const parts = id.split(":");
  if (parts.length > 3) return undefined;
  const [scheme, name, port] = parts.length === 3 ? parts : ["", ...parts];
  if (scheme !== "" && scheme !== "http" && scheme !== "https") return undefined;
  return name ? { secure: scheme === "https", name, port: port ?? "" } : undefined;
}

// Models pkg/registry/core/pod strategy.go ResourceLocation
function podLocation(exchange: RoutedExchange): Result<Location, Status> {
  const { route } = exchange;
  const asked = splitName(route.name);
  if (asked === undefined) return fail(badRequest(`invalid pod request "${route.name}"`));
  const pod = podOf({ ...exchange, route: { ...route, name: asked.name } });
  if (!pod.ok) return pod;
  const declared = pod.value.spec.containers.flatMap(({ ports }) => ports?.[0]?.containerPort ?? [])[0];
  const address = pod.value.status.podIP ?? "";
  if (address === "") return fail(badRequest("address not allowed"));
  const { secure } = asked;
  const port = asked.port === "" ? (declared ?? (secure ? 443 : 80)) : Number(asked.port);
  return ok({ address, port, secure });
}

// Models pkg/registry/core/service/storage ResourceLocation
function serviceLocation({ server, route }: RoutedExchange): Result<Location, Status> {
  const asked = splitName(route.name);
  if (asked === undefined) return fail(badRequest(`invalid service request "${route.name}"`));
  const key = joinKey(route.namespace, asked.name);
  const service = server.store.of(SERVICES).get(key);
  if (service === undefined) return fail(notFound(SERVICES, asked.name));
  const portName = portNameOf(service, asked.port);
  if (portName === undefined) {
    return fail(serviceUnavailable(`no service port ${asked.port} found for service "${asked.name}"`));
  }
  const subsets = server.store.of(ENDPOINTS).get(key)?.subsets ?? [];
  const places = subsets.flatMap(({ addresses, ports }) =>
    (ports ?? [])
      .filter(({ name }) => (name ?? "") === portName)
      .flatMap(({ port }) => (addresses ?? []).map(({ ip }) => ({ address: ip, port }))),
  );
  // Upstream throws dice; a read here must not draw from the run's, so that the time chooses.
  const place = places[server.nowMs() % Math.max(places.length, 1)];
  if (place === undefined) return fail(serviceUnavailable(`no endpoints available for service "${route.name}"`));
  return ok({ ...place, secure: asked.secure });
}

/** The name of the service's port that is meant by its number or name; undefined when it has no such number. */
function portNameOf({ spec }: Service, asked: string): string | undefined {
  const ports = spec.ports ?? [];
  if (!/^\d+$/.test(asked)) return asked === "" && ports.length === 1 ? (ports[0]?.name ?? "") : asked;
  const found = ports.find(({ port }) => port === Number(asked));
  return found === undefined ? undefined : (found.name ?? "");
}

function send(exchange: RoutedExchange, locate: (exchange: RoutedExchange) => Result<Location, Status>): Answer {
  const location = locate(exchange);
  if (!location.ok) return location;
  const { address, port, secure } = location.value;
  const host = `${address}:${port}`;
  const root = toRoot(exchange);
  if (root !== undefined) return ok(root);
  const answer = exchange.server.door.http(address, port, secure, proxied(exchange, host));
  return answer.ok
    ? ok(replyOf(answer.value, host, prefixOf(exchange)))
    : fail(serviceUnavailable(`error trying to reach service: ${answer.error}`));
}

// Models pkg/registry/core/node strategy.go ResourceLocation
function toNode(exchange: RoutedExchange): Answer {
  const asked = splitName(exchange.route.name);
  if (asked === undefined) return fail(badRequest(`invalid node request "${exchange.route.name}"`));
  if (exchange.server.store.of(NODES).get(asked.name) === undefined) return fail(notFound(NODES, asked.name));
  const address = kubeletAddress(exchange, asked.name);
  if (!address.ok) return address;
  const [host = "", kubeletPort] = address.value.split(":");
  if (asked.port !== "" && asked.port !== kubeletPort) {
    return send(exchange, () => ok({ address: host, port: Number(asked.port), secure: asked.secure }));
  }
  const root = toRoot(exchange);
  if (root !== undefined) return ok(root);
  const answer = exchange.server.door.kubelet(asked.name, proxied(exchange, address.value));
  if (answer.ok) return ok(replyOf(answer.value, address.value, prefixOf(exchange)));
  return fail(serviceUnavailable(`error trying to reach service: ${answer.error.text}`));
}

function proxied({ request, route }: RoutedExchange, host: string): ProxyRequest {
  const mark = request.path.indexOf("?");
  const { body, accept, contentType, userAgent } = request;
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  return {
    method: request.sentMethod ?? request.method,
    path: `${route.below === "" ? "/" : route.below}${mark < 0 ? "" : request.path.slice(mark)}`,
    headers: {
      Host: host,
      ...(userAgent !== undefined && { "User-Agent": userAgent }),
      ...(accept !== undefined && { Accept: accept }),
      ...(contentType !== undefined && { "Content-Type": contentType }),
      "X-Forwarded-Uri": request.path.slice(0, mark < 0 ? undefined : mark),
    },
    body: text,
  };
}

// Models apimachinery pkg/util/proxy upgradeaware.go proxyRedirectsforRootPath
/** The proxy's own address is no page: browsers would read the links on it wrongly. */
function toRoot({ request, route, path }: RoutedExchange): Reply | undefined {
  if (route.below !== "" || request.method !== "GET" || request.sentMethod === "OPTIONS") return undefined;
  const mark = request.path.indexOf("?");
  const location = `${path}/${mark < 0 ? "" : request.path.slice(mark)}`;
  return { code: 301, body: {}, text: "", contentType: "text/plain; charset=utf-8", location };
}

/** The address below which everything is the other's. */
const prefixOf = ({ path, route }: RoutedExchange): string => path.slice(0, path.length - route.below.length);

/** The other's answer, its links and where it sends the client led through the proxy. */
function replyOf({ status, headers, body }: ProxyAnswer, host: string, prefix: string): Reply {
  const header = (wanted: string) => Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  const contentType = header("content-type") ?? "text/plain; charset=utf-8";
  const location = header("location");
  const rewrite = (address: string) => proxiedAddress(address, host, prefix);
  const isPage = location === undefined && contentType.split(";")[0]?.trim() === "text/html";
  const text = isPage ? proxiedPage(body, rewrite) : body;
  return {
    code: status,
    body: {},
    text,
    bytes: true,
    contentType,
    ...(location !== undefined && { location: rewrite(location) }),
  };
}
