import type { Cache } from "../../api/client.ts";
import { NODES, type PersistentVolume } from "../../api/refs.ts";
import { attachedName } from "../../api/volumes/csi.ts";

/** Whether a volume is at a node: disks of a network have to be attached first, all others are there. */
export function isAttached(cache: Cache, volume: PersistentVolume, nodeName: string): boolean {
  const name = attachedName(volume);
  if (name === undefined) return true;
  return cache.get(NODES, nodeName)?.status.volumesAttached?.some((one) => one.name === name) === true;
}
