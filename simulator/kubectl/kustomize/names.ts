import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { nameHash } from "../change/name-hash.ts";
import { metadataOf, withMetadata } from "../change/object.ts";
import type { Resource } from "./build.ts";
import { mapAt } from "./paths.ts";

/** Kinds whose names stay, whatever the prefix. */
const UNTOUCHED = ["CustomResourceDefinition", "APIService", "Namespace"];
const CLUSTER_SCOPED = [
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "APIService",
  "PriorityClass",
  "StorageClass",
  "IngressClass",
  "RuntimeClass",
  "CSIDriver",
  "CSINode",
  "VolumeAttachment",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "CertificateSigningRequest",
  "FlowSchema",
  "PriorityLevelConfiguration",
];

const TEMPLATES = ["spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec"];
const inPods = (...paths: readonly string[]) => TEMPLATES.flatMap((spec) => paths.map((path) => `${spec}.${path}`));
const CONTAINERS = ["containers[]", "initContainers[]"];
const inContainers = (...paths: readonly string[]) =>
  inPods(...CONTAINERS.flatMap((list) => paths.map((path) => `${list}.${path}`)));

/** Where other objects name one of a kind. Models kustomize api/internal/konfig builtinpluginconsts namereference. */
const REFERENCES: { readonly [kind: string]: readonly string[] } = {
  ConfigMap: [
    ...inPods("volumes[].configMap.name", "volumes[].projected.sources[].configMap.name"),
    ...inContainers("env[].valueFrom.configMapKeyRef.name", "envFrom[].configMapRef.name"),
  ],
  Secret: [
    ...inPods("volumes[].secret.secretName", "volumes[].projected.sources[].secret.name", "imagePullSecrets[].name"),
    ...inContainers("env[].valueFrom.secretKeyRef.name", "envFrom[].secretRef.name"),
    "spec.tls[].secretName",
    "imagePullSecrets[].name",
    "secrets[].name",
  ],
  ServiceAccount: [...inPods("serviceAccountName", "serviceAccount")],
  PersistentVolumeClaim: [...inPods("volumes[].persistentVolumeClaim.claimName")],
  Service: [
    "spec.serviceName",
    "spec.rules[].http.paths[].backend.service.name",
    "spec.defaultBackend.service.name",
    "webhooks[].clientConfig.service.name",
  ],
  Role: ["roleRef.name"],
  ClusterRole: ["roleRef.name"],
  Deployment: ["spec.scaleTargetRef.name"],
  StatefulSet: ["spec.scaleTargetRef.name"],
  ReplicaSet: ["spec.scaleTargetRef.name"],
  PriorityClass: [...inPods("priorityClassName")],
  StorageClass: ["spec.storageClassName", "spec.volumeClaimTemplates[].spec.storageClassName"],
  PersistentVolume: ["spec.volumeName"],
  IngressClass: ["spec.ingressClassName"],
};

const nameOf = (object: JsonObject): string => String(metadataOf(object).name ?? "");

/** Gives names their prefix and suffix, and renames where they are referred to. */
export function rename(resources: readonly Resource[], prefix: string, suffix: string): readonly Resource[] {
  if (prefix === "" && suffix === "") return referring(resources);
  const renamed = resources.map((each): Resource => {
    if (UNTOUCHED.includes(String(each.object.kind))) return each;
    const name = nameOf(each.object);
    const object = withMetadata(each.object, { name: `${prefix}${name}${suffix}` });
    return { ...each, object, formerNames: [...each.formerNames, name] };
  });
  return referring(renamed);
}

/** Ends names of generated objects with a hash of what is in them. */
export function addHashes(resources: readonly Resource[]): readonly Resource[] {
  const renamed = resources.map((each): Resource => {
    if (!each.hashed) return each;
    const name = nameOf(each.object);
    // Unlike kubectl's, kustomize's hash does not count whether it is immutable.
    const { immutable: _, ...hashed } = each.object;
    const object = withMetadata(each.object, { name: `${name}-${nameHash(hashed, "")}` });
    return { ...each, object, formerNames: [...each.formerNames, name] };
  });
  return referring(renamed);
}

/** Replaces former names by the present ones wherever objects are referred to. */
function referring(resources: readonly Resource[]): readonly Resource[] {
  const renamed = resources.filter(({ formerNames }) => formerNames.length > 0);
  if (renamed.length === 0) return resources;
  return resources.map((each) => {
    let { object } = each;
    for (const target of renamed) object = referringTo(object, target);
    return { ...each, object };
  });
}

function referringTo(object: JsonObject, { object: target, formerNames }: Resource): JsonObject {
  const kind = String(target.kind);
  const present = nameOf(target);
  const swap = (value: JsonValue): JsonValue => (formerNames.includes(String(value)) ? present : value);
  let result = object;
  for (const path of REFERENCES[kind] ?? []) {
    const isRef = path === "roleRef.name" || path === "spec.scaleTargetRef.name";
    const referred = path === "roleRef.name" ? object.roleRef : isObject(object.spec) ? object.spec.scaleTargetRef : {};
    if (isRef && (!isObject(referred) || referred.kind !== kind)) continue;
    result = mapAt(result, path, swap);
  }
  if (kind === "ServiceAccount" && Array.isArray(result.subjects)) {
    const subjects = result.subjects.map((subject) =>
      isObject(subject) && subject.kind === "ServiceAccount" ? { ...subject, name: swap(subject.name ?? "") } : subject,
    );
    result = { ...result, subjects };
  }
  return result;
}

/** Puts all objects that live in a namespace into one. */
export function withNamespace(resources: readonly Resource[], namespace: string): readonly Resource[] {
  const accounts = resources
    .filter(({ object }) => object.kind === "ServiceAccount")
    .map(({ object }) => nameOf(object));
  return resources.map((each) => ({ ...each, object: placedIn(each.object, namespace, accounts) }));
}

function placedIn(object: JsonObject, namespace: string, accounts: readonly string[]): JsonObject {
  const kind = String(object.kind);
  if (kind === "Namespace") return withMetadata(object, { name: namespace });
  const placed = CLUSTER_SCOPED.includes(kind) ? object : withMetadata(object, { namespace });
  if (!Array.isArray(placed.subjects)) return placed;
  const subjects = placed.subjects.map((subject) => {
    const isAccount = isObject(subject) && subject.kind === "ServiceAccount";
    const isOurs = isAccount && (subject.name === "default" || accounts.includes(String(subject.name)));
    return isOurs ? { ...subject, namespace } : subject;
  });
  return { ...placed, subjects };
}
