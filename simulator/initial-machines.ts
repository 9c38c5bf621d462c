import type { Pod } from "./api/schema/generated/types.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { KUBE_PROXY_IMAGE } from "./node/addons.ts";
import { controlPlaneManifests, imagesOfManifests, kubeProxyManifest } from "./node/control-plane.ts";
import type { Machines } from "./node/machines.ts";
import { controlPlaneShape, machineShape, type NodeShape, POD_CIDR, zoneLabels } from "./node/node-shape.ts";

const REGION = "local";
const ZONES = ["zone-a", "zone-b", "zone-c"];
const SERVICE_CIDR = "10.96.0.0/12";

/** Where the API server listens: the address of the machine that `controlPlaneShape` puts first. */
export const API_SERVER_IP = "10.0.0.2";

/** Sets up the machines of a new cluster, without power: one for the control plane, and workers spread over zones. */
export function setUpMachines(machines: Machines, { workers, proxyDaemonSet }: ClusterOptions): void {
  const proxy = proxyDaemonSet ? [] : [kubeProxyManifest(POD_CIDR)];
  const first = controlPlaneShape("control-plane", 0, { labels: zoneLabels(REGION, "zone-a") });
  const options = {
    nodeName: first.name,
    address: first.address,
    podCidr: POD_CIDR,
    serviceCidr: SERVICE_CIDR,
  };
  install(machines, first, [...controlPlaneManifests(options), ...proxy]);
  for (let index = 1; index <= workers; index++) {
    const zone = ZONES[(index - 1) % ZONES.length] ?? "";
    install(machines, machineShape(`node-${index}`, index, { labels: zoneLabels(REGION, zone) }), proxy);
  }
}

/** Sets up one more worker, without power. */
export function installWorker(
  machines: Machines,
  shape: NodeShape,
  options: Pick<ClusterOptions, "proxyDaemonSet">,
): void {
  install(machines, shape, options.proxyDaemonSet ? [] : [kubeProxyManifest(POD_CIDR)]);
}

/** A machine as its installer leaves it: with the images of what it runs, and of kube-proxy, on its disk. */
function install(machines: Machines, shape: NodeShape, manifests: readonly Pod[]): void {
  const machine = machines.add(shape, manifests);
  for (const image of [...imagesOfManifests(manifests), KUBE_PROXY_IMAGE]) machine.images.add(image);
}
