import type { Result } from "../base/result.ts";

/*
 * What goes on after a request was answered: logs that are followed, and connections into containers. Bytes are one
 * character each, as in latin-1.
 */

/** Bytes that come as time goes on. Its reader pulls them; it leaves no trace in the run. */
export interface ByteStream {
  /** What came since the last call. */
  next(): string;
  /** Nothing more will come. */
  readonly ended: boolean;
}

/**
 * One message on a connection, in either direction. Channels of exec and attach: 0 stdin, 1 stdout, 2 stderr, 3 how it
 * ended (a Status as JSON), 4 the terminal's size (JSON). Of port-forward: 2n and 2n + 1 are the bytes and the error of the
 * nth connection through it.
 */
export interface ChannelMessage {
  readonly channel: number;
  readonly bytes: string;
  /** Nothing follows on this channel. */
  readonly end?: true;
  /** Opens a forwarded connection to this port of the pod. */
  readonly port?: number;
}

export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export const ERROR = 3;
export const RESIZE = 4;

/** A container, or a pod, on a node, as the API server names it to the kubelet. */
export interface StreamPlace {
  readonly nodeName: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface RemoteOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What a connection is to be with. */
export type ConnectTarget =
  | (StreamPlace & RemoteOptions & { readonly kind: "exec"; readonly command: readonly string[] })
  | (StreamPlace & RemoteOptions & { readonly kind: "attach" })
  | (StreamPlace & { readonly kind: "portforward" });

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceSeconds: number | undefined;
  /** Epoch milliseconds. */
  readonly sinceMs: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
}

/** Why a kubelet gave nothing: it can't be reached (as Go's dialer says it), or it refused with a code and a text. */
export type KubeletFailure =
  | { readonly kind: "unreachable"; readonly text: string }
  | { readonly kind: "refused"; readonly code: number; readonly text: string };

/** A request to a server inside the cluster, and its answer. */
export interface ProxyRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The server does not count it: reading an object may ask it, and reads leave no trace in the run. */
  readonly isTraceless?: true;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The certificates that a server over TLS shows, in PEM, its own first; undefined: those of nobody known. */
  readonly certificate?: string;
  /** How long it would take: answers come at once, but who waits for less has none. */
  readonly delayMs?: number;
}

/** The API server's way to the nodes and pods of the cluster. */
export interface ClusterDoor {
  /** A container's log, of a node that the API knows. */
  logs(place: StreamPlace, options: LogOptions): Result<ByteStream, KubeletFailure>;
  /** A request to a node's kubelet. */
  kubelet(nodeName: string, request: ProxyRequest): Result<ProxyAnswer, KubeletFailure>;
  /** A request over the network, to a pod's or an endpoint's address. The error is what Go's dialer says. */
  http(address: string, port: number, secure: boolean, request: ProxyRequest): Result<ProxyAnswer, string>;
}

/** An open connection, as the client holds it. */
export interface ClientConnection {
  readonly id: number;
  readonly target: ConnectTarget;
  send(message: ChannelMessage): void;
  /** What came since the last call. */
  next(): readonly ChannelMessage[];
  /** It is over, and all was read. */
  readonly ended: boolean;
  /** Hangs up. */
  close(): void;
}
