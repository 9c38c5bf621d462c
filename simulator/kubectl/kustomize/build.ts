import type { JsonObject } from "../../base/json.ts";
import { metadataOf } from "../change/object.ts";
import { typeOf } from "../change/typed.ts";
import { complaint } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { annotated, labelled, withImages, withReplicas } from "./fields.ts";
import { folderOf, joined, type Kustomization, kustomizationOf, lstat, objectsIn } from "./files.ts";
import { generated } from "./generators.ts";
import { addHashes, rename, withNamespace } from "./names.ts";
import { patched } from "./patches.ts";
import { replaced } from "./replacements.ts";

/** An object on its way through a build, with what it was called before. */
export interface Resource {
  readonly object: JsonObject;
  /** All names that it had, for those who refer to it by one of them. */
  readonly formerNames: readonly string[];
  /** Whether its name is to end with a hash of what is in it. */
  readonly hashed: boolean;
}

/** `kubectl kustomize DIR`: the objects that a folder's kustomization stands for. Models kustomize api/internal/target. */
export async function kustomize(
  host: Host,
  folder: string,
  order: "legacy" | "none" = "none",
): Promise<readonly JsonObject[]> {
  const path = joined(host.folder, folder);
  if (/^(https?|git|ssh):|^git@|^github\.com\//.test(folder)) {
    throw complaint(`unable to fetch ${folder}: there is no network to fetch a kustomization from`);
  }
  if ((await host.files.list(path)) === undefined) {
    const why = (await host.files.read(path)).ok
      ? `must build at directory: '${folder}': file is not directory`
      : `must build at directory: not a valid directory: evalsymlink failure on '${folder}' : ${lstat(path)}`;
    throw complaint(why);
  }
  const resources = addHashes(await buildFolder(host, path, []));
  const objects = resources.map(({ object }) => object);
  return order === "legacy" ? inLegacyOrder(objects) : objects;
}

/** Resources of one folder; `above` are the folders that led to it, and `entry` names it in the last of them. */
async function buildFolder(
  host: Host,
  path: string,
  above: readonly string[],
  entry = "",
): Promise<readonly Resource[]> {
  if (above.includes(path)) throw complaint(`cycle detected: candidate root '${path}' contains visited root`);
  const kustomization = await kustomizationOf(host, path);
  if (kustomization.kind === "Component" && above.length > 0) {
    const at = `accumulating resources from '${entry}': '${path}' must resolve to a file`;
    throw complaint(
      `accumulating resources: accumulation err='${at}': expected kind != 'Component' for path '${path}'`,
    );
  }
  const base: Resource[] = [];
  for (const entry of [...kustomization.resources, ...kustomization.bases]) {
    base.push(
      ...withoutDoubles(base, await accumulate(host, path, entry, [...above, path]), joined(path, entry), entry),
    );
  }
  for (const component of kustomization.components) {
    const inner = await kustomizationOf(host, joined(path, component));
    if (inner.kind !== "Component") {
      const why = `expected kind 'Component' for path '${joined(path, component)}' but got '${inner.kind}'`;
      throw complaint(`accumulating components: accumulateDirectory: ${JSON.stringify(why)}`);
    }
    const more: Resource[] = [];
    for (const entry of inner.resources) {
      more.push(...(await accumulate(host, joined(path, component), entry, [...above, path])));
    }
    const changed = await transformed(host, joined(path, component), inner, [...base, ...more]);
    base.splice(0, base.length, ...changed);
  }
  return transformed(host, path, kustomization, base);
}

async function accumulate(host: Host, path: string, entry: string, above: readonly string[]) {
  const at = joined(path, entry);
  if ((await folderOf(host, at)) !== undefined) return buildFolder(host, at, above, entry);
  const objects = await objectsIn(host, path, entry);
  return objects.map((object): Resource => ({ object, formerNames: [], hashed: false }));
}

/** Generators first, then the changes in kustomize's own order. */
async function transformed(
  host: Host,
  path: string,
  kustomization: Kustomization,
  base: readonly Resource[],
): Promise<readonly Resource[]> {
  let resources = await generated(host, path, kustomization, base);
  resources = await patched(host, path, kustomization, resources);
  const onObjects = (change: (object: JsonObject) => JsonObject) => {
    resources = resources.map((each) => ({ ...each, object: change(each.object) }));
  };
  if (kustomization.namespace !== "") resources = withNamespace(resources, kustomization.namespace);
  resources = rename(resources, kustomization.namePrefix, kustomization.nameSuffix);
  onObjects((object) => labelled(object, kustomization));
  onObjects((object) => annotated(object, kustomization.commonAnnotations));
  onObjects((object) => withReplicas(object, kustomization.replicas, resources));
  onObjects((object) => withImages(object, kustomization.images));
  return replaced(host, path, kustomization.replacements, resources);
}

/** `ConfigMap.v1.[noGrp]/conf.[noNs]`. */
function idOf(object: JsonObject): string {
  const { group, version, kind } = typeOf(object);
  const { name = "", namespace = "[noNs]" } = metadataOf(object);
  return `${kind}.${version}.${group || "[noGrp]"}/${String(name)}.${String(namespace)}`;
}

/** What comes in addition, unless it is there already. */
function withoutDoubles(base: readonly Resource[], more: readonly Resource[], path: string, entry: string) {
  const known = new Set(base.map(({ object }) => idOf(object)));
  const double = more.find(({ object }) => known.has(idOf(object)));
  if (double === undefined) return more;
  const why = `may not add resource with an already registered id: ${idOf(double.object)}`;
  const isFile = /\.[^/]+$/.test(entry);
  throw complaint(
    isFile
      ? `accumulating resources: accumulation err='merging resources from '${entry}': ${why}': must build at directory: '${path}': file is not directory`
      : `accumulating resources: accumulation err='accumulating resources from '${entry}': '${path}' must resolve to a file': recursed merging from path '${path}': ${why}`,
  );
}

const FIRST = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "ServiceAccount",
  "PodSecurityPolicy",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Endpoints",
  "Service",
  "LimitRange",
  "PriorityClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];
const LAST = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

// Models kustomize api/internal/builtins SortOrderTransformer
/** What others need comes first; what could stand in the way of others last. */
function inLegacyOrder(objects: readonly JsonObject[]): readonly JsonObject[] {
  const rank = ({ kind }: JsonObject) => {
    const first = FIRST.indexOf(String(kind));
    return first >= 0 ? first - FIRST.length : LAST.indexOf(String(kind)) + 1;
  };
  const key = (object: JsonObject) => {
    const { group, version, kind } = typeOf(object);
    const { name = "", namespace = "" } = metadataOf(object);
    return [group, version, kind, String(namespace), String(name)].join("_");
  };
  const byKey = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...objects].sort((a, b) => rank(a) - rank(b) || byKey(key(a), key(b)));
}
