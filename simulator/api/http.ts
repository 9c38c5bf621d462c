import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Impersonation } from "./authentication/impersonate.ts";
import type { Flow } from "./flow-control.ts";

/**
 * One request as any Kubernetes client would send it, shaped like HTTP so that the tab, the shell and a server on a
 * socket use the same door. `body` is decoded JSON, or text (YAML or JSON) that the server decodes by `contentType`.
 */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with or without a query, such as `/api/v1/namespaces/default/pods?limit=5`. */
  readonly path: string;
  /** The method as it was sent, where only somebody behind a proxy knows it (`HEAD`, `OPTIONS`); `method` is then GET. */
  readonly sentMethod?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly body?: JsonValue;
  /** The client's program, as `kubectl/v1.36.2 (linux/amd64)`: who manages the fields that it writes, where it does not say. */
  readonly userAgent?: string;
  /** Who asks, as the edge found out; the tab's own administrator when absent. */
  readonly user?: string;
  /** The user's groups; `system:authenticated` is added where neither it nor its opposite is among them. */
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: { readonly [key: string]: readonly string[] };
  /** A bearer token that the edge does not know: the server looks whether it issued it. Counts instead of `user`. */
  readonly token?: string;
  /** As whom the user wants to act: the Impersonate-* headers. */
  readonly impersonate?: Impersonation;
}

/** The answer: an object, a list, a Table or a `Status` with the real server's words. Frozen; do not change it. */
export interface ApiResponse {
  readonly code: number;
  readonly body: JsonObject;
  /** Texts of the Warning headers. */
  readonly warnings: readonly string[];
  /** What API priority and fairness makes of the request; absent before it is known who asks. */
  readonly flow?: Flow;
  /** What goes over the wire when it is text, such as a health check's answer; `body` is then what a client makes of it. */
  readonly text?: string;
  /** Of the body, where it is not plain `application/json`, or of the text, where it is not plain text. */
  readonly contentType?: string;
  /** The text is bytes, one character each, as of a log. */
  readonly bytes?: true;
  /** Where a client is sent instead. */
  readonly location?: string;
}
