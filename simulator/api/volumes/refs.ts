import type { Stored } from "../object.ts";
import { resourceRef } from "../refs.ts";
import type * as types from "../schema/generated/types.ts";

export type VolumeAttachment = Stored<types.VolumeAttachment>;
export type CsiNode = Stored<types.CSINode>;
export type CsiDriver = Stored<types.CSIDriver>;
export type CsiStorageCapacity = Stored<types.CSIStorageCapacity>;

export const VOLUME_ATTACHMENTS = resourceRef<VolumeAttachment>(
  "storage.k8s.io",
  "v1",
  "volumeattachments",
  "VolumeAttachment",
);
export const CSI_DRIVERS = resourceRef<CsiDriver>("storage.k8s.io", "v1", "csidrivers", "CSIDriver");
export const CSI_STORAGE_CAPACITIES = resourceRef<CsiStorageCapacity>(
  "storage.k8s.io",
  "v1",
  "csistoragecapacities",
  "CSIStorageCapacity",
);
export const CSI_NODES = resourceRef<CsiNode>("storage.k8s.io", "v1", "csinodes", "CSINode");
