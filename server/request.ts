import type { IncomingMessage } from "node:http";
import type { ApiRequest } from "../simulator/index.ts";
import { identityOf } from "./identity.ts";
import { decodeProtobuf, isProtobuf } from "./protobuf/decode.ts";

/** What the real server reads of a body at most. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  | { readonly kind: "too large" }
  | { readonly kind: "cut off" };

/** Reads a request's body, up to what the real server takes. Never rejects: a client may leave at any moment. */
export function readBody(message: IncomingMessage): Promise<Body> {
  if (Number(message.headers["content-length"] ?? "0") > MAX_BODY_BYTES) return Promise.resolve({ kind: "too large" });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        message.pause();
        resolve({ kind: "too large" });
      } else chunks.push(chunk);
    });
    message.on("end", () => resolve({ kind: "whole", bytes: Buffer.concat(chunks) }));
    message.on("error", () => resolve({ kind: "cut off" }));
    message.on("close", () => resolve({ kind: "cut off" }));
  });
}

export type Method = ApiRequest["method"];
const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Behind a proxy, methods that the API lacks mean something. */
const isProxied = ({ method = "", url = "" }: IncomingMessage): boolean =>
  (method === "HEAD" || method === "OPTIONS") &&
  /^\/api\/v1\/(namespaces\/[^/]+\/)?[a-z]+\/[^/]+\/proxy(\/|\?|$)/.test(url);

/** The method of a request, where the API has it. Health checks, being no resources, also answer to HEAD. */
export function methodOf(message: IncomingMessage): Method | undefined {
  const { method = "", url = "" } = message;
  if (isProxied(message) || (method === "HEAD" && /^\/(healthz|livez|readyz|metrics)\b/.test(url))) return "GET";
  return METHODS.find((one) => one === method);
}

/** The request as the simulator takes it; an Error says what is wrong with a protobuf body. */
export function apiRequest(message: IncomingMessage, method: Method, bytes: Buffer): ApiRequest | Error {
  const { accept, "content-type": contentType, "user-agent": userAgent } = message.headers;
  const base = {
    method,
    path: message.url ?? "/",
    ...(isProxied(message) && { sentMethod: message.method }),
    ...identityOf(message),
    ...(accept !== undefined && { accept }),
    ...(userAgent !== undefined && { userAgent }),
  };
  if (bytes.length === 0) return base;
  if (isProtobuf(bytes)) {
    const decoded = decodeProtobuf(bytes);
    return decoded instanceof Error ? decoded : { ...base, contentType: "application/json", body: decoded };
  }
  return { ...base, ...(contentType !== undefined && { contentType }), body: bytes.toString("utf8") };
}

/** Whether a request asks for a collection's changes. */
export function isWatch({ method, path }: ApiRequest): boolean {
  if (method !== "GET") return false;
  const mark = path.indexOf("?");
  if (mark < 0 || !/^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/(namespaces\/[^/]+\/)?[^/]+\/?$/.test(path.slice(0, mark))) {
    return false;
  }
  const watch = new URLSearchParams(path.slice(mark + 1)).get("watch");
  return watch !== null && watch !== "false" && watch !== "0";
}
