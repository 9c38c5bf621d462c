import type { ChannelMessage } from "../../api/streams.ts";
import type { ConnectProblem, NetworkView } from "../../network/network-view.ts";
import { hexOf } from "../ids.ts";
import { responseBytes, takeRequest } from "./http1.ts";

/** A connection that is forwarded to a port of a pod. */
export interface Forwarded {
  readonly port: number;
  /** What came and is no whole request yet. */
  bytes: string;
}

/** Forwarded connections by their channel; as data, for they are in every snapshot. */
export type ForwardedChannels = { [channel: string]: Forwarded };

const LOCALHOST = "127.0.0.1";
/** What a client may send before it makes sense. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

// Models containerd internal/cri/server sandbox_portforward_linux.go
/** What a message does, and what goes back: data channels are even, errors follow on the next odd one. */
export function forward(
  channels: ForwardedChannels,
  { channel, bytes, port, end }: ChannelMessage,
  network: NetworkView | undefined,
  uid: string,
): ChannelMessage[] {
  const sent: ChannelMessage[] = [];
  if (port !== undefined) {
    const problem = network === undefined ? "unreachable" : network.connect(LOCALHOST, port);
    if (problem !== "open") return broken(channel, port, uid, problem);
    channels[channel] = { port, bytes: "" };
  }
  const open = channels[channel];
  if (open === undefined || network === undefined) return sent;
  open.bytes += bytes;
  sent.push(...exchange(channels, channel, open, network, uid));
  if (end === true && channels[channel] !== undefined) sent.push(...closed(channels, channel));
  return sent;
}

function exchange(
  channels: ForwardedChannels,
  channel: number,
  open: Forwarded,
  network: NetworkView,
  uid: string,
): ChannelMessage[] {
  const sent: ChannelMessage[] = [];
  while (open.bytes !== "") {
    const parsed = takeRequest(open.bytes);
    if (parsed.kind === "more") {
      if (open.bytes.length > MAX_WAITING_BYTES) return [...sent, ...closed(channels, channel)];
      break;
    }
    if (parsed.kind === "other") {
      const answer = network.exchange(LOCALHOST, open.port, open.bytes, "tcp");
      open.bytes = "";
      if (isProblem(answer)) return [...sent, ...failed(channels, channel, open.port, uid, answer)];
      if (answer !== "") sent.push({ channel, bytes: answer });
      break;
    }
    const { request, rest, closes } = parsed;
    open.bytes = rest;
    const answer = network.http(LOCALHOST, open.port, request);
    if (typeof answer === "string") return [...sent, ...failed(channels, channel, open.port, uid, answer)];
    sent.push({ channel, bytes: responseBytes(answer, { isHead: request.method === "HEAD", closes }) });
    if (closes) return [...sent, ...closed(channels, channel)];
  }
  return sent;
}

const PROBLEMS: ReadonlySet<string> = new Set<ConnectProblem>([
  "refused",
  "timeout",
  "unreachable",
  "reset",
  "unknown-host",
]);

function isProblem(answer: string): answer is ConnectProblem {
  return PROBLEMS.has(answer);
}

function closed(channels: ForwardedChannels, channel: number): ChannelMessage[] {
  delete channels[channel];
  return [
    { channel, bytes: "", end: true },
    { channel: channel + 1, bytes: "", end: true },
  ];
}

function failed(
  channels: ForwardedChannels,
  channel: number,
  port: number,
  uid: string,
  problem: ConnectProblem,
): ChannelMessage[] {
  delete channels[channel];
  return broken(channel, port, uid, problem);
}

function broken(channel: number, port: number, uid: string, problem: ConnectProblem): ChannelMessage[] {
  const sandbox = hexOf(uid, 64);
  const why =
    problem === "reset"
      ? `read tcp4 ${LOCALHOST}:${port}: connection reset by peer`
      : `failed to execute portforward in network namespace "/var/run/netns/cni-${hexOf(`netns/${uid}`, 8)}": failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: dial tcp4 ${LOCALHOST}:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address `;
  const text = `error forwarding port ${port} to pod ${sandbox}, uid : ${why}`;
  return [
    { channel: channel + 1, bytes: text, end: true },
    { channel, bytes: "", end: true },
  ];
}
