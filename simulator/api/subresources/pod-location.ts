import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, notFound, type Status } from "../errors.ts";
import { joinKey } from "../object.ts";
import { NODES, type Node, PODS, type Pod } from "../refs.ts";
import type { RoutedExchange } from "../server.ts";

/** The port that kubelets listen on. */
const KUBELET_PORT = 10250;

/** The pod that a path names. */
export function podOf({ server, route }: RoutedExchange): Result<Pod, Status> {
  const pod = server.store.of(PODS).get(joinKey(route.namespace, route.name));
  return pod === undefined ? fail(notFound(PODS, route.name)) : ok(pod);
}

// Models pkg/registry/core/pod strategy.go validateContainer
/** The container that is meant: the one asked for, or the only one. */
export function containerOf({ metadata, spec }: Pod, asked: string): Result<string, Status> {
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  const names = all.map(({ name }) => name);
  if (asked !== "") {
    if (names.includes(asked)) return ok(asked);
    return fail(badRequest(`container ${asked} is not valid for pod ${metadata.name}`));
  }
  const [only, ...others] = spec.containers;
  if (only !== undefined && others.length === 0) return ok(only.name);
  const which = `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(" ")}]`;
  return fail(badRequest(which));
}

/** Where a node's kubelet listens, as `10.0.0.3:10250`. */
// Models pkg/kubelet/client NodeConnectionInfoGetter
export function kubeletAddress({ server }: RoutedExchange, nodeName: string): Result<string, Status> {
  const node = server.store.of(NODES).get(nodeName);
  if (node === undefined) return fail(notFound(NODES, nodeName));
  const addresses = node.status.addresses ?? [];
  const found = addresses.find(({ type }) => type === "InternalIP") ?? addresses[0];
  if (found === undefined) return fail(unknown("no preferred addresses found; known addresses: []"));
  return ok(`${found.address}:${portOf(node)}`);
}

function portOf({ status }: Node): number {
  return status.daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT;
}

/** What is no API error is told as it is: 500 without a reason. */
// Models apiserver pkg/endpoints/handlers/responsewriters ErrorToAPIStatus
export function unknown(message: string): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, code: 500 };
}
