import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { type ApiResponse, type JsonObject, toYaml } from "../simulator/index.ts";
import { encodeProtobuf, PROTOBUF } from "./protobuf/encode.ts";
import { encodeOpenApi, OPENAPI_V2_PROTOBUF, wantsOpenApiProtobuf } from "./protobuf/openapi-v2.ts";
import { answerBytes } from "./texts.ts";

const JSON_TYPE = "application/json";
const YAML_TYPE = "application/yaml";
/** What every answer of the API server carries. */
const COMMON_HEADERS = { "Cache-Control": "no-cache, private" };

/** A Status of the edge's own making, in the real server's words. */
export function failure(code: number, reason: string, message: string, details?: JsonObject): ApiResponse {
  const head = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" };
  return { code, warnings: [], body: { ...head, message, reason, ...(details && { details }), code } };
}

export function methodNotAllowed(): ApiResponse {
  return failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** An answer as it goes over the wire. */
interface Encoded {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Sends an answer in the form that the client takes. */
export async function send(message: IncomingMessage, response: ServerResponse, answer: ApiResponse): Promise<void> {
  if (response.destroyed) return;
  const encoded = encode(message, answer);
  if (encoded === undefined) {
    const accepted = `only the following media types are accepted: ${JSON_TYPE}, ${YAML_TYPE}, ${PROTOBUF}`;
    const refusal = failure(406, "NotAcceptable", accepted);
    write(response, refusal, { contentType: JSON_TYPE, bytes: jsonBytes(refusal.body) });
  } else if (isKnown(message, response, answer, encoded)) {
    response.writeHead(304).end();
  } else write(response, answer, await compressed(message, response, answer, encoded));
}

/** Shorter answers are sent as they are; longer ones are squeezed a little. As upstream's responsewriters. */
const GZIP_FROM_BYTES = 128 * 1024;
/** Few pieces: each is a call back from another thread. */
const GZIP_CHUNK_BYTES = 256 * 1024;
const squeeze = promisify(gzip);

async function compressed(
  message: IncomingMessage,
  response: ServerResponse,
  answer: ApiResponse,
  encoded: Encoded,
): Promise<Encoded> {
  const accepted = String(message.headers["accept-encoding"] ?? "").split(",");
  const wanted = accepted.some((one) => one.trim() === "gzip");
  if (!wanted || answer.code !== 200 || encoded.bytes.length <= GZIP_FROM_BYTES) return encoded;
  response.setHeader("Content-Encoding", "gzip");
  response.appendHeader("Vary", "Accept-Encoding");
  const options = { level: constants.Z_BEST_SPEED, chunkSize: GZIP_CHUNK_BYTES };
  return { ...encoded, bytes: await squeeze(encoded.bytes, options) };
}

/** Documents that describe the server carry a mark by which clients that kept one need not read it again. */
function isKnown(message: IncomingMessage, response: ServerResponse, answer: ApiResponse, { bytes }: Encoded): boolean {
  const path = message.url ?? "";
  if (answer.code !== 200 || !/^\/(apis?\/?$|openapi\/v)/.test(path.split("?")[0] ?? "")) return false;
  const mark = `"${createHash("sha512").update(bytes).digest("hex").toUpperCase()}"`;
  response.setHeader("ETag", mark);
  response.setHeader("Vary", "Accept");
  return message.headers["if-none-match"] === mark;
}

function encode(message: IncomingMessage, answer: ApiResponse): Encoded | undefined {
  if (answer.text !== undefined) {
    const bytes = Buffer.from(answer.text, answer.bytes ? "latin1" : "utf8");
    return { contentType: answer.contentType ?? "text/plain; charset=utf-8", bytes };
  }
  const accept = message.headers.accept ?? "*/*";
  if (answer.body.swagger !== undefined && wantsOpenApiProtobuf(accept)) {
    return { contentType: OPENAPI_V2_PROTOBUF, bytes: encodeOpenApi(answer.body) };
  }
  switch (formOf(accept)) {
    case JSON_TYPE:
      return { contentType: answer.contentType ?? JSON_TYPE, bytes: jsonBytes(answer.body, wantsIndent(message)) };
    case YAML_TYPE:
      return { contentType: YAML_TYPE, bytes: Buffer.from(toYaml(answer.body)) };
    case PROTOBUF: {
      const bytes = encodeProtobuf(answer.body);
      return bytes && { contentType: PROTOBUF, bytes };
    }
    default:
      return undefined;
  }
}

function jsonBytes(body: JsonObject, indented = false): Uint8Array {
  return indented ? Buffer.from(`${JSON.stringify(body, null, 2)}\n`) : answerBytes(body);
}

/** The first form in an Accept header that the server has; quality values are ignored, as the real server does. */
function formOf(accept: string): string | undefined {
  for (const clause of accept.split(",")) {
    const type = clause.split(";")[0]?.trim();
    if (type === "*/*" || type === "application/*" || type === JSON_TYPE || type === "") return JSON_TYPE;
    if (type === YAML_TYPE) return YAML_TYPE;
  }
  return accept.includes(PROTOBUF) ? PROTOBUF : undefined;
}

/** People get indented answers, programs don't, unless they say. */
function wantsIndent({ url, headers }: IncomingMessage): boolean {
  const mark = url?.indexOf("?") ?? -1;
  const pretty = mark < 0 ? null : new URLSearchParams(url?.slice(mark + 1)).get("pretty");
  if (pretty !== null) return pretty !== "false" && pretty !== "0";
  return /^(curl|Wget|Mozilla)\b/.test(headers["user-agent"] ?? "");
}

function write(response: ServerResponse, answer: ApiResponse, { contentType, bytes }: Encoded): void {
  const wait = (answer.body.details as { retryAfterSeconds?: number } | undefined)?.retryAfterSeconds;
  response.writeHead(answer.code, {
    ...COMMON_HEADERS,
    "Audit-Id": randomUUID(),
    "Content-Type": contentType,
    "Content-Length": bytes.length,
    ...flowHeaders(answer.flow),
    ...(answer.text !== undefined && { "X-Content-Type-Options": "nosniff" }),
    ...(wait !== undefined && { "Retry-After": wait }),
    ...(answer.location !== undefined && { Location: answer.location }),
    ...(answer.warnings.length > 0 && { Warning: answer.warnings.map(warningHeader) }),
  });
  response.end(bytes);
}

/** Headers hold Latin-1 only; the text is quoted as RFC 7234 wants it. */
function warningHeader(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&");
  return `299 - "${plain}"`;
}

/** Begins a text that goes on as time does. */
export function beginText(response: ServerResponse): void {
  response.writeHead(200, { ...COMMON_HEADERS, "Audit-Id": randomUUID(), "Content-Type": "text/plain" });
}

/** Begins the answer of a watch. */
export function beginWatch(response: ServerResponse, flow: ApiResponse["flow"]): void {
  const about = { "Audit-Id": randomUUID(), "Content-Type": JSON_TYPE, ...flowHeaders(flow) };
  response.writeHead(200, { ...COMMON_HEADERS, ...about });
}

/** Which flow the request was sorted into. Models apiserver pkg/server/filters priority-and-fairness.go setResponseHeaders. */
function flowHeaders(flow: ApiResponse["flow"]): { readonly [header: string]: string } {
  if (flow === undefined) return {};
  return { "X-Kubernetes-Pf-Flowschema-Uid": flow.schemaUid, "X-Kubernetes-Pf-Prioritylevel-Uid": flow.levelUid };
}
