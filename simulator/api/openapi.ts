import type { JsonObject } from "../base/json.ts";
import { schemaOf, typeOf } from "./incoming.ts";
import { fnv32a } from "./meta/hash.ts";
import { kindPaths, type Specification } from "./openapi-paths.ts";
import { type Root, rootPath, rootsOf, versionRoot } from "./openapi-roots.ts";
import { Definitions } from "./openapi-schemas.ts";
import { apiVersionOf } from "./operations.ts";
import { listKindOf } from "./render.ts";
import { partsOf, type ServedVersion, servedVersions } from "./resource-lists.ts";
import type { ApiServerOptions, Reply } from "./server.ts";

type Served = Pick<ApiServerOptions, "kinds" | "subresources">;

export const openApiPaths: readonly string[] = ["/openapi/v2", "/openapi/v3", "/openapi/v3/"];

const V3 = "/openapi/v3/";

/** Documents of a set of kinds, by path: they are large, and change only with the kinds. */
const documents = new WeakMap<object, Map<string, JsonObject>>();

/**
 * The OpenAPI documents: `/openapi/v2`, `/openapi/v3` (the list) and `/openapi/v3/apis/GROUP/VERSION`; undefined for
 * another path. They hold names, types and merge rules. Descriptions are added by whoever has them.
 */
export function openApi(path: string, served: Served): Reply | undefined {
  if (!path.startsWith("/openapi/v")) return undefined;
  if (path === "/openapi/v3") return { code: 200, body: cached(served, path, () => versionList(served)) };
  if (path === "/openapi/v2") {
    return { code: 200, body: cached(served, path, () => document(servedVersions(served), "v2")) };
  }
  const versions = servedVersions(served);
  const version = versions.find((one) => path === documentPath(one));
  if (version !== undefined) return { code: 200, body: versionDocument(served, version) };
  const root = rootsOf(versions).find((one) => path === `${V3}${one.path}`);
  return root && { code: 200, body: rootDocument(served, root) };
}

function cached(served: Served, path: string, build: () => JsonObject): JsonObject {
  let known = documents.get(served.kinds.all);
  if (known === undefined) {
    known = new Map();
    documents.set(served.kinds.all, known);
  }
  const found = known.get(path) ?? build();
  known.set(path, found);
  return found;
}

function versionDocument(served: Served, version: ServedVersion): JsonObject {
  return cached(served, documentPath(version), () => document([version], "v3"));
}

function documentPath(version: ServedVersion): string {
  return `${V3}${rootOf(version)}`;
}

function rootDocument(served: Served, root: Root): JsonObject {
  return cached(served, `${V3}${root.path}`, () => {
    const definitions = new Definitions("v3");
    const paths = Object.fromEntries([rootPath(root, definitions)]);
    const schemas = definitions.all();
    const components = Object.keys(schemas).length > 0 ? { schemas } : {};
    return { openapi: "3.0.0", info: { title: "Kubernetes", version: "unversioned" }, paths, components };
  });
}

/** `api/v1`, or `apis/apps/v1`. */
function rootOf({ group, version }: ServedVersion): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

/** Clients keep a document by the hash in its address. */
function versionList(served: Served): JsonObject {
  const versions = servedVersions(served);
  const documents = new Map<string, JsonObject>();
  for (const version of versions) documents.set(rootOf(version), versionDocument(served, version));
  for (const root of rootsOf(versions)) documents.set(root.path, rootDocument(served, root));
  const paths = [...documents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, document]) => {
      const hash = fnv32a(JSON.stringify(document)).toString(16).toUpperCase();
      return [path, { serverRelativeURL: `${V3}${path}?hash=${hash}` }];
    });
  return { paths: Object.fromEntries(paths) };
}

function document(versions: readonly ServedVersion[], specification: Specification): JsonObject {
  const definitions = new Definitions(specification);
  const paths: Record<string, JsonObject> = {};
  const roots = specification === "v2" ? rootsOf(versions) : [];
  for (const root of [...roots, ...versions.filter(isBuiltin).map((one) => versionRoot(one, rootOf(one)))]) {
    const [path, item] = rootPath(root, definitions);
    paths[path] = item;
  }
  for (const version of versions) {
    for (const kind of version.kinds) {
      const name =
        kind.custom === undefined
          ? definitions.addKind(kind.ref, typeOf(kind), schemaOf(kind))
          : definitions.addCustom(kind.ref, listKindOf(kind), kind.custom.openApi(specification));
      const parts = partsOf(kind, version.subresources);
      Object.assign(paths, kindPaths({ kind, name, parts, root: rootOf(version), definitions, specification }));
    }
  }
  const info = { title: "Kubernetes", version: "v1.36.2+tabernetes" };
  const sortedPaths = Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
  const [only] = versions;
  if (specification === "v2") return { swagger: "2.0", info, paths: sortedPaths, definitions: definitions.all() };
  const title = only === undefined ? info : { ...info, title: `Kubernetes ${apiVersionOf(only)}` };
  return { openapi: "3.0.0", info: title, paths: sortedPaths, components: { schemas: definitions.all() } };
}

function isBuiltin({ kinds }: ServedVersion): boolean {
  return kinds.some(({ custom }) => custom === undefined);
}
