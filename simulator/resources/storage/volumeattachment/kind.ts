import type { Kind } from "../../../api/kind.ts";
import { VOLUME_ATTACHMENTS, type VolumeAttachment } from "../../../api/volumes/refs.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";
import {
  validateVolumeAttachment,
  validateVolumeAttachmentStatusUpdate,
  validateVolumeAttachmentUpdate,
} from "./validation.ts";

export const volumeAttachmentKind: Kind<VolumeAttachment> = {
  ref: VOLUME_ATTACHMENTS,
  singular: "volumeattachment",
  namespaced: false,
  type: "VolumeAttachment",
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    spec.attacher ??= "";
    spec.nodeName ??= "";
    spec.source ??= {};
    object.spec = spec as typeof object.spec;
  },
  prepareCreate: (object) => ({ ...object, status: { attached: false } }),
  validate: validateVolumeAttachment,
  validateUpdate: validateVolumeAttachmentUpdate,
  validateStatusUpdate: validateVolumeAttachmentStatusUpdate,
  subresources: { status: true },
  indexes: {
    volume: (object) => (object as VolumeAttachment).spec.source.persistentVolumeName,
    node: (object) => (object as VolumeAttachment).spec.nodeName,
  },
  // Models pkg/printers/internalversion printVolumeAttachment
  columns: [
    nameColumn(),
    {
      ...column<VolumeAttachment>(
        "Attacher",
        "string",
        { type: "VolumeAttachmentSpec", field: "attacher" },
        (object) => {
          return object.spec.attacher;
        },
      ),
      format: "name",
    },
    column("PV", "string", { type: "VolumeAttachmentSource", field: "persistentVolumeName" }, (object) => {
      return object.spec.source.persistentVolumeName ?? "";
    }),
    column("Node", "string", { type: "VolumeAttachmentSpec", field: "nodeName" }, (object) => object.spec.nodeName),
    column("Attached", "boolean", { type: "VolumeAttachmentStatus", field: "attached" }, (object) => {
      return object.status.attached ?? false;
    }),
    ageColumn(),
  ],
};
