import type { Column } from "../../../api/kind.ts";
import { formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import type { PersistentVolumeClaim } from "../../../api/refs.ts";
import { storageClassOf } from "../../../api/volumes/annotations.ts";
import { ageColumn, nameColumn, UNSET } from "../../columns.ts";
import { accessModesText } from "../access-modes.ts";

// Models pkg/printers/internalversion printPersistentVolumeClaim
export const claimColumns: readonly Column<PersistentVolumeClaim>[] = [
  nameColumn(),
  {
    name: "Status",
    type: "string",
    description: { type: "PersistentVolumeClaimStatus", field: "phase" },
    priority: 0,
    cell: ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? "") : "Terminating"),
  },
  {
    name: "Volume",
    type: "string",
    description: { type: "PersistentVolumeClaimSpec", field: "volumeName" },
    priority: 0,
    cell: (object) => object.spec.volumeName ?? "",
  },
  {
    name: "Capacity",
    type: "string",
    description: { type: "PersistentVolumeClaimStatus", field: "capacity" },
    priority: 0,
    cell: ({ spec, status }) => (spec.volumeName ? formatQuantity(quantityOf(status.capacity?.storage)) : ""),
  },
  {
    name: "Access Modes",
    type: "string",
    description: { type: "PersistentVolumeClaimStatus", field: "accessModes" },
    priority: 0,
    cell: ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : ""),
  },
  { name: "StorageClass", type: "string", description: "StorageClass of the pvc", priority: 0, cell: storageClassOf },
  {
    name: "VolumeAttributesClass",
    type: "string",
    description: "VolumeAttributesClass of the pvc",
    priority: 0,
    cell: (object) => object.spec.volumeAttributesClassName ?? UNSET,
  },
  ageColumn(),
  {
    name: "VolumeMode",
    type: "string",
    description: { type: "PersistentVolumeClaimSpec", field: "volumeMode" },
    priority: 1,
    cell: (object) => object.spec.volumeMode ?? UNSET,
  },
];
