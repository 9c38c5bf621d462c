import type { Node, NodeSystemInfo, Taint } from "../api/schema/generated/types.ts";
import type { EvictionConfiguration } from "./eviction-settings.ts";
import { hexOf, uuidOf } from "./ids.ts";

/** The range of all pods, as the control plane is told it; with many machines it goes on beyond, see `podCidrOf`. */
export const POD_CIDR = "10.244.0.0/16";

export const KUBELET_VERSION = "v1.36.2";

/** A simulated machine as its kubelet describes it. */
export interface NodeShape {
  readonly name: string;
  /** Its address in the machines' network. */
  readonly address: string;
  /** The range that its pods' addresses come from. */
  readonly podCidr: string;
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
  readonly ephemeralStorage: string;
  /** Resources besides, such as `nvidia.com/gpu`. */
  readonly extended: { readonly [resource: string]: string };
  readonly labels: { readonly [key: string]: string };
  readonly taints: readonly Taint[];
  /** Settings of its kubelet; absent: its own. */
  readonly kubelet?: EvictionConfiguration;
}

export const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

/** Shape of the n-th machine (from 0) of a cluster: 4 CPU, 8Gi and 110 pods unless `more` says otherwise. */
export function machineShape(name: string, index: number, more: Partial<NodeShape> = {}): NodeShape {
  return {
    address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 2}`,
    podCidr: podCidrOf(index),
    cpu: "4",
    memory: "8Gi",
    pods: 110,
    ephemeralStorage: "100Gi",
    extended: {},
    labels: {},
    taints: [],
    ...more,
    name,
  };
}

/** Shape of a control-plane machine: labelled as kubeadm does, and tainted, so that ordinary pods keep away. */
export function controlPlaneShape(name: string, index: number, more: Partial<NodeShape> = {}): NodeShape {
  return machineShape(name, index, {
    ...more,
    labels: {
      [CONTROL_PLANE_LABEL]: "",
      "node.kubernetes.io/exclude-from-external-load-balancers": "",
      ...more.labels,
    },
    taints: more.taints ?? [{ key: CONTROL_PLANE_LABEL, effect: "NoSchedule" }],
  });
}

/** Labels that put a machine in a zone. */
export function zoneLabels(region: string, zone: string): { readonly [key: string]: string } {
  return { "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone };
}

/** The n-th /24 of the pod range 10.244.0.0/16; with more than 256 machines the range goes on at 10.245 and up. */
function podCidrOf(index: number): string {
  return `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`;
}

/** What `status.capacity` says. */
export function capacityOf(shape: NodeShape): { readonly [resource: string]: string } {
  return {
    cpu: shape.cpu,
    "ephemeral-storage": shape.ephemeralStorage,
    memory: shape.memory,
    pods: String(shape.pods),
    ...shape.extended,
  };
}

/** Well-known labels that a kubelet gives its node, and the machine's own. */
export function labelsOf(shape: NodeShape): { readonly [key: string]: string } {
  return {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": shape.name,
    "kubernetes.io/os": "linux",
    ...shape.labels,
  };
}

/** `status.nodeInfo`; the boot id changes with each start of the machine. */
export function nodeInfoOf(shape: NodeShape, boots: number): NodeSystemInfo {
  return {
    architecture: "amd64",
    bootID: uuidOf(`${shape.name}/boot/${boots}`),
    containerRuntimeVersion: "containerd://2.2.1",
    kernelVersion: "6.12.48+deb13-amd64",
    kubeProxyVersion: "",
    kubeletVersion: KUBELET_VERSION,
    machineID: hexOf(`${shape.name}/machine`, 32),
    operatingSystem: "linux",
    osImage: "Debian GNU/Linux 13 (trixie)",
    systemUUID: uuidOf(`${shape.name}/system`),
  };
}

/** `status.addresses`. */
export function addressesOf(shape: NodeShape): NonNullable<Node["status"]>["addresses"] {
  return [
    { type: "InternalIP", address: shape.address },
    { type: "Hostname", address: shape.name },
  ];
}
