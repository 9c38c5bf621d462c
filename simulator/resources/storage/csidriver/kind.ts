import type { Kind } from "../../../api/kind.ts";
import { CSI_DRIVERS, type CsiDriver } from "../../../api/volumes/refs.ts";
import { equalJson } from "../../../base/json.ts";
import { ageColumn, column, nameColumn, UNSET } from "../../columns.ts";
import { validateCsiDriver, validateCsiDriverUpdate } from "./validation.ts";

const SPEC = "CSIDriverSpec";

export const csiDriverKind: Kind<CsiDriver> = {
  ref: CSI_DRIVERS,
  singular: "csidriver",
  namespaced: false,
  type: "CSIDriver",
  // Models pkg/apis/storage/v1 SetDefaults_CSIDriver
  defaults: (object) => {
    object.spec ??= {};
    const { spec } = object;
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= "ReadWriteOnceWithFSType";
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ["Persistent"];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  // Models pkg/registry/storage/csidriver PrepareForUpdate: only these fields count as a change, and none at creation.
  prepareUpdate: (object, old) => {
    const counted = ({ spec }: CsiDriver) => [spec.tokenRequests, spec.requiresRepublish, spec.seLinuxMount];
    if (equalJson(counted(object), counted(old))) return object;
    return { ...object, metadata: { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 } };
  },
  validate: validateCsiDriver,
  validateUpdate: validateCsiDriverUpdate,
  // Models pkg/printers/internalversion printCSIDriver
  columns: [
    nameColumn(),
    column("AttachRequired", "boolean", { type: SPEC, field: "attachRequired" }, (object) => {
      return object.spec.attachRequired ?? true;
    }),
    column("PodInfoOnMount", "boolean", { type: SPEC, field: "podInfoOnMount" }, (object) => {
      return object.spec.podInfoOnMount ?? false;
    }),
    column("StorageCapacity", "boolean", { type: SPEC, field: "storageCapacity" }, (object) => {
      return object.spec.storageCapacity ?? false;
    }),
    column("TokenRequests", "string", { type: SPEC, field: "tokenRequests" }, ({ spec: { tokenRequests } }) => {
      return tokenRequests?.map(({ audience }) => audience).join(",") ?? UNSET;
    }),
    column("RequiresRepublish", "boolean", { type: SPEC, field: "requiresRepublish" }, (object) => {
      return object.spec.requiresRepublish ?? false;
    }),
    column("Modes", "string", { type: SPEC, field: "volumeLifecycleModes" }, (object) => {
      return (object.spec.volumeLifecycleModes ?? []).join(",");
    }),
    ageColumn(),
  ],
};
