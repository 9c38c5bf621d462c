import { isObject, type JsonObject } from "../../base/json.ts";
import type { RestMapping } from "../mapping.ts";
import { failureOf } from "../transport.ts";
import type { Client } from "./client.ts";
import { ApiError } from "./client.ts";
import { complaint } from "./command.ts";

/** A resource that the server serves. */
export interface ResourceInfo {
  readonly mapping: RestMapping;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Whether its version is the group's preferred one. */
  readonly preferred: boolean;
}

const AGGREGATED =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/** What the server serves, asked once for each command line. Models client-go's discovery and RESTMapper. */
export class Discovery {
  readonly #client: Client;
  #all: Promise<readonly ResourceInfo[]> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** All resources, in the server's order: the core group, then the others by priority. */
  all(): Promise<readonly ResourceInfo[]> {
    this.#all ??= this.#load();
    return this.#all;
  }

  /**
   * The mapping of `deploy`, `deployments.apps` or `deployments.v1.apps`; throws kubectl's complaint when there is none.
   * Models client-go restmapper shortcut.go and PriorityRESTMapper.
   */
  async find(word: string): Promise<RestMapping> {
    const found = await this.lookUp(word);
    if (found === undefined)
      throw complaint(`the server doesn't have a resource type ${JSON.stringify(word.split(".")[0])}`);
    return found.mapping;
  }

  async lookUp(word: string): Promise<ResourceInfo | undefined> {
    const [name = "", ...rest] = word.toLowerCase().split(".");
    // `pods.v1.` ends with the core group's empty name.
    const place = rest.join(".").replace(/\.$/, "");
    const all = await this.all();
    const fits = all.filter(({ mapping }) => {
      const { group, version } = mapping;
      // A version alone is none: `pods.v1` is taken for a group, unless a dot follows.
      const placed = group === "" ? (word.endsWith(".") ? version : undefined) : `${version}.${group}`;
      return place === "" || place === group || place === placed;
    });
    const versions = place.startsWith("v") ? fits : [...fits].sort((a, b) => Number(b.preferred) - Number(a.preferred));
    const named = ({ mapping, singular }: ResourceInfo) =>
      mapping.plural === name || singular === name || mapping.kind.toLowerCase() === name;
    return (
      versions.find(named) ??
      this.#byShortName(versions, name) ??
      // A group may also be given by its beginning: `deployments.ap`.
      all.find((each) => named(each) && place !== "" && each.mapping.group.startsWith(`${place}`))
    );
  }

  // Models client-go restmapper shortcut.go expandResourceShortcut
  #byShortName(resources: readonly ResourceInfo[], name: string): ResourceInfo | undefined {
    const [first, ...others] = resources.filter(({ preferred, shortNames }) => preferred && shortNames.includes(name));
    const other = others.find(({ mapping }) => mapping.group !== first?.mapping.group)?.mapping;
    if (other !== undefined) {
      const full = other.group === "" ? other.plural : `${other.plural}.${other.group}`;
      this.#client.say(`Warning: short name ${JSON.stringify(name)} could also match lower priority resource ${full}`);
    }
    return first ?? resources.find(({ shortNames }) => shortNames.includes(name));
  }

  /** Resources of a category such as `all`; empty when there is none of that name. */
  async category(word: string): Promise<readonly RestMapping[]> {
    const all = await this.all();
    return all.filter((each) => each.preferred && each.categories.includes(word)).map(({ mapping }) => mapping);
  }

  /** The mapping of a manifest's type, or undefined. */
  async kind(apiVersion: string, kind: string): Promise<RestMapping | undefined> {
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/", 2) : ["", apiVersion];
    const all = await this.all();
    // Kinds are known in small letters, too.
    const fits = (mapping: RestMapping) => mapping.kind === kind || mapping.kind.toLowerCase() === kind;
    return all.find(({ mapping }) => fits(mapping) && mapping.group === group && mapping.version === version)?.mapping;
  }

  /** The mapping of a kind whose version nobody names. */
  async preferredKind(kind: string): Promise<RestMapping | undefined> {
    const all = await this.all();
    return all.find(({ mapping, preferred }) => preferred && mapping.kind === kind)?.mapping;
  }

  async #load(): Promise<readonly ResourceInfo[]> {
    const found: ResourceInfo[] = [];
    for (const path of ["/api", "/apis"]) {
      const response = await this.#client.ask({ method: "GET", path: `${path}?timeout=32s`, accept: AGGREGATED });
      if (failureOf(response) !== undefined) {
        this.#client.noteUnreachable(path, response);
        throw new ApiError(response);
      }
      const { body } = response;
      if (Array.isArray(body.items)) for (const group of objects(body.items)) found.push(...groupOf(group));
      else found.push(...(await this.#loadOld(body)));
    }
    return found;
  }

  /** Group by group, from a server without aggregated discovery. */
  async #loadOld(body: JsonObject): Promise<ResourceInfo[]> {
    const versions: { readonly group: string; readonly version: string; readonly preferred: boolean }[] = [];
    if (Array.isArray(body.versions)) {
      for (const version of body.versions) versions.push({ group: "", version: String(version), preferred: true });
    }
    for (const group of objects(body.groups)) {
      const wanted = isObject(group.preferredVersion) ? group.preferredVersion.version : undefined;
      for (const { version } of objects(group.versions)) {
        versions.push({ group: String(group.name), version: String(version), preferred: version === wanted });
      }
    }
    const found: ResourceInfo[] = [];
    for (const { group, version, preferred } of versions) {
      const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      const response = await this.#client.ask({ method: "GET", path });
      if (failureOf(response) !== undefined) continue;
      for (const resource of objects(response.body.resources)) {
        const { name, kind, namespaced, singularName } = resource;
        if (typeof name !== "string" || name.includes("/")) continue;
        found.push({
          mapping: { group, version, kind: String(kind), plural: name, namespaced: namespaced === true },
          singular: String(singularName ?? ""),
          shortNames: strings(resource.shortNames),
          categories: strings(resource.categories),
          verbs: strings(resource.verbs),
          preferred,
        });
      }
    }
    return found;
  }
}

function groupOf(item: JsonObject): ResourceInfo[] {
  const group = isObject(item.metadata) && typeof item.metadata.name === "string" ? item.metadata.name : "";
  return objects(item.versions).flatMap((each, index) =>
    objects(each.resources).flatMap((resource) => {
      const { responseKind } = resource;
      if (typeof resource.resource !== "string") return [];
      return [
        {
          mapping: {
            group,
            version: String(each.version),
            kind: isObject(responseKind) ? String(responseKind.kind) : "",
            plural: resource.resource,
            namespaced: resource.scope === "Namespaced",
          },
          singular: String(resource.singularResource ?? ""),
          shortNames: strings(resource.shortNames),
          categories: strings(resource.categories),
          verbs: strings(resource.verbs),
          preferred: index === 0,
        },
      ];
    }),
  );
}

function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
