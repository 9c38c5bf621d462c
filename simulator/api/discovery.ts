import type { JsonObject } from "../base/json.ts";
import { issuerDocument, issuerPaths } from "./authentication/issuer.ts";
import { health, healthPaths } from "./health.ts";
import type { Kind } from "./kind.ts";
import { openApi, openApiPaths } from "./openapi.ts";
import { apiVersionOf } from "./operations.ts";
import { resourceLists, type ServedVersion, servedVersions } from "./resource-lists.ts";
import type { Query } from "./routing.ts";
import type { ApiServerOptions, Reply } from "./server.ts";
import { versionsOf } from "./versions.ts";

/** A GET that may be one of the server's own documents. */
export interface DocumentRequest {
  readonly path: string;
  readonly query: Query;
  readonly accept: string;
  readonly server: Pick<ApiServerOptions, "kinds" | "subresources" | "address">;
}

const VERSION: JsonObject = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.2+tabernetes",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "",
  goVersion: "",
  compiler: "",
  platform: "linux/amd64",
};

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The answer of a path that describes the server (`/api`, `/apis/apps/v1`, `/version`, `/healthz`, …), or undefined. */
export function discovery(request: DocumentRequest): Reply | undefined {
  const { path, query, server } = request;
  const trimmed = path.length > 1 ? path.replace(/\/$/, "") : path;
  const versions = servedVersions(server);
  if (trimmed === "/") return json({ paths: rootPaths(versions) });
  if (trimmed === "/version") return json(VERSION);
  if ((trimmed === "/api" || trimmed === "/apis") && wantsAggregated(request.accept)) {
    const items = groups(versions).filter(({ name }) => (name === "") === (trimmed === "/api"));
    return { code: 200, body: aggregated(items), contentType: AGGREGATED };
  }
  if (trimmed === "/api") return json(coreVersions(server.address));
  if (trimmed === "/apis") {
    const named = groups(versions).filter(({ name }) => name !== "");
    return json({ kind: "APIGroupList", apiVersion: "v1", groups: named.map(legacyGroup) });
  }
  const described = issuerDocument(trimmed, server.address);
  if (described !== undefined) return described;
  return health(trimmed, query) ?? openApi(trimmed, server) ?? groupDocument(trimmed, versions);
}

/** Whether a path lies under a group version that is served, such as `/apis/apps/v1`. */
export function isServedVersion(path: string, kinds: readonly Kind[]): boolean {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/|$)/.exec(path);
  if (match === null) return false;
  const [, core, group = "", version = core] = match;
  return kinds.flatMap(versionsOf).some(({ ref }) => ref.group === group && ref.version === version);
}

function groupDocument(path: string, versions: readonly ServedVersion[]): Reply | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)(?:\/([^/]+))?)$/.exec(path);
  if (match === null) return undefined;
  const [, core, name = "", version = core] = match;
  if (version === undefined) {
    const group = groups(versions).find((one) => one.name === name && name !== "");
    return group && json({ kind: "APIGroup", apiVersion: "v1", ...legacyGroup(group) });
  }
  const served = versions.find((one) => one.group === name && one.version === version);
  if (served === undefined) return undefined;
  const resources = resourceLists(served).flatMap(({ main, parts }) => [main, ...parts]);
  return json({ kind: "APIResourceList", apiVersion: "v1", groupVersion: groupVersion(served), resources });
}

function json(body: JsonObject): Reply {
  return { code: 200, body };
}

function groupVersion({ group, version }: ServedVersion): string {
  return apiVersionOf({ group, version });
}

function coreVersions(serverAddress: string): JsonObject {
  const anywhere = { clientCIDR: "0.0.0.0/0", serverAddress };
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [anywhere] };
}

interface Group {
  readonly name: string;
  readonly versions: readonly ServedVersion[];
}

function groups(versions: readonly ServedVersion[]): Group[] {
  const names = [...new Set(versions.map(({ group }) => group))];
  return names.map((name) => ({ name, versions: versions.filter(({ group }) => group === name) }));
}

function legacyGroup({ name, versions }: Group): JsonObject {
  const list = versions.map((one) => ({ groupVersion: groupVersion(one), version: one.version }));
  return { name, versions: list, preferredVersion: list[0] };
}

function wantsAggregated(accept: string): boolean {
  return accept.split(",").some((one) => /g=apidiscovery\.k8s\.io/.test(one) && /v=v2(;|$)/.test(one.trim()));
}

/** Everything in one document. Models apiserver pkg/endpoints/discovery/aggregated. */
function aggregated(items: readonly Group[]): JsonObject {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: items.map(({ name, versions }) => ({
      metadata: name === "" ? {} : { name },
      versions: versions.map((served) => ({
        version: served.version,
        resources: resourceLists(served).map(({ aggregated: resource }) => resource),
        freshness: "Current",
      })),
    })),
  };
}

function rootPaths(versions: readonly ServedVersion[]): string[] {
  const served = versions.flatMap((one) =>
    one.group === "" ? ["/api", "/api/v1"] : ["/apis", "/apis/", `/apis/${one.group}`, `/apis/${groupVersion(one)}`],
  );
  return [...new Set([...served, ...healthPaths, ...openApiPaths, ...issuerPaths, "/version"])].sort();
}
