import type { WebSocket } from "ws";
import type { ClientConnection } from "../../simulator/index.ts";
import type { Pumps } from "./pumps.ts";
import { bufferOf, MAX_BUFFERED_BYTES } from "./websocket.ts";

// Models apimachinery pkg/util/httpstream/wsstream: several streams over one websocket, a channel's number before each message.

/** The protocols that carry channels, newest first. */
export const CHANNEL_PROTOCOLS = [
  "v5.channel.k8s.io",
  "v4.channel.k8s.io",
  "v4.base64.channel.k8s.io",
  "channel.k8s.io",
  "base64.channel.k8s.io",
];

const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
/** In v5 a client closes one of its channels by this message, with the channel's number. */
const CLOSE = 255;
const NORMAL_CLOSURE = 1000;

/** Frames messages of channels as a protocol wants them. */
export class ChannelSocket {
  readonly #socket: WebSocket;
  readonly #isBase64: boolean;

  constructor(socket: WebSocket, protocol: string) {
    this.#socket = socket;
    this.#isBase64 = protocol.includes("base64");
  }

  get isBehind(): boolean {
    return this.#socket.bufferedAmount > MAX_BUFFERED_BYTES;
  }

  /** `bytes` are one character each. */
  send(channel: number, bytes: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const payload = Buffer.from(bytes, "latin1");
    if (this.#isBase64) this.#socket.send(`${channel}${payload.toString("base64")}`);
    else this.#socket.send(Buffer.concat([Buffer.from([channel]), payload]));
  }

  /** Hears what the client sends. */
  listen(hear: (channel: number, bytes: string) => void): void {
    this.#socket.on("message", (data) => {
      const message = bufferOf(data);
      const first = message[0];
      if (first === undefined) return;
      const rest = message.subarray(1);
      if (!this.#isBase64) hear(first, rest.toString("latin1"));
      else hear(first - 0x30, Buffer.from(rest.toString("latin1"), "base64").toString("latin1"));
    });
  }

  close(): void {
    this.#socket.close(NORMAL_CLOSURE);
  }
}

// Models kubelet pkg/cri/streaming/remotecommand websocket.go
/** Exec and attach over a websocket. */
export function serveRemoteCommand(
  socket: WebSocket,
  protocol: string,
  connection: ClientConnection,
  pumps: Pumps,
): void {
  const channels = new ChannelSocket(socket, protocol);
  const { target } = connection;
  const takesStatus = protocol.startsWith("v");
  channels.listen((channel, bytes) => {
    if (channel !== CLOSE) connection.send({ channel, bytes });
    else if (protocol === "v5.channel.k8s.io") {
      connection.send({ channel: bytes.charCodeAt(0), bytes: "", end: true });
    }
  });
  const pump = () => {
    if (channels.isBehind) return connection.ended;
    for (const { channel, bytes } of connection.next()) {
      if (channel !== ERROR || takesStatus) channels.send(channel, bytes);
      else channels.send(channel, plainEnding(bytes));
    }
    if (connection.ended) channels.close();
    return connection.ended;
  };
  socket.on("close", () => {
    pumps.delete(pump);
    connection.close();
  });
  // An empty message tells the client that the connection stands.
  const hasOutput = target.kind !== "portforward" && (target.stdout || target.stderr);
  channels.send(hasOutput ? (target.stdout ? STDOUT : STDERR) : ERROR, "");
  pumps.add(pump, () => socket.terminate());
}

/** Before v4 an error was a line of text, and success said nothing. */
function plainEnding(bytes: string): string {
  const { status, message, details } = JSON.parse(bytes) as {
    status?: string;
    message?: string;
    details?: { causes?: { message?: string }[] };
  };
  if (status === "Success") return "";
  const code = details?.causes?.[0]?.message;
  return code === undefined ? (message ?? "") : `command terminated with exit code ${code}`;
}

// Models kubelet pkg/cri/streaming/portforward websocket.go
/** Port-forward over a websocket: a pair of channels for each port, each of which begins with the port's number. */
export function servePortChannels(
  socket: WebSocket,
  protocol: string,
  ports: readonly number[],
  connection: ClientConnection,
  pumps: Pumps,
): void {
  const channels = new ChannelSocket(socket, protocol);
  const ended = new Set<number>();
  ports.forEach((port, index) => {
    const text = String.fromCharCode(port & 255, port >> 8);
    channels.send(2 * index, text);
    channels.send(2 * index + 1, text);
    connection.send({ channel: 2 * index, bytes: "", port });
  });
  channels.listen((channel, bytes) => {
    if (channel % 2 === 0 && channel < 2 * ports.length) connection.send({ channel, bytes });
  });
  const pump = () => {
    if (channels.isBehind) return connection.ended;
    for (const { channel, bytes, end } of connection.next()) {
      if (bytes !== "") channels.send(channel, bytes);
      if (end === true && channel % 2 === 0) ended.add(channel);
    }
    const isOver = connection.ended || ended.size === ports.length;
    if (isOver) channels.close();
    return isOver;
  };
  socket.on("close", () => {
    pumps.delete(pump);
    connection.close();
  });
  pumps.add(pump, () => socket.terminate());
}
