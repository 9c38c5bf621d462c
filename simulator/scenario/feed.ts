import type { ApiRequest, ApiResponse } from "../api/http.ts";
import type { WatchStream } from "../api/watch.ts";
import { isObject, type JsonObject } from "../base/json.ts";
import type { Result } from "../base/result.ts";
import { pathOf, RestMapper, urlPart } from "../kubectl/mapping.ts";
import { failureOf, type Transport } from "../kubectl/transport.ts";
import type { Query } from "./schema.ts";

/** As much of a watch as is needed; one on a real cluster can be wrapped to give the same. */
export type PulledWatch = Pick<WatchStream, "next" | "ended">;

/** Where a runner learns how the cluster stands: any Kubernetes API. */
export interface Cluster {
  readonly request: Transport;
  /** Without it collections are listed at each look: what came and went in between stays unseen. */
  readonly watch?: (request: ApiRequest) => Result<PulledWatch, ApiResponse>;
}

/** What happened in a query's collection since the last look, in order. `reset`: forget what was there before. */
export interface News {
  readonly reset: boolean;
  readonly events: readonly { readonly gone: boolean; readonly object: JsonObject }[];
}

/** Follows the collections of queries. */
export class Feed {
  readonly #cluster: Cluster;
  readonly #mapper: RestMapper;
  readonly #watches = new Map<string, PulledWatch>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#mapper = new RestMapper(cluster.request);
  }

  /** News of one query, or undefined when the API does not answer. A kind that is not served has no objects. */
  async look(id: string, query: Query): Promise<News | undefined> {
    const watching = this.#watches.get(id);
    if (watching !== undefined && !watching.ended) {
      const events = pulled(watching);
      if (events !== undefined) return { reset: false, events };
      this.#watches.delete(id);
    }
    const path = await this.#pathOf(query);
    if (path === undefined) return (await this.#answers()) ? { reset: true, events: [] } : undefined;
    return this.#cluster.watch === undefined ? this.#list(path) : this.#open(id, path, this.#cluster.watch);
  }

  #open(id: string, path: string, watch: NonNullable<Cluster["watch"]>): News | undefined {
    const opened = watch({ method: "GET", path: `${path}${path.includes("?") ? "&" : "?"}watch=true` });
    if (!opened.ok) return undefined;
    const events = pulled(opened.value);
    if (events === undefined) return undefined;
    this.#watches.set(id, opened.value);
    return { reset: true, events };
  }

  async #list(path: string): Promise<News | undefined> {
    const response = await this.#cluster.request({ method: "GET", path });
    if (failureOf(response) !== undefined) return undefined;
    const { items } = response.body;
    const objects = Array.isArray(items) ? items.filter(isObject) : [];
    return { reset: true, events: objects.map((object) => ({ gone: false, object })) };
  }

  async #answers(): Promise<boolean> {
    return failureOf(await this.#cluster.request({ method: "GET", path: "/api/v1" })) === undefined;
  }

  async #pathOf({ apiVersion, kind, namespace, name, selector }: Query): Promise<string | undefined> {
    const mapping = await this.#mapper.mappingFor(apiVersion, kind);
    if (mapping === undefined) return undefined;
    const inNamespace = mapping.namespaced && namespace !== undefined;
    const path = pathOf({ ...mapping, namespaced: inNamespace }, namespace ?? "", "");
    if (name !== undefined) return `${path}?fieldSelector=${urlPart(`metadata.name=${name}`)}`;
    return selector === undefined ? path : `${path}?labelSelector=${urlPart(selector)}`;
  }
}

/** Undefined when the watch broke off. */
function pulled(watch: PulledWatch): News["events"] | undefined {
  const events = watch.next();
  if (events.some(({ type }) => type === "ERROR")) return undefined;
  return events.flatMap(({ type, object }) => (type === "BOOKMARK" ? [] : [{ gone: type === "DELETED", object }]));
}
