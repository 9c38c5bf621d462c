import type { JsonObject } from "../../simulator/index.ts";
import { session } from "../store/connect.ts";
import { type Ref, splitKey } from "../store/objects.ts";

/** Where the API serves a kind. */
export interface Served {
  readonly kind: string;
  readonly plural: string;
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
}

interface GroupDiscovery {
  readonly metadata?: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources?: readonly {
      readonly resource: string;
      readonly scope: string;
      readonly responseKind: { readonly kind: string };
    }[];
  }[];
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/** What is not found is looked for again, but not all the time. */
const AGAIN_AFTER_MS = 3000;

let known: Promise<readonly Served[]> | undefined;
let askedMs = 0;

async function discover(): Promise<readonly Served[]> {
  const served: Served[] = [];
  for (const path of ["/api", "/apis"]) {
    const { code, body } = await session().request({ method: "GET", path, accept: AGGREGATED });
    if (code !== 200) continue;
    for (const group of (body as { items?: readonly JsonObject[] }).items ?? []) take(group as never, served);
  }
  return served;
}

/** The first version of a group that serves a kind is the one it prefers. */
function take({ metadata, versions }: GroupDiscovery, served: Served[]): void {
  const group = metadata?.name ?? "";
  const seen = new Set<string>();
  for (const { version, resources = [] } of versions) {
    for (const { resource: plural, scope, responseKind } of resources) {
      if (seen.has(plural)) continue;
      seen.add(plural);
      served.push({ kind: responseKind.kind, plural, group, version, namespaced: scope === "Namespaced" });
    }
  }
}

async function find(matches: (served: Served) => boolean): Promise<Served | undefined> {
  const now = performance.now();
  if (known === undefined) askedMs = now;
  known ??= discover();
  const found = (await known).find(matches);
  if (found !== undefined || now - askedMs < AGAIN_AFTER_MS) return found;
  askedMs = now;
  known = discover();
  return (await known).find(matches);
}

/** Where objects of a kind are served; undefined where the API does not know it. */
export function servedAs(apiVersion: string, kind: string): Promise<Served | undefined> {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return find((served) => served.kind === kind && served.group === group);
}

/** `pods` or `deployments.apps`, as causes, waits and kubectl name them. */
export function resourceOf({ plural, group }: Served): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** The object that a resource and a name mean, as the page knows it. */
export async function refOf(resource: string, namespace: string | undefined, name: string): Promise<Ref | undefined> {
  const served = await find((each) => resourceOf(each) === resource);
  if (served === undefined) return undefined;
  return { kind: served.kind, key: namespace ? `${namespace}/${name}` : name };
}

/** Path of an object of a served kind. */
export function pathIn({ plural, group, version }: Served, key: string, subresource?: string): string {
  const [namespace, name] = splitKey(key);
  const prefix = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespace === "" ? "" : `/namespaces/${namespace}`;
  return `${prefix}${scope}/${plural}/${name}${subresource ? `/${subresource}` : ""}`;
}
