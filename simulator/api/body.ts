import { parseDocument } from "yaml";
import type { JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { APPLY_PATCH } from "./apply/request.ts";
import { badRequest, requestEntityTooLarge, type Status, unsupportedMediaType } from "./errors.ts";
import type { ApiRequest } from "./http.ts";

/** What the real server reads of a body at most. */
const MAX_BODY_LENGTH = 3 * 1024 * 1024;

/** What bodies may be written in; protobuf is decoded before it comes here. */
const MEDIA_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** The body as JSON: given as such, or as JSON or YAML text. */
export function decodeBody(request: ApiRequest): Result<JsonValue | undefined, Status> {
  const { body, method, contentType = "application/json" } = request;
  const mediaType = contentType.split(";")[0]?.trim() ?? "";
  if ((method === "POST" || method === "PUT") && !MEDIA_TYPES.includes(mediaType)) {
    const accepted = `accepted media types include: ${MEDIA_TYPES.join(", ")}`;
    return fail(unsupportedMediaType(`the body of the request was in an unknown format - ${accepted}`));
  }
  if (typeof body !== "string") return ok(body);
  if (body.length > MAX_BODY_LENGTH) {
    return fail(requestEntityTooLarge(`limit is ${MAX_BODY_LENGTH}`));
  }
  // An applied configuration is read where it is applied.
  if (mediaType === APPLY_PATCH || body.trim() === "") return ok(undefined);
  try {
    if (!contentType.includes("yaml")) return ok(JSON.parse(body));
    const document = parseDocument(body, { version: "1.1", merge: true });
    const [problem] = document.errors;
    if (problem !== undefined) return fail(badRequest(`error parsing request body: ${problem.message}`));
    return ok(document.toJS({ maxAliasCount: 100 }) as JsonValue);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    return fail(badRequest(`couldn't get version/kind; json parse error: ${why}`));
  }
}
