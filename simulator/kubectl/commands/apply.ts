import type { ApiResponse } from "../../api/http.ts";
import { parseQuantity } from "../../api/meta/quantity.ts";
import { threeWayJsonMergePatch, threeWayMergePatch } from "../../api/patch/three-way.ts";
import { builtinSchema } from "../../api/schema/schema.ts";
import { isObject, type JsonObject } from "../../base/json.ts";
import { type ManifestDocument, parseManifests } from "../documents.ts";
import { identityOf, pathOf, printedName, RestMapper, type RestMapping } from "../mapping.ts";
import { failureOf, serverError, type Transport } from "../transport.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What a patch must leave alone. */
const IDENTITY = ["apiVersion", "kind", "metadata.name"];

export interface ApplyOptions {
  /** For objects that name none; `default` when absent. */
  readonly namespace?: string;
  /** How messages name the input: `STDIN`, or the file's path. */
  readonly source?: string;
}

export interface ApplyProblem {
  readonly message: string;
  readonly fieldPath?: string;
  /** From 1, where known. */
  readonly line?: number;
  readonly column?: number;
}

/** What became of one document of the text. */
export interface ApplyDocument {
  readonly ok: boolean;
  /** What kubectl prints: `deployment.apps/web created`, or the server's sentence. */
  readonly message: string;
  /** First line of the document in the text, from 1. */
  readonly line: number;
  readonly problems: readonly ApplyProblem[];
  /** Warnings of the server, as kubectl prints them. */
  readonly warnings: readonly string[];
  readonly applied?: { readonly kind: string; readonly key: string };
}

export interface ApplyResult {
  readonly results: readonly ApplyDocument[];
}

interface Task {
  readonly transport: Transport;
  readonly mapper: RestMapper;
  readonly namespace: string;
  readonly source: string;
}

/**
 * `kubectl apply -f`: every document in turn; one that fails is reported and the others are carried out all the same.
 * Models kubectl pkg/cmd/apply (client-side).
 */
export async function apply(transport: Transport, text: string, options: ApplyOptions = {}): Promise<ApplyResult> {
  const documents = parseManifests(text);
  const task: Task = {
    transport,
    mapper: new RestMapper(transport),
    namespace: options.namespace || "default",
    source: options.source ?? "STDIN",
  };
  const results: ApplyDocument[] = [];
  for (const document of documents.flatMap(itemsOf)) results.push(await applyObject(task, document));
  return { results: results.length > 0 ? results : [failed(1, "error: no objects passed to apply")] };
}

/** A List stands for its items. */
function itemsOf(document: ManifestDocument): readonly ManifestDocument[] {
  const { object } = document;
  if (object?.kind !== "List" || !Array.isArray(object.items)) return [document];
  return object.items.map((item, index) => {
    const locate = (path: string) => document.locate(`items[${index}].${path}`);
    return { line: document.locate(`items[${index}]`).line, object: isObject(item) ? item : {}, locate };
  });
}

function failed(line: number, message: string, problems: readonly ApplyProblem[] = []): ApplyDocument {
  return { ok: false, line, message, problems, warnings: [] };
}

async function applyObject(task: Task, document: ManifestDocument): Promise<ApplyDocument> {
  const { line, object, error } = document;
  if (object === undefined || error !== undefined) {
    const { message = "", at, invalid } = error ?? {};
    const text = invalid ? notValid(task, message) : `error: error parsing ${task.source}: ${message}`;
    return failed(line, text, [{ message, ...at }]);
  }
  const untyped = missingType(object);
  if (untyped !== undefined) return failed(line, notValid(task, untyped), [{ message: untyped, line }]);
  const apiVersion = String(object.apiVersion);
  const kind = String(object.kind);
  const mapping = await task.mapper.mappingFor(apiVersion, kind);
  const { name, namespace } = identityOf(object);
  if (mapping === undefined) {
    const problem = `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
    const message = `error: resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(task.source)}: ${problem}\nensure CRDs are installed first`;
    return failed(line, message, [{ message: problem, fieldPath: "kind", ...document.locate("kind") }]);
  }
  return put(task, document, object, mapping, { name, namespace: namespace || task.namespace });
}

function notValid({ source }: Task, problem: string): string {
  return `error: error validating ${JSON.stringify(source)}: error validating data: ${problem}; if you choose to ignore these errors, turn validation off with --validate=false`;
}

function missingType(object: JsonObject): string | undefined {
  const missing = ["apiVersion", "kind"].filter((field) => typeof object[field] !== "string" || object[field] === "");
  if (missing.length === 0) return undefined;
  const texts = missing.map((field) => `${field} not set`);
  return texts.length === 1 ? String(texts[0]) : `[${texts.join(", ")}]`;
}

async function put(
  task: Task,
  document: ManifestDocument,
  object: JsonObject,
  mapping: RestMapping,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<ApplyDocument> {
  const { transport, source } = task;
  const modified = withLastApplied(object, mapping.namespaced ? namespace : "");
  const path = pathOf(mapping, namespace, name);
  const resource = `${mapping.group}/${mapping.version}, Resource=${mapping.plural}`;
  const identity = `Resource: "${resource}", GroupVersionKind: "${mapping.group}/${mapping.version}, Kind=${mapping.kind}"\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(mapping.namespaced ? namespace : "")}`;
  if (name === "") {
    const { generateName } = isObject(object.metadata) ? object.metadata : {};
    if (typeof generateName === "string" && generateName !== "") {
      const message = `from ${generateName}: cannot use generate name with apply`;
      return failed(document.line, `error: ${message}`, [{ message, ...document.locate("metadata.generateName") }]);
    }
    const doing = `error when retrieving current configuration of:\n${identity}\nfrom server for: ${JSON.stringify(source)}`;
    return failed(document.line, `error: ${doing}: resource name may not be empty`, [
      { message: "resource name may not be empty", fieldPath: "metadata.name", ...document.locate("metadata.name") },
    ]);
  }
  const query = "?fieldManager=kubectl-client-side-apply&fieldValidation=Strict";
  const current = await transport({ method: "GET", path });
  if (current.code === 404) {
    const created = await transport({ method: "POST", path: pathOf(mapping, namespace, "") + query, body: modified });
    const doing = `error when creating ${JSON.stringify(source)}`;
    return outcome(document, created, mapping, name, namespace, "created", doing);
  }
  if (failureOf(current) !== undefined) {
    const doing = `error when retrieving current configuration of:\n${identity}\nfrom server for: ${JSON.stringify(source)}`;
    return outcome(document, current, mapping, name, namespace, "", doing);
  }
  const { patch, contentType } = patchFor(mapping, modified, current.body);
  if (!patch.ok) return failed(document.line, `error: ${patch.error.message}`, [{ message: patch.error.message }]);
  const unknownPast = lastAppliedOf(current.body) === undefined ? [missingAnnotation(mapping, name)] : [];
  const doing = `error when applying patch:\n${JSON.stringify(patch.value)}\nto:\n${identity}\nfor: ${JSON.stringify(source)}`;
  if (Object.keys(patch.value).length === 0) {
    return outcome(document, current, mapping, name, namespace, "unchanged", doing);
  }
  const patched = await transport({ method: "PATCH", path: path + query, contentType, body: patch.value });
  const result = outcome(document, patched, mapping, name, namespace, "configured", doing);
  return { ...result, warnings: [...unknownPast, ...result.warnings] };
}

function missingAnnotation({ plural }: RestMapping, name: string): string {
  return `Warning: resource ${plural}/${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`;
}

/** Built-in kinds are merged by their fields' own rules, others as plain JSON. */
function patchFor({ group, kind }: RestMapping, modified: JsonObject, current: JsonObject) {
  const input = { original: lastAppliedOf(current) ?? {}, modified, current };
  const typed = !group.includes(".tabernetes.dev") && builtinSchema.struct(kind) !== undefined;
  return typed
    ? {
        patch: threeWayMergePatch(kind, input, { overwrite: true, unchanged: IDENTITY }),
        contentType: "application/strategic-merge-patch+json",
      }
    : { patch: threeWayJsonMergePatch(input, IDENTITY), contentType: "application/merge-patch+json" };
}

function outcome(
  document: ManifestDocument,
  response: ApiResponse,
  mapping: RestMapping,
  name: string,
  namespace: string,
  done: string,
  doing: string,
): ApplyDocument {
  const warnings = response.warnings.map((text) => `Warning: ${text}`);
  if (failureOf(response) !== undefined) {
    return { ...failed(document.line, serverError(response, doing), problemsOf(document, response)), warnings };
  }
  return {
    ok: true,
    line: document.line,
    message: `${printedName(mapping, name)} ${done}`,
    problems: [],
    warnings,
    applied: { kind: mapping.kind, key: mapping.namespaced ? `${namespace}/${name}` : name },
  };
}

/** The causes of a refusal at their places in the text. */
function problemsOf(document: ManifestDocument, response: ApiResponse): readonly ApplyProblem[] {
  const { details, message } = response.body;
  const causes = isObject(details) && Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  if (causes.length > 0) {
    return causes.map(({ message: text, field }) => {
      const fieldPath = typeof field === "string" ? field : "";
      return { message: String(text), ...(fieldPath && { fieldPath, ...document.locate(fieldPath) }) };
    });
  }
  const text = typeof message === "string" ? message : "";
  const fields = [...text.matchAll(/(unknown|duplicate) field "([^"]*)"/g)];
  if (fields.length > 0) {
    return fields.map(([whole, , field = ""]) => ({ message: whole, fieldPath: field, ...document.locate(field) }));
  }
  if (text.includes("quantities must match") || text.includes("parse quantity's suffix")) {
    const fieldPath = badQuantity(document.object ?? {}, "", false);
    if (fieldPath !== undefined) return [{ message: text, fieldPath, ...document.locate(fieldPath) }];
  }
  const wrongType = /Go struct field \w+\.([\w.]+) of type/.exec(text);
  const fieldPath = wrongType?.[1];
  return [{ message: text, ...(fieldPath && { fieldPath, ...document.locate(fieldPath) }) }];
}

/** Maps whose values are quantities; the server does not say which of them it could not read. */
const QUANTITY_MAPS = [
  "requests",
  "limits",
  "hard",
  "capacity",
  "allocatable",
  "default",
  "defaultRequest",
  "min",
  "max",
];

/** Path of the first value that stands where a quantity must and is none. */
function badQuantity(value: JsonObject, path: string, inQuantities: boolean): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (inQuantities && (typeof item === "string" || typeof item === "number")) {
      if (!parseQuantity(String(item)).ok) return at;
    }
    const inner = isObject(item) ? [[at, item] as const] : indexed(item, at);
    for (const [innerPath, child] of inner) {
      const found = badQuantity(child, innerPath, isObject(item) && QUANTITY_MAPS.includes(key));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function indexed(value: unknown, path: string): readonly (readonly [string, JsonObject])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => (isObject(item) ? [[`${path}[${index}]`, item] as const] : []));
}

/** The manifest with itself in its annotation, so that the next apply knows what it set. */
function withLastApplied(object: JsonObject, namespace: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const { [LAST_APPLIED]: _, ...others } = annotations;
  const placed = { ...metadata, ...(namespace !== "" && { namespace }) };
  const plain = { ...object, metadata: { ...placed, annotations: others } };
  const text = `${JSON.stringify(sorted(plain))}\n`;
  return { ...object, metadata: { ...placed, annotations: { ...others, [LAST_APPLIED]: text } } };
}

function lastAppliedOf(current: JsonObject): JsonObject | undefined {
  const metadata = isObject(current.metadata) ? current.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const text = annotations[LAST_APPLIED];
  if (typeof text !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Keys in order, as Go writes maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
