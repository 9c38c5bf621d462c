import type { NetworkRequest } from "../../../simulator/index.ts";
import { statusText } from "../../../simulator/index.ts";
import type { Connection, LocalPorts } from "./local-ports.ts";
import { bytesOfText } from "./text.ts";
import type { ClusterWorld, Fetched } from "./world.ts";

interface FetchOptions {
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
  readonly url: string;
}

/** How curl's own network is the cluster's: what `curl` and `wget` ask goes to pods, services and node ports. */
export function clusterFetch(
  cluster: ClusterWorld,
  ports: LocalPorts,
): (url: string, options?: FetchOptions) => Promise<Answer> {
  return async (url, options = {}) => {
    const place = new URL(url);
    const secure = place.protocol === "https:";
    const port = place.port === "" ? (secure ? 443 : 80) : Number(place.port);
    const body = typeof options.body === "string" ? bytesOfText(options.body) : "";
    const request: NetworkRequest = {
      method: options.method ?? "GET",
      path: `${place.pathname}${place.search}`,
      headers: { host: place.host, "user-agent": "curl/8.14.1", accept: "*/*", ...headersOf(options.headers) },
      body,
    };
    const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(place.hostname);
    const answer = isHere
      ? await askPort(ports, place.hostname, port, request)
      : await cluster.fetch(place.hostname, port, request, secure);
    if ("problem" in answer) throw new Error(answer.problem);
    return {
      status: answer.status,
      statusText: statusText(answer.status),
      headers: { ...answer.headers },
      body: Uint8Array.from(answer.body, (char) => char.charCodeAt(0)),
      url,
    };
  };
}

function headersOf(given: unknown): Record<string, string> {
  const pairs =
    given instanceof Headers ? [...given.entries()] : Object.entries((given ?? {}) as Record<string, string>);
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** One exchange over a port of this machine, such as one that `kubectl port-forward` has opened. */
async function askPort(ports: LocalPorts, host: string, port: number, request: NetworkRequest): Promise<Fetched> {
  const connection = ports.connect(port);
  if (connection === undefined) {
    return { problem: `(7) Failed to connect to ${host} port ${port} after 0 ms: Could not connect to server` };
  }
  const { method, path, headers, body } = request;
  const length = body === "" ? {} : { "content-length": String(body.length) };
  const lines = Object.entries({ ...headers, ...length, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  connection.send(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
  const bytes = await answerOf(connection);
  connection.close();
  const cut = bytes.indexOf("\r\n\r\n");
  const [first = "", ...rest] = bytes.slice(0, Math.max(0, cut)).split("\r\n");
  const status = Number(/^HTTP\/[\d.]+ (\d+)/.exec(first)?.[1]);
  if (cut < 0 || Number.isNaN(status)) return { problem: "(52) Empty reply from server" };
  const named = rest.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  return { status, headers: Object.fromEntries(named), body: bytes.slice(cut + 4) };
}

/** All that comes until the connection ends, or the answer is as long as it says it is. */
function answerOf(connection: Connection): Promise<string> {
  return new Promise((resolve) => {
    let come = "";
    connection.hear((bytes) => {
      come += bytes;
      const cut = come.indexOf("\r\n\r\n");
      const length = /\r\ncontent-length: *(\d+)/i.exec(come.slice(0, cut))?.[1];
      if (cut >= 0 && length !== undefined && come.length >= cut + 4 + Number(length)) resolve(come);
    });
    void connection.closed.then(() => resolve(come));
  });
}
