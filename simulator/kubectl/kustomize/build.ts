import type { JsonObject } from "../../base/json.ts";
import { isObject } from "../../base/json.ts";
import { complaint } from "../cli/command.ts";
import type { Host } from "../cli/host.ts";
import { annotated, labelled, withImages, withReplicas } from "./fields.ts";
import { folderOf, joined, type Kustomization, kustomizationOf, lstat, objectsIn } from "./files.ts";
import { generated } from "./generators.ts";
import { addHashes, rename, withNamespace } from "./names.ts";
import { patched } from "./patches.ts";

/** An object on its way through a build, with what it was called before. */
export interface Resource {
  readonly object: JsonObject;
  /** All names that it had, for those who refer to it by one of them. */
  readonly formerNames: readonly string[];
  /** Whether its name is to end with a hash of what is in it. */
  readonly hashed: boolean;
}

/** `kubectl kustomize DIR`: the objects that a folder's kustomization stands for. Models kustomize api/internal/target. */
export async function kustomize(host: Host, folder: string): Promise<readonly JsonObject[]> {
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
  return resources.map(({ object }) => object);
}

/** Resources of one folder; `above` are the folders that led to it. */
async function buildFolder(host: Host, path: string, above: readonly string[]): Promise<readonly Resource[]> {
  if (above.includes(path)) throw complaint(`cycle detected: candidate root '${path}' contains visited root`);
  const kustomization = await kustomizationOf(host, path);
  const base: Resource[] = [];
  for (const entry of [...kustomization.resources, ...kustomization.bases]) {
    base.push(...(await accumulate(host, path, entry, [...above, path])));
  }
  for (const component of kustomization.components) {
    const inner = await kustomizationOf(host, joined(path, component));
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
  if ((await folderOf(host, at)) !== undefined) return buildFolder(host, at, above);
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
  checkUnique(resources);
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
  return resources;
}

function checkUnique(resources: readonly Resource[]): void {
  const seen = new Set<string>();
  for (const { object } of resources) {
    const metadata = isObject(object.metadata) ? object.metadata : {};
    const id = `${String(object.apiVersion)}/${String(object.kind)}/${String(metadata.namespace ?? "")}/${String(metadata.name)}`;
    if (seen.has(id)) {
      throw complaint(
        `accumulating resources: may not add resource with an already registered id: ${String(object.kind)}.${String(object.apiVersion)}/${String(metadata.name)}.${String(metadata.namespace ?? "[noNs]")}`,
      );
    }
    seen.add(id);
  }
}
