import { EVERY_OBJECT } from "../../../api/indexers.ts";
import type { Kind } from "../../../api/kind.ts";
import { VALIDATING_ADMISSION_POLICIES, type ValidatingAdmissionPolicy } from "../../../api/refs.ts";
import { column } from "../../columns.ts";
import { policyColumns } from "../columns.ts";
import { defaultMatch } from "../defaults.ts";
import { validatePolicy, validatePolicyStatus } from "./validation.ts";

export const validatingAdmissionPolicyKind: Kind<ValidatingAdmissionPolicy> = {
  ref: VALIDATING_ADMISSION_POLICIES,
  singular: "validatingadmissionpolicy",
  categories: ["api-extensions"],
  namespaced: false,
  type: "ValidatingAdmissionPolicy",
  hasGeneration: true,
  indexes: EVERY_OBJECT,
  defaults: (object) => {
    object.spec ??= {};
    object.spec.failurePolicy ??= "Fail";
    defaultMatch(object.spec.matchConstraints);
  },
  prepareCreate: (object) => ({ ...object, status: {} }),
  validate: validatePolicy,
  validateUpdate: validatePolicy,
  validateStatusUpdate: validatePolicyStatus,
  subresources: { status: true },
  columns: policyColumns(
    column(
      "Validations",
      "integer",
      "Validations indicates the number of validation rules defined in this configuration",
      ({ spec }) => spec.validations?.length ?? 0,
    ),
  ),
};
