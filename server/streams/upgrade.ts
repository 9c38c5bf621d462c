import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { ApiRequest, ApiResponse } from "../../simulator/index.ts";
import { failure } from "../answer.ts";
import type { RunningCluster } from "../cluster.ts";
import { apiRequest, methodOf } from "../request.ts";
import { CHANNEL_PROTOCOLS, servePortChannels, serveRemoteCommand } from "./channels.ts";
import { type ByteWay, commandOverSpdy, forwardOverSpdy } from "./over-spdy.ts";
import type { Pumps } from "./pumps.ts";
import {
  acceptWebSocket,
  bufferOf,
  chooseProtocol,
  MAX_BUFFERED_BYTES,
  offeredProtocols,
  tokenOf,
} from "./websocket.ts";

const SPDY = "SPDY/3.1";
/** SPDY's bytes in a websocket's messages: how newer kubectls forward ports. */
const TUNNEL = "SPDY/3.1+portforward.k8s.io";
const LOG_PROTOCOLS = ["binary.k8s.io", "base64.binary.k8s.io"];
const SPDY_COMMAND_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const SPDY_FORWARD_PROTOCOL = "portforward.k8s.io";

/** A connection that a client wants to use for something else than HTTP. */
interface Upgrade {
  readonly cluster: RunningCluster;
  readonly pumps: Pumps;
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly request: ApiRequest;
}

/** Answers a request that upgrades its connection: exec, attach, port-forward, and logs over a websocket. */
export function upgrade(
  cluster: RunningCluster,
  pumps: Pumps,
  message: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on("error", () => socket.destroy());
  const method = methodOf(message);
  const read = method !== undefined ? apiRequest(message, method, Buffer.alloc(0)) : new Error("method not allowed");
  if (read instanceof Error) {
    refuse(socket, failure(400, "BadRequest", read.message));
    return;
  }
  const token = tokenOf(message);
  const request = token === undefined ? read : { ...read, token };
  const wanted = { cluster, pumps, message, socket, head, request };
  const kind = message.headers.upgrade?.toLowerCase();
  if (kind === "websocket" && /\/log(\?|$)/.test(request.path)) sendLog(wanted);
  else if (kind === "websocket") connectWebSocket(wanted);
  else if (kind === SPDY.toLowerCase()) connectSpdy(wanted);
  else refuse(socket, failure(400, "BadRequest", "Upgrade request required"));
}

function connectWebSocket(wanted: Upgrade): void {
  const { cluster, pumps, message, socket, head, request } = wanted;
  const isTunnel = offeredProtocols(message).includes(TUNNEL);
  const protocol = isTunnel ? TUNNEL : chooseProtocol(message, CHANNEL_PROTOCOLS);
  if (protocol === undefined) {
    refuse(socket, failure(400, "BadRequest", `unable to upgrade: unknown protocols ${offeredProtocols(message)}`));
    return;
  }
  const opened = cluster.connect(request);
  if (!opened.ok) {
    refuse(socket, opened.error);
    return;
  }
  const connection = opened.value;
  const ports = portsOf(request.path);
  if (connection.target.kind === "portforward" && !isTunnel && ports.length === 0) {
    connection.close();
    refuse(socket, failure(400, "BadRequest", 'query parameter "port" is required'));
    return;
  }
  acceptWebSocket(message, socket, head, protocol, (webSocket) => {
    if (connection.target.kind !== "portforward") serveRemoteCommand(webSocket, protocol, connection, pumps);
    else if (isTunnel) forwardOverSpdy(tunnel(webSocket), connection, pumps);
    else servePortChannels(webSocket, protocol, ports, connection, pumps);
  });
}

function portsOf(path: string): number[] {
  const query = new URLSearchParams(path.slice(path.indexOf("?") + 1));
  const texts = [...query.getAll("ports"), ...query.getAll("port")].flatMap((text) => text.split(","));
  return texts.map(Number).filter((port) => port >= 1 && port <= 65_535);
}

function tunnel(webSocket: WebSocket): ByteWay {
  return {
    send: (bytes) => {
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(bytes);
    },
    get bufferedBytes() {
      return webSocket.bufferedAmount;
    },
    onData: (hear) => webSocket.on("message", (data) => hear(bufferOf(data))),
    onClose: (hear) => webSocket.on("close", hear),
    close: () => webSocket.close(),
  };
}

/** Clients from before websockets. */
function connectSpdy({ cluster, pumps, message, socket, head, request }: Upgrade): void {
  const offered = [message.headers["x-stream-protocol-version"] ?? []].flat().flatMap((text) => text.split(/,\s*/));
  const known = /\/portforward(\?|$)/.test(request.path) ? [SPDY_FORWARD_PROTOCOL] : SPDY_COMMAND_PROTOCOLS;
  const protocol = offered.find((each) => known.includes(each));
  if (protocol === undefined) {
    const text = `unable to upgrade: unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(known)}`;
    refuse(socket, failure(403, "Forbidden", text));
    return;
  }
  const opened = cluster.connect(request);
  if (!opened.ok) {
    refuse(socket, opened.error);
    return;
  }
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    `Upgrade: ${SPDY}`,
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const way: ByteWay = {
    send: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    get bufferedBytes() {
      return socket.writableLength;
    },
    onData: (hear) => {
      if (head.length > 0) hear(head);
      socket.on("data", hear);
    },
    onClose: (hear) => {
      socket.on("end", () => socket.end());
      socket.on("close", hear);
    },
    close: () => socket.end(),
  };
  if (opened.value.target.kind === "portforward") forwardOverSpdy(way, opened.value, pumps);
  else commandOverSpdy(way, opened.value, pumps);
}

// Models apimachinery pkg/util/httpstream/wsstream stream.go
/** A log over a websocket. */
function sendLog({ cluster, pumps, message, socket, head, request }: Upgrade): void {
  const protocol = chooseProtocol(message, LOG_PROTOCOLS);
  const opened = cluster.stream(request);
  if (!opened.ok) {
    refuse(socket, opened.error);
    return;
  }
  if (protocol === undefined) {
    refuse(socket, failure(400, "BadRequest", `unable to upgrade: unknown protocols ${offeredProtocols(message)}`));
    return;
  }
  const stream = opened.value;
  acceptWebSocket(message, socket, head, protocol, (webSocket) => {
    const pump = () => {
      if (webSocket.readyState !== webSocket.OPEN) return true;
      if (webSocket.bufferedAmount > MAX_BUFFERED_BYTES) return false;
      const bytes = Buffer.from(stream?.next() ?? "", "latin1");
      if (bytes.length > 0) webSocket.send(protocol.startsWith("base64") ? bytes.toString("base64") : bytes);
      const isOver = stream === undefined || stream.ended;
      if (isOver) webSocket.close();
      return isOver;
    };
    pumps.add(pump, () => webSocket.terminate());
  });
}

/** Answers over HTTP after all, and ends the connection. */
function refuse(socket: Duplex, { code, body }: ApiResponse): void {
  const text = `${JSON.stringify(body)}\n`;
  const lines = [
    `HTTP/1.1 ${code} ${code === 403 ? "Forbidden" : code === 404 ? "Not Found" : "Error"}`,
    "Content-Type: application/json",
    "Cache-Control: no-cache, private",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
