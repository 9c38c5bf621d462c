import type { JsonObject } from "../base/json.ts";
import type { Kind } from "./kind.ts";
import type { Definitions } from "./openapi-schemas.ts";
import { type Part, verbsOf } from "./resource-lists.ts";

export type Specification = "v2" | "v3";

interface KindPaths {
  readonly kind: Kind;
  /** Full name of the kind's schema. */
  readonly name: string;
  readonly parts: readonly Part[];
  /** `api/v1`, or `apis/apps/v1`. */
  readonly root: string;
  readonly definitions: Definitions;
  readonly specification: Specification;
}

interface Operation {
  readonly method: string;
  readonly verb: string;
  /** What upstream calls it: `list`, `post`, … */
  readonly action: string;
  readonly parameters: readonly string[];
  readonly input?: JsonObject;
  readonly output: JsonObject;
}

const WRITE = ["dryRun", "fieldManager", "fieldValidation"];
const LIST = [
  "allowWatchBookmarks",
  "continue",
  "fieldSelector",
  "labelSelector",
  "limit",
  "resourceVersion",
  "resourceVersionMatch",
  "sendInitialEvents",
  "timeoutSeconds",
  "watch",
];
const DELETE = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];
const INTEGERS = new Set(["limit", "timeoutSeconds", "gracePeriodSeconds"]);
const BOOLEANS = new Set(["allowWatchBookmarks", "sendInitialEvents", "watch", "orphanDependents", "force"]);

/** The paths of a kind: its collection, its objects, and their subresources. */
export function kindPaths(about: KindPaths): { readonly [path: string]: JsonObject } {
  const { kind, name, parts, root, definitions } = about;
  const object = definitions.reference(name);
  const list = definitions.reference(`${name}List`);
  const status = definitions.referTo("Status");
  const options = definitions.referTo("DeleteOptions");
  const verbs = verbsOf(kind);
  const served = (operations: readonly Operation[]) => operations.filter(({ verb }) => verbs.includes(verb));
  const listing: Operation = { method: "get", verb: "list", action: "list", parameters: LIST, output: list };
  const collection = served([
    listing,
    { method: "post", verb: "create", action: "post", parameters: WRITE, input: object, output: object },
    {
      method: "delete",
      verb: "deletecollection",
      action: "deletecollection",
      parameters: [...LIST, ...DELETE],
      input: options,
      output: status,
    },
  ]);
  const item = served([
    ...objectOperations(object),
    { method: "delete", verb: "delete", action: "delete", parameters: DELETE, input: options, output: status },
  ]);
  const base = kind.namespaced ? `/${root}/namespaces/{namespace}/${kind.ref.plural}` : `/${root}/${kind.ref.plural}`;
  const scope = kind.namespaced ? ["namespace"] : [];
  const paths: Record<string, JsonObject> = {
    [base]: pathItem(about, collection, scope),
    [`${base}/{name}`]: pathItem(about, item, ["name", ...scope]),
  };
  if (kind.namespaced) paths[`/${root}/${kind.ref.plural}`] = pathItem(about, served([listing]), []);
  for (const part of parts) {
    const value = part.name === "status" ? object : definitions.referTo(part.kind);
    const operations = [
      ...objectOperations(value),
      { method: "post", verb: "create", action: "post", parameters: WRITE, input: value, output: value },
    ].filter(({ verb }) => part.verbs.includes(verb));
    paths[`${base}/{name}/${part.name}`] = pathItem(about, operations, ["name", ...scope], part);
  }
  return paths;
}

function objectOperations(object: JsonObject): Operation[] {
  return [
    { method: "get", verb: "get", action: "get", parameters: [], output: object },
    { method: "put", verb: "update", action: "put", parameters: WRITE, input: object, output: object },
    {
      method: "patch",
      verb: "patch",
      action: "patch",
      parameters: [...WRITE, "force"],
      input: { type: "object" },
      output: object,
    },
  ];
}

function pathItem(
  about: KindPaths,
  operations: readonly Operation[],
  inPath: readonly string[],
  part?: Part,
): JsonObject {
  const { kind, specification } = about;
  const { group, version, kind: name } = part ?? kind.ref;
  const described = operations.map((operation) => [
    operation.method,
    {
      operationId: operationId(kind, operation, inPath, part),
      ...(specification === "v3" ? v3Body(operation, patchTypesOf(kind)) : v2Body(operation, patchTypesOf(kind))),
      "x-kubernetes-action": operation.action,
      "x-kubernetes-group-version-kind": { group, kind: name, version },
    },
  ]);
  const parameters = [
    ...inPath.map((one) => parameter(one, "path", specification)),
    parameter("pretty", "query", specification),
  ];
  return { ...Object.fromEntries(described), parameters };
}

const OPERATION_WORDS: { readonly [verb: string]: string } = {
  update: "replace",
  get: "read",
  deletecollection: "deleteCollection",
};

/** As upstream's: `listCoreV1NamespacedPod`, `patchAppsV1NamespacedDeploymentScale`. */
function operationId(kind: Kind, { method, verb }: Operation, inPath: readonly string[], part?: Part): string {
  const [family = ""] = kind.ref.group === "" ? ["core"] : kind.ref.group.split(".");
  const scope = kind.namespaced && (inPath.length > 0 || method !== "get") ? "Namespaced" : "";
  const everywhere = kind.namespaced && scope === "" ? "ForAllNamespaces" : "";
  const subresource = part === undefined ? "" : capital(part.name);
  return `${OPERATION_WORDS[verb] ?? verb}${capital(family)}${capital(kind.ref.version)}${scope}${kind.ref.kind}${subresource}${everywhere}`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function parameter(name: string, place: "path" | "query", specification: Specification): JsonObject {
  const type = INTEGERS.has(name) ? "integer" : BOOLEANS.has(name) ? "boolean" : "string";
  const typed = specification === "v3" ? { schema: { type, uniqueItems: true } } : { type, uniqueItems: true };
  return { name, in: place, ...(place === "path" && { required: true }), ...typed };
}

function v3Body({ parameters, input, output, verb }: Operation, patchTypes: readonly string[]): JsonObject {
  const mediaTypes = verb === "patch" ? patchTypes : ["*/*"];
  return {
    parameters: parameters.map((name) => parameter(name, "query", "v3")),
    ...(input !== undefined && {
      requestBody: { content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: input }])) },
    }),
    responses: { "200": { description: "OK", content: { "application/json": { schema: output } } } },
  };
}

const PATCH_TYPES = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

/** Custom resources have no strategic merge: clients look here before they send one. */
function patchTypesOf({ custom }: Kind): readonly string[] {
  return custom === undefined ? PATCH_TYPES : PATCH_TYPES.filter((type) => !type.includes("strategic"));
}

function v2Body({ parameters, input, output, verb }: Operation, patchTypes: readonly string[]): JsonObject {
  const inQuery = parameters.map((name) => parameter(name, "query", "v2"));
  return {
    consumes: verb === "patch" ? patchTypes : ["*/*"],
    produces: ["application/json"],
    schemes: ["https"],
    parameters: [...(input === undefined ? [] : [{ in: "body", name: "body", schema: input }]), ...inQuery],
    responses: { "200": { description: "OK", schema: output } },
  };
}
