import { isObject, type JsonObject } from "../../base/json.ts";
import { metadataOf } from "../change/object.ts";
import { complaint } from "../cli/command.ts";
import type { Resource } from "./build.ts";
import type { Kustomization } from "./files.ts";
import { addPairs, mapAt } from "./paths.ts";

const WITH_TEMPLATE = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "ReplicationController"];
const WITH_MATCH_LABELS = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];

/** Where a kind's pods get their labels. */
function templatePaths(kind: string, field: "labels" | "annotations"): readonly string[] {
  if (kind === "CronJob")
    return [`spec.jobTemplate.metadata.${field}`, `spec.jobTemplate.spec.template.metadata.${field}`];
  return WITH_TEMPLATE.includes(kind) ? [`spec.template.metadata.${field}`] : [];
}

// Models kustomize api/internal/konfig builtinpluginconsts commonlabels
/** `commonLabels` and `labels`. */
export function labelled(object: JsonObject, { commonLabels, labels }: Kustomization): JsonObject {
  let result = object;
  for (const entry of labels) {
    const pairs = isObject(entry.pairs) ? entry.pairs : {};
    const everywhere = entry.includeSelectors === true;
    result = withLabels(result, pairs, everywhere, everywhere || entry.includeTemplates === true);
    for (const { path, create, kind } of Array.isArray(entry.fields) ? entry.fields.filter(isObject) : []) {
      if (kind !== undefined && kind !== object.kind) continue;
      result = addPairs(result, String(path).replaceAll("/", "."), pairs, create === true);
    }
  }
  return Object.keys(commonLabels).length > 0 ? withLabels(result, commonLabels, true, true) : result;
}

function withLabels(object: JsonObject, pairs: JsonObject, selectors: boolean, templates: boolean): JsonObject {
  const kind = String(object.kind);
  let result = addPairs(object, "metadata.labels", pairs, true);
  if (templates) {
    for (const path of templatePaths(kind, "labels")) result = addPairs(result, path, pairs, true);
    if (kind === "StatefulSet") result = addPairs(result, "spec.volumeClaimTemplates[].metadata.labels", pairs, true);
  }
  if (!selectors) return result;
  if (WITH_MATCH_LABELS.includes(kind)) return addPairs(result, "spec.selector.matchLabels", pairs, true);
  if (kind === "Service" || kind === "ReplicationController")
    return addPairs(result, "spec.selector", pairs, kind !== "Service" || isObject(result.spec));
  if (kind === "Job" || kind === "PodDisruptionBudget")
    return addPairs(result, "spec.selector.matchLabels", pairs, false);
  if (kind === "NetworkPolicy") return addPairs(result, "spec.podSelector.matchLabels", pairs, false);
  return result;
}

export function annotated(object: JsonObject, pairs: JsonObject): JsonObject {
  if (Object.keys(pairs).length === 0) return object;
  let result = addPairs(object, "metadata.annotations", pairs, true);
  for (const path of templatePaths(String(object.kind), "annotations")) result = addPairs(result, path, pairs, true);
  return result;
}

const GVKS = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"].map(
  (kind) => `${kind}.[noVer].[noGrp]`,
);
const SCALED = ["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"];

export function withReplicas(
  object: JsonObject,
  replicas: readonly JsonObject[],
  all: readonly Resource[],
): JsonObject {
  let result = object;
  for (const { name, count = 0 } of replicas) {
    const fits = (each: JsonObject, former: readonly string[]) =>
      SCALED.includes(String(each.kind)) && (metadataOf(each).name === name || former.includes(String(name)));
    if (!all.some((each) => fits(each.object, each.formerNames))) {
      throw complaint(
        `resource with name ${String(name)} does not match a config with the following GVK [${GVKS.join(" ")}]`,
      );
    }
    const former = all.find((each) => metadataOf(each.object).name === metadataOf(object).name)?.formerNames ?? [];
    if (fits(result, former))
      result = { ...result, spec: { ...(isObject(result.spec) ? result.spec : {}), replicas: count } };
  }
  return result;
}

/** An image in parts: `registry/name`, tag and digest. */
function partsOf(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const [rest = "", digest = ""] = image.split("@");
  const slash = rest.lastIndexOf("/");
  const colon = rest.indexOf(":", slash + 1);
  return colon < 0
    ? { name: rest, tag: "", digest }
    : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

const CONTAINERS = ["containers[].image", "initContainers[].image", "ephemeralContainers[].image"];
const PODS = ["spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"];

// Models kustomize api/filters/imagetag
export function withImages(object: JsonObject, images: readonly JsonObject[]): JsonObject {
  let result = object;
  for (const { name, newName, newTag, digest } of images) {
    const change = (image: string): string => {
      const old = partsOf(image);
      if (old.name !== name) return image;
      const base = newName === undefined ? old.name : String(newName);
      if (digest !== undefined && digest !== "") return `${base}@${String(digest)}`;
      if (newTag !== undefined && newTag !== "") return `${base}:${String(newTag)}`;
      return `${base}${old.tag === "" ? "" : `:${old.tag}`}${old.digest === "" ? "" : `@${old.digest}`}`;
    };
    for (const spec of PODS) {
      for (const path of CONTAINERS) result = mapAt(result, `${spec}.${path}`, (value) => change(String(value)));
    }
  }
  return result;
}
