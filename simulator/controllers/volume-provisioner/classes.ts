import type { Incoming } from "../../api/object.ts";
import type { StorageClass } from "../../api/refs.ts";
import { localPath, networkDisk } from "./provisioners.ts";

/** The storage classes that a cluster for learners begins with: the default one as kind has it, and one of network disks. */
export const initialStorageClasses: readonly Incoming<StorageClass>[] = [
  {
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: localPath.name,
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
  },
  {
    metadata: { name: "network-disk" },
    provisioner: networkDisk.name,
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
    allowVolumeExpansion: true,
  },
];
