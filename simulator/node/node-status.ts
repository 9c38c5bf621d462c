import { NODES, type Node } from "../api/refs.ts";
import type { ContainerImage, NodeCondition, NodeStatus } from "../api/schema/generated/types.ts";
import { equalJson } from "../base/json.ts";
import { parseImageName } from "./images/image-name.ts";
import { imageSizeBytes } from "./images/registry.ts";
import type { Machine } from "./machine.ts";
import { addressesOf, capacityOf, labelsOf, nodeInfoOf } from "./node-shape.ts";
import { PRESSURE_TEXTS, type PressureType } from "./pressure.ts";

/** How many images a node's status lists, the largest first (the kubelet's setting nodeStatusMaxImages). */
const MAX_IMAGES = 50;
const KUBELET_PORT = 10250;

interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
  /** Reason of the node's event when the condition comes to this. */
  readonly event: string;
}

const PRESSURES: readonly (Condition & { readonly type: PressureType })[] = [
  {
    type: "MemoryPressure",
    status: "False",
    reason: "KubeletHasSufficientMemory",
    message: "kubelet has sufficient memory available",
    event: "NodeHasSufficientMemory",
  },
  {
    type: "DiskPressure",
    status: "False",
    reason: "KubeletHasNoDiskPressure",
    message: "kubelet has no disk pressure",
    event: "NodeHasNoDiskPressure",
  },
  {
    type: "PIDPressure",
    status: "False",
    reason: "KubeletHasSufficientPID",
    message: "kubelet has sufficient PID available",
    event: "NodeHasSufficientPID",
  },
];
const READY: Condition = {
  type: "Ready",
  status: "True",
  reason: "KubeletReady",
  message: "kubelet is posting ready status",
  event: "NodeReady",
};
const NOT_READY: Condition = {
  type: "Ready",
  status: "False",
  reason: "KubeletNotReady",
  message: "CSINode is not yet initialized",
  event: "NodeNotReady",
};

const DECLARED_FEATURES = [
  "ExtendWebSocketsToKubelet",
  "InPlacePodLevelResourcesVerticalScaling",
  "InPlacePodVerticalScalingInitContainers",
  "RestartAllContainersOnContainerExits",
];

function underPressure(type: PressureType): Condition {
  return { type, status: "True", ...PRESSURE_TEXTS[type] };
}

function imagesOf(machine: Machine): ContainerImage[] {
  const list = [...machine.images].map((full) => {
    const name = parseImageName(full);
    return { names: [full], sizeBytes: name.ok ? imageSizeBytes(name.value.name) : 0 };
  });
  list.sort((a, b) => b.sizeBytes - a.sizeBytes || (a.names < b.names ? -1 : 1));
  return list.slice(0, MAX_IMAGES);
}

export interface Report {
  readonly status: NodeStatus;
  /** Whether it says something that the API does not know yet, heartbeat times aside. */
  readonly changed: boolean;
  /** Reasons of the events that go with it, `NodeReady` and the like. */
  readonly events: readonly string[];
}

// Models pkg/kubelet kubelet_node_status.go updateNode, pkg/kubelet/nodestatus setters
/** What a kubelet reports of its node. */
export function nodeReport(
  machine: Machine,
  isReady: boolean,
  previous: NodeStatus | undefined,
  now: string,
  pressures: ReadonlyMap<PressureType, number> = new Map(),
): Report {
  const { shape } = machine;
  const low = PRESSURES.map((each) => (pressures.has(each.type) ? underPressure(each.type) : each));
  const wanted = [...low, isReady ? READY : NOT_READY];
  const events: string[] = [];
  const own: NodeCondition[] = wanted.map(({ type, status, reason, message, event }) => {
    const old = previous?.conditions?.find((condition) => condition.type === type);
    const turned = old?.status !== status;
    if (turned && (event !== "NodeNotReady" || old !== undefined)) events.push(event);
    const lastTransitionTime = turned ? now : (old?.lastTransitionTime ?? now);
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  });
  const others = (previous?.conditions ?? []).filter(
    ({ type }) => !wanted.some((condition) => condition.type === type),
  );
  const capacity = { ...advertised(previous), ...capacityOf(shape) };
  const status: NodeStatus = {
    ...previous,
    capacity,
    allocatable: capacity,
    conditions: [...others, ...own],
    addresses: addressesOf(shape),
    daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
    nodeInfo: nodeInfoOf(shape, machine.boots),
    images: imagesOf(machine),
    declaredFeatures: DECLARED_FEATURES,
  };
  const changed = previous === undefined || !equalJson(withoutHeartbeats(previous), withoutHeartbeats(status));
  return { status, changed, events };
}

// Models pkg/kubelet/nodestatus setters.go MachineInfo: what is not the kubelet's own stays
/** Extended resources that somebody wrote into the node's status. */
function advertised(status: NodeStatus | undefined): NodeStatus["capacity"] {
  return Object.fromEntries(Object.entries(status?.capacity ?? {}).filter(([name]) => name.includes("/")));
}

function withoutHeartbeats(status: NodeStatus): NodeStatus {
  return { ...status, conditions: (status.conditions ?? []).map(({ lastHeartbeatTime: _, ...rest }) => rest) };
}

/** The Node object that a kubelet registers. */
export function newNode(machine: Machine, now: string) {
  const { shape } = machine;
  const { status } = nodeReport(machine, false, undefined, now);
  return {
    apiVersion: "v1",
    kind: NODES.kind,
    metadata: { name: shape.name, labels: labelsOf(shape) },
    spec: {
      podCIDR: shape.podCidr,
      podCIDRs: [shape.podCidr],
      ...(shape.taints.length > 0 && { taints: shape.taints }),
    },
    status,
  };
}

/** A Node as events name it: kubelets give its name as its uid. */
export function nodeSubject(name: string) {
  return { apiVersion: "v1", kind: "Node", metadata: { name, uid: name } };
}

/** Whether the machine was started anew since this status was reported. */
export function hasRebooted(machine: Machine, node: Node): string | undefined {
  const bootId = nodeInfoOf(machine.shape, machine.boots).bootID;
  const known = node.status.nodeInfo?.bootID;
  return known !== undefined && known !== "" && known !== bootId ? bootId : undefined;
}
