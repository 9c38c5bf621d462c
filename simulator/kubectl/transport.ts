import type { ApiRequest, ApiResponse } from "../api/http.ts";
import type { ChannelMessage } from "../api/streams.ts";
import type { Result } from "../base/result.ts";

/** A way to a Kubernetes API, simulated or real. */
export type Transport = (request: ApiRequest) => Promise<ApiResponse>;

/** Something that goes on: what comes is heard by whoever opened it. */
export interface OpenStream {
  send(message: ChannelMessage): void;
  /** Hangs up. */
  close(): void;
  /** Settles when nothing more comes, from whichever side it was ended. */
  readonly ended: Promise<void>;
}

/**
 * A way to what goes on: exec, attach and port-forward give messages of their channels (see `ChannelMessage`), a log that is
 * followed its bytes on channel 1, a watch its events there as lines of JSON. Refused: the server's answer.
 */
export type StreamTransport = (
  request: ApiRequest,
  hear: (message: ChannelMessage) => void,
) => Promise<Result<OpenStream, ApiResponse>>;

/** The message of an answer that is a failure, as kubectl words it; undefined for a success. */
export function failureOf(response: ApiResponse): { readonly reason: string; readonly message: string } | undefined {
  if (response.code < 400) return undefined;
  const { reason, message } = response.body;
  return {
    reason: typeof reason === "string" ? reason : "",
    message: typeof message === "string" ? message : `the server answered with ${response.code}`,
  };
}

/** What stands in a failure where nobody listened: the address. */
const REFUSED = /^(?:[A-Z][a-z]+ "[^"]*": )?dial tcp (\S+): connect: connection refused$/;

// Models kubectl pkg/cmd/util helpers.go StandardErrorMessage
/** kubectl's line for a server's refusal: `Error from server (NotFound): …`, or for a server that is not there. */
export function serverError(response: ApiResponse, doing = ""): string {
  const failure = failureOf(response);
  const [, address] = REFUSED.exec(failure?.message ?? "") ?? [];
  if (address !== undefined && failure?.reason === "ServiceUnavailable") {
    return `The connection to the server ${address} was refused - did you specify the right host or port?`;
  }
  const prefix = failure?.reason ? `Error from server (${failure.reason})` : "Error from server";
  return `${prefix}: ${doing === "" ? "" : `${doing}: `}${failure?.message ?? ""}`;
}
