import { joinKey } from "../../api/object.ts";
import { PERSISTENT_VOLUME_CLAIMS, PODS, type Pod } from "../../api/refs.ts";
import type { Volume } from "../../api/schema/generated/types.ts";
import { claimsOfPod } from "../../api/volumes/claims.ts";
import {
  type ClusterEvent,
  type PluginDefinition,
  type PluginHandle,
  rejected,
  SKIP,
  unresolvable,
} from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import type { PodInfo } from "../pod-info.ts";

const NAME = "VolumeRestrictions";
const DISK_TAKEN = rejected(NAME, "node(s) had no available disk");
const POD_HAS_CLAIM = rejected(
  NAME,
  "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
);

interface Restricted {
  /** Disks that only one pod of a node may have. */
  readonly disks: readonly Volume[];
  /** Keys of claims that only one pod may have. */
  readonly alone: readonly string[];
}

/** Volumes that pods can't share. Models plugins/volumerestrictions. */
export const volumeRestrictions: PluginDefinition = {
  name: NAME,
  weight: 0,
  create: (handle) => ({
    name: NAME,
    events: {
      "node/add": true,
      "claim/add": isOwnClaim,
      "pod/delete": (pod, { pod: gone }) => gone !== undefined && sharesVolume(pod.pod, gone),
    },
    preFilter: ({ pod }) => {
      const disks = (pod.spec.volumes ?? []).filter(isDisk);
      const alone: string[] = [];
      for (const { claimName, isEphemeral } of claimsOfPod(pod)) {
        const key = joinKey(pod.metadata.namespace, claimName);
        if (isEphemeral) continue;
        const claim = handle.objects.get(PERSISTENT_VOLUME_CLAIMS, key);
        if (claim === undefined) return unresolvable(NAME, `persistentvolumeclaim "${claimName}" not found`);
        if (claim.spec.accessModes?.includes("ReadWriteOncePod")) alone.push(key);
      }
      return disks.length + alone.length === 0 ? SKIP : { state: { disks, alone } };
    },
    filter: (state, pod, node) => {
      const { disks, alone } = state as Restricted;
      if (disks.some((disk) => isTaken(disk, node))) return DISK_TAKEN;
      return alone.some((key) => isClaimInUse(handle, key, pod)) ? POD_HAS_CLAIM : undefined;
    },
  }),
};

function isOwnClaim({ pod, namespace }: PodInfo, { storage }: ClusterEvent): boolean {
  if (storage?.metadata.namespace !== namespace) return false;
  return claimsOfPod(pod).some(({ claimName }) => claimName === storage.metadata.name);
}

function isDisk({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean {
  return Boolean(gcePersistentDisk || awsElasticBlockStore || rbd || iscsi);
}

function isTaken(disk: Volume, node: NodeInfo): boolean {
  for (const { pod } of node.pods.values()) {
    if (pod.spec.volumes?.some((other) => collide(disk, other))) return true;
  }
  return false;
}

// Models isVolumeConflict
/** Whether two volumes are one disk that can't be mounted twice. Readers may share, but for EBS. */
function collide(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    const areReaders = a.gcePersistentDisk.readOnly === true && b.gcePersistentDisk.readOnly === true;
    if (a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !areReaders) return true;
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore) {
    if (a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID) return true;
  }
  if (a.iscsi && b.iscsi) {
    // Two paths to one target: the portal may differ.
    const areReaders = a.iscsi.readOnly === true && b.iscsi.readOnly === true;
    if (a.iscsi.iqn === b.iscsi.iqn && !areReaders) return true;
  }
  if (a.rbd && b.rbd) {
    const [one, other] = [a.rbd, b.rbd];
    const areReaders = one.readOnly === true && other.readOnly === true;
    const shareMonitor = one.monitors.some((monitor) => other.monitors.includes(monitor));
    if (shareMonitor && one.pool === other.pool && one.image === other.image && !areReaders) return true;
  }
  return false;
}

/** Whether another pod with a node has the claim: as the node cache has it, where preemption takes pods away for a try. */
function isClaimInUse({ objects, nodes }: PluginHandle, key: string, { key: own }: PodInfo): boolean {
  for (const pod of objects.byIndex(PODS, "claim", key)) {
    const podKey = joinKey(pod.metadata.namespace, pod.metadata.name);
    const nodeName = podKey === own ? undefined : nodes.nodeOf(podKey);
    if (nodeName !== undefined && nodes.get(nodeName)?.pods.has(podKey)) return true;
  }
  return false;
}

// Models isSchedulableAfterPodDeleted
function sharesVolume(pod: Pod, gone: Pod): boolean {
  const disks = (pod.spec.volumes ?? []).filter(isDisk);
  if (disks.some((disk) => gone.spec.volumes?.some((other) => collide(disk, other)))) return true;
  if (pod.metadata.namespace !== gone.metadata.namespace) return false;
  const names = claimsOfPod(gone).map(({ claimName }) => claimName);
  return claimsOfPod(pod).some(({ claimName }) => names.includes(claimName));
}
