import { type Draft, isObject, type JsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { isApply } from "./apply/request.ts";
import { badRequest, invalid, type Status } from "./errors.ts";
import type { Kind } from "./kind.ts";
import { fieldErrorMessage, toCause } from "./meta/field-error.ts";
import { validatePatchOptions, validateWriteOptions } from "./meta/options-validation.ts";
import type { KubeObject } from "./object.ts";
import { apiVersionOf } from "./operations.ts";
import {
  cannotBeHandled,
  type Decoded,
  type DecodeOptions,
  decodeValue,
  type FieldValidation,
  strictProblems,
  unknownField,
} from "./schema/decode.ts";
import { builtinSchema, type Schema, schemaWith } from "./schema/schema.ts";
import type { RoutedExchange } from "./server.ts";

/** Where upstream's type registry stands in its sources: part of one message. */
export const SCHEME = "pkg/api/legacyscheme/scheme.go:30";

/** What a write's query may say about it; the refusal names the options' kind. */
export function checkWriteOptions(exchange: RoutedExchange, optionsKind: string): Status | undefined {
  const { query, request } = exchange;
  const options = {
    fieldManager: query.get("fieldManager")?.[0],
    dryRun: query.get("dryRun"),
    fieldValidation: query.get("fieldValidation")?.[0],
    ...(query.has("force") && { force: query.get("force")?.[0] === "true" }),
  };
  const problems =
    request.method === "PATCH" ? validatePatchOptions(options, isApply(exchange)) : validateWriteOptions(options);
  if (problems.length === 0) return undefined;
  const kind = { group: "meta.k8s.io", kind: optionsKind };
  return invalid(kind, "", problems.map(fieldErrorMessage), problems.map(toCause));
}

/** How strict a request wants its fields checked: the server warns unless told otherwise. */
export function fieldValidationOf(exchange: RoutedExchange): FieldValidation {
  const text = exchange.query.get("fieldValidation")?.[0];
  return text === "Strict" || text === "Ignore" ? text : "Warn";
}

/** The body as an object of the route's kind, with defaults. Unknown fields are refused, warned of, or dropped. */
export function decodeIncoming(exchange: RoutedExchange, body: JsonObject | undefined): Result<KubeObject, Status> {
  const { kind } = exchange.route;
  const given = body ?? {};
  const wrong = checkType(kind, given);
  if (wrong !== undefined) return fail(wrong);
  const options = { fieldValidation: fieldValidationOf(exchange), strictErrors: exchange.strictErrors };
  const decoded = decodeAs(kind, given, options);
  if (!decoded.ok) {
    const { ref } = kind;
    const version = kind.custom === undefined ? apiVersionOf(ref) : ref.version;
    return fail(badRequest(cannotBeHandled(ref.kind, version, ref.kind, decoded.error)));
  }
  for (const warning of decoded.value.warnings) exchange.warnings.push(warning);
  return ok(keepingReset(given, completed(kind, decoded.value.object)));
}

/** Decodes JSON as an object of a kind; the error is the decoder's text. */
export function decodeAs(
  kind: Kind,
  json: JsonObject,
  options: Pick<DecodeOptions, "fieldValidation" | "strictErrors">,
): Result<Decoded, string> {
  if (kind.custom === undefined) return decodeValue(typeOf(kind), json, { ...options, schema: schemaOf(kind) });
  const read = kind.custom.read(json);
  if (!read.ok) return read;
  const { object, unknown } = read.value;
  const problems = strictProblems(options, unknown.map(unknownField));
  if (!problems.ok) return problems;
  return ok({ object, warnings: problems.value });
}

/** An empty list of managed fields, which decoding leaves out, asks that nobody manage any field. */
export function keepingReset(given: JsonObject, object: KubeObject): KubeObject {
  const managed = isObject(given.metadata) ? given.metadata.managedFields : undefined;
  if (!Array.isArray(managed) || managed.length > 0) return object;
  return { ...object, metadata: { ...object.metadata, managedFields: [] } };
}

/** Defaults and an empty metadata where a decoded object has none. */
export function completed(kind: Kind, decoded: JsonObject): KubeObject {
  const object = { ...decoded, metadata: decoded.metadata ?? {} } as unknown as KubeObject;
  kind.defaults?.(object as Draft<KubeObject>);
  return object;
}

/** Name of the kind's type in its schema. */
export function typeOf(kind: Kind): string {
  return kind.type ?? kind.ref.kind;
}

const ownSchemas = new WeakMap<Kind, Schema>();

/** The built-in types, with those that the kind brings. */
export function schemaOf(kind: Kind): Schema {
  if (kind.custom !== undefined) return kind.custom.schema;
  if (kind.types === undefined) return builtinSchema;
  let schema = ownSchemas.get(kind);
  if (schema === undefined) {
    schema = schemaWith(kind.types);
    ownSchemas.set(kind, schema);
  }
  return schema;
}

/** The body's own apiVersion and kind, where it has them, must be the path's. */
function checkType({ ref }: Kind, body: JsonObject): Status | undefined {
  const expected = apiVersionOf(ref);
  const version = typeof body.apiVersion === "string" && body.apiVersion !== "" ? body.apiVersion : expected;
  const kind = typeof body.kind === "string" && body.kind !== "" ? body.kind : ref.kind;
  if (version === expected && kind === ref.kind) return undefined;
  if (version.includes("/") && version !== expected) {
    return badRequest(`the API version in the data (${version}) does not match the expected API version (${expected})`);
  }
  const why = `no kind "${kind}" is registered for version "${version}" in scheme "${SCHEME}"`;
  return badRequest(cannotBeHandled(kind, version, ref.kind, why));
}
