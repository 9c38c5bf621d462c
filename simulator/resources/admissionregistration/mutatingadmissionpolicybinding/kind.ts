import type { Kind } from "../../../api/kind.ts";
import type { Stored } from "../../../api/object.ts";
import { resourceRef } from "../../../api/refs.ts";
import type { MutatingAdmissionPolicyBinding as BindingType } from "../../../api/schema/generated/types.ts";
import { bindingColumns } from "../columns.ts";
import { defaultMatch } from "../defaults.ts";
import { validateBindingParts } from "../policies.ts";

type Binding = Stored<BindingType>;

const NAME = "MutatingAdmissionPolicyBinding";

export const mutatingAdmissionPolicyBindingKind: Kind<Binding> = {
  ref: resourceRef<Binding>("admissionregistration.k8s.io", "v1", "mutatingadmissionpolicybindings", NAME),
  singular: "mutatingadmissionpolicybinding",
  categories: ["api-extensions"],
  namespaced: false,
  type: NAME,
  hasGeneration: true,
  defaults: (object) => {
    object.spec ??= {};
    defaultMatch(object.spec.matchResources);
  },
  validate: ({ spec }) => validateBindingParts(spec),
  validateUpdate: ({ spec }) => validateBindingParts(spec),
  columns: bindingColumns<Binding>(),
};
