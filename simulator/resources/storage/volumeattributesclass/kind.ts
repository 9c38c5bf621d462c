import type { Kind } from "../../../api/kind.ts";
import { type FieldError, forbidden } from "../../../api/meta/field-error.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { VolumeAttributesClass as VolumeAttributesClassType } from "../../../api/schema/generated/types.ts";
import { equalJson } from "../../../base/json.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";
import { validateCsiDriverName } from "../../core/pod/validation/volume-network.ts";
import { validateParameters } from "../parameters.ts";

type VolumeAttributesClass = Stored<VolumeAttributesClassType>;

const TYPE = "VolumeAttributesClass";
export const VOLUME_ATTRIBUTES_CLASSES = resourceRef<VolumeAttributesClass>(
  "storage.k8s.io",
  "v1",
  "volumeattributesclasses",
  TYPE,
);
/** Keeps a class while volumes or claims name it. */
export const VAC_PROTECTION = "kubernetes.io/vac-protection";

export const volumeAttributesClassKind: Kind<VolumeAttributesClass> = {
  ref: VOLUME_ATTRIBUTES_CLASSES,
  singular: "volumeattributesclass",
  shortNames: ["vac"],
  namespaced: false,
  type: TYPE,
  defaults: (object) => {
    object.driverName ??= "";
  },
  // Models plugin/pkg/admission/storage/storageobjectinuseprotection
  prepareCreate: (object) => {
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(VAC_PROTECTION)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, VAC_PROTECTION] } };
  },
  // Models pkg/apis/storage/validation ValidateVolumeAttributesClass
  validate: ({ driverName, parameters }) => [
    ...validateCsiDriverName(driverName, "driverName"),
    ...validateParameters(parameters ?? {}, false),
  ],
  validateUpdate: validateClassUpdate,
  // Models pkg/printers/internalversion printVolumeAttributesClass
  columns: [
    nameColumn(),
    column("DriverName", "string", { type: TYPE, field: "driverName" }, (object) => object.driverName),
    ageColumn(),
  ],
};

// Models pkg/apis/storage/validation ValidateVolumeAttributesClassUpdate
function validateClassUpdate(object: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  return [
    ...(object.driverName === old.driverName ? [] : [forbidden("driverName", "updates to driverName are forbidden.")]),
    ...(equalJson(object.parameters, old.parameters)
      ? []
      : [forbidden("parameters", "updates to parameters are forbidden.")]),
  ];
}
