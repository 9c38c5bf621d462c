import type { NetworkResponse, NetworkView } from "../../simulator/index.ts";
import type { Exchange } from "./session.ts";

/** curl's words for a connection that did not come about, with its exit code before them. */
const PROBLEMS = {
  refused: (at: string) => `(7) Failed to connect to ${at} after 0 ms: Could not connect to server`,
  unreachable: (at: string) => `(7) Failed to connect to ${at} after 0 ms: Could not connect to server`,
  timeout: (at: string) => `(28) Failed to connect to ${at} after 130000 ms: Could not connect to server`,
  reset: () => "(56) Recv failure: Connection reset by peer",
} as const;

/** One HTTP exchange with an address, or a name, in the cluster's network. */
export function exchangeHttp(
  network: NetworkView,
  { host, port, secure, request }: Exchange,
): NetworkResponse | { readonly problem: string } {
  const isAddress = /^[\d.]+$/.test(host) || host.includes(":");
  const address = isAddress ? host : network.resolve(host)[0];
  if (address === undefined) return { problem: `(6) Could not resolve host: ${host}` };
  const answer = network.http(address, port, request, secure);
  if (typeof answer !== "string") return answer;
  if (answer === "unknown-host") return { problem: `(6) Could not resolve host: ${host}` };
  return { problem: PROBLEMS[answer](`${host} port ${port}`) };
}
