import mergePatch from "json-merge-patch";
import { cloneJson, isObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { badRequest, type Status, unsupportedMediaType } from "./errors.ts";
import { completed, fieldValidationOf, schemaOf, typeOf } from "./incoming.ts";
import type { KubeObject } from "./object.ts";
import { decodeValue } from "./schema/decode.ts";
import type { RoutedExchange } from "./server.ts";

/** The object as a PATCH request would have it, decoded and with defaults. */
export function patched(exchange: RoutedExchange, old: KubeObject): Result<KubeObject, Status> {
  const { kind } = exchange.route;
  const changed = applyPatch(exchange, old as unknown as JsonObject, typeOf(kind));
  if (!changed.ok) return changed;
  const decoded = decodeValue(typeOf(kind), changed.value, {
    fieldValidation: fieldValidationOf(exchange),
    schema: schemaOf(kind),
  });
  if (!decoded.ok) return fail(badRequest(decoded.error));
  for (const warning of decoded.value.warnings) exchange.warnings.push(warning);
  return ok(completed(kind, decoded.value.object));
}

/** Applies the request's patch, of whichever dialect, to JSON of a type. */
export function applyPatch(
  exchange: RoutedExchange,
  target: JsonObject,
  _typeName: string,
): Result<JsonObject, Status> {
  const { contentType = "" } = exchange.request;
  const patch = exchange.body;
  if (
    contentType.startsWith("application/merge-patch+json") ||
    contentType.startsWith("application/strategic-merge-patch+json")
  ) {
    return ok(mergePatch.apply(cloneJson(target) as JsonValue, patch) as JsonObject);
  }
  return fail(
    unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml`,
    ),
  );
}
