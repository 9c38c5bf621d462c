import type { JsonObject } from "../base/json.ts";
import type { Kind } from "./kind.ts";
import { apiVersionOf } from "./operations.ts";

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

const ALL_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** The answer of a discovery path (`/api`, `/apis`, `/apis/apps/v1`, `/version`, …), or undefined for another path. */
export function discovery(path: string, kinds: readonly Kind[]): JsonObject | undefined {
  const trimmed = path.length > 1 ? path.replace(/\/$/, "") : path;
  if (trimmed === "/version") return VERSION;
  if (trimmed === "/api") return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  if (trimmed === "/apis") {
    return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames(kinds).map((name) => group(name, kinds)) };
  }
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)(?:\/([^/]+))?)$/.exec(trimmed);
  if (match === null) return undefined;
  const groupName = match[2] ?? "";
  const version = match[1] ?? match[3];
  if (version === undefined) {
    return groupNames(kinds).includes(groupName)
      ? { kind: "APIGroup", apiVersion: "v1", ...group(groupName, kinds) }
      : undefined;
  }
  const served = kinds.filter(({ ref }) => ref.group === groupName && ref.version === version);
  if (served.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf({ group: groupName, version }),
    resources: served.flatMap(resources),
  };
}

function groupNames(kinds: readonly Kind[]): string[] {
  return [...new Set(kinds.map(({ ref }) => ref.group))].filter((name) => name !== "");
}

function group(name: string, kinds: readonly Kind[]): JsonObject {
  const versions = [...new Set(kinds.filter(({ ref }) => ref.group === name).map(({ ref }) => ref.version))].map(
    (version) => ({ groupVersion: apiVersionOf({ group: name, version }), version }),
  );
  return { name, versions, preferredVersion: versions[0] };
}

function resources(kind: Kind): JsonObject[] {
  const { ref, singular, namespaced, shortNames, categories, subresources, withoutVerbs = [] } = kind;
  const main: JsonObject = {
    name: ref.plural,
    singularName: singular,
    namespaced,
    kind: ref.kind,
    verbs: ALL_VERBS.filter((verb) => !withoutVerbs.includes(verb)),
    ...(shortNames && { shortNames }),
    ...(categories && { categories }),
  };
  const status: JsonObject = {
    name: `${ref.plural}/status`,
    singularName: "",
    namespaced,
    kind: ref.kind,
    verbs: ["get", "patch", "update"],
  };
  const scale: JsonObject = {
    name: `${ref.plural}/scale`,
    singularName: "",
    namespaced,
    group: "autoscaling",
    version: "v1",
    kind: "Scale",
    verbs: ["get", "patch", "update"],
  };
  return [main, ...(subresources?.scale ? [scale] : []), ...(subresources?.status ? [status] : [])];
}
