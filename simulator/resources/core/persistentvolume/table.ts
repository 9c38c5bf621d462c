import type { Column } from "../../../api/kind.ts";
import { formatQuantity, quantityOf } from "../../../api/meta/quantity.ts";
import type { PersistentVolume } from "../../../api/refs.ts";
import { storageClassOf } from "../../../api/volumes/annotations.ts";
import { ageColumn, nameColumn, UNSET } from "../../columns.ts";
import { accessModesText } from "../access-modes.ts";

const claimText = ({ spec: { claimRef } }: PersistentVolume): string =>
  claimRef ? `${claimRef.namespace ?? ""}/${claimRef.name ?? ""}` : "";

// Models pkg/printers/internalversion printPersistentVolume
export const persistentVolumeColumns: readonly Column<PersistentVolume>[] = [
  nameColumn(),
  {
    name: "Capacity",
    type: "string",
    description: { type: "PersistentVolumeSpec", field: "capacity" },
    priority: 0,
    cell: (object) => formatQuantity(quantityOf(object.spec.capacity?.storage)),
  },
  {
    name: "Access Modes",
    type: "string",
    description: { type: "PersistentVolumeSpec", field: "accessModes" },
    priority: 0,
    cell: (object) => accessModesText(object.spec.accessModes),
  },
  {
    name: "Reclaim Policy",
    type: "string",
    description: { type: "PersistentVolumeSpec", field: "persistentVolumeReclaimPolicy" },
    priority: 0,
    cell: (object) => object.spec.persistentVolumeReclaimPolicy ?? "",
  },
  {
    name: "Status",
    type: "string",
    description: { type: "PersistentVolumeStatus", field: "phase" },
    priority: 0,
    cell: ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? (status.phase ?? "") : "Terminating"),
  },
  {
    name: "Claim",
    type: "string",
    description:
      "claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding",
    priority: 0,
    cell: claimText,
  },
  { name: "StorageClass", type: "string", description: "StorageClass of the pv", priority: 0, cell: storageClassOf },
  {
    name: "VolumeAttributesClass",
    type: "string",
    description: "VolumeAttributesClass of the pv",
    priority: 0,
    cell: (object) => object.spec.volumeAttributesClassName ?? UNSET,
  },
  {
    name: "Reason",
    type: "string",
    description: { type: "PersistentVolumeStatus", field: "reason" },
    priority: 0,
    cell: (object) => object.status.reason ?? "",
  },
  ageColumn(),
  {
    name: "VolumeMode",
    type: "string",
    description: { type: "PersistentVolumeSpec", field: "volumeMode" },
    priority: 1,
    cell: (object) => object.spec.volumeMode ?? UNSET,
  },
];
