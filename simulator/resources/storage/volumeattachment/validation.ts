import { child, type FieldError, forbidden, invalid, required, tooLong } from "../../../api/meta/field-error.ts";
import { byteLength } from "../../../api/meta/go-text.ts";
import { IMMUTABLE_ERROR, nameIsDnsSubdomain } from "../../../api/meta/validation.ts";
import type { VolumeAttachmentSource, VolumeError } from "../../../api/schema/generated/types.ts";
import type { VolumeAttachment } from "../../../api/volumes/refs.ts";
import { equalJson } from "../../../base/json.ts";
import { validateCsiDriverName } from "../../core/pod/validation/volume-network.ts";

const MAX_METADATA_BYTES = 256 * 1024;
const MAX_MESSAGE_BYTES = 1024;
const ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";

// Models pkg/apis/storage/validation ValidateVolumeAttachment and ValidateVolumeAttachmentV1
export function validateVolumeAttachment(object: VolumeAttachment): readonly FieldError[] {
  const { attacher, source, nodeName } = object.spec;
  const volume = source.persistentVolumeName;
  return [
    ...(attacher === "" ? [required("spec.attacher")] : []),
    ...validateSource(source),
    ...nameIsDnsSubdomain(nodeName, false).map((text) => invalid("spec.nodeName", nodeName, text)),
    ...validateVolumeAttachmentStatusUpdate(object),
    ...validateCsiDriverName(attacher, "spec.attacher"),
    ...(volume === undefined
      ? []
      : nameIsDnsSubdomain(volume, false).map((text) => invalid("spec.source.persistentVolumeName", volume, text))),
  ];
}

// Models pkg/apis/storage/validation ValidateVolumeAttachmentUpdate
export function validateVolumeAttachmentUpdate(object: VolumeAttachment, old: VolumeAttachment): readonly FieldError[] {
  const errors = validateVolumeAttachment(object);
  return equalJson(object.spec, old.spec) ? errors : [...errors, invalid("spec", object.spec, IMMUTABLE_ERROR)];
}

export function validateVolumeAttachmentStatusUpdate({ status }: VolumeAttachment): readonly FieldError[] {
  const { attachError, detachError, attachmentMetadata = {} } = status ?? {};
  const bytes = Object.entries(attachmentMetadata).reduce((sum, [key, value]) => {
    return sum + byteLength(key) + byteLength(value);
  }, 0);
  return [
    ...(bytes > MAX_METADATA_BYTES ? [tooLong("status.attachmentMetadata", MAX_METADATA_BYTES)] : []),
    ...validateVolumeError(attachError, "status.attachError"),
    ...validateVolumeError(detachError, "status.detachError"),
  ];
}

function validateSource({ inlineVolumeSpec, persistentVolumeName: name }: VolumeAttachmentSource) {
  const path = "spec.source";
  if (inlineVolumeSpec === undefined && name === undefined) return [required(path, ONE_SOURCE)];
  if (inlineVolumeSpec !== undefined && name !== undefined) return [forbidden(path, ONE_SOURCE)];
  return name === ""
    ? [required(child(path, "persistentVolumeName"), "must specify non empty persistentVolumeName")]
    : [];
}

function validateVolumeError(error: VolumeError | undefined, path: string): readonly FieldError[] {
  return byteLength(error?.message ?? "") > MAX_MESSAGE_BYTES
    ? [tooLong(child(path, "message"), MAX_MESSAGE_BYTES)]
    : [];
}
