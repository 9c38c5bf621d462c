import type { PolicyCompiler } from "../../../api/admission/policies/environment.ts";
import { EVERY_OBJECT } from "../../../api/indexers.ts";
import type { Kind } from "../../../api/kind.ts";
import { child, type FieldError, index, notSupported, required } from "../../../api/meta/field-error.ts";
import { MUTATING_ADMISSION_POLICIES, type MutatingAdmissionPolicy } from "../../../api/refs.ts";
import type { Mutation } from "../../../api/schema/generated/types.ts";
import { column } from "../../columns.ts";
import { policyColumns } from "../columns.ts";
import { compileErrors } from "../conditions.ts";
import { defaultMatch } from "../defaults.ts";
import { compilerOf, validatePolicyParts } from "../policies.ts";

const PATCH_TYPES = ["ApplyConfiguration", "JSONPatch"];
const REINVOCATION_POLICIES = ["IfNeeded", "Never"];

export const mutatingAdmissionPolicyKind: Kind<MutatingAdmissionPolicy> = {
  ref: MUTATING_ADMISSION_POLICIES,
  singular: "mutatingadmissionpolicy",
  categories: ["api-extensions"],
  namespaced: false,
  type: "MutatingAdmissionPolicy",
  hasGeneration: true,
  indexes: EVERY_OBJECT,
  defaults: (object) => {
    object.spec ??= {};
    object.spec.failurePolicy ??= "Fail";
    object.spec.reinvocationPolicy ??= "Never";
    defaultMatch(object.spec.matchConstraints);
  },
  validate: validatePolicy,
  validateUpdate: validatePolicy,
  columns: policyColumns(
    column(
      "Mutations",
      "integer",
      "Mutation indicates the number of mutations rules defined in this configuration",
      ({ spec }) => spec.mutations?.length ?? 0,
    ),
  ),
};

// Models pkg/apis/admissionregistration/validation validateMutatingAdmissionPolicySpec
function validatePolicy({ spec }: MutatingAdmissionPolicy): readonly FieldError[] {
  const { mutations = [], reinvocationPolicy: policy } = spec;
  const path = "spec.reinvocationPolicy";
  const compiler = compilerOf(spec, true);
  return [
    ...validatePolicyParts(spec, compiler),
    ...(mutations.length === 0 ? [required("spec.mutations", "mutations must contain at least one item")] : []),
    ...mutations.flatMap((mutation, at) => validateMutation(mutation, index("spec.mutations", at), compiler)),
    ...(policy === undefined
      ? [required(path)]
      : REINVOCATION_POLICIES.includes(policy)
        ? []
        : [notSupported(path, policy, REINVOCATION_POLICIES)]),
  ];
}

function validateMutation(mutation: Mutation, path: string, compiler: PolicyCompiler): readonly FieldError[] {
  const { patchType, applyConfiguration, jsonPatch } = mutation;
  if (!patchType) return [required(child(path, "patchType"))];
  if (!PATCH_TYPES.includes(patchType)) return [notSupported(child(path, "patchType"), patchType, PATCH_TYPES)];
  const isApply = patchType === "ApplyConfiguration";
  const field = isApply ? "applyConfiguration" : "jsonPatch";
  const given = isApply ? applyConfiguration : jsonPatch;
  if (given === undefined) return [required(child(path, field), `must be specified when patchType is ${patchType}`)];
  const { expression = "" } = given;
  const expressionPath = child(path, field, "expression");
  if (expression.trim() === "") return [required(expressionPath, "expression is not specified")];
  return compileErrors(compiler.compileMutation(mutation), expression, expressionPath);
}
