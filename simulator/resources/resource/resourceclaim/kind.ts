import type { Kind } from "../../../api/kind.ts";
import { child, type FieldError, forbidden, required } from "../../../api/meta/field-error.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { ResourceV1ResourceClaim } from "../../../api/schema/generated/types.ts";
import { ageColumn, column, nameColumn } from "../../columns.ts";
import { defaultClaim, validateClaimSpec, validateSet } from "../claim-spec.ts";

type ResourceClaim = Stored<ResourceV1ResourceClaim>;

const MAX_CONSUMERS = 256;

export const resourceClaimKind: Kind<ResourceClaim> = {
  ref: resourceRef<ResourceClaim>("resource.k8s.io", "v1", "resourceclaims", "ResourceClaim"),
  singular: "resourceclaim",
  namespaced: true,
  type: "ResourceV1ResourceClaim",
  defaults: (object) => {
    object.spec ??= {};
    object.spec.devices ??= {};
    defaultClaim(object.spec);
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  validate: ({ spec }) => validateClaimSpec(spec, "spec"),
  validateUpdate: (object, old) => validateImmutable(object.spec, old.spec, "spec"),
  validateStatusUpdate,
  subresources: { status: true },
  // Models pkg/printers/internalversion printResourceClaim
  columns: [
    nameColumn(),
    column("State", "string", "A summary of the current state (allocated, pending, reserved, etc.).", stateText),
    ageColumn(),
  ],
};

// Models pkg/apis/resource/validation ValidateResourceClaimStatusUpdate; what an allocation holds is not looked at
function validateStatusUpdate({ status }: ResourceClaim, old: ResourceClaim): readonly FieldError[] {
  const { reservedFor = [], allocation } = status ?? {};
  const path = "status.reservedFor";
  const errors = validateSet(
    reservedFor,
    MAX_CONSUMERS,
    path,
    ({ uid }) => uid ?? "",
    ({ resource, name, uid }, at) => [
      ...(resource ? [] : [required(child(at, "resource"))]),
      ...(name ? [] : [required(child(at, "name"))]),
      ...(uid ? [] : [required(child(at, "uid"))]),
    ],
  );
  return [
    ...errors,
    ...(reservedFor.length > 0 && allocation === undefined
      ? [forbidden(path, "may not be specified when `allocated` is not set")]
      : []),
    ...(allocation !== undefined && old.status?.allocation !== undefined
      ? validateImmutable(allocation, old.status.allocation, "status.allocation")
      : []),
  ];
}

// Models pkg/printers/internalversion resourceClaimState
function stateText({ metadata, status }: ResourceClaim): string {
  const states = [
    ...(metadata.deletionTimestamp === undefined ? [] : ["deleted"]),
    ...(status?.allocation === undefined
      ? metadata.deletionTimestamp === undefined
        ? ["pending"]
        : []
      : ["allocated", ...(status.reservedFor?.length ? ["reserved"] : [])]),
  ];
  return states.join(",");
}
