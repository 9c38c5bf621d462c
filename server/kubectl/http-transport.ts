import type { ApiRequest, ApiResponse } from "../../simulator/index.ts";

/** A way to an API server over HTTP, for kubectl in a terminal. Where nobody listens, that is an answer like the simulator's own. */
export function httpTransport(server: string): (request: ApiRequest) => Promise<ApiResponse> {
  return async (request) => {
    const isText = typeof request.body === "string";
    const sent = {
      method: request.method,
      headers: headersOf(request),
      ...(request.body !== undefined && { body: isText ? String(request.body) : JSON.stringify(request.body) }),
    };
    const response = await fetch(server + request.path, sent).catch((error: unknown) => refusedBy(server, error));
    if (!(response instanceof Response)) return response;
    const text = await response.text();
    const contentType = response.headers.get("content-type") ?? "";
    const isJson = contentType.includes("json");
    return {
      code: response.status,
      body: isJson
        ? JSON.parse(text)
        : { kind: "Status", status: "Failure", message: text.trim(), code: response.status },
      warnings: warningsOf(response.headers.get("warning") ?? ""),
      contentType,
      ...(!isJson && { text }),
    };
  };
}

/** The answer where no server listens; any other failure of the network is thrown. */
function refusedBy(server: string, error: unknown): ApiResponse {
  const cause = error instanceof Error ? error.cause : undefined;
  const isRefused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
  if (!isRefused) throw error;
  const message = `dial tcp ${new URL(server).host}: connect: connection refused`;
  const body = { kind: "Status", status: "Failure", reason: "ServiceUnavailable", message, code: 503 };
  return { code: 503, body, warnings: [] };
}

export function headersOf({
  accept,
  contentType,
  body,
  token,
  userAgent,
  impersonate,
}: ApiRequest): [string, string][] {
  const headers: [string, string][] = [["Accept", accept ?? "application/json"]];
  if (body !== undefined) headers.push(["Content-Type", contentType ?? "application/json"]);
  if (userAgent !== undefined) headers.push(["User-Agent", userAgent]);
  if (token !== undefined) headers.push(["Authorization", `Bearer ${token}`]);
  if (impersonate?.user) headers.push(["Impersonate-User", impersonate.user]);
  if (impersonate?.uid) headers.push(["Impersonate-Uid", impersonate.uid]);
  for (const group of impersonate?.groups ?? []) headers.push(["Impersonate-Group", group]);
  for (const [key, values] of Object.entries(impersonate?.extra ?? {})) {
    for (const value of values) headers.push([`Impersonate-Extra-${encodeURIComponent(key)}`, value]);
  }
  return headers;
}

/** Texts of `299 - "…", 299 - "…"`. */
function warningsOf(header: string): string[] {
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replace(/\\(.)/g, "$1"));
}
