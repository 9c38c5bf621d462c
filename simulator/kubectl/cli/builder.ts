import type { ApiResponse } from "../../api/http.ts";
import { type Labels, matchesLabels } from "../../api/meta/labels.ts";
import { parseLabelSelector } from "../../api/meta/selector-parser.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { typeNameOf } from "../change/typed.ts";
import type { ManifestDocument } from "../documents.ts";
import { kustomize } from "../kustomize/build.ts";
import { identityOf, pathOf, type RestMapping, urlPart } from "../mapping.ts";
import { failureOf } from "../transport.ts";
import { ApiError } from "./client.ts";
import { type Call, CommandError, complaint } from "./command.ts";
import type { Discovery } from "./discovery.ts";
import { documentsOf, type SourceDocument } from "./sources.ts";

/** One object that a command is for. */
export interface Info {
  readonly mapping: RestMapping;
  /** Empty for a cluster-scoped kind. */
  readonly namespace: string;
  readonly name: string;
  /** As read from the server or from a file; absent when only its name was given and nobody asked to look. */
  readonly object?: JsonObject;
  /** Path of the file it came from, `STDIN`, or empty. */
  readonly source: string;
  readonly document?: ManifestDocument;
}

export interface BuildOptions {
  /** Words of the command line: `pod a b`, `deploy/web svc/web`, `deploy,svc`. */
  readonly words: readonly string[];
  readonly filenames?: readonly string[];
  readonly recursive?: boolean;
  /** A folder with a kustomization (`-k`), instead of files. */
  readonly kustomize?: string;
  /** Whether what has no type is refused as it is found, in the words of validation. */
  readonly checkTypes?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly all?: boolean;
  readonly allNamespaces?: boolean;
  /** The type that words without one are of, as in `kubectl drain NODE`. */
  readonly type?: string;
  /** Reads each object from the server, those from files too. */
  readonly latest?: boolean;
  /** Whether a type alone means all of its objects, as for `get`. */
  readonly typeMeansAll?: boolean;
  /** How many objects of a collection are asked for at once; 0 or nothing for all. */
  readonly chunkSize?: number;
  /** Only kinds that kubectl itself has types of. */
  readonly typed?: boolean;
  /** Read instead of the object itself, when it is read. */
  readonly subresource?: string;
}

export interface Built {
  readonly infos: readonly Info[];
  /** What went wrong for single objects; the others are there all the same. */
  readonly problems: readonly CommandError[];
  /** Whether one object was asked for by its name. */
  readonly single: boolean;
}

const NOTHING_GIVEN = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;
const MIXED =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";
const SELECTED_BY_NAME = "name cannot be provided when a selector is specified";

const NOT_FOUND = 404;

/** The objects that a command line names. Models k8s.io/cli-runtime pkg/resource Builder. */
export async function build(call: Call, discovery: Discovery, options: BuildOptions): Promise<Built> {
  const built = await anyOf(call, discovery, options);
  if (options.typed !== true) return built;
  const isKnown = ({ mapping }: Info) => typeNameOf(mapping) !== undefined;
  const unknown = built.infos.filter((info) => !isKnown(info)).map(({ mapping }) => unregistered(mapping));
  return { ...built, infos: built.infos.filter(isKnown), problems: [...built.problems, ...unknown] };
}

// Models apimachinery pkg/runtime NewNotRegisteredErrForKind
function unregistered({ group, version, kind }: RestMapping): CommandError {
  const of = JSON.stringify(group === "" ? version : `${group}/${version}`);
  return complaint(
    `no kind ${JSON.stringify(kind)} is registered for version ${of} in scheme "pkg/scheme/scheme.go:28"`,
  );
}

async function anyOf(call: Call, discovery: Discovery, options: BuildOptions): Promise<Built> {
  const { filenames = [], words } = options;
  if (filenames.length > 0 || options.kustomize) {
    if (words.length > 0)
      throw complaint(
        "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
      );
    return fromFiles(call, discovery, options);
  }
  const named = await namesOf(discovery, options);
  if (named === undefined) return listed(call, await typesOf(discovery, options), options);
  if (options.allNamespaces === true && named.some(({ mapping }) => mapping.namespaced)) {
    throw complaint("a resource cannot be retrieved by name across all namespaces");
  }
  const infos: Info[] = [];
  const problems: CommandError[] = [];
  for (const { mapping, name } of named) {
    const info = { mapping, name, namespace: mapping.namespaced ? call.client.namespace : "", source: "" };
    if (options.latest !== true) infos.push(info);
    else await fetchInto(call, info, infos, problems, options.subresource);
  }
  return { infos, problems, single: named.length === 1 };
}

/** Mappings that a word such as `deploy,svc` or `all` stands for. */
export async function mappingsOf(discovery: Discovery, word: string): Promise<RestMapping[]> {
  const mappings: RestMapping[] = [];
  for (const each of word.split(",")) {
    const members = await discovery.category(each);
    if (members.length > 0) mappings.push(...members);
    else mappings.push(await discovery.find(each));
  }
  return mappings;
}

async function namesOf(discovery: Discovery, options: BuildOptions) {
  const { words, type } = options;
  const selects = Boolean(options.selector || options.fieldSelector || options.all);
  const [first, ...rest] = words;
  if (words.some((word) => word.includes("/"))) {
    if (selects) throw complaint(SELECTED_BY_NAME);
    return namedByPath(discovery, words);
  }
  const names = type === undefined ? rest : words;
  if (first === undefined && type === undefined) {
    throw complaint(selects ? "at least one resource must be specified to use a selector" : NOTHING_GIVEN);
  }
  if (first === undefined && !selects) throw complaint(NOTHING_GIVEN);
  if (names.length === 0) return undefined;
  if (selects) throw complaint(SELECTED_BY_NAME);
  const mappings = await mappingsOf(discovery, type ?? first ?? "");
  return mappings.flatMap((mapping) => names.map((name) => ({ mapping, name })));
}

async function namedByPath(discovery: Discovery, words: readonly string[]) {
  const named: { readonly mapping: RestMapping; readonly name: string }[] = [];
  for (const word of words) {
    const [type = "", name = "", ...more] = word.split("/");
    if (!word.includes("/")) throw complaint(MIXED);
    if (more.length > 0) throw complaint("arguments in resource/name form may not have more than one slash");
    if (type === "" || name === "") {
      throw complaint("arguments in resource/name form must have a single resource and name");
    }
    for (const mapping of await mappingsOf(discovery, type)) named.push({ mapping, name });
  }
  return named;
}

async function typesOf(discovery: Discovery, options: BuildOptions): Promise<RestMapping[]> {
  const selects = Boolean(options.selector || options.fieldSelector || options.all || options.typeMeansAll);
  if (!selects) throw complaint("resource(s) were provided, but no name was specified");
  return mappingsOf(discovery, options.type ?? options.words[0] ?? "");
}

/** A subresource is one object's. */
export function checkBulk(subresource = ""): void {
  if (subresource !== "") throw complaint("subresource cannot be used when bulk resources are specified");
}

/** Path of a collection with its selectors. */
export function listPath(call: Call, mapping: RestMapping, options: Partial<BuildOptions>, more = ""): string {
  const everywhere = { ...mapping, namespaced: mapping.namespaced && options.allNamespaces !== true };
  const query = [
    options.selector ? `labelSelector=${urlPart(options.selector)}` : "",
    options.fieldSelector ? `fieldSelector=${urlPart(options.fieldSelector)}` : "",
    more,
  ].filter((each) => each !== "");
  return `${pathOf(everywhere, call.client.namespace, "")}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

async function listed(call: Call, mappings: readonly RestMapping[], options: BuildOptions): Promise<Built> {
  checkBulk(options.subresource);
  const infos: Info[] = [];
  const problems: CommandError[] = [];
  const limit = options.chunkSize !== undefined && options.chunkSize > 0 ? `limit=${options.chunkSize}` : "";
  for (const mapping of mappings) {
    const path = listPath(call, mapping, options, limit);
    let next: string | undefined = "";
    while (next !== undefined) {
      const response: ApiResponse = await call.client.ask({ method: "GET", path: path + next });
      if (failureOf(response) !== undefined) {
        problems.push(listProblem(response, mapping, options));
        break;
      }
      infos.push(...itemsIn(response.body).map((object) => ({ mapping, ...identityOf(object), object, source: "" })));
      next = nextChunk(response.body, path);
    }
  }
  return { infos, problems, single: false };
}

/** The objects of a list, which carry no type of their own there. */
function itemsIn({ items, apiVersion, kind }: JsonObject): readonly JsonObject[] {
  const type = { apiVersion: apiVersion ?? "v1", kind: String(kind).replace(/List$/, "") };
  return (Array.isArray(items) ? items.filter(isObject) : []).map((item) => ({ ...type, ...item }));
}

/** What is added to a path to go on where an answer ended; undefined where there is no more. */
export function nextChunk({ metadata }: JsonObject, path: string): string | undefined {
  const token = isObject(metadata) ? metadata.continue : undefined;
  if (typeof token !== "string" || token === "") return undefined;
  return `${path.includes("?") ? "&" : "?"}continue=${urlPart(token)}`;
}

// Models cli-runtime pkg/resource selector.go Visit: a selector that the server can't use
export function listProblem(
  response: ApiResponse,
  { group, version, plural }: RestMapping,
  options: Partial<BuildOptions>,
): CommandError {
  const { selector = "", fieldSelector = "" } = options;
  if (response.code !== 400 && response.code !== 404) return new ApiError(response);
  const type = `"${group}/${version}, Resource=${plural}"`;
  if (selector === "" && fieldSelector === "") return new ApiError(response, `Unable to list ${type}`);
  const selectors = `label selector ${JSON.stringify(selector)}, field selector ${JSON.stringify(fieldSelector)}`;
  return new ApiError(response, `Unable to find ${type} that match ${selectors}`);
}

async function fetchInto(
  call: Call,
  info: Info,
  infos: Info[],
  problems: CommandError[],
  subresource = "",
): Promise<void> {
  const path = pathOf(info.mapping, info.namespace, info.name) + (subresource === "" ? "" : `/${subresource}`);
  const response = await call.client.ask({ method: "GET", path });
  if (failureOf(response) === undefined) infos.push({ ...info, object: response.body });
  else problems.push(await missing(call, info, response));
}

// Models cli-runtime pkg/resource visitor.go Info.Get
/** Of what is not there because its namespace isn't, the namespace is told. */
export async function missing(
  call: Call,
  { namespace, source }: Pick<Info, "namespace" | "source">,
  response: ApiResponse,
): Promise<ApiError> {
  if (response.code === NOT_FOUND && namespace !== "" && namespace !== "default") {
    const answer = await call.client.ask({ method: "GET", path: `/api/v1/namespaces/${urlPart(namespace)}` });
    if (answer.code === NOT_FOUND) return new ApiError(answer, "", source !== "");
  }
  return new ApiError(response, "", source !== "");
}

async function fromFiles(call: Call, discovery: Discovery, options: BuildOptions): Promise<Built> {
  const sources = options.kustomize
    ? await kustomized(call, options.kustomize)
    : await documentsOf(call.host, options.filenames ?? [], options.recursive === true);
  return fromDocuments(call, discovery, sources, options);
}

/** The objects of documents that are read already. */
export async function fromDocuments(
  call: Call,
  discovery: Discovery,
  sources: readonly SourceDocument[],
  options: Pick<BuildOptions, "checkTypes" | "latest" | "selector" | "subresource">,
): Promise<Built> {
  const infos: Info[] = [];
  const problems: CommandError[] = [];
  const matches = labelFilter(options.selector ?? "");
  for (const each of sources.flatMap(itemsOf)) {
    try {
      if (options.checkTypes === true) checkTypes(each);
      if (!matches(each.document.object)) continue;
      const info = await infoOf(call, discovery, each);
      if (options.latest === true) await fetchInto(call, info, infos, problems, options.subresource);
      else infos.push(info);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problems.push(error);
    }
  }
  return { infos, problems, single: sources.length === 1 && infos.length === 1 };
}

/** Commands that only tell of problems when they are through, and then without the word `error`. */
const AGGREGATING = ["get", "describe"];

async function kustomized(call: Call, folder: string): Promise<readonly SourceDocument[]> {
  const objects = await kustomize(call.host, folder).catch((error: unknown) => {
    if (!(error instanceof CommandError) || !AGGREGATING.includes(call.command.name)) throw error;
    throw new CommandError(error.message.replace(/^error: /, ""), error.exit);
  });
  return objects.map((object) => ({
    source: folder,
    document: { line: 1, object, locate: () => ({ line: 1, column: 1 }) },
  }));
}

// Models cli-runtime resource visitor.go FilterByLabelSelector
function labelFilter(selector: string): (object: JsonObject | undefined) => boolean {
  if (selector === "") return () => true;
  const parsed = parseLabelSelector(selector);
  if (!parsed.ok) throw complaint(parsed.error);
  return (object) => {
    const labels = isObject(object?.metadata) ? object.metadata.labels : undefined;
    return matchesLabels(parsed.value, isObject(labels) ? (labels as Labels) : undefined);
  };
}

// Models kubectl pkg/validation schema.go
/** Throws what validation says of something that has no type. */
function checkTypes({ source, document: { object, error } }: SourceDocument): void {
  const fields = ["apiVersion", "kind"].filter((field) => typeof object?.[field] !== "string" || object[field] === "");
  const texts = error?.invalid ? [error.message] : object === undefined ? [] : fields.map((each) => `${each} not set`);
  if (texts.length === 0) return;
  const problem = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  throw complaint(
    `error validating ${JSON.stringify(source)}: error validating data: ${problem}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}

/** A List stands for its items. */
function itemsOf({ source, document }: SourceDocument): readonly SourceDocument[] {
  const { object } = document;
  const kind = typeof object?.kind === "string" ? object.kind : "";
  if (!kind.endsWith("List") || !Array.isArray(object?.items)) return [{ source, document }];
  // Items of a list of one kind need not say what they are.
  const type = kind === "List" ? {} : { apiVersion: object.apiVersion ?? "", kind: kind.slice(0, -"List".length) };
  return object.items.map((item, index) => {
    const locate = (path: string) => document.locate(`items[${index}].${path}`);
    const line = document.locate(`items[${index}]`).line;
    return { source, document: { line, object: isObject(item) ? { ...type, ...item } : {}, locate } };
  });
}

/** Names and labels must be text: `name: 123` is a number, and `app: y` a truth. */
function checkIdentity({ metadata }: JsonObject, source: string): void {
  if (!isObject(metadata)) return;
  const { name, namespace, labels, annotations } = metadata;
  const values: readonly (readonly [string, unknown])[] = [
    ["name", name],
    ["namespace", namespace],
    ...Object.values(isObject(labels) ? labels : {}).map((value) => ["labels", value] as const),
    ...Object.values(isObject(annotations) ? annotations : {}).map((value) => ["annotations", value] as const),
  ];
  const wrong = values.find(([, value]) => value !== undefined && value !== null && typeof value !== "string");
  if (wrong === undefined) return;
  const [field, value] = wrong;
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  throw complaint(
    `unable to decode ${JSON.stringify(source)}: json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata.${field} of type string`,
  );
}

async function infoOf(call: Call, discovery: Discovery, { source, document }: SourceDocument): Promise<Info> {
  const { object, error } = document;
  if (object === undefined || error !== undefined) {
    throw complaint(`error parsing ${source}: ${error?.message ?? "no object"}`);
  }
  const { apiVersion, kind } = object;
  if (typeof kind !== "string" || kind === "") {
    throw complaint(
      `unable to decode ${JSON.stringify(source)}: Object 'Kind' is missing in '${JSON.stringify(object)}'`,
    );
  }
  checkIdentity(object, source);
  // A list within a list is read as an object that is none.
  if (kind === "List") throw complaint("*unstructured.Unstructured is not a list: no Items field in this object");
  const { name, namespace } = identityOf(object);
  const mapping = await (apiVersion === undefined
    ? discovery.preferredKind(kind)
    : discovery.kind(String(apiVersion), kind));
  if (mapping === undefined) {
    const from = `name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}`;
    throw complaint(
      `resource mapping not found for ${from}: no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(String(apiVersion ?? ""))}\nensure CRDs are installed first`,
    );
  }
  const { client } = call;
  if (mapping.namespaced && client.namespaceGiven && namespace !== "" && namespace !== client.namespace) {
    throw complaint(
      `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(client.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
    );
  }
  const place = mapping.namespaced ? namespace || client.namespace : "";
  return { mapping, name, namespace: place, object, source, document };
}
