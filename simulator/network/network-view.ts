/** An HTTP request inside the cluster's network. Bodies are bytes, one character each. */
export interface NetworkRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface NetworkResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why a connection did not come about. */
export type ConnectProblem = "refused" | "timeout" | "unreachable" | "reset" | "unknown-host";

/**
 * The network as one place in the cluster sees it: a pod, a node, or outside. Everything is answered at the present virtual
 * instant; it draws chance (which endpoint) from a named stream, and changes nothing but what servers themselves note
 * (their access logs, their data).
 */
export interface NetworkView {
  /** Addresses of a name, by the resolver of that place (cluster DNS with search domains in a pod); empty: NXDOMAIN. */
  resolve(name: string): readonly string[];
  /** Whether a TCP connection to an address comes about, after services and network policies. */
  connect(address: string, port: number): "open" | ConnectProblem;
  /** A request over HTTP to an address, such as a pod's, a service's or a node's. */
  http(address: string, port: number, request: NetworkRequest, secure?: boolean): NetworkResponse | ConnectProblem;
  /** One exchange of bytes with a server that speaks a protocol of its own (redis, echo, …). */
  exchange(address: string, port: number, bytes: string, protocol: "tcp" | "udp"): string | ConnectProblem;
}
