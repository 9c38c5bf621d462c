import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
/** Protocols by their request. The library takes no names with a slash in them, so they are answered past it. */
const chosen = new WeakMap<IncomingMessage, string>();
sockets.on("headers", (lines, message) => {
  const protocol = chosen.get(message);
  if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

/** A browser can't set headers: its token comes as one of the protocols. */
const TOKEN_PROTOCOL = "base64url.bearer.authorization.k8s.io.";

/** The protocols that a client offers, in its order. */
export function offeredProtocols(message: IncomingMessage): string[] {
  const text = message.headers["sec-websocket-protocol"] ?? "";
  return text.split(",").flatMap((each) => each.trim() || []);
}

// Models apiserver pkg/authentication/request/websocket/protocol.go
/** The bearer token among the protocols, if there is one. */
export function tokenOf(message: IncomingMessage): string | undefined {
  const found = offeredProtocols(message).find((each) => each.startsWith(TOKEN_PROTOCOL));
  return found && Buffer.from(found.slice(TOKEN_PROTOCOL.length), "base64url").toString("utf8");
}

/** The first protocol that the client offers and we speak; "" when it offers none; undefined when they have none in common. */
export function chooseProtocol(message: IncomingMessage, known: readonly string[]): string | undefined {
  const offered = offeredProtocols(message).filter((each) => !each.startsWith(TOKEN_PROTOCOL));
  return offered.length === 0 ? "" : offered.find((each) => known.includes(each));
}

/** Upgrades a request's connection; `protocol` as `chooseProtocol` gave it. */
export function acceptWebSocket(
  message: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
  use: (webSocket: WebSocket) => void,
): void {
  if (protocol !== "") chosen.set(message, protocol);
  delete message.headers["sec-websocket-protocol"];
  sockets.handleUpgrade(message, socket, head, use);
}

/** More than this that the network has not taken yet: the reader does not keep up. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;

/** The bytes of a message, whatever form they came in. */
export function bufferOf(data: Buffer | ArrayBuffer | readonly Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.concat(data as readonly Buffer[]);
}
