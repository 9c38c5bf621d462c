import { isObject, type JsonObject } from "../../base/json.ts";
import { base64Of } from "../change/name-hash.ts";
import { metadataOf } from "../change/object.ts";
import { complaint } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { envLines } from "../verbs/create/sources.ts";
import type { Resource } from "./build.ts";
import { joined, type Kustomization, lstat } from "./files.ts";

/** Where Go might have a generator. */
const POINTER = "0xc000000000";
const PRINTABLE_NAME = /^[ -<>-~]+$/;
const PRINTABLE_RULE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** The resources with those that the kustomization makes of files and literals. Models kustomize api/internal/generators. */
export async function generated(
  host: Host,
  folder: string,
  kustomization: Kustomization,
  base: readonly Resource[],
): Promise<readonly Resource[]> {
  let resources = base;
  const { configMapGenerator, secretGenerator, generatorOptions } = kustomization;
  for (const entry of configMapGenerator) {
    resources = added(
      resources,
      entry,
      await objectOf(host, folder, entry, generatorOptions, "ConfigMap"),
      generatorOptions,
    );
  }
  for (const entry of secretGenerator) {
    resources = added(
      resources,
      entry,
      await objectOf(host, folder, entry, generatorOptions, "Secret"),
      generatorOptions,
    );
  }
  return resources;
}

function optionsOf(entry: JsonObject, general: JsonObject): JsonObject {
  const own = isObject(entry.options) ? entry.options : {};
  const merged = (field: string) => ({
    ...(isObject(general[field]) ? general[field] : {}),
    ...(isObject(own[field]) ? own[field] : {}),
  });
  return { ...general, ...own, labels: merged("labels"), annotations: merged("annotations") };
}

/** `behavior` says whether it is new, or changes or replaces one of the base. */
function added(
  resources: readonly Resource[],
  entry: JsonObject,
  object: JsonObject,
  general: JsonObject,
): readonly Resource[] {
  const { name } = metadataOf(object);
  const hashed = optionsOf(entry, general).disableNameSuffixHash !== true;
  const behavior = String(entry.behavior ?? "create");
  const isIt = (each: Resource) =>
    each.object.kind === object.kind &&
    (metadataOf(each.object).name === name || each.formerNames.includes(String(name)));
  const found = resources.find(isIt);
  if (behavior === "create" && found === undefined) return [...resources, { object, formerNames: [], hashed }];
  const id = `resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${String(object.kind)}", isClusterScoped:false}, Name:${JSON.stringify(name)}, Namespace:${JSON.stringify(metadataOf(object).namespace ?? "")}}`;
  if (behavior === "create") {
    throw complaint(
      `merging from generator &{${POINTER} <nil>}: id ${id} exists; can not use behavior: '${String(entry.behavior ?? "unspecified")}', behavior must be merge or replace`,
    );
  }
  if (found === undefined) {
    throw complaint(`merging from generator &{${POINTER} <nil>}: id ${id} does not exist; cannot merge or replace`);
  }
  const data =
    behavior === "merge"
      ? { ...(isObject(found.object.data) ? found.object.data : {}), ...(isObject(object.data) ? object.data : {}) }
      : object.data;
  const changed = { ...found, object: { ...found.object, ...(data !== undefined && { data }) }, hashed };
  return resources.map((each) => (isIt(each) ? changed : each));
}

async function objectOf(
  host: Host,
  folder: string,
  entry: JsonObject,
  general: JsonObject,
  kind: "ConfigMap" | "Secret",
): Promise<JsonObject> {
  if (!entry.name) throw complaint(`a ${kind.toLowerCase()} must have a name`);
  const pairs = await pairsOf(host, folder, entry);
  const { labels, annotations, immutable } = optionsOf(entry, general);
  const metadata = {
    name: String(entry.name ?? ""),
    ...(entry.namespace !== undefined && { namespace: entry.namespace }),
    ...(isObject(labels) && Object.keys(labels).length > 0 && { labels }),
    ...(isObject(annotations) && Object.keys(annotations).length > 0 && { annotations }),
  };
  const data = Object.fromEntries([...pairs].map(([key, text]) => [key, kind === "Secret" ? base64Of(text) : text]));
  return {
    apiVersion: "v1",
    kind,
    metadata,
    ...(pairs.size > 0 && { data }),
    ...(kind === "Secret" && { type: String(entry.type ?? "Opaque") }),
    ...(immutable === true && { immutable: true }),
  };
}

async function pairsOf(host: Host, folder: string, entry: JsonObject): Promise<ReadonlyMap<string, string>> {
  const pairs = new Map<string, string>();
  const list = (field: string) => (Array.isArray(entry[field]) ? entry[field].map(String) : []);
  const envs = [...list("envs"), ...(entry.env === undefined ? [] : [String(entry.env)])];
  for (const path of envs) {
    const check = (key: string, line: number) => {
      if (PRINTABLE_NAME.test(key)) return;
      throw complaint(`${path}:${line}: ${JSON.stringify(key)} is not a valid key name: ${PRINTABLE_RULE}`);
    };
    for (const { key, value } of envLines(await textAt(host, folder, path), host.env, check)) pairs.set(key, value);
  }
  for (const literal of list("literals")) {
    const [key = "", value] = literal.split(/=(.*)/s);
    if (key === "" || value === undefined) {
      const sources = list("literals").join(" ");
      throw complaint(
        `loading KV pairs: literal sources [${sources}]: invalid literal source ${literal}, expected key=value`,
      );
    }
    pairs.set(key, value.replace(/^(["'])(.*)\1$/s, "$2"));
  }
  for (const source of list("files")) {
    const [first = "", second] = source.split(/=(.*)/s);
    const path = second ?? first;
    pairs.set(second === undefined ? (path.split("/").at(-1) ?? "") : first, await textAt(host, folder, path));
  }
  return pairs;
}

async function textAt(host: Host, folder: string, path: string): Promise<string> {
  const full = joined(folder, path);
  const read = await host.files.read(full);
  if (!read.ok)
    throw complaint(`loading KV pairs: file sources: [${path}]: evalsymlink failure on '${full}' : ${lstat(full)}`);
  return read.value;
}
