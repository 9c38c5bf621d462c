import type { Kind } from "../../../api/kind.ts";
import { NODES, type Node } from "../../../api/refs.ts";
import type { Draft } from "../../../base/json.ts";
import { nodeColumns } from "./table.ts";
import { validateNode, validateNodeUpdate } from "./validation.ts";

export const nodeKind: Kind<Node> = {
  ref: NODES,
  singular: "node",
  shortNames: ["no"],
  namespaced: false,
  type: "Node",
  defaults: defaultNode,
  prepareCreate: (object) => ({ ...object, spec: object.spec ?? {}, status: withFixedFields(object.status) }),
  prepareStatusUpdate: (object, old) => ({ ...old, metadata: object.metadata, status: withFixedFields(object.status) }),
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  warnings,
  subresources: { status: true },
  selectableFields: { "spec.unschedulable": (object) => String(object.spec.unschedulable ?? false) },
  columns: nodeColumns,
};

// Models pkg/apis/core/v1 SetDefaults_NodeStatus and Convert_v1_NodeSpec_To_core_NodeSpec
function defaultNode(object: Draft<Node>): void {
  object.spec ??= {};
  object.status ??= {};
  const { spec, status } = object;
  if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity };
  // The list leads; the old single field repeats its first entry.
  if (spec.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  if (spec.podCIDRs?.[0] !== undefined) spec.podCIDR = spec.podCIDRs[0];
}

const EMPTY_NODE_INFO = {
  machineID: "",
  systemUUID: "",
  bootID: "",
  kernelVersion: "",
  osImage: "",
  containerRuntimeVersion: "",
  kubeletVersion: "",
  kubeProxyVersion: "",
  operatingSystem: "",
  architecture: "",
};

/** The parts of a status that Go always writes out, set or not. Nodes' own kubelets set them all. */
function withFixedFields(status: Node["status"] | undefined): Node["status"] {
  const { daemonEndpoints, nodeInfo } = status ?? {};
  const isWhole =
    daemonEndpoints?.kubeletEndpoint !== undefined &&
    nodeInfo !== undefined &&
    Object.keys(EMPTY_NODE_INFO).every((field) => nodeInfo[field as keyof typeof EMPTY_NODE_INFO] !== undefined);
  if (status !== undefined && isWhole) return status;
  return {
    ...status,
    daemonEndpoints: { ...daemonEndpoints, kubeletEndpoint: daemonEndpoints?.kubeletEndpoint ?? { Port: 0 } },
    nodeInfo: { ...EMPTY_NODE_INFO, ...nodeInfo },
  };
}

// Models pkg/api/node GetWarningsForNode
function warnings(object: Node): readonly string[] {
  const texts: string[] = [];
  if (object.spec.configSource) texts.push("spec.configSource: the spec.configSource feature is removed");
  if (object.spec.externalID) {
    texts.push("spec.externalID: this field is deprecated, and is unused by Kubernetes");
  }
  return texts;
}
