import type { Status } from "../errors.ts";
import type { KubeObject } from "../object.ts";
import { type RoutedExchange, writerOf } from "../server.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { storedKind } from "../versions.ts";
import { flagOption } from "./options.ts";

// Models apiserver pkg/endpoints/handlers rest.go ConnectResource
/** What admission has against a connection to a pod, a service or a node; undefined: nothing, or it is no connection. */
export function connectRefusal(exchange: RoutedExchange, handler: SubresourceHandler): Status | undefined {
  if (handler.CONNECT === undefined && !handler.isProxy) return undefined;
  const { route, server } = exchange;
  const { kind, name, namespace } = route;
  const options = {
    kind: handler.kind,
    apiVersion: "v1",
    ...optionsOf(exchange, handler.kind),
    metadata: { name: handler.isProxy ? plainName(name) : name, ...(namespace !== undefined && { namespace }) },
  } as unknown as KubeObject;
  return server.operations.connect(storedKind(kind), options, writerOf(exchange));
}

function optionsOf({ query, route }: RoutedExchange, kind: string): object {
  if (kind.endsWith("ProxyOptions")) return { path: route.below };
  if (kind === "PodPortForwardOptions") {
    const ports = (query.get("ports") ?? []).flatMap((text) => text.split(",")).map(Number);
    return ports.length > 0 ? { ports } : {};
  }
  const flags = ["stdin", "stdout", "stderr", "tty"].filter((flag) => flagOption(query, flag));
  const [container] = query.get("container") ?? [];
  const command = query.get("command");
  return {
    ...Object.fromEntries(flags.map((flag) => [flag, true])),
    ...(container && { container }),
    ...(command && kind === "PodExecOptions" && { command }),
  };
}

/** The name in `scheme:name:port`. */
function plainName(id: string): string {
  const parts = id.split(":");
  return (parts.length === 3 ? parts[1] : parts[0]) ?? id;
}
