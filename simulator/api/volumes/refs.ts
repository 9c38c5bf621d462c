import type { Stored } from "../object.ts";
import { resourceRef } from "../refs.ts";
import type * as types from "../schema/generated/types.ts";

export type VolumeAttachment = Stored<types.VolumeAttachment>;
export type CsiNode = Stored<types.CSINode>;

export const VOLUME_ATTACHMENTS = resourceRef<VolumeAttachment>(
  "storage.k8s.io",
  "v1",
  "volumeattachments",
  "VolumeAttachment",
);
export const CSI_NODES = resourceRef<CsiNode>("storage.k8s.io", "v1", "csinodes", "CSINode");
