import { type Labels, matchesLabels } from "../../api/meta/labels.ts";
import { parseLabelSelector } from "../../api/meta/selector-parser.ts";
import { applyJsonPatch } from "../../api/patch/json-patch.ts";
import { applyMergePatch } from "../../api/patch/merge-patch.ts";
import { applyStrategicMergePatch } from "../../api/patch/strategic-merge.ts";
import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { metadataOf } from "../change/object.ts";
import { typeNameOf, typeOf } from "../change/typed.ts";
import { type CommandError, complaint } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { parseManifests } from "../documents.ts";
import { toYaml } from "../print/yaml.ts";
import type { Resource } from "./build.ts";
import { joined, type Kustomization, lstat } from "./files.ts";

interface Patch {
  readonly body: JsonValue;
  readonly target: JsonObject | undefined;
}

/** The resources with the kustomization's patches on them. */
export async function patched(
  host: Host,
  folder: string,
  kustomization: Kustomization,
  resources: readonly Resource[],
): Promise<readonly Resource[]> {
  let result = resources;
  for (const patch of await patchesOf(host, folder, kustomization)) result = onTargets(result, patch);
  return result;
}

async function patchesOf(host: Host, folder: string, kustomization: Kustomization): Promise<readonly Patch[]> {
  const patches: Patch[] = [];
  for (const entry of kustomization.patchesStrategicMerge) {
    const text = entry.includes("\n") ? entry : await textAt(host, folder, entry);
    for (const body of valuesOf(text)) patches.push({ body, target: undefined });
  }
  for (const { path, patch, target } of [...kustomization.patches, ...kustomization.patchesJson6902]) {
    const text = typeof patch === "string" ? patch : await textAt(host, folder, String(path ?? ""));
    if (typeof patch === "string" && patch.trim().startsWith("[") && !isJson(patch)) throw unread(patch, target);
    for (const body of valuesOf(text)) patches.push({ body, target: isObject(target) ? target : undefined });
  }
  return patches;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A list of operations in one line is JSON, or nothing. */
function unread(patch: string, target: JsonValue | undefined): CommandError {
  const config = toYaml({ patch, ...(isObject(target) && { target }) });
  const text = JSON.stringify(patch);
  return complaint(
    `trouble configuring builtin PatchTransformer with config: \`\n${config}\`: unable to parse SM or JSON patch from [patch: ${text}]`,
  );
}

async function textAt(host: Host, folder: string, path: string): Promise<string> {
  const full = joined(folder, path);
  const read = await host.files.read(full);
  if (read.ok) return read.value;
  throw complaint(`failed to get the patch file from path(${path}): evalsymlink failure on '${full}' : ${lstat(full)}`);
}

/** The patches of a text: objects, or one list of operations. */
export function valuesOf(text: string): readonly JsonValue[] {
  if (/^\s*(-|\[)/.test(text.replace(/^(\s*#.*\n)+/, "").replace(/^---\s*\n/, ""))) {
    const wrapped = `patch:\n${text
      .split("\n")
      .map((line) => `  ${line}`)
      .join("\n")}`;
    const [document] = parseManifests(wrapped);
    const list = document?.object?.patch;
    if (list === undefined) throw complaint(`unable to parse JSON 6902 patch: ${document?.error?.message ?? ""}`);
    return [list];
  }
  return parseManifests(text).map(({ object, error }) => {
    if (object === undefined)
      throw complaint(`unable to parse SM or JSON patch from [${text}]: ${error?.message ?? ""}`);
    return object;
  });
}

function onTargets(resources: readonly Resource[], { body, target }: Patch): readonly Resource[] {
  const fits = (each: Resource) =>
    target === undefined ? isSame(each, isObject(body) ? body : {}) : isChosen(each, target);
  if (target === undefined && !resources.some(fits)) {
    const { kind = "", apiVersion = "" } = isObject(body) ? body : {};
    const { name = "", namespace } = metadataOf(isObject(body) ? body : {});
    const [group, version] = String(apiVersion).includes("/") ? String(apiVersion).split("/") : ["[noGrp]", apiVersion];
    throw complaint(
      `no resource matches strategic merge patch "${String(kind)}.${String(version)}.${String(group)}/${String(name)}.${String(namespace ?? "[noNs]")}": no matches for Id ${String(kind)}.${String(version)}.${String(group)}/${String(name)}.${String(namespace ?? "[noNs]")}; failed to find unique target for patch ${String(kind)}.${String(version)}.${String(group)}/${String(name)}.${String(namespace ?? "[noNs]")}`,
    );
  }
  return resources.flatMap((each) => {
    if (!fits(each)) return [each];
    if (isObject(body) && body.$patch === "delete") return [];
    return [{ ...each, object: onObject(each.object, body) }];
  });
}

function isSame({ object, formerNames }: Resource, patch: JsonObject): boolean {
  const { name, namespace } = metadataOf(patch);
  const own = metadataOf(object);
  const isNamed = own.name === name || formerNames.includes(String(name));
  return (
    object.kind === patch.kind &&
    object.apiVersion === patch.apiVersion &&
    isNamed &&
    (namespace === undefined || own.namespace === namespace)
  );
}

/** Whether a selector, whose texts are patterns of the whole, means a resource. */
export function isChosen({ object, formerNames }: Resource, target: JsonObject): boolean {
  const { group, version } = typeOf(object);
  const { name, namespace = "", labels } = metadataOf(object);
  const whole = (pattern: JsonValue | undefined, text: string) =>
    pattern === undefined || pattern === "" || new RegExp(`^(?:${String(pattern)})$`).test(text);
  const isNamed = whole(target.name, String(name)) || formerNames.some((former) => whole(target.name, former));
  const bySelector = (text: JsonValue | undefined, pairs: JsonValue | undefined) => {
    if (text === undefined || text === "") return true;
    const parsed = parseLabelSelector(String(text));
    return parsed.ok && matchesLabels(parsed.value, isObject(pairs) ? (pairs as Labels) : undefined);
  };
  return (
    whole(target.group, group) &&
    whole(target.version, version) &&
    whole(target.kind, String(object.kind)) &&
    whole(target.namespace, String(namespace)) &&
    isNamed &&
    bySelector(target.labelSelector, labels) &&
    bySelector(target.annotationSelector, metadataOf(object).annotations)
  );
}

function onObject(object: JsonObject, body: JsonValue): JsonObject {
  if (Array.isArray(body)) {
    const done = applyJsonPatch(object, body);
    if (!done.ok) throw complaint(done.error.message);
    return done.value.object;
  }
  const { name, namespace } = metadataOf(object);
  const typeName = typeNameOf(typeOf(object));
  const done =
    typeName === undefined ? applyMergePatch(object, body) : applyStrategicMergePatch(typeName, object, body);
  if (!done.ok) throw complaint(done.error.message);
  // A patch finds its object by an old name, or by a pattern: the name stays.
  const metadata = {
    ...metadataOf(done.value),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
  };
  return { ...done.value, apiVersion: object.apiVersion ?? "", kind: object.kind ?? "", metadata };
}
