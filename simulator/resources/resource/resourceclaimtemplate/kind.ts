import type { Kind } from "../../../api/kind.ts";
import { validateImmutable } from "../../../api/meta/object-meta.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { ResourceClaimTemplate as TemplateType } from "../../../api/schema/generated/types.ts";
import { ageColumn, nameColumn } from "../../columns.ts";
import { defaultClaim, validateClaimSpec } from "../claim-spec.ts";

type ResourceClaimTemplate = Stored<TemplateType>;

export const resourceClaimTemplateKind: Kind<ResourceClaimTemplate> = {
  ref: resourceRef<ResourceClaimTemplate>("resource.k8s.io", "v1", "resourceclaimtemplates", "ResourceClaimTemplate"),
  singular: "resourceclaimtemplate",
  namespaced: true,
  type: "ResourceClaimTemplate",
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    spec.metadata ??= {};
    spec.spec ??= {};
    spec.spec.devices ??= {};
    defaultClaim(spec.spec);
    object.spec = spec as typeof object.spec;
  },
  validate: ({ spec }) => validateClaimSpec(spec.spec, "spec.spec"),
  validateUpdate: (object, old) => validateImmutable(object.spec, old.spec, "spec"),
  // Models pkg/printers/internalversion printResourceClaimTemplate
  columns: [nameColumn(), ageColumn()],
};
