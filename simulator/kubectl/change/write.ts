import type { ApiRequest } from "../../api/http.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { Info } from "../cli/builder.ts";
import type { Call } from "../cli/command.ts";
import { pathOf, type RestMapping } from "../mapping.ts";
import { writeQuery } from "./flags.ts";

/** What an object is to the requests that change it. */
export type Place = Pick<Info, "mapping" | "namespace" | "name"> & { readonly subresource?: string };

const PATCH_TYPES = {
  strategic: "application/strategic-merge-patch+json",
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
} as const;
export type PatchType = keyof typeof PATCH_TYPES;

/** `error when creating "x.yaml"`, for what came from a file. Models kubectl pkg/cmd/util AddSourceToErr. */
export function doing(verb: string, source: string): string {
  return source === "" ? "" : `error when ${verb} ${JSON.stringify(source)}`;
}

export function placePath({ mapping, namespace, name, subresource = "" }: Place): string {
  return `${pathOf(mapping, namespace, name)}${subresource === "" ? "" : `/${subresource}`}`;
}

/** Creates an object; gives it as the server has it. */
export async function create(
  call: Call,
  mapping: RestMapping,
  namespace: string,
  object: JsonObject,
  during = "",
): Promise<JsonObject> {
  const path = pathOf(mapping, namespace, "") + writeQuery(call);
  return (await call.client.demand({ method: "POST", path, body: object }, during)).body;
}

interface PatchOptions {
  readonly during?: string;
  /** Instead of `--field-manager`. */
  readonly manager?: string;
  /** More of the query: `force=true`. */
  readonly query?: string;
}

/** The request of a patch. */
export function patchRequest(
  call: Call,
  place: Place,
  type: PatchType,
  body: JsonValue,
  { manager, query = "" }: PatchOptions = {},
): ApiRequest {
  const basic = writeQuery(call, manager);
  const more = query === "" ? basic : `${basic}${basic === "" ? "?" : "&"}${query}`;
  return { method: "PATCH", path: placePath(place) + more, contentType: PATCH_TYPES[type], body };
}

export async function patch(
  call: Call,
  place: Place,
  type: PatchType,
  body: JsonValue,
  options: PatchOptions = {},
): Promise<JsonObject> {
  return (await call.client.demand(patchRequest(call, place, type, body, options), options.during)).body;
}

export async function replace(call: Call, place: Place, object: JsonObject, during = ""): Promise<JsonObject> {
  const path = placePath(place) + writeQuery(call);
  return (await call.client.demand({ method: "PUT", path, body: object }, during)).body;
}
