import type { Pod } from "../../../api/schema/generated/types.ts";
import { isObject } from "../../../base/json.ts";
import { textOf } from "../../change/object.ts";
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
  const { words, host } = call;
  const [target, ...ports] = words;
  if (target === undefined || ports.length === 0) {
    throw usageComplaint(call, "TYPE/NAME and list of ports are required for port-forward");
  }
  const object = await podOrOwner(call, [target]);
  const isPod = object.kind === "Pod";
  const pod = isPod ? (object as Pod) : (await podsOf(call, object, "attach to", byActivity))[0];
  if (pod === undefined) throw complaint("timed out waiting for the condition");
  const wanted = ports.map((text) =>
    portsOf(text, pod, textOf(object, "metadata", "name"), object.kind === "Service" ? object.spec : undefined),
  );
  const phase = pod.status?.phase;
  if (phase !== "Running") {
    throw complaint(`unable to forward port because pod is not running. Current status=${phase}`);
  }
  if (host.listen === undefined) throw complaint("there is nothing here that could listen on a port");
  return told(forwarded(call, pod, wanted));
}

/** Reads `8080:80`, `80`, `:80` and `8080:http`; ports of a service are those of its pods. */
function portsOf(text: string, pod: Pod, serviceName: string, service: unknown): Ports {
  const [first = "", second] = text.split(":");
  const remoteText = second ?? first;
  const named = (name: string) =>
    (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports).find((port) => port.name === name)?.containerPort;
  const ports = isObject(service) && Array.isArray(service.ports) ? service.ports.filter(isObject) : [];
  const ofService = ports.find(({ port, name }) => String(port) === remoteText || name === remoteText);
  if (service !== undefined && ofService === undefined) {
    const what = /^\d+$/.test(remoteText) ? "service port" : "named port";
    throw complaint(`Service ${serviceName} does not have a ${what} ${remoteText}`);
  }
  const targetText = ofService === undefined ? remoteText : String(ofService.targetPort ?? ofService.port);
  const remote = /^\d+$/.test(targetText) ? Number(targetText) : named(targetText);
  if (remote === undefined) throw complaint(`Pod '${pod.metadata?.name}' does not have a named port '${targetText}'`);
  if (/^\d+$/.test(first) && Number(first) > MAX_PORT) {
    throw complaint(
      `error parsing local port '${first}': strconv.ParseUint: parsing ${JSON.stringify(first)}: value out of range`,
    );
  }
  const local = second === undefined ? (/^\d+$/.test(first) ? Number(first) : remote) : Number(first || 0);
  return { local, remote };
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
  const [address = "localhost"] = flags.list("address");
  const shown = address === "localhost" ? "127.0.0.1" : address;
  const accept = (socket: LocalSocket) => {
    const index = sockets.size;
    sockets.set(index, socket);
    host.out(`Handling connection for ${ports.local}\n`);
    stream.send({ channel: 2 * index, bytes: "", port: ports.remote });
    socket.hear((bytes) => stream.send({ channel: 2 * index, bytes }));
    void socket.closed.then(() => stream.send({ channel: 2 * index, bytes: "", end: true }));
  };
  const opened = await host.listen?.(shown, ports.local, accept);
  if (opened === undefined || !opened.ok) {
    const why = opened === undefined ? "no listener" : opened.error;
    throw complaint(`unable to listen on any of the requested ports: [{${ports.local} ${ports.remote}}]: ${why}`);
  }
  const { port, close } = opened.value;
  host.out(`Forwarding from ${shown}:${port} -> ${ports.remote}\n`);
  if (address !== "localhost") return opened.value;
  // `localhost` is an address of both kinds, where the machine has both.
  const sixth = await host.listen?.("::1", port, accept);
  if (sixth === undefined || !sixth.ok) return opened.value;
  host.out(`Forwarding from [::1]:${port} -> ${ports.remote}\n`);
  const both = () => {
    close();
    sixth.value.close();
  };
  return { port, close: both };
}
