import type { Kind } from "../../../api/kind.ts";
import { type FieldError, index } from "../../../api/meta/field-error.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { DeviceClass as DeviceClassType } from "../../../api/schema/generated/types.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { validateOpaque, validateSelectors } from "../claim-spec.ts";

type DeviceClass = Stored<DeviceClassType>;

export const deviceClassKind: Kind<DeviceClass> = {
  ref: resourceRef<DeviceClass>("resource.k8s.io", "v1", "deviceclasses", "DeviceClass"),
  singular: "deviceclass",
  namespaced: false,
  type: "DeviceClass",
  hasGeneration: true,
  defaults: (object) => {
    object.spec ??= {};
  },
  validate: validateClass,
  validateUpdate: validateClass,
  // Models pkg/printers/internalversion printDeviceClass
  columns: [nameColumn(), ageColumn()],
};

// Models pkg/apis/resource/validation validateDeviceClassSpec
function validateClass({ spec: { selectors = [], config = [] } }: DeviceClass): readonly FieldError[] {
  return [
    ...validateSelectors(selectors, "spec.selectors"),
    ...config.flatMap(({ opaque }, at) => validateOpaque(opaque, index("spec.config", at))),
  ];
}
