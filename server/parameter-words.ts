import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject, JsonValue } from "../simulator/index.ts";

// What the parameters of requests mean, in upstream's words: they are the same for every resource, and stand in the
// typings of a development dependency, where they stay.

const typings = join(
  dirname(fileURLToPath(import.meta.url)),
  "../node_modules/@kubernetes/client-node/dist/gen/apis/CoreV1Api.d.ts",
);

/** The client's method for one resource whose parameters stand for those of every request with this HTTP method. */
const SAMPLES: { readonly [method: string]: string } = {
  get: "listNamespacedConfigMap",
  post: "createNamespacedConfigMap",
  put: "replaceNamespacedConfigMap",
  patch: "patchNamespacedConfigMap",
  delete: "deleteCollectionNamespacedConfigMap",
};

type Words = ReadonlyMap<string, string>;

let known: ReadonlyMap<string, Words> | undefined;

/** The paths of an OpenAPI document with descriptions of what requests may say; as they are where the words are missing. */
export function describeParameters(paths: JsonObject): JsonObject {
  known ??= existsSync(typings) ? wordsIn(readFileSync(typings, "utf8")) : new Map<string, Words>();
  if (known.size === 0) return paths;
  return mapValues(paths, describePath);
}

function describePath(item: JsonObject): JsonObject {
  const described = mapValues(item, (operation, method) => describeList(operation, known?.get(method)));
  return describeList(described, known?.get("get"));
}

function describeList(owner: JsonObject, words: Words | undefined): JsonObject {
  const { parameters } = owner;
  if (words === undefined || !Array.isArray(parameters)) return owner;
  return { ...owner, parameters: parameters.map((one: JsonValue) => (isObject(one) ? describe(one, words) : one)) };
}

function describe(parameter: JsonObject, words: Words): JsonObject {
  const { name, ...more } = parameter;
  const description = typeof name === "string" && name !== "body" ? words.get(name) : undefined;
  return description === undefined ? parameter : { name: String(name), description, ...more };
}

function mapValues(object: JsonObject, change: (value: JsonObject, key: string) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isObject(value) ? change(value, key) : value]),
  );
}

function wordsIn(text: string): ReadonlyMap<string, Words> {
  const found = Object.entries(SAMPLES).map(([method, sample]) => {
    const end = text.indexOf(` ${sample}(`);
    const comment = end < 0 ? "" : text.slice(text.lastIndexOf("/**", end), end);
    const lines = [...comment.matchAll(/^\s+\* @param (\S+) (.+)$/gm)];
    return [
      method,
      new Map(lines.map(([, name = "", words = ""]) => [name.replace(/^_/, ""), unescaped(words)])),
    ] as const;
  });
  return new Map(found.filter(([, words]) => words.size > 0));
}

const ENTITIES: { readonly [entity: string]: string } = { "&#39;": "'", "&quot;": '"', "&#x60;": "`", "&amp;": "&" };

function unescaped(words: string): string {
  return words.replace(/\\(.)/g, "$1").replace(/&(#39|quot|#x60|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
