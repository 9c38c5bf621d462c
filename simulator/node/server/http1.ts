import type { NetworkRequest, NetworkResponse } from "../../network/network-view.ts";
import { statusText } from "../images/program.ts";

/*
 * HTTP/1 as bytes: connections that are forwarded to a pod carry it, while the cluster's network speaks in requests.
 */

/** What the first bytes of a connection are. */
export type Parsed =
  | { readonly kind: "more" }
  | { readonly kind: "other" }
  | { readonly kind: "request"; readonly request: NetworkRequest; readonly rest: string; readonly closes: boolean };

const METHOD = /^[A-Z]{1,16}$/;
const HEAD_END = "\r\n\r\n";
const MAX_HEAD_BYTES = 64 * 1024;

/** Takes the first request off the bytes that came; `other`: this is no HTTP. */
export function takeRequest(bytes: string): Parsed {
  const firstLine = bytes.slice(0, Math.max(bytes.indexOf("\r\n"), 0));
  const [method = "", path = "", version = "", ...more] = firstLine.split(" ");
  if (firstLine === "") return /^[A-Z]{1,16}( |$)/.test(bytes) ? { kind: "more" } : { kind: "other" };
  if (!METHOD.test(method) || !/^HTTP\/1\.[01]$/.test(version) || more.length > 0) return { kind: "other" };
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return bytes.length > MAX_HEAD_BYTES ? { kind: "other" } : { kind: "more" };
  const headers: Record<string, string> = {};
  for (const line of bytes.slice(firstLine.length + 2, headEnd).split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon)] = line.slice(colon + 1).trim();
  }
  const body = takeBody(headers, bytes.slice(headEnd + HEAD_END.length));
  if (body === undefined) return { kind: "more" };
  const connection = headerOf(headers, "connection").toLowerCase();
  const closes = connection.includes("close") || (version === "HTTP/1.0" && !connection.includes("keep-alive"));
  return { kind: "request", request: { method, path, headers, body: body.bytes }, rest: body.rest, closes };
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
}

interface Body {
  readonly bytes: string;
  readonly rest: string;
}

/** The body and what follows it; undefined when it is not whole yet. */
function takeBody(headers: Readonly<Record<string, string>>, rest: string): Body | undefined {
  if (headerOf(headers, "transfer-encoding").toLowerCase().includes("chunked")) return takeChunks(rest);
  const length = Number(headerOf(headers, "content-length") || "0");
  return rest.length < length ? undefined : { bytes: rest.slice(0, length), rest: rest.slice(length) };
}

function takeChunks(rest: string): Body | undefined {
  let bytes = "";
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.slice(at, lineEnd), 16);
    const start = lineEnd + 2;
    if (!(size > 0)) {
      const end = rest.indexOf("\r\n", start);
      return end < 0 ? undefined : { bytes, rest: rest.slice(end + 2) };
    }
    if (rest.length < start + size + 2) return undefined;
    bytes += rest.slice(start, start + size);
    at = start + size + 2;
  }
}

/** A response as bytes. */
export function responseBytes(
  { status, headers, body }: NetworkResponse,
  options: { readonly isHead: boolean; readonly closes: boolean },
): string {
  const isEmpty = status === 204 || status === 304 || status < 200;
  const kept = Object.entries(headers).filter(
    ([name]) => !["content-length", "transfer-encoding", "connection"].includes(name.toLowerCase()),
  );
  const lines = [
    `HTTP/1.1 ${status} ${statusText(status)}`,
    ...kept.map(([name, value]) => `${name}: ${value}`),
    ...(isEmpty ? [] : [`Content-Length: ${body.length}`]),
    `Connection: ${options.closes ? "close" : "keep-alive"}`,
  ];
  return `${lines.join("\r\n")}${HEAD_END}${options.isHead || isEmpty ? "" : body}`;
}
