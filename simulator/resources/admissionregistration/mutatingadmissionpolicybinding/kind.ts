import type { Kind } from "../../../api/kind.ts";
import { MUTATING_ADMISSION_POLICY_BINDINGS, type MutatingAdmissionPolicyBinding } from "../../../api/refs.ts";
import { bindingColumns } from "../columns.ts";
import { defaultMatch } from "../defaults.ts";
import { validateBindingParts } from "../policies.ts";

export const mutatingAdmissionPolicyBindingKind: Kind<MutatingAdmissionPolicyBinding> = {
  ref: MUTATING_ADMISSION_POLICY_BINDINGS,
  singular: "mutatingadmissionpolicybinding",
  categories: ["api-extensions"],
  namespaced: false,
  type: "MutatingAdmissionPolicyBinding",
  hasGeneration: true,
  indexes: { policy: (object) => (object as MutatingAdmissionPolicyBinding).spec.policyName },
  defaults: (object) => {
    object.spec ??= {};
    defaultMatch(object.spec.matchResources);
  },
  validate: ({ spec }) => validateBindingParts(spec),
  validateUpdate: ({ spec }) => validateBindingParts(spec),
  columns: bindingColumns<MutatingAdmissionPolicyBinding>(),
};
