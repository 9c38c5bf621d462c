import { isObject, type JsonObject } from "../base/json.ts";
import { failureOf, type Transport } from "./transport.ts";

/** Where objects of a kind live in the API. */
export interface RestMapping {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Finds mappings through discovery, asking each group version once. */
export class RestMapper {
  readonly #transport: Transport;
  readonly #versions = new Map<string, readonly RestMapping[]>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The mapping of a kind, or undefined when the server does not serve it. */
  async mappingFor(apiVersion: string, kind: string): Promise<RestMapping | undefined> {
    const mappings = await this.#load(apiVersion);
    return mappings.find((mapping) => mapping.kind === kind);
  }

  async #load(apiVersion: string): Promise<readonly RestMapping[]> {
    const known = this.#versions.get(apiVersion);
    if (known !== undefined) return known;
    const [group, version] = apiVersion.includes("/")
      ? (apiVersion.split("/", 2) as [string, string])
      : ["", apiVersion];
    const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const response = await this.#transport({ method: "GET", path: encodeURI(wellFormed(path)) });
    const resources = failureOf(response) === undefined ? response.body.resources : undefined;
    const mappings = Array.isArray(resources) ? resources.flatMap((each) => mappingOf(each, group, version) ?? []) : [];
    if (mappings.length > 0) this.#versions.set(apiVersion, mappings);
    return mappings;
  }
}

function mappingOf(resource: unknown, group: string, version: string): RestMapping | undefined {
  if (!isObject(resource)) return undefined;
  const { name, kind, namespaced } = resource;
  if (typeof name !== "string" || typeof kind !== "string" || name.includes("/")) return undefined;
  return { group, version, kind, plural: name, namespaced: namespaced === true };
}

/** The path of an object, or of its collection when `name` is empty. */
export function pathOf(mapping: RestMapping, namespace: string, name: string): string {
  const { group, version, plural, namespaced } = mapping;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespaced ? `/namespaces/${urlPart(namespace)}` : "";
  return `${root}${place}/${plural}${name === "" ? "" : `/${urlPart(name)}`}`;
}

/** A text as one segment of a path, or as a value of its query. */
export function urlPart(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

/** Half a character can't be sent: it becomes U+FFFD, as in Go. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** `deployment.apps/web`: how kubectl names an object in what it prints. */
export function printedName({ kind, group }: RestMapping, name: string): string {
  return `${kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${name}`;
}

/** An object's name and namespace as its manifest gives them. */
export function identityOf(object: JsonObject): { readonly name: string; readonly namespace: string } {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { name, namespace } = metadata;
  return {
    name: typeof name === "string" ? name : "",
    namespace: typeof namespace === "string" ? namespace : "",
  };
}
