import { bytesOfText } from "./text.ts";
import type { ClusterWorld } from "./world.ts";

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

const TEXTS: { readonly [status: number]: string } = {
  200: "OK",
  201: "Created",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** How curl's own network is the cluster's: what `curl` and `wget` ask goes to pods, services and node ports. */
export function clusterFetch(cluster: ClusterWorld): (url: string, options?: FetchOptions) => Promise<Answer> {
  return async (url, options = {}) => {
    const place = new URL(url);
    const secure = place.protocol === "https:";
    const port = place.port === "" ? (secure ? 443 : 80) : Number(place.port);
    const body = typeof options.body === "string" ? bytesOfText(options.body) : "";
    const answer = await cluster.fetch(
      place.hostname,
      port,
      {
        method: options.method ?? "GET",
        path: `${place.pathname}${place.search}`,
        headers: { host: place.host, "user-agent": "curl/8.14.1", accept: "*/*", ...headersOf(options.headers) },
        body,
      },
      secure,
    );
    if ("problem" in answer) throw new Error(answer.problem);
    return {
      status: answer.status,
      statusText: TEXTS[answer.status] ?? "",
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
