import { isObject, type JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { APPLY_PATCH } from "./apply/request.ts";
import { badRequest, requestEntityTooLarge, type Status, unsupportedMediaType } from "./errors.ts";
import type { ApiRequest } from "./http.ts";
import { readJson } from "./json-text.ts";
import { goQuote } from "./meta/go-text.ts";
import { readYaml } from "./yaml-text.ts";

/** What the real server reads of a body at most. */
const MAX_BODY_LENGTH = 3 * 1024 * 1024;

/** What bodies may be written in; protobuf is decoded before it comes here. */
const MEDIA_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** A body that was read. */
export interface Body {
  readonly value: JsonValue | undefined;
  /** What a strict reader of its text finds wrong: keys that stand twice. */
  readonly strictErrors: readonly string[];
}

/** The body as JSON: given as such, or as JSON or YAML text. `kindName`: what the path is about, for the refusal. */
export function decodeBody(request: ApiRequest, kindName: string): Result<Body, Status> {
  const { body, method, contentType = "application/json" } = request;
  const mediaType = contentType.split(";")[0]?.trim() ?? "";
  if ((method === "POST" || method === "PUT") && !MEDIA_TYPES.includes(mediaType)) {
    const accepted = `accepted media types include: ${MEDIA_TYPES.join(", ")}`;
    return fail(unsupportedMediaType(`the body of the request was in an unknown format - ${accepted}`));
  }
  if (typeof body !== "string") return ok({ value: body, strictErrors: [] });
  if (body.length > MAX_BODY_LENGTH) {
    return fail(requestEntityTooLarge(`limit is ${MAX_BODY_LENGTH}`));
  }
  // An applied configuration is read where it is applied.
  if (mediaType === APPLY_PATCH || body.trim() === "") return ok({ value: undefined, strictErrors: [] });
  if (contentType.includes("yaml")) return fromYaml(body, kindName);
  const read = readJson(body);
  if (!read.ok) return fail(badRequest(refusalOf(read.error, request, body, kindName)));
  const { value } = read.value;
  const strictErrors = read.value.duplicates.map((path) => `duplicate field ${goQuote(path)}`);
  if (isObject(value) || (method !== "POST" && method !== "PUT")) return ok({ value, strictErrors });
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  // Go lets null stand for an empty object.
  if (value === null) return ok({ value: {}, strictErrors: [] });
  return fail(
    badRequest(unrecognized(`${PARSE_ERROR}json: cannot unmarshal ${type} into ${TYPE_META}`, body, kindName)),
  );
}

const PARSE_ERROR = "couldn't get version/kind; json parse error: ";
/** The Go type that apiVersion and kind are looked for with. */
const TYPE_META =
  'Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function refusalOf(error: string, { method, contentType = "" }: ApiRequest, body: string, kindName: string): string {
  if (method === "DELETE") return `${PARSE_ERROR}${error}`;
  if (method !== "PATCH") return unrecognized(`${PARSE_ERROR}${error}`, body, kindName);
  return contentType.includes("strategic-merge-patch") ? error : `error decoding patch: ${error}`;
}

// Models apiserver pkg/endpoints/handlers transformDecodeError and summarizeData
function unrecognized(error: string, body: string, kindName: string): string {
  return `the object provided is unrecognized (must be of type ${kindName}): ${error} (${summary(body)})`;
}

const MAX_SUMMARY_BYTES = 30;

function summary(body: string): string {
  const bytes = utf8(body);
  const start = bytes.slice(0, MAX_SUMMARY_BYTES);
  const text = body.startsWith("{")
    ? body.slice(0, MAX_SUMMARY_BYTES)
    : start.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.length > MAX_SUMMARY_BYTES ? `${text} ...` : text;
}

/** The first bytes of a text, and one more where there are more. */
function utf8(text: string): number[] {
  const start = [...text].slice(0, MAX_SUMMARY_BYTES + 1).join("");
  const escaped = encodeURIComponent(start.replace(/\p{Surrogate}/gu, "\uFFFD"));
  return [...escaped.matchAll(/%([0-9A-F]{2})|(.)/g)].map(([, hex, char = ""]) =>
    hex === undefined ? char.charCodeAt(0) : Number.parseInt(hex, 16),
  );
}

function fromYaml(body: string, kindName: string): Result<Body, Status> {
  const read = readYaml(body);
  if (!read.ok) return fail(badRequest(unrecognized(read.error, body, kindName)));
  const { value, strictError } = read.value;
  return ok({ value, strictErrors: strictError === undefined ? [] : [strictError] });
}
