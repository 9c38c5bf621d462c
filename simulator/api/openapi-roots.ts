import type { JsonObject } from "../base/json.ts";
import type { Specification } from "./openapi-paths.ts";
import type { Definitions } from "./openapi-schemas.ts";
import type { ServedVersion } from "./resource-lists.ts";

/** A path that describes the server itself, as the OpenAPI documents show it. */
export interface Root {
  /** Where it is, and where its document is below `/openapi/v3/`: `apis/apps`. */
  readonly path: string;
  readonly operationId: string;
  readonly description: string;
  readonly tag: string;
  readonly mediaTypes: readonly string[];
  /** The answer's schema; it may add what it is made of. */
  answer(definitions: Definitions): JsonObject;
}

const JSON_ONLY = ["application/json"];
const ALL_FORMS = ["application/json", "application/vnd.kubernetes.protobuf", "application/yaml"];
const TEXT = () => ({ type: "string" });

/** What `/version` answers: a type of no API group. Those in the second list may be absent. */
const VERSION_INFO = "io.k8s.apimachinery.pkg.version.Info";
const VERSION_FIELDS = [
  "major",
  "minor",
  "gitVersion",
  "gitCommit",
  "gitTreeState",
  "buildDate",
  "goVersion",
  "compiler",
  "platform",
];
const COMPATIBILITY_FIELDS = ["emulationMajor", "emulationMinor", "minCompatibilityMajor", "minCompatibilityMinor"];

// Models pkg/routes: openidmetadata.go, version.go, and apiserver pkg/endpoints/discovery legacy.go and root.go
const SERVER_ROOTS: readonly Root[] = [
  {
    path: ".well-known/openid-configuration",
    operationId: "getServiceAccountIssuerOpenIDConfiguration",
    description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
    tag: "WellKnown",
    mediaTypes: JSON_ONLY,
    answer: TEXT,
  },
  {
    path: "openid/v1/jwks",
    operationId: "getServiceAccountIssuerOpenIDKeyset",
    description: "get service account issuer OpenID JSON Web Key Set (contains public token verification keys)",
    tag: "openid",
    mediaTypes: ["application/jwk-set+json"],
    answer: TEXT,
  },
  {
    path: "version",
    operationId: "getCodeVersion",
    description: "get the version information for this server",
    tag: "version",
    mediaTypes: JSON_ONLY,
    answer: (definitions) => definitions.add(VERSION_INFO, versionInfo(definitions.specification)),
  },
  {
    path: "api",
    operationId: "getCoreAPIVersions",
    description: "get available API versions",
    tag: "core",
    mediaTypes: ALL_FORMS,
    answer: (definitions) => definitions.referTo("APIVersions"),
  },
  {
    path: "apis",
    operationId: "getAPIVersions",
    description: "get available API versions",
    tag: "apis",
    mediaTypes: ALL_FORMS,
    answer: (definitions) => definitions.referTo("APIGroupList"),
  },
];

/** The server's own paths, and one for each group that is built in: those of definitions have none. */
export function rootsOf(versions: readonly ServedVersion[]): readonly Root[] {
  const builtin = versions.filter(({ group, kinds }) => group !== "" && kinds.some(({ custom }) => !custom));
  const groups = [...new Set(builtin.map(({ group }) => group))];
  return [...SERVER_ROOTS, ...groups.map(groupRoot)];
}

function groupRoot(group: string): Root {
  return {
    path: `apis/${group}`,
    operationId: `get${familyOf(group)}APIGroup`,
    description: "get information of a group",
    tag: tagOf(group),
    mediaTypes: ALL_FORMS,
    answer: (definitions) => definitions.referTo("APIGroup"),
  };
}

/** What stands at the root of a group version: the list of its resources. */
export function versionRoot({ group, version }: ServedVersion, path: string): Root {
  const words = `${familyOf(group === "" ? "core" : group)}${capital(version)}`;
  return {
    path,
    operationId: `get${words}APIResources`,
    description: "get available resources",
    tag: `${tagOf(group === "" ? "core" : group)}_${version}`,
    mediaTypes: ALL_FORMS,
    answer: (definitions) => definitions.referTo("APIResourceList"),
  };
}

/** The entry of a root among a document's paths. */
export function rootPath(root: Root, definitions: Definitions): readonly [string, JsonObject] {
  const schema = root.answer(definitions);
  const ok =
    definitions.specification === "v3"
      ? { description: "OK", content: Object.fromEntries(root.mediaTypes.map((type) => [type, { schema }])) }
      : { description: "OK", schema };
  const get = {
    description: root.description,
    operationId: root.operationId,
    ...(definitions.specification === "v2" && { produces: root.mediaTypes, schemes: ["https"] }),
    responses: { "200": ok },
    tags: [root.tag],
  };
  return [`/${root.path}/`, { get }];
}

function versionInfo(specification: Specification): JsonObject {
  const required = VERSION_FIELDS.map((field) => [
    field,
    { type: "string", ...(specification === "v3" && { default: "" }) },
  ]);
  const others = COMPATIBILITY_FIELDS.map((field) => [field, { type: "string" }]);
  return { type: "object", properties: Object.fromEntries([...required, ...others]), required: VERSION_FIELDS };
}

/** `rbac.authorization.k8s.io` is `rbacAuthorization` as a tag. Models kube-openapi's names of groups. */
function tagOf(group: string): string {
  const [first = "", ...others] = group.replace(/\.k8s\.io$/, "").split(".");
  return first + others.map(capital).join("");
}

function familyOf(group: string): string {
  return capital(tagOf(group));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
