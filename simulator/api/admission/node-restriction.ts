import { equalJson } from "../../base/json.ts";
import { fail, ok } from "../../base/result.ts";
import { nodeOf } from "../authorization/subjects.ts";
import { forbidden, type Status } from "../errors.ts";
import { LEASES, NODES, type Node, PODS, type Pod } from "../refs.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./plugin.ts";

const MIRROR = "kubernetes.io/config.mirror";
const LEASE_NAMESPACE = "kube-node-lease";
const RESTRICTED = "node-restriction.kubernetes.io";
/** Labels of Kubernetes' own that a kubelet may set; models pkg/kubelet/apis IsKubeletLabel. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  ...["kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"],
  ...["topology.kubernetes.io/zone", "topology.kubernetes.io/region", "node.kubernetes.io/instance-type"],
  ...["failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"],
  ...["beta.kubernetes.io/instance-type", "beta.kubernetes.io/os", "beta.kubernetes.io/arch"],
]);
const KUBELET_DOMAINS = ["kubelet.kubernetes.io", "node.kubernetes.io"];

// Models plugin/pkg/admission/noderestriction
/** Keeps kubelets from outside to their own node, its lease and its pods. The cluster's own kubelets are trusted. */
export const nodeRestriction: AdmissionPlugin = {
  name: "NodeRestriction",
  resources: [NODES.id, PODS.id, LEASES.id],
  verbs: ["create", "update", "delete"],
  subresources: true,
  mutate: (request) => {
    const refused = refusalOf(request);
    return refused === undefined ? ok(request.object) : fail(refused);
  },
  validate: (request) => (request.verb === "delete" ? refusalOf(request) : undefined),
};

function refusalOf(request: AdmissionRequest): Status | undefined {
  const { kind, object, writer } = request;
  const node = writer.identity && nodeOf(writer.identity);
  if (node === undefined) return undefined;
  const { id } = kind.ref;
  const why =
    id === NODES.id
      ? nodeProblem(request, node)
      : id === PODS.id
        ? podProblem(request, node)
        : leaseProblem(request, node);
  return why === undefined ? undefined : forbidden(kind.ref, object.metadata.name, why);
}

function nodeProblem({ verb, object, old }: AdmissionRequest, node: string): string | undefined {
  const { name } = object.metadata;
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`;
  const given = object as Node;
  const before = old as Node | undefined;
  if (verb === "delete") return undefined;
  if (verb === "update" && !equalJson(given.spec.taints ?? [], before?.spec.taints ?? [])) {
    return `node "${node}" is not allowed to modify taints`;
  }
  const labels = changedLabels(given.metadata.labels, before?.metadata.labels).filter(isForbidden);
  if (labels.length === 0) return undefined;
  const list = labels.join(", ");
  return verb === "create"
    ? `node "${node}" is not allowed to set the following labels: ${list}`
    : `is not allowed to modify labels: ${list}`;
}

type Labels = { readonly [name: string]: string };

function changedLabels(now: Labels = {}, before: Labels = {}): readonly string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]);
  return [...names].filter((name) => now[name] !== before[name]).sort();
}

function isForbidden(label: string): boolean {
  const [domain = "", name] = label.split("/");
  if (name === undefined) return false;
  const isIn = (parent: string) => domain === parent || domain.endsWith(`.${parent}`);
  if (isIn(RESTRICTED)) return true;
  return (isIn("kubernetes.io") || isIn("k8s.io")) && !KUBELET_LABELS.has(label) && !KUBELET_DOMAINS.some(isIn);
}

function podProblem({ verb, object, old, subresource }: AdmissionRequest, node: string): string | undefined {
  const pod = object as Pod;
  const isOwn = (old as Pod | undefined)?.spec.nodeName === node;
  if (subresource === "status") {
    if (!isOwn) return `node "${node}" can only update pod status for pods with spec.nodeName set to itself`;
    const isRelabelled = !equalJson(pod.metadata.labels ?? {}, old?.metadata.labels ?? {});
    return isRelabelled ? `node "${node}" cannot update labels through pod status` : undefined;
  }
  if (subresource === "eviction") {
    return isOwn ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`;
  }
  if (subresource !== "")
    return `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`;
  if (verb === "delete") {
    return isOwn ? undefined : `node "${node}" can only delete pods with spec.nodeName set to itself`;
  }
  if (verb === "create") return newPodProblem(pod, node);
  return `unexpected operation "UPDATE", node "${node}" can only create and delete mirror pods`;
}

function newPodProblem({ metadata, spec }: Pod, node: string): string | undefined {
  const { annotations, ownerReferences: owners = [] } = metadata;
  if (annotations?.[MIRROR] === undefined) {
    return `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`;
  }
  if (spec.nodeName !== node) return `node "${node}" can only create pods with spec.nodeName set to itself`;
  if (owners.length > 1) return `node "${node}" can only create pods with a single owner reference set to itself`;
  const [owner] = owners;
  if (owner === undefined || owner.apiVersion !== "v1" || owner.kind !== "Node" || owner.name !== node) {
    return `node "${node}" can only create pods with an owner reference set to itself`;
  }
  if (!owner.controller) {
    return `node "${node}" can only create pods with a controller owner reference set to itself`;
  }
  if (owner.blockOwnerDeletion) return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  if (spec.serviceAccountName) return `node "${node}" can not create pods that reference a service account`;
  const volumes = spec.volumes ?? [];
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const refers = (
    volume: "secret" | "configMap",
    key: "secretKeyRef" | "configMapKeyRef",
    from: "secretRef" | "configMapRef",
  ) =>
    volumes.some((one) => one[volume] !== undefined) ||
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.[key] !== undefined) || envFrom.some((one) => one[from] !== undefined),
    );
  if (refers("secret", "secretKeyRef", "secretRef")) return `node "${node}" can not create pods that reference secrets`;
  if (refers("configMap", "configMapKeyRef", "configMapRef")) {
    return `node "${node}" can not create pods that reference configmaps`;
  }
  const hasClaim = volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined);
  return hasClaim ? `node "${node}" can not create pods that reference persistentvolumeclaims` : undefined;
}

function leaseProblem({ object }: AdmissionRequest, node: string): string | undefined {
  const { namespace, name } = object.metadata;
  if (namespace !== LEASE_NAMESPACE) return `can only access leases in the "${LEASE_NAMESPACE}" system namespace`;
  return name === node ? undefined : "can only access node lease with the same name as the requesting node";
}
