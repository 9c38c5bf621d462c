import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { at, listOf, metadataOf, partOf, textOf } from "../change/object.ts";
import { typeOf } from "../change/typed.ts";
import { complaint } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { toYaml } from "../print/yaml.ts";
import type { Resource } from "./build.ts";
import { joined, lstat } from "./files.ts";
import { isChosen, valuesOf } from "./patches.ts";

// Models kustomize api/filters/replacement
/** The resources with values of some put into others, as a kustomization's `replacements` say. */
export async function replaced(
  host: Host,
  folder: string,
  replacements: readonly JsonObject[],
  resources: readonly Resource[],
): Promise<readonly Resource[]> {
  let result = resources;
  for (const each of await withFiles(host, folder, replacements)) result = oneReplaced(each, result);
  return result;
}

/** Replacements that stand in files of their own are read. */
async function withFiles(
  host: Host,
  folder: string,
  replacements: readonly JsonObject[],
): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (const each of replacements) {
    if (typeof each.path !== "string") {
      all.push(each);
      continue;
    }
    const path = joined(folder, each.path);
    const read = await host.files.read(path);
    if (!read.ok) {
      const config = toYaml({ Replacements: [...replacements] });
      throw complaint(
        `trouble configuring builtin ReplacementTransformer with config: \`\n${config}\`: evalsymlink failure on '${path}' : ${lstat(path)}`,
      );
    }
    for (const value of valuesOf(read.value)) all.push(...(Array.isArray(value) ? value : [value]).filter(isObject));
  }
  return all;
}

function oneReplaced(replacement: JsonObject, resources: readonly Resource[]): readonly Resource[] {
  const targets = listOf(replacement, "targets");
  if (!isObject(replacement.source) || targets.length === 0) {
    throw complaint("replacements must specify a source and at least one target");
  }
  const value = sourceValue(replacement.source, resources);
  let result = resources;
  for (const target of targets) {
    if (!isObject(target.select)) throw complaint("target must specify resources to select");
    const { select } = target;
    const rejected = listOf(target, "reject");
    result = result.map((each) =>
      isChosen(each, select) && !rejected.some((selector) => isChosen(each, selector))
        ? { ...each, object: inTarget(each.object, target, value) }
        : each,
    );
  }
  return result;
}

/** `ConfigMap.[noVer].[noGrp]/name.[noNs]`. */
function selectorText({ kind, version, group, name, namespace }: JsonObject): string {
  const or = (value: JsonValue | undefined, none: string) => (value === undefined ? none : String(value));
  const type = `${or(kind, "[noKind]")}.${or(version, "[noVer]")}.${or(group, "[noGrp]")}`;
  return `${type}/${or(name, "[noName]")}.${or(namespace, "[noNs]")}`;
}

function isSource({ object, formerNames }: Resource, source: JsonObject): boolean {
  const type = typeOf(object);
  const { name, namespace } = metadataOf(object);
  const fits = (wanted: JsonValue | undefined, own: JsonValue | undefined) => wanted === undefined || wanted === own;
  return (
    fits(source.kind, type.kind) &&
    fits(source.version, type.version) &&
    fits(source.group, type.group) &&
    fits(source.namespace, namespace) &&
    (fits(source.name, name) || formerNames.includes(String(source.name)))
  );
}

function sourceValue(source: JsonObject, resources: readonly Resource[]): JsonValue {
  const [found, ...more] = resources.filter((each) => isSource(each, source));
  if (found === undefined) throw complaint(`nothing selected by ${selectorText(source)}`);
  if (more.length > 0) throw complaint(`multiple matches for selector ${selectorText(source)}`);
  const path = textOf(source, "fieldPath") || "metadata.name";
  let value: JsonValue | undefined = found.object;
  for (const step of stepsOf(path)) value = value === undefined ? undefined : child(value, step);
  if (value === undefined || value === null) {
    throw complaint(`fieldPath \`${path}\` is missing for replacement source ${selectorText(source)}`);
  }
  const { delimiter, index = 0 } = partOf(source, "options");
  if (typeof delimiter !== "string" || delimiter === "") return value;
  const part = String(value).split(delimiter)[Number(index)];
  if (part === undefined) throw complaint(`options.index ${String(index)} is out of bounds for value ${String(value)}`);
  return part;
}

/** Parts of a path: keys with `\.` for a dot in them, indexes, `*`, and `[name=web]` of lists. */
function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\[[^\]]*\]|(?:\\.|[^.[\\])+/g)].map(([step]) => step.replaceAll("\\.", "."));
}

const pairOf = (step: string) => /^\[([^=\]]+)=([^\]]*)\]$/.exec(step)?.slice(1, 3);

function child(value: JsonValue, step: string): JsonValue | undefined {
  const pair = pairOf(step);
  if (pair === undefined) return at(value, Array.isArray(value) ? Number(step) : step);
  return Array.isArray(value)
    ? value.find((item) => isObject(item) && String(item[pair[0] ?? ""]) === pair[1])
    : undefined;
}

function inTarget(object: JsonObject, target: JsonObject, value: JsonValue): JsonObject {
  const paths = Array.isArray(target.fieldPaths) ? target.fieldPaths.map(String) : ["metadata.name"];
  const options = partOf(target, "options");
  let result: JsonValue = object;
  for (const path of paths) {
    const placed = placedAt(result, stepsOf(path), value, options);
    if (placed === undefined) throw complaint(`unable to find field ${JSON.stringify(path)} in replacement target`);
    result = placed;
  }
  return result as JsonObject;
}

/** What holds the value at the end of a path; undefined when there is no such place. */
function placedAt(
  here: JsonValue | undefined,
  steps: readonly string[],
  value: JsonValue,
  options: JsonObject,
): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return merged(here, value, options);
  const pair = pairOf(step);
  if (here === undefined || here === null) {
    if (options.create !== true || step === "*") return undefined;
    return placedAt(pair === undefined ? {} : [], steps, value, options);
  }
  if (Array.isArray(here)) return inList(here, step, rest, value, options);
  if (!isObject(here)) return undefined;
  if (step === "*") {
    const entries = Object.entries(here).map(([key, inner]) => [key, placedAt(inner, rest, value, options)] as const);
    return entries.some(([, inner]) => inner === undefined) ? undefined : (Object.fromEntries(entries) as JsonObject);
  }
  const key = step;
  if (here[key] === undefined && options.create !== true) return undefined;
  const inner = placedAt(here[key], rest, value, options);
  return inner === undefined ? undefined : { ...here, [key]: inner };
}

function inList(
  list: readonly JsonValue[],
  step: string,
  rest: readonly string[],
  value: JsonValue,
  options: JsonObject,
): JsonValue | undefined {
  const pair = pairOf(step);
  const [key = "", wanted = ""] = pair ?? [];
  const fits = (item: JsonValue, index: number) =>
    step === "*" || (pair === undefined ? String(index) === step : isObject(item) && String(item[key]) === wanted);
  if (!list.some(fits)) {
    if (pair === undefined || options.create !== true) return undefined;
    const made = placedAt({ [key]: wanted }, rest, value, options);
    return made === undefined ? undefined : [...list, made];
  }
  const items = list.map((item, index) => (fits(item, index) ? placedAt(item, rest, value, options) : item));
  return items.some((item) => item === undefined) ? undefined : (items as JsonValue[]);
}

// Models kustomize api/filters/replacement setFieldValue
/** The value as the place takes it: a part of what is there, or all; a text, number or truth stays of its type. */
function merged(here: JsonValue | undefined, value: JsonValue, options: JsonObject): JsonValue {
  const { delimiter, index = 0 } = options;
  if (typeof delimiter === "string" && delimiter !== "" && typeof here === "string") {
    const parts = here.split(delimiter);
    const place = Number(index);
    if (place < 0) parts.unshift(String(value));
    else if (place >= parts.length) parts.push(String(value));
    else parts[place] = String(value);
    return parts.join(delimiter);
  }
  if (typeof value === "object") return value;
  if (typeof here === "string") return String(value);
  if (typeof here === "number" && Number.isFinite(Number(value))) return Number(value);
  if (typeof here === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}
