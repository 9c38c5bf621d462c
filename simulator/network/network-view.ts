/** An HTTP request inside the cluster's network. Bodies are bytes, one character each. */
export interface NetworkRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The server does not count it: reading an object may ask it, and reads leave no trace in the run. */
  readonly isTraceless?: true;
}

export interface NetworkResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The certificates that a server over TLS shows, in PEM, its own first; undefined: those of nobody known. */
  readonly certificate?: string;
  /** How long it would take: answers come at once, but who waits for less has none. */
  readonly delayMs?: number;
}

/** A place in the cluster's network: a pod on its machine (by uid), a machine itself, or somewhere outside. */
export type Place =
  | { readonly kind: "pod"; readonly node: string; readonly uid: string }
  | { readonly kind: "node"; readonly node: string }
  | { readonly kind: "outside" };

/** One record of an answer: `data` as `dig` prints it, such as `10 100 80 web.default.svc.cluster.local.` for SRV. */
export interface DnsRecord {
  /** Ends with a dot. */
  readonly name: string;
  readonly ttlSeconds: number;
  readonly type: "A" | "CNAME" | "SRV" | "PTR" | "TXT";
  readonly data: string;
}

/** What a resolver says. `timeout`: no server answered (`;; connection timed out; no servers could be reached`). */
export interface DnsAnswer {
  readonly status: "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "timeout";
  /** The server asked, as an address. */
  readonly server: string;
  /** The name that was found in the end, after search domains, without a dot at its end. */
  readonly name: string;
  readonly records: readonly DnsRecord[];
}

/** Why a connection did not come about. */
export type ConnectProblem = "refused" | "timeout" | "unreachable" | "reset" | "unknown-host";

/**
 * The network as one place in the cluster sees it: a pod, a node, or outside. Everything is answered at the present virtual
 * instant; it draws chance (which endpoint) from a named stream, and changes nothing but what servers themselves note
 * (their access logs, their data).
 */
export interface NetworkView {
  /** Addresses of a name, by the resolver of that place (hosts file, cluster DNS with search domains in a pod); empty: none. */
  resolve(name: string): readonly string[];
  /** One question as `nslookup` and `dig` ask it; `search`: with search domains; `server`: an address to ask instead. */
  lookup(
    name: string,
    type: DnsRecord["type"],
    options?: { readonly search?: boolean; readonly server?: string },
  ): DnsAnswer;
  /** Whether a TCP connection to an address comes about, after services and network policies. */
  connect(address: string, port: number): "open" | ConnectProblem;
  /** A request over HTTP to an address, such as a pod's, a service's or a node's. */
  http(address: string, port: number, request: NetworkRequest, secure?: boolean): NetworkResponse | ConnectProblem;
  /** One exchange of bytes with a server that speaks a protocol of its own (redis, echo, …). */
  exchange(address: string, port: number, bytes: string, protocol: "tcp" | "udp"): string | ConnectProblem;
}
