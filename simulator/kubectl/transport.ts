import type { ApiRequest, ApiResponse } from "../api/http.ts";

/** A way to a Kubernetes API, simulated or real. */
export type Transport = (request: ApiRequest) => Promise<ApiResponse>;

/** The message of an answer that is a failure, as kubectl words it; undefined for a success. */
export function failureOf(response: ApiResponse): { readonly reason: string; readonly message: string } | undefined {
  if (response.code < 400) return undefined;
  const { reason, message } = response.body;
  return {
    reason: typeof reason === "string" ? reason : "",
    message: typeof message === "string" ? message : `the server answered with ${response.code}`,
  };
}

/** kubectl's line for a server's refusal: `Error from server (NotFound): …`. */
export function serverError(response: ApiResponse, doing = ""): string {
  const failure = failureOf(response);
  const prefix = failure?.reason ? `Error from server (${failure.reason})` : "Error from server";
  return `${prefix}: ${doing === "" ? "" : `${doing}: `}${failure?.message ?? ""}`;
}
