import { isObject } from "../../base/json.ts";
import { CLUSTER_ROLES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, type Pod } from "../refs.ts";
import type { Volume } from "../schema/generated/types.ts";
import { VOLUME_ATTACHMENTS } from "../volumes/refs.ts";
import { type Action, isPathAction, type ResourceAttributes } from "./attributes.ts";
import type { AccessView } from "./resolver.ts";
import { ruleAllows } from "./rules.ts";

/** What the node authorizer says: it allows, or gives a reason why it has no opinion; often none. */
export interface NodeOpinion {
  readonly allowed: boolean;
  readonly reason: string;
}

const ALLOWED: NodeOpinion = { allowed: true, reason: "" };
/** What every node may do to what is not divided among nodes. */
const NODE_ROLE = "system:node";
const LEASE_NAMESPACE = "kube-node-lease";
const MIRROR = "kubernetes.io/config.mirror";
/** A node writes these five ways to what bears its name. */
const OWN_VERBS = ["get", "create", "update", "patch", "delete"];

// Models plugin/pkg/auth/authorizer/node NodeAuthorizer
/** Whether a node may do something: to its own objects, and to those that its pods refer to. */
export function nodeOpinion(view: AccessView, node: string, action: Action): NodeOpinion {
  const decide = isPathAction(action) ? undefined : DIVIDED[resourceOf(action)];
  if (decide !== undefined && !isPathAction(action)) return decide(view, node, action);
  const rules = view.find(CLUSTER_ROLES, undefined, NODE_ROLE)?.rules ?? [];
  return rules.some((rule) => ruleAllows(rule, action)) ? ALLOWED : no("");
}

type Decide = (view: AccessView, node: string, about: ResourceAttributes) => NodeOpinion;

const DIVIDED: { readonly [resource: string]: Decide | undefined } = {
  secrets: (view, node, about) => readNamed(node, about, () => refersToSecret(view, node, about)),
  configmaps: (view, node, about) => readNamed(node, about, () => refersToConfigMap(view, node, about)),
  persistentvolumeclaims: (view, node, about) => {
    const isOwn = () => mountsClaim(view, node, about.namespace, about.name);
    if (about.subresource !== "status") return getNamed(node, about, isOwn);
    if (about.verb === "update" || about.verb === "patch") return related(node, about, isOwn);
    return no("can only get/update/patch this type");
  },
  persistentvolumes: (view, node, about) => getNamed(node, about, () => mountsVolume(view, node, about.name)),
  "volumeattachments.storage.k8s.io": (view, node, about) =>
    getNamed(node, about, () => view.find(VOLUME_ATTACHMENTS, undefined, about.name)?.spec.nodeName === node),
  serviceaccounts: (view, node, about) => {
    if (about.verb !== "create" || about.name === "")
      return no("can only create tokens for individual service accounts");
    if (about.subresource !== "token") return no("can only create token subresource of serviceaccount");
    return related(node, about, () => somePod(view, node, about, ({ spec }) => spec.serviceAccountName === about.name));
  },
  "leases.coordination.k8s.io": (_, node, { verb, namespace, name }) => {
    if (!OWN_VERBS.includes(verb)) return no("can only get, create, update, patch, or delete a node lease");
    if (namespace !== LEASE_NAMESPACE) return no(`can only access leases in the "${LEASE_NAMESPACE}" system namespace`);
    if (verb === "create" || name === node) return ALLOWED;
    return no("can only access node lease with the same name as the requesting node");
  },
  "csinodes.storage.k8s.io": (_, node, { verb, subresource, name }) => {
    if (!OWN_VERBS.includes(verb)) return no("can only get, create, update, patch, or delete a CSINode");
    if (subresource !== "") return no("cannot authorize CSINode subresources");
    if (verb === "create" || name === node) return ALLOWED;
    return no("can only access CSINode with the same name as the requesting node");
  },
  nodes: (_, node, about) => nodeAccess(node, about),
  pods: podAccess,
};

/** Admission keeps what is written to the node's own object. */
function nodeAccess(node: string, { verb, subresource, name }: ResourceAttributes): NodeOpinion {
  if (subresource === "status") return verb === "update" || verb === "patch" ? ALLOWED : no("");
  if (subresource !== "") return no("");
  if (verb === "create" || verb === "update" || verb === "patch") return ALLOWED;
  if (verb !== "get" && verb !== "list" && verb !== "watch") return no("");
  if (name === node) return ALLOWED;
  return no(
    name === ""
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  );
}

/** Admission keeps what is written to the node's own pods. */
function podAccess(view: AccessView, node: string, about: ResourceAttributes): NodeOpinion {
  const { verb, subresource, namespace, name, fields = [] } = about;
  if (subresource === "status") return verb === "update" || verb === "patch" ? ALLOWED : no("");
  if (subresource === "eviction") return verb === "create" ? ALLOWED : no("");
  if (subresource !== "") return no("");
  if (verb === "create" || verb === "delete") return ALLOWED;
  const isOwn = () => view.find(PODS, namespace, name)?.spec.nodeName === node;
  if (verb === "get") return getNamed(node, about, isOwn);
  if (verb !== "list" && verb !== "watch") return no("");
  if (fields.some(({ field, value, equal }) => equal && field === "spec.nodeName" && value === node)) return ALLOWED;
  return name === "" ? no("can only list/watch pods with spec.nodeName field selector") : related(node, about, isOwn);
}

function readNamed(node: string, about: ResourceAttributes, isRelated: () => boolean): NodeOpinion {
  if (!["get", "list", "watch"].includes(about.verb)) return no("can only read resources of this type");
  if (about.subresource !== "") return no("cannot read subresource");
  if (about.namespace === "") return no("can only read namespaced object of this type");
  return related(node, about, isRelated);
}

function getNamed(node: string, about: ResourceAttributes, isRelated: () => boolean): NodeOpinion {
  if (about.verb !== "get") return no("can only get individual resources of this type");
  return about.subresource === "" ? related(node, about, isRelated) : no("cannot get subresource");
}

function related(node: string, { name }: ResourceAttributes, isRelated: () => boolean): NodeOpinion {
  if (name === "") return no("No Object name found");
  return isRelated() ? ALLOWED : no(`no relationship found between node '${node}' and this object`);
}

// Models plugin/pkg/auth/authorizer/node graph.go AddPod, AddPV
/** Pods of the node in a namespace, but for mirror pods: a node must not make a pod that gives it access. */
function somePod(
  view: AccessView,
  node: string,
  { namespace }: { readonly namespace: string },
  holds: (pod: Pod) => boolean,
): boolean {
  for (const pod of view.byIndex(PODS, "node", node)) {
    const { metadata } = pod;
    if (metadata.namespace === namespace && metadata.annotations?.[MIRROR] === undefined && holds(pod)) return true;
  }
  return false;
}

function refersToConfigMap(view: AccessView, node: string, about: ResourceAttributes): boolean {
  return somePod(view, node, about, (pod) => {
    const inVolume = ({ configMap, projected }: Volume) =>
      configMap?.name === about.name || projected?.sources?.some((source) => source.configMap?.name === about.name);
    return pod.spec.volumes?.some(inVolume) || envRefers(pod, "configMapKeyRef", "configMapRef", about.name);
  });
}

function refersToSecret(view: AccessView, node: string, about: ResourceAttributes): boolean {
  const { namespace, name } = about;
  const ofPod = somePod(view, node, about, (pod) => {
    const inVolume = ({ secret, projected, ...other }: Volume) =>
      secret?.secretName === name ||
      projected?.sources?.some((source) => source.secret?.name === name) ||
      namesSecret(other, name, undefined, namespace);
    return (
      pod.spec.imagePullSecrets?.some((one) => one.name === name) ||
      pod.spec.volumes?.some(inVolume) ||
      envRefers(pod, "secretKeyRef", "secretRef", name)
    );
  });
  if (ofPod) return true;
  // Secrets that volumes name are in a namespace of their choice.
  for (const pod of view.byIndex(PODS, "node", node)) {
    for (const claim of claimsOf(pod)) {
      const home = pod.metadata.namespace ?? "";
      const volume = view.find(PERSISTENT_VOLUME_CLAIMS, home, claim)?.spec.volumeName;
      const spec = volume === undefined ? undefined : view.find(PERSISTENT_VOLUMES, undefined, volume)?.spec;
      if (spec !== undefined && namesSecret(spec, name, namespace, home)) return true;
    }
  }
  return false;
}

/** Whether some source of a volume names a secret: all that do call it so. Without `namespace`, it is in the pod's. */
function namesSecret(source: object, name: string, namespace: string | undefined, home: string): boolean {
  return Object.entries(source).some(([key, value]) => {
    if (key === "secretName") {
      const given = (source as { readonly secretNamespace?: string }).secretNamespace;
      return value === name && (namespace === undefined || (given || home) === namespace);
    }
    if (!isObject(value)) return false;
    if (!/secretref$/i.test(key)) return namesSecret(value, name, namespace, home);
    return value.name === name && (namespace === undefined || (value.namespace || home) === namespace);
  });
}

function mountsClaim(view: AccessView, node: string, namespace: string, name: string): boolean {
  return somePod(view, node, { namespace }, (pod) => claimsOf(pod).includes(name));
}

function mountsVolume(view: AccessView, node: string, name: string): boolean {
  const claim = view.find(PERSISTENT_VOLUMES, undefined, name)?.spec.claimRef;
  return claim !== undefined && mountsClaim(view, node, claim.namespace ?? "", claim.name ?? "");
}

function claimsOf({ metadata, spec: { volumes = [] } }: Pod): readonly string[] {
  return volumes.flatMap(({ name, persistentVolumeClaim, ephemeral }) =>
    persistentVolumeClaim !== undefined
      ? [persistentVolumeClaim.claimName]
      : ephemeral === undefined
        ? []
        : [`${metadata.name}-${name}`],
  );
}

function envRefers(
  { spec }: Pod,
  key: "secretKeyRef" | "configMapKeyRef",
  from: "secretRef" | "configMapRef",
  name: string,
): boolean {
  const containers = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  return containers.some(
    ({ env = [], envFrom = [] }) =>
      env.some(({ valueFrom }) => valueFrom?.[key]?.name === name) || envFrom.some((one) => one[from]?.name === name),
  );
}

function resourceOf({ group, resource }: ResourceAttributes): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function no(reason: string): NodeOpinion {
  return { allowed: false, reason };
}
