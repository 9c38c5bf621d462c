import type { JsonObject, JsonValue } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import {
  badRequest,
  invalid,
  plainFailure,
  requestEntityTooLarge,
  type Status,
  unprocessable,
  unsupportedMediaType,
} from "./errors.ts";
import { completed, decodeAs, fieldValidationOf, keepingReset, SCHEME, schemaOf, typeOf } from "./incoming.ts";
import { type FieldError, fieldErrorMessage, toCause } from "./meta/field-error.ts";
import type { KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";
import { applyJsonPatch } from "./patch/json-patch.ts";
import { applyMergePatch } from "./patch/merge-patch.ts";
import { type PatchError, patchedObjectInvalid, strategicPatchInvalid } from "./patch/patch-error.ts";
import { applyStrategicMergePatch } from "./patch/strategic-merge.ts";
import { mergedOrder, patchedOrder } from "./patch/touched.ts";
import type { Decoded, FieldValidation } from "./schema/decode.ts";
import { restoreProblem } from "./schema/restore.ts";
import type { Schema } from "./schema/schema.ts";
import type { RoutedExchange } from "./server.ts";
import { versionsOf } from "./versions.ts";

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
/** Dialects in the order of the refusal's list, server-side apply apart. */
const DIALECTS = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH];

/** The object as a PATCH request would have it, decoded and with defaults. */
export function patched(exchange: RoutedExchange, old: KubeObject): Result<KubeObject, Status> {
  const { kind } = exchange.route;
  const changed = applyPatch(exchange, old as unknown as JsonObject, typeOf(kind), schemaOf(kind));
  if (!changed.ok) return changed;
  const otherKind = kindMismatch(exchange, changed.value);
  const fieldValidation = fieldValidationOf(exchange);
  const decoded = otherKind === undefined ? patchedObject(exchange, changed.value, fieldValidation) : fail(otherKind);
  if (!decoded.ok) return fail(patchInvalid(undecodable(exchange, old, decoded.error)));
  for (const warning of decoded.value.warnings) exchange.warnings.push(warning);
  return ok(keepingReset(changed.value, completed(kind, decoded.value.object)));
}

/** A strategic merge patch's result goes through a converter, which says in its own words what is of a wrong type. */
function patchedObject(
  exchange: RoutedExchange,
  object: JsonObject,
  fieldValidation: FieldValidation,
): Result<Decoded, string> {
  const { kind } = exchange.route;
  const isConverted = dialectOf(exchange) === STRATEGIC_PATCH && kind.custom === undefined;
  const wrong = isConverted ? restoreProblem(typeOf(kind), object, schemaOf(kind)) : undefined;
  return wrong === undefined ? decodeAs(kind, object, { fieldValidation }) : fail(wrong);
}

/** A patched object that is none of its kind, as the refusal shows it: with its fields in Go's order. */
function undecodable(exchange: RoutedExchange, old: KubeObject, why: string): FieldError {
  const { kind } = exchange.route;
  const ordered = decodeAs(kind, old as unknown as JsonObject, { fieldValidation: "Ignore" });
  const before = ordered.ok ? ordered.value.object : (old as unknown as JsonObject);
  const changed = applyPatch(exchange, before, typeOf(kind), schemaOf(kind));
  const object = changed.ok ? changed.value : before;
  const patch = exchange.rawBody ?? null;
  switch (dialectOf(exchange)) {
    case STRATEGIC_PATCH:
      return strategicPatchInvalid(exchange.rawBody, why);
    case MERGE_PATCH:
      return patchedObjectInvalid(mergedOrder(object, patch), why);
    default:
      return patchedObjectInvalid(patchedOrder(object, patch), why);
  }
}

/** Why an object cannot become one of its path's kind any more: JSON and merge patches may change what it says it is. */
function kindMismatch({ route, server, ...exchange }: RoutedExchange, object: JsonObject): string | undefined {
  const { ref, custom } = route.kind;
  const expected = apiVersionOf(ref);
  const { apiVersion, kind } = object;
  if (custom !== undefined || dialectOf(exchange) === STRATEGIC_PATCH) return undefined;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  if (apiVersion === expected && kind === ref.kind) return undefined;
  const known = server.kinds.all
    .flatMap(versionsOf)
    .find((one) => one.custom === undefined && apiVersionOf(one.ref) === apiVersion && one.ref.kind === kind);
  if (known === undefined) return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`;
  return `converting (${known.ref.version}.${kind}) to (${goPackage(ref)}.${ref.kind}): unknown conversion`;
}

/** The Go package of a group's internal types. */
function goPackage({ group }: { readonly group: string }): string {
  return group === "" || group === "events.k8s.io" ? "core" : (group.split(".")[0] ?? "");
}

/** Applies the request's patch, of whichever dialect, to JSON of a type. */
export function applyPatch(
  exchange: RoutedExchange,
  target: JsonObject,
  typeName: string,
  schema?: Schema,
): Result<JsonObject, Status> {
  const patch: JsonValue = exchange.rawBody ?? {};
  switch (dialectOf(exchange)) {
    case JSON_PATCH: {
      const result = applyJsonPatch(target, patch);
      if (!result.ok) return fail(patchStatus(result.error));
      const { strictErrors, object } = result.value;
      if (strictErrors.length > 0 && fieldValidationOf(exchange) === "Strict") {
        return fail(patchInvalid(patchedObjectInvalid(patch, `strict decoding error: ${strictErrors.join(", ")}`)));
      }
      return ok(object);
    }
    case MERGE_PATCH:
      return asStatus(applyMergePatch(target, patch));
    case STRATEGIC_PATCH:
      // Nothing says how lists of custom resources merge.
      if (exchange.route.kind.custom !== undefined && exchange.route.subresource !== "scale")
        return unknownDialect(true);
      return asStatus(applyStrategicMergePatch(typeName, target, patch, schema));
    default:
      return unknownDialect(exchange.route.kind.custom !== undefined);
  }
}

function unknownDialect(isCustom: boolean): Result<JsonObject, Status> {
  const dialects = DIALECTS.filter((one) => !isCustom || one !== STRATEGIC_PATCH);
  const accepted = `accepted media types include: ${dialects.join(", ")}, application/apply-patch+yaml`;
  return fail(unsupportedMediaType(`the body of the request was in an unknown format - ${accepted}`));
}

function dialectOf({ request }: Pick<RoutedExchange, "request">): string {
  return (request.contentType ?? "").split(";")[0]?.trim() ?? "";
}

function asStatus(result: Result<JsonObject, PatchError>): Result<JsonObject, Status> {
  return result.ok ? result : fail(patchStatus(result.error));
}

function patchStatus({ code, message }: PatchError): Status {
  if (code === 422) return unprocessable(message);
  if (code === 500) return plainFailure(message);
  return code === 413 ? requestEntityTooLarge(message) : badRequest(message);
}

/** Upstream names neither kind nor object here. */
function patchInvalid(problem: FieldError): Status {
  const status = invalid({ group: "", kind: "" }, "", [fieldErrorMessage(problem)], [toCause(problem)]);
  return { ...status, details: { causes: status.details?.causes } };
}
