import type { JsonObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, type Status } from "../errors.ts";
import { fieldValidationOf } from "../incoming.ts";
import { byteLength } from "../meta/go-text.ts";
import type { KubeObject } from "../object.ts";
import { type RoutedExchange, writerOf } from "../server.ts";
import { readConfiguration } from "./configuration.ts";
import { applyConfiguration, type FieldWrite, recordUpdate } from "./manager.ts";

export const APPLY_PATCH = "application/apply-patch+yaml";

const MAX_MANAGER_BYTES = 128;
const PRINTABLE = /[ \p{L}\p{M}\p{N}\p{P}\p{S}]/u;

export function isApply({ request }: RoutedExchange): boolean {
  return request.method === "PATCH" && request.contentType?.split(";")[0]?.trim() === APPLY_PATCH;
}

// Models apiserver pkg/endpoints/handlers managerOrUserAgent
/** Who writes, as managedFields name them: the request's field manager, or its program. */
function managerOf({ query, request }: RoutedExchange): string {
  const named = query.get("fieldManager")?.[0];
  if (named) return named;
  let manager = "";
  for (const char of request.userAgent?.split("/")[0] ?? "") {
    if (!PRINTABLE.test(char)) continue;
    if (byteLength(manager + char) > MAX_MANAGER_BYTES) break;
    manager += char;
  }
  return manager;
}

function fieldWriteOf(exchange: RoutedExchange): FieldWrite {
  const { kind, subresource } = exchange.route;
  const { now } = exchange.server.operations.context(writerOf(exchange));
  return { kind, subresource, now, manager: managerOf(exchange) };
}

/** The object with its managed fields after this request's write; `live` is undefined for a create. */
export function withRecord<T extends KubeObject>(exchange: RoutedExchange, live: T | undefined, next: T): T {
  return recordUpdate(fieldWriteOf(exchange), live, next);
}

// Models apiserver pkg/endpoints/handlers applyPatcher
/** What this request's configuration makes of the live object (undefined: of none). */
export function appliedObject(
  exchange: RoutedExchange,
  live: KubeObject | undefined,
  configOf: (config: JsonObject) => Result<JsonObject, Status> = ok,
): Result<KubeObject, Status> {
  const read = readConfiguration(exchange.request.body);
  if (!read.ok) return fail(badRequest(`error decoding YAML: ${read.error}`));
  const config = configOf(read.value.object);
  if (!config.ok) return config;
  const force = exchange.query.get("force")?.[0];
  const isForced = force !== undefined && force !== "false" && force !== "0";
  const applied = applyConfiguration(fieldWriteOf(exchange), live, config.value, isForced);
  const { strictError } = read.value;
  if (!applied.ok || strictError === undefined) return applied;
  const validation = fieldValidationOf(exchange);
  if (validation === "Strict") return fail(badRequest(`error strict decoding YAML: ${strictError}`));
  if (validation === "Warn" && !exchange.warnings.includes(strictError)) exchange.warnings.push(strictError);
  return applied;
}
