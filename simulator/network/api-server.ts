import type { ApiRequest } from "../api/http.ts";
import type { JsonValue } from "../base/json.ts";
import type { Network } from "./network.ts";
import type { ConnectProblem, NetworkRequest, NetworkResponse } from "./network-view.ts";

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ANONYMOUS = { user: "system:anonymous", groups: ["system:unauthenticated"] } as const;

function header(request: NetworkRequest, name: string): string | undefined {
  for (const [key, value] of Object.entries(request.headers)) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** A request over HTTPS from a container to the API server, by whoever's token it carries. */
export function askApiServer(
  network: Network,
  request: NetworkRequest,
  secure: boolean,
): NetworkResponse | ConnectProblem {
  const text = (status: number, body: string, type = "text/plain; charset=utf-8"): NetworkResponse => ({
    status,
    headers: { "Content-Type": type, "Content-Length": String(body.length) },
    body,
  });
  if (!secure) return text(400, "Client sent an HTTP request to an HTTPS server.\n");
  if (!METHODS.includes(request.method)) return text(405, "");
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(header(request, "authorization") ?? "")?.[1];
  const contentType = header(request, "content-type");
  const accept = header(request, "accept");
  const userAgent = header(request, "user-agent");
  const asked: ApiRequest = {
    method: request.method as ApiRequest["method"],
    path: request.path,
    ...(bearer === undefined ? ANONYMOUS : { token: bearer }),
    ...(contentType !== undefined && { contentType }),
    ...(accept !== undefined && accept !== "*/*" && { accept }),
    ...(userAgent !== undefined && { userAgent }),
    ...(request.body !== "" && { body: request.body as JsonValue }),
  };
  const answer = network.api(asked);
  if (answer.text !== undefined) return text(answer.code, answer.text, answer.contentType ?? "text/plain");
  return text(answer.code, `${JSON.stringify(answer.body, undefined, 2)}\n`, answer.contentType ?? "application/json");
}
