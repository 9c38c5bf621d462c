import type { Kind } from "../../../api/kind.ts";
import { STORAGE_CLASSES, type StorageClass } from "../../../api/refs.ts";
import { isDefaultClass } from "../../../api/volumes/annotations.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateStorageClass, validateStorageClassUpdate } from "./validation.ts";
import { storageClassWarnings } from "./warnings.ts";

export const storageClassKind: Kind<StorageClass> = {
  ref: STORAGE_CLASSES,
  singular: "storageclass",
  shortNames: ["sc"],
  namespaced: false,
  type: "StorageClass",
  // Models pkg/apis/storage/v1 SetDefaults_StorageClass
  defaults: (object) => {
    object.provisioner ??= "";
    object.reclaimPolicy ??= "Delete";
    object.volumeBindingMode ??= "Immediate";
  },
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  warnings: storageClassWarnings,
  indexes: {
    /** Those that claims without a class get: `true`. */
    default: (object) => (isDefaultClass(object) ? "true" : undefined),
  },
  // Models pkg/printers/internalversion printStorageClass
  columns: [
    {
      ...nameColumn<StorageClass>(),
      cell: (object) => (isDefaultClass(object) ? `${object.metadata.name} (default)` : object.metadata.name),
    },
    {
      name: "Provisioner",
      type: "string",
      description: { type: "StorageClass", field: "provisioner" },
      priority: 0,
      cell: (object) => object.provisioner,
    },
    {
      name: "ReclaimPolicy",
      type: "string",
      description: { type: "StorageClass", field: "reclaimPolicy" },
      priority: 0,
      cell: (object) => object.reclaimPolicy ?? "Delete",
    },
    {
      name: "VolumeBindingMode",
      type: "string",
      description: { type: "StorageClass", field: "volumeBindingMode" },
      priority: 0,
      cell: (object) => object.volumeBindingMode ?? "Immediate",
    },
    {
      name: "AllowVolumeExpansion",
      type: "string",
      description: { type: "StorageClass", field: "allowVolumeExpansion" },
      priority: 0,
      cell: (object) => object.allowVolumeExpansion ?? false,
    },
    ageColumn(),
  ],
};
