import { isObject, type JsonObject } from "../base/json.ts";
import type { RestMapping } from "./mapping.ts";
import { failureOf, type Transport } from "./transport.ts";

interface ResourceType {
  readonly mapping: RestMapping;
  /** Plural, singular, short names and kind, all of which name it on a command line. */
  readonly names: readonly string[];
}

/** Finds what `deploy`, `pods` or `leases.coordination.k8s.io` mean, by what the server says it serves. */
export class ResourceTypes {
  readonly #transport: Transport;
  #types: readonly ResourceType[] | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The first resource of that name, the core group before all others; undefined when the server has none. */
  async find(name: string): Promise<RestMapping | undefined> {
    this.#types ??= await this.#load();
    const [word = "", ...rest] = name.toLowerCase().split(".");
    const group = rest.join(".");
    const found = this.#types.find(({ mapping, names }) => {
      if (!names.includes(word)) return false;
      return group === "" || group === mapping.group || group === `${mapping.version}.${mapping.group}`;
    });
    return found?.mapping;
  }

  async #load(): Promise<readonly ResourceType[]> {
    const types: ResourceType[] = await this.#served("", "v1");
    const groups = await this.#transport({ method: "GET", path: "/apis" });
    for (const group of objects(groups.body.groups)) {
      const { name, preferredVersion } = group;
      const version = isObject(preferredVersion) ? preferredVersion.version : undefined;
      if (typeof name === "string" && typeof version === "string") types.push(...(await this.#served(name, version)));
    }
    return types;
  }

  async #served(group: string, version: string): Promise<ResourceType[]> {
    const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const response = await this.#transport({ method: "GET", path });
    if (failureOf(response) !== undefined) return [];
    return objects(response.body.resources).flatMap((resource) => typeOf(resource, group, version) ?? []);
  }
}

function typeOf(resource: JsonObject, group: string, version: string): ResourceType | undefined {
  const { name, kind, namespaced, singularName, shortNames } = resource;
  if (typeof name !== "string" || typeof kind !== "string" || name.includes("/")) return undefined;
  const short = Array.isArray(shortNames) ? shortNames : [];
  const names = [name, singularName, kind.toLowerCase(), ...short].filter((each) => typeof each === "string");
  return { mapping: { group, version, kind, plural: name, namespaced: namespaced === true }, names };
}

function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
