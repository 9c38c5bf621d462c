import type { Kind } from "../../../api/kind.ts";
import { duplicate, type FieldError, index, invalid, notSupported, required } from "../../../api/meta/field-error.ts";
import { VALIDATING_ADMISSION_POLICY_BINDINGS, type ValidatingAdmissionPolicyBinding } from "../../../api/refs.ts";
import { bindingColumns } from "../columns.ts";
import { defaultMatch } from "../defaults.ts";
import { validateBindingParts } from "../policies.ts";

const ACTIONS = ["Audit", "Deny", "Warn"];
const PATH = "spec.validationActions";

export const validatingAdmissionPolicyBindingKind: Kind<ValidatingAdmissionPolicyBinding> = {
  ref: VALIDATING_ADMISSION_POLICY_BINDINGS,
  singular: "validatingadmissionpolicybinding",
  categories: ["api-extensions"],
  namespaced: false,
  type: "ValidatingAdmissionPolicyBinding",
  hasGeneration: true,
  indexes: { policy: (object) => (object as ValidatingAdmissionPolicyBinding).spec.policyName },
  defaults: (object) => {
    const spec: Partial<typeof object.spec> = object.spec ?? {};
    defaultMatch(spec.matchResources);
    object.spec = spec as typeof object.spec;
  },
  validate: validateBinding,
  validateUpdate: validateBinding,
  columns: bindingColumns<ValidatingAdmissionPolicyBinding>(),
};

// Models pkg/apis/admissionregistration/validation validateValidatingAdmissionPolicyBindingSpec
function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): readonly FieldError[] {
  return [...validateBindingParts(spec), ...validateActions(spec.validationActions ?? [])];
}

function validateActions(actions: readonly string[]): readonly FieldError[] {
  const errors = actions.flatMap((action, at) => [
    ...(ACTIONS.includes(action) ? [] : [notSupported(index(PATH, at), action, ACTIONS)]),
    ...(actions.indexOf(action) < at ? [duplicate(index(PATH, at), action)] : []),
  ]);
  if (actions.includes("Deny") && actions.includes("Warn")) {
    const text =
      "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)";
    errors.push(invalid(PATH, actions, text));
  }
  if (actions.length === 0) errors.push(required(PATH, "at least one validation action is required"));
  return errors;
}
