import type { PersistentVolume } from "../refs.ts";

/** The driver of the simulated network disks. */
export const CSI_DRIVER = "csi.simulation.tabernetes.dev";

/** How a node's status names a volume that has to be attached; undefined for those that need not be. */
export function attachedName({ spec: { csi } }: PersistentVolume): string | undefined {
  return csi && `kubernetes.io/csi/${csi.driver}^${csi.volumeHandle}`;
}
