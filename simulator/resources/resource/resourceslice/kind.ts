import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { ResourceSlice as ResourceSliceType } from "../../../api/schema/generated/types.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";
import { validateSlice, validateSliceUpdate } from "./validation.ts";

export type ResourceSlice = Stored<ResourceSliceType>;

const SPEC = "ResourceSliceSpec";

export const resourceSliceKind: Kind<ResourceSlice> = {
  ref: resourceRef<ResourceSlice>("resource.k8s.io", "v1", "resourceslices", "ResourceSlice"),
  singular: "resourceslice",
  namespaced: false,
  type: "ResourceSlice",
  hasGeneration: true,
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    spec.driver ??= "";
    spec.pool ??= { name: "", generation: 0, resourceSliceCount: 0 };
    object.spec = spec as typeof object.spec;
  },
  validate: validateSlice,
  validateUpdate: validateSliceUpdate,
  // Models pkg/apis/resource/v1 addConversionFuncs: fields that slices are found by
  selectableFields: {
    "spec.nodeName": ({ spec }) => spec.nodeName ?? "",
    "spec.driver": ({ spec }) => spec.driver,
  },
  // Models pkg/printers/internalversion printResourceSlice
  columns: [
    nameColumn(),
    column("Node", "string", { type: SPEC, field: "nodeName" }, ({ spec }) => spec.nodeName || "<unset>"),
    column("Driver", "string", { type: SPEC, field: "driver" }, ({ spec }) => spec.driver),
    column("Pool", "string", { type: "ResourcePool", field: "name" }, ({ spec }) => spec.pool.name),
    ageColumn(),
  ],
};
