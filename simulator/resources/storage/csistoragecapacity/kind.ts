import type { Kind } from "../../../api/kind.ts";
import { type FieldError, invalid } from "../../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../../api/meta/label-validation.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import { formatQuantity, quantityOf, signOf } from "../../../api/meta/quantity.ts";
import { NEGATIVE_ERROR, nameIsDnsSubdomain } from "../../../api/meta/validation.ts";
import { CSI_STORAGE_CAPACITIES, type CsiStorageCapacity } from "../../../api/volumes/refs.ts";
import { column, nameColumn, UNSET } from "../../columns.ts";

const TYPE = "CSIStorageCapacity";

export const csiStorageCapacityKind: Kind<CsiStorageCapacity> = {
  ref: CSI_STORAGE_CAPACITIES,
  singular: "csistoragecapacity",
  namespaced: true,
  type: TYPE,
  defaults: (object) => {
    object.storageClassName ??= "";
  },
  validate: validateCapacity,
  // Models pkg/apis/storage/validation ValidateCSIStorageCapacityUpdate
  validateUpdate: (object, old) => [
    ...validateCapacity(object),
    ...validateImmutable(object.nodeTopology, old.nodeTopology, "nodeTopology"),
    ...validateImmutable(object.storageClassName, old.storageClassName, "storageClassName"),
  ],
  indexes: { class: (object) => (object as CsiStorageCapacity).storageClassName },
  // Models pkg/printers/internalversion printCSIStorageCapacity
  columns: [
    nameColumn(),
    column("StorageClassName", "string", { type: TYPE, field: "storageClassName" }, (object) => {
      return object.storageClassName;
    }),
    column("Capacity", "string", { type: TYPE, field: "capacity" }, ({ capacity }) => capacity ?? UNSET),
  ],
};

// Models pkg/apis/storage/validation ValidateCSIStorageCapacity
function validateCapacity(object: CsiStorageCapacity): readonly FieldError[] {
  const { storageClassName: name, nodeTopology, capacity, maximumVolumeSize } = object;
  return [
    ...nameIsDnsSubdomain(name, false).map((text) => invalid("storageClassName", name, text)),
    ...validateLabelSelector(nodeTopology, "nodeTopology"),
    ...validateNotNegative(capacity, "capacity"),
    ...validateNotNegative(maximumVolumeSize, "maximumVolumeSize"),
  ];
}

function validateNotNegative(text: string | undefined, path: string): readonly FieldError[] {
  if (text === undefined) return [];
  const quantity = quantityOf(text);
  return signOf(quantity) < 0 ? [invalid(path, formatQuantity(quantity), NEGATIVE_ERROR)] : [];
}
