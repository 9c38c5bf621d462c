import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, type Status } from "../errors.ts";
import type { Query } from "../routing.ts";
import type { RoutedExchange } from "../server.ts";
import type { ConnectTarget, RemoteOptions, StreamPlace } from "../streams.ts";
import type { SubresourceHandler } from "../subresource.ts";
import { flagOption, textOption } from "./options.ts";
import { containerOf, kubeletAddress, podOf } from "./pod-location.ts";

// Models pkg/registry/core/pod/rest subresources.go and pkg/registry/core/pod strategy.go streamLocation

/** pods/exec: a command in a container. */
export const execHandler = connectHandler("exec", "PodExecOptions", (exchange) => {
  const place = containerPlace(exchange);
  if (!place.ok) return place;
  const command = exchange.query.get("command") ?? [];
  return ok({ kind: "exec", ...place.value, ...remoteOptions(exchange.query), command });
});

/** pods/attach: the streams of a container's main process. */
export const attachHandler = connectHandler("attach", "PodAttachOptions", (exchange) => {
  const place = containerPlace(exchange);
  return place.ok ? ok({ kind: "attach", ...place.value, ...remoteOptions(exchange.query) }) : place;
});

/** pods/portforward: connections to a pod's ports. */
export const portForwardHandler = connectHandler("portforward", "PodPortForwardOptions", (exchange) => {
  const place = podPlace(exchange, () => ok(""));
  return place.ok ? ok({ kind: "portforward", ...place.value }) : place;
});

function connectHandler(
  name: string,
  kind: string,
  CONNECT: (exchange: RoutedExchange) => Result<ConnectTarget, Status>,
): SubresourceHandler {
  const refuse = (exchange: RoutedExchange) => {
    const target = CONNECT(exchange);
    return fail(target.ok ? badRequest("Upgrade request required") : target.error);
  };
  return { resource: "pods", name, kind, GET: refuse, POST: refuse, CONNECT };
}

function containerPlace(exchange: RoutedExchange): Result<StreamPlace, Status> {
  return podPlace(exchange, (pod) => containerOf(pod, textOption(exchange.query, "container")));
}

function podPlace(
  exchange: RoutedExchange,
  choose: (pod: Parameters<typeof containerOf>[0]) => Result<string, Status>,
): Result<StreamPlace, Status> {
  const pod = podOf(exchange);
  if (!pod.ok) return pod;
  const container = choose(pod.value);
  if (!container.ok) return container;
  const { namespace = "", name } = pod.value.metadata;
  const { nodeName } = pod.value.spec;
  if (nodeName === undefined || nodeName === "") {
    return fail(badRequest(`pod ${name} does not have a host assigned`));
  }
  const address = kubeletAddress(exchange, nodeName);
  return address.ok ? ok({ nodeName, namespace, pod: name, container: container.value }) : address;
}

// Models apiserver pkg/util/proxy and kubelet pkg/cri/streaming/remotecommand NewOptions
function remoteOptions(query: Query): RemoteOptions {
  const tty = flagOption(query, "tty");
  return {
    stdin: flagOption(query, "stdin"),
    stdout: flagOption(query, "stdout"),
    // A terminal has one stream for both.
    stderr: flagOption(query, "stderr") && !tty,
    tty,
  };
}
