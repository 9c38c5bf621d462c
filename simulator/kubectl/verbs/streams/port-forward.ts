import { parseIp } from "../../../api/meta/ip.ts";
import type { Pod } from "../../../api/schema/generated/types.ts";
import type { JsonObject } from "../../../base/json.ts";
import { listOf, textOf } from "../../change/object.ts";
import { type Call, type Command, complaint, usageComplaint } from "../../cli/command.ts";
import type { LocalListener, LocalSocket } from "../../cli/host.ts";
import { byActivity, podOrOwner, podsOf } from "../../cli/pods.ts";
import { moment } from "../../cli/watching.ts";
import { urlPart } from "../../mapping.ts";
import type { OpenStream } from "../../transport.ts";
import { told } from "./exec.ts";

/** `kubectl port-forward`. Models kubectl pkg/cmd/portforward. */
export const portForward: Command = {
  name: "port-forward",
  use: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
  short: "Forward one or more local ports to a pod",
  flags: [
    { name: "address", type: "stringSlice", default: "localhost", usage: "Addresses to listen on." },
    { name: "pod-running-timeout", type: "duration", default: "1m0s", usage: "How long to wait for a pod." },
  ],
  run: runPortForward,
};

const MAX_PORT = 65_535;

interface Ports {
  readonly local: number;
  readonly remote: number;
}

async function runPortForward(call: Call): Promise<number> {
  const { words, host, flags } = call;
  const [target, ...ports] = words;
  if (target === undefined || ports.length === 0) {
    throw usageComplaint(call, "TYPE/NAME and list of ports are required for port-forward");
  }
  if (flags.durationMs("pod-running-timeout") <= 0) {
    throw usageComplaint(call, "--pod-running-timeout must be higher than zero");
  }
  const object = await podOrOwner(call, [target]);
  const isPod = object.kind === "Pod";
  const pod = isPod ? (object as Pod) : (await podsOf(call, object, "attach to", byActivity))[0];
  if (pod === undefined) throw complaint("timed out waiting for the condition");
  const texts = ports.map((text) =>
    object.kind === "Service" ? throughService(text, pod, object) : throughPod(text, pod),
  );
  const phase = pod.status?.phase;
  if (phase !== "Running") {
    throw complaint(`unable to forward port because pod is not running. Current status=${phase}`);
  }
  const odd = flags.list("address").find((address) => address !== "localhost" && !isAddress(address));
  if (odd !== undefined) throw complaint(`${odd} is not a valid IP`);
  const wanted = texts.map(portsOf);
  if (host.listen === undefined) throw complaint("there is nothing here that could listen on a port");
  return told(forwarded(call, pod, wanted));
}

function isAddress(text: string): boolean {
  return parseIp(text) !== undefined;
}

/** `8080:80` has two parts; whatever else stands for both by its first. Models kubectl portforward splitPort. */
function splitPort(text: string): readonly [local: string, remote: string] {
  const parts = text.split(":");
  const [first = "", second] = parts;
  return parts.length === 2 ? [first, second ?? ""] : [first, first];
}

const joined = (local: string, remote: string) => (local === remote ? remote : `${local}:${remote}`);

// Models kubectl pkg/util LookupContainerPortNumberByName
function numberOf(pod: Pod, name: string): string {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
  const port = [...containers, ...sidecars].flatMap(({ ports = [] }) => ports).find((each) => each.name === name);
  if (port === undefined) throw complaint(`Pod '${pod.metadata?.name}' does not have a named port '${name}'`);
  return String(port.containerPort);
}

// Models kubectl portforward convertPodNamedPortToNumber
function throughPod(text: string, pod: Pod): string {
  const [local, remote] = splitPort(text);
  const number = isNumber(remote) ? remote : numberOf(pod, remote);
  return local === remote ? number : `${local}:${number}`;
}

// Models kubectl portforward translateServicePortToTargetPort
/** The port of a pod that a service's port leads to. */
function throughService(text: string, pod: Pod, service: JsonObject): string {
  const [local, remote] = splitPort(text);
  const name = textOf(service, "metadata", "name");
  const ports = listOf(service, "spec", "ports");
  const found = ports.find((each) => (isNumber(remote) ? String(each.port) === remote : each.name === remote));
  if (found === undefined) {
    throw complaint(
      isNumber(remote)
        ? `Service ${name} does not have a service port ${remote}`
        : `Service '${name}' does not have a named port '${remote}'`,
    );
  }
  const own = String(found.port);
  const here = local === remote ? own : local;
  if (textOf(service, "spec", "clusterIP") === "None") return joined(here, own);
  const target = String(found.targetPort || found.port);
  return joined(here, isNumber(target) ? target : numberOf(pod, target));
}

const isNumber = (text: string) => /^[-+]?\d+$/.test(text);

// Models client-go tools/portforward parsePorts
/** Reads `8080:80`, `80` and `:80`. */
function portsOf(text: string): Ports {
  const parts = text.split(":");
  if (parts.length > 2) throw complaint(`invalid port format '${text}'`);
  const [first = "", second] = parts;
  const local = portOf("local", parts.length === 2 && first === "" ? "0" : first);
  const remote = portOf("remote", second ?? first);
  if (remote === 0) throw complaint("remote port must be > 0");
  return { local, remote };
}

function portOf(side: string, text: string): number {
  const problem = !/^\d+$/.test(text) ? "invalid syntax" : Number(text) > MAX_PORT ? "value out of range" : undefined;
  if (problem === undefined) return Number(text);
  throw complaint(
    `error parsing ${side} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`,
  );
}

async function forwarded(call: Call, pod: Pod, wanted: readonly Ports[]): Promise<number> {
  const { client, host } = call;
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const sockets = new Map<number, LocalSocket>();
  const path = `/api/v1/namespaces/${urlPart(namespace)}/pods/${urlPart(name)}/portforward`;
  const stream = await client.open({ method: "GET", path }, ({ channel, bytes, end }) => {
    const socket = sockets.get(Math.floor(channel / 2));
    if (channel % 2 === 1 && bytes !== "") host.err(`${bytes}\n`);
    else if (channel % 2 === 0 && bytes !== "") socket?.send(bytes);
    if (channel % 2 === 0 && end === true) socket?.close();
  });
  let hasEnded = false;
  const ended = stream.ended.then(() => {
    hasEnded = true;
  });
  const listeners: LocalListener[] = [];
  try {
    for (const ports of wanted) listeners.push(await listen(call, ports, stream, sockets));
    while (!hasEnded && !host.interrupt.raised) await moment(call, ended);
  } finally {
    for (const listener of listeners) listener.close();
    stream.close();
  }
  // Ctrl-C is how it is meant to end.
  return host.interrupt.raised ? 0 : 1;
}

async function listen(
  call: Call,
  ports: Ports,
  stream: OpenStream,
  sockets: Map<number, LocalSocket>,
): Promise<LocalListener> {
  const { host, flags } = call;
  const accept = (socket: LocalSocket) => {
    const index = sockets.size;
    sockets.set(index, socket);
    host.out(`Handling connection for ${ports.local}\n`);
    stream.send({ channel: 2 * index, bytes: "", port: ports.remote });
    socket.hear((bytes) => stream.send({ channel: 2 * index, bytes }));
    void socket.closed.then(() => stream.send({ channel: 2 * index, bytes: "", end: true }));
  };
  // `localhost` is an address of both kinds, where the machine has both.
  const addresses = flags.list("address").flatMap((each) => (each === "localhost" ? ["127.0.0.1", "::1"] : [each]));
  const opened: LocalListener[] = [];
  let why = "no listener";
  for (const address of [...new Set(addresses)].sort()) {
    // A port that was chosen is the same on all of them.
    const result = await host.listen?.(address, opened[0]?.port ?? ports.local, accept);
    if (result === undefined || !result.ok) {
      why = result?.error ?? why;
      continue;
    }
    opened.push(result.value);
    const shown = address.includes(":") ? `[${address}]` : address;
    host.out(`Forwarding from ${shown}:${result.value.port} -> ${ports.remote}\n`);
  }
  const [first] = opened;
  if (first === undefined) {
    throw complaint(`unable to listen on any of the requested ports: [{${ports.local} ${ports.remote}}]: ${why}`);
  }
  const close = () => {
    for (const listener of opened) listener.close();
  };
  return { port: first.port, close };
}
