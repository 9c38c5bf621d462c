import type { Column } from "../../../api/kind.ts";
import type { Node } from "../../../api/refs.ts";
import { ageColumn, NONE, nameColumn, UNKNOWN } from "../../columns.ts";

const ROLE_PREFIX = "node-role.kubernetes.io/";

// Models pkg/printers/internalversion printNode
export const nodeColumns: readonly Column<Node>[] = [
  nameColumn(),
  { name: "Status", type: "string", description: "The status of the node", priority: 0, cell: statusText },
  {
    name: "Roles",
    type: "string",
    description: "The roles of the node",
    priority: 0,
    cell: (object) => rolesOf(object).join(",") || NONE,
  },
  ageColumn(),
  {
    name: "Version",
    type: "string",
    description: "Kubelet Version reported by the node.",
    priority: 0,
    cell: (object) => object.status.nodeInfo?.kubeletVersion ?? "",
  },
  {
    name: "Internal-IP",
    type: "string",
    description:
      "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
    priority: 1,
    cell: (object) => addressOf(object, "InternalIP"),
  },
  {
    name: "External-IP",
    type: "string",
    description:
      "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
    priority: 1,
    cell: (object) => addressOf(object, "ExternalIP"),
  },
  {
    name: "OS-Image",
    type: "string",
    description: { type: "NodeSystemInfo", field: "osImage" },
    priority: 1,
    cell: (object) => object.status.nodeInfo?.osImage || UNKNOWN,
  },
  {
    name: "Kernel-Version",
    type: "string",
    description: { type: "NodeSystemInfo", field: "kernelVersion" },
    priority: 1,
    cell: (object) => object.status.nodeInfo?.kernelVersion || UNKNOWN,
  },
  {
    name: "Container-Runtime",
    type: "string",
    description: { type: "NodeSystemInfo", field: "containerRuntimeVersion" },
    priority: 1,
    cell: (object) => object.status.nodeInfo?.containerRuntimeVersion || UNKNOWN,
  },
];

function statusText(object: Node): string {
  const ready = object.status.conditions?.find((condition) => condition.type === "Ready");
  const health = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return object.spec.unschedulable ? `${health},SchedulingDisabled` : health;
}

function rolesOf(object: Node): readonly string[] {
  const roles = new Set<string>();
  for (const [label, value] of Object.entries(object.metadata.labels ?? {})) {
    if (label.startsWith(ROLE_PREFIX) && label.length > ROLE_PREFIX.length) roles.add(label.slice(ROLE_PREFIX.length));
    else if (label === "kubernetes.io/role" && value !== "") roles.add(value);
  }
  return [...roles].sort();
}

function addressOf(object: Node, type: string): string {
  return object.status.addresses?.find((address) => address.type === type)?.address ?? NONE;
}
