import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ApiResponse, JsonObject, JsonValue } from "../simulator/index.ts";
import { describeParameters } from "./parameter-words.ts";

// What fields mean, in upstream's words, for `kubectl explain`. The words stand in the typings of a development
// dependency and stay there: they are read when an OpenAPI document is asked for, and left out where it is missing.

const models = join(dirname(fileURLToPath(import.meta.url)), "../node_modules/@kubernetes/client-node/dist/gen/models");

interface ModelWords {
  readonly type: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

const known = new Map<string, ModelWords | undefined>();
const described = new WeakMap<object, JsonObject>();

/** An answer with descriptions when it is an OpenAPI document; any other answer as it is. */
export function describeDocument(path: string, answer: ApiResponse): ApiResponse {
  if (!path.startsWith("/openapi/v") || answer.code !== 200) return answer;
  let body = described.get(answer.body);
  if (body === undefined) {
    body = withDescriptions(answer.body);
    described.set(answer.body, body);
  }
  return { ...answer, body };
}

function withDescriptions(document: JsonObject): JsonObject {
  const { components, definitions, paths } = document;
  const described = isObject(paths) ? { ...document, paths: describeParameters(paths) } : document;
  if (isObject(definitions)) return { ...described, definitions: describeAll(definitions) };
  if (!isObject(components) || !isObject(components.schemas)) return described;
  return { ...described, components: { ...components, schemas: describeAll(components.schemas) } };
}

function describeAll(schemas: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, isObject(schema) ? describe(name, schema) : schema]),
  );
}

function describe(name: string, schema: JsonObject): JsonObject {
  const words = wordsOf(name);
  if (words === undefined) return schema;
  const properties = isObject(schema.properties) ? schema.properties : undefined;
  const withWords = Object.entries(properties ?? {}).map(([field, value]) => {
    const description = words.fields.get(field);
    return [field, description === undefined || !isObject(value) ? value : { description, ...value }];
  });
  return {
    ...(words.type !== undefined && { description: words.type }),
    ...schema,
    ...(properties && { properties: Object.fromEntries(withWords) }),
  };
}

/** The words for a field of a type as the simulator names it, such as `ObjectMeta`. */
export function describeField(type: string, field: string): string | undefined {
  return wordsOf(type, modelFile([`V1${type}`, `CoreV1${type}`, type]))?.fields.get(field);
}

function wordsOf(name: string, file = modelFile(modelNames(name))): ModelWords | undefined {
  if (!known.has(name)) known.set(name, file === undefined ? undefined : parse(readFileSync(file, "utf8")));
  return known.get(name);
}

/** What the client calls `io.k8s.api.core.v1.Pod`: the version first, and the group before it where names would clash. */
function modelNames(name: string): string[] {
  const [type = "", version = "", group = ""] = name.split(".").reverse();
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return [`${capital(group)}${capital(version)}${type}`, `${capital(version)}${type}`];
}

function modelFile(names: readonly string[]): string | undefined {
  return names.map((one) => join(models, `${one}.d.ts`)).find((one) => existsSync(one));
}

function parse(typings: string): ModelWords {
  const fields = new Map<string, string>();
  for (const [, words = "", field = ""] of typings.matchAll(/\/\*\*\n\s+\* (.*)\n\s+\*\/\n\s+'([^']+)'\??:/g)) {
    fields.set(field, unescaped(words));
  }
  const [, type] = /\/\*\*\n\* (.*)\n\*\/\nexport declare class/.exec(typings) ?? [];
  return { type: type && unescaped(type), fields };
}

/** The typings have lost where paragraphs begin; this one is known to. */
function unescaped(words: string): string {
  return words.replace(/\\(.)/g, "$1").replace(/ {2}(?=Populated by the system\.)/, "\n\n");
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
