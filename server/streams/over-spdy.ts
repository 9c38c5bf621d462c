import type { ClientConnection } from "../../simulator/index.ts";
import { SpdySession, type SpdyStream } from "../spdy/session.ts";
import type { Pumps } from "./pumps.ts";

/** Any way of bytes that SPDY can go over: a socket, or a websocket as a tunnel. */
export interface ByteWay {
  send(bytes: Buffer): void;
  readonly bufferedBytes: number;
  onData(hear: (bytes: Buffer) => void): void;
  onClose(hear: () => void): void;
  close(): void;
}

const MAX_BUFFERED_BYTES = 1024 * 1024;
const latin1 = (bytes: string): Buffer => Buffer.from(bytes, "latin1");

// Models kubelet pkg/cri/streaming/portforward httpstream.go
/** Port-forward: for each connection a stream for errors and one for data, that one id of a request holds together. */
export function forwardOverSpdy(way: ByteWay, connection: ClientConnection, pumps: Pumps): void {
  const pairs = new Map<string, { error?: SpdyStream; data?: SpdyStream; channel: number }>();
  const byChannel = new Map<number, SpdyStream>();
  const channelOf = new Map<SpdyStream, number>();
  let nextChannel = 0;
  const session = new SpdySession((bytes) => way.send(bytes), {
    accepts: ({ port, streamtype }) =>
      Number(port) >= 1 && Number(port) <= 65_535 && (streamtype === "error" || streamtype === "data"),
    open(stream) {
      const { requestid, port } = stream.headers;
      const type = stream.headers.streamtype === "error" ? "error" : "data";
      // Clients of old give no id: their two streams follow one another.
      const id = requestid ?? String(type === "error" ? stream.id : stream.id - 2);
      const pair = pairs.get(id) ?? { channel: nextChannel };
      if (!pairs.has(id)) nextChannel += 2;
      pair[type] = stream;
      pairs.set(id, pair);
      byChannel.set(pair.channel + (type === "error" ? 1 : 0), stream);
      channelOf.set(stream, type === "error" ? -1 : pair.channel);
      if (pair.error !== undefined && pair.data !== undefined) {
        pairs.delete(id);
        connection.send({ channel: pair.channel, bytes: "", port: Number(port) });
        pump();
      }
    },
    data(stream, bytes) {
      const channel = channelOf.get(stream) ?? -1;
      if (channel >= 0) connection.send({ channel, bytes: bytes.toString("latin1") });
      pump();
    },
    ended(stream) {
      const channel = channelOf.get(stream) ?? -1;
      if (channel >= 0) connection.send({ channel, bytes: "", end: true });
      pump();
    },
    closed: () => way.close(),
  });
  const pump = () => {
    if (way.bufferedBytes > MAX_BUFFERED_BYTES) return false;
    for (const { channel, bytes, end } of connection.next()) {
      const stream = byChannel.get(channel);
      if (bytes !== "") stream?.write(latin1(bytes));
      if (end !== true) continue;
      stream?.end();
      byChannel.delete(channel);
    }
    if (connection.ended) session.close();
    return connection.ended;
  };
  begin(way, session, connection, pump, pumps);
}

const CHANNELS: { readonly [type: string]: number } = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 };
const STDIN = 0;
const RESIZE = 4;

// Models kubelet pkg/cri/streaming/remotecommand httpstream.go
/** Exec and attach: one SPDY stream for each of the process's. Nothing begins before all that were asked for are there. */
export function commandOverSpdy(way: ByteWay, connection: ClientConnection, pumps: Pumps): void {
  const { target } = connection;
  if (target.kind === "portforward") return;
  const byChannel = new Map<number, SpdyStream>();
  const { stdin, stdout, stderr, tty } = target;
  const expected = [true, stdin, stdout, stderr, tty].filter((isWanted) => isWanted).length;
  const channelOf = (stream: SpdyStream) => CHANNELS[stream.headers.streamtype ?? ""] ?? -1;
  const session = new SpdySession((bytes) => way.send(bytes), {
    accepts: ({ streamtype = "" }) => CHANNELS[streamtype] !== undefined,
    open(stream) {
      byChannel.set(channelOf(stream), stream);
      pump();
    },
    data(stream, bytes) {
      const channel = channelOf(stream);
      if (channel === STDIN || channel === RESIZE) connection.send({ channel, bytes: bytes.toString("latin1") });
      pump();
    },
    ended(stream) {
      if (channelOf(stream) === STDIN) connection.send({ channel: STDIN, bytes: "", end: true });
      pump();
    },
    closed: () => way.close(),
  });
  const pump = () => {
    if (byChannel.size < expected || way.bufferedBytes > MAX_BUFFERED_BYTES) return false;
    for (const { channel, bytes } of connection.next()) byChannel.get(channel)?.write(latin1(bytes));
    if (!connection.ended) return false;
    for (const [channel, stream] of byChannel) if (channel !== STDIN && channel !== RESIZE) stream.end();
    return true;
  };
  begin(way, session, connection, pump, pumps);
}

function begin(
  way: ByteWay,
  session: SpdySession,
  connection: ClientConnection,
  pump: () => boolean,
  pumps: Pumps,
): void {
  way.onData((bytes) => session.receive(bytes));
  way.onClose(() => {
    pumps.delete(pump);
    session.close();
    connection.close();
  });
  pumps.add(pump, () => way.close());
}
