import { isObject, type JsonObject } from "../../base/json.ts";
import type { Client } from "../cli/client.ts";
import { ApiError } from "../cli/client.ts";
import { urlPart } from "../mapping.ts";
import { failureOf } from "../transport.ts";
import type { DescribeText } from "./text.ts";

/** What a describer has besides its object. */
export interface Describing {
  readonly out: DescribeText;
  readonly client: Client;
  readonly nowEpochMs: number;
  readonly showEvents: boolean;
  /** How many objects are asked for at once; 0 for all. */
  readonly chunkSize: number;
}

/** Writes all there is to tell of one object; what else it needs it asks the server for. */
export type Describer = (object: JsonObject, describing: Describing) => Promise<void>;

/** The objects of a collection, page by page; throws an ApiError. */
export async function listAll(
  { client, chunkSize }: Pick<Describing, "client" | "chunkSize">,
  path: string,
  selectors: { readonly labelSelector?: string; readonly fieldSelector?: string } = {},
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  const fixed = Object.entries(selectors).map(([key, value]) => `${key}=${urlPart(value)}`);
  if (chunkSize > 0) fixed.push(`limit=${chunkSize}`);
  let token = "";
  do {
    const query = [...fixed, ...(token === "" ? [] : [`continue=${urlPart(token)}`])].join("&");
    const response = await client.ask({ method: "GET", path: query === "" ? path : `${path}?${query}` });
    if (failureOf(response) !== undefined) throw new ApiError(response);
    const { items, metadata } = response.body;
    if (Array.isArray(items)) found.push(...items.filter(isObject));
    token = isObject(metadata) && typeof metadata.continue === "string" ? metadata.continue : "";
  } while (token !== "");
  return found;
}

/** As `listAll`, where a refusal means that there is nothing to tell. */
export async function listAllowed(...call: Parameters<typeof listAll>): Promise<readonly JsonObject[] | undefined> {
  try {
    return await listAll(...call);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
