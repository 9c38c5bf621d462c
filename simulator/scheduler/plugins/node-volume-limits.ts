import type { Cache } from "../../api/client.ts";
import { joinKey, type KubeObject } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type Pod, STORAGE_CLASSES } from "../../api/refs.ts";
import { storageClassOf } from "../../api/volumes/annotations.ts";
import { claimsOfPod } from "../../api/volumes/claims.ts";
import { CSI_NODES, type CsiNode, VOLUME_ATTACHMENTS, type VolumeAttachment } from "../../api/volumes/refs.ts";
import { type PluginDefinition, rejected, SKIP } from "../framework.ts";

const NAME = "NodeVolumeLimits";
const EXCEEDED = rejected(NAME, "node(s) exceed max volume count");

/** How many volumes of a CSI driver a node can have. Models plugins/nodevolumelimits csi.go. */
export const nodeVolumeLimits: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: ({ objects }) => ({
    name: NAME,
    events: {
      "node/add": true,
      "pod/delete": (_pod, { pod }) => pod !== undefined && claimsOfPod(pod).length > 0,
      "claim/add": true,
      "volume/add": true,
      "attachment/delete": ({ pod }, { storage }) => {
        const { attacher } = (storage as VolumeAttachment).spec;
        return [...csiVolumes(objects, pod).values()].includes(attacher);
      },
      "csiNode/add": true,
      "csiNode/update": (_pod, { storage, previousStorage }) => allowsMore(storage, previousStorage),
    },
    preFilter: ({ pod }) => {
      const volumes = csiVolumes(objects, pod);
      return volumes.size === 0 ? SKIP : { state: volumes };
    },
    filter: (state, _pod, node) => {
      const limits = new Map<string, number>();
      for (const { name, allocatable } of objects.get(CSI_NODES, node.name)?.spec.drivers ?? []) {
        if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
      }
      if (limits.size === 0) return undefined;
      const attached = new Map<string, string>();
      for (const { pod } of node.pods.values()) for (const one of csiVolumes(objects, pod)) attached.set(...one);
      // What is attached still, though its pod has gone, takes up its place.
      for (const one of attachedTo(objects, node.name)) attached.set(...one);
      const counts = new Map<string, number>();
      const count = (driver: string) => counts.set(driver, (counts.get(driver) ?? 0) + 1);
      for (const driver of attached.values()) count(driver);
      for (const [volume, driver] of state as ReadonlyMap<string, string>) {
        if (attached.has(volume)) continue;
        count(driver);
        if ((counts.get(driver) ?? 0) > (limits.get(driver) ?? Number.POSITIVE_INFINITY)) return EXCEEDED;
      }
      return undefined;
    },
  }),
};

// Models getNodeVolumeAttachmentInfo
function attachedTo(objects: Cache, nodeName: string): readonly (readonly [volume: string, driver: string])[] {
  return [...objects.byIndex(VOLUME_ATTACHMENTS, "node", nodeName)].flatMap(({ spec: { attacher, source } }) => {
    const name = source.persistentVolumeName;
    const csi = name === undefined ? undefined : objects.get(PERSISTENT_VOLUMES, name)?.spec.csi;
    return csi === undefined ? [] : [[`${attacher}/${csi.volumeHandle}`, attacher] as const];
  });
}

// Models isSchedulableAfterCSINodeUpdated
/** Whether a driver of a node takes more volumes than before. */
function allowsMore(now: KubeObject | undefined, before: KubeObject | undefined): boolean {
  const counts = new Map(
    (before as CsiNode | undefined)?.spec.drivers.map((one) => [one.name, one.allocatable?.count]),
  );
  return ((now as CsiNode | undefined)?.spec.drivers ?? []).some(({ name, allocatable }) => {
    const { count } = allocatable ?? {};
    return count !== undefined && count > (counts.get(name) ?? 0);
  });
}

/** A pod's CSI volumes, each by its own name, and its driver: also of claims whose volume is still to be made. */
function csiVolumes(objects: Cache, pod: Pod): ReadonlyMap<string, string> {
  const volumes = new Map<string, string>();
  for (const { claimName } of claimsOfPod(pod)) {
    const key = joinKey(pod.metadata.namespace, claimName);
    const claim = objects.get(PERSISTENT_VOLUME_CLAIMS, key);
    if (claim === undefined) continue;
    const csi = claim.spec.volumeName ? objects.get(PERSISTENT_VOLUMES, claim.spec.volumeName)?.spec.csi : undefined;
    if (csi !== undefined) volumes.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
    else if (!claim.spec.volumeName) {
      const storageClass = objects.get(STORAGE_CLASSES, storageClassOf(claim));
      if (storageClass !== undefined) volumes.set(`claim ${key}`, storageClass.provisioner);
    }
  }
  return volumes;
}
