import { PolicyCompiler } from "../../api/admission/policies/environment.ts";
import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from "../../api/meta/field-error.ts";
import { validateLabelSelector } from "../../api/meta/label-validation.ts";
import {
  isDns1035Label,
  isDns1123Subdomain,
  isPathSegmentName,
  nameIsDnsSubdomain,
} from "../../api/meta/validation.ts";
import type {
  MatchCondition,
  MatchResources,
  ParamKind,
  ParamRef,
  Variable,
} from "../../api/schema/generated/types.ts";
import { compileErrors, FAILURE_POLICIES, validateMatchConditions } from "./conditions.ts";
import { validateMatch } from "./rules.ts";

/** What validating and mutating policies have in common. */
export interface PolicyParts {
  readonly failurePolicy?: string;
  readonly paramKind?: ParamKind;
  readonly matchConstraints?: MatchResources;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly Variable[];
}

/** What bindings of either sort have in common. */
export interface BindingParts {
  readonly policyName?: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: MatchResources;
}

/** Compiles a policy's expressions. */
export function compilerOf({ paramKind, variables }: PolicyParts, hasPatchTypes = false): PolicyCompiler {
  return new PolicyCompiler({ hasParams: paramKind !== undefined, hasAuthorizer: true, hasPatchTypes }, variables);
}

/** The common parts of a policy's spec. Models pkg/apis/admissionregistration/validation validateValidatingAdmissionPolicySpec. */
export function validatePolicyParts(spec: PolicyParts, compiler: PolicyCompiler): readonly FieldError[] {
  const { failurePolicy, paramKind, matchConstraints: match, matchConditions = [], variables = [] } = spec;
  const path = "spec.failurePolicy";
  return [
    ...(failurePolicy === undefined
      ? [required(path)]
      : FAILURE_POLICIES.includes(failurePolicy)
        ? []
        : [notSupported(path, failurePolicy, FAILURE_POLICIES)]),
    ...(paramKind === undefined ? [] : validateParamKind(paramKind, "spec.paramKind")),
    ...(match === undefined ? [required("spec.matchConstraints")] : validateMatch(match, "spec.matchConstraints")),
    ...(match !== undefined && !match.resourceRules?.length ? [required("spec.matchConstraints.resourceRules")] : []),
    ...validateMatchConditions(matchConditions, "spec.matchConditions", compiler),
    ...variables.flatMap((variable, at) => validateVariable(variable, index("spec.variables", at), compiler)),
  ];
}

// Models pkg/apis/admissionregistration/validation validateParamKind
function validateParamKind({ apiVersion = "", kind = "" }: ParamKind, path: string): readonly FieldError[] {
  const errors = [...validateParamVersion(apiVersion, child(path, "apiVersion"))];
  const kindPath = child(path, "kind");
  if (kind === "") return [...errors, required(kindPath)];
  const wrong = isDns1035Label(kind.toLowerCase());
  if (wrong.length === 0) return errors;
  return [...errors, invalid(kindPath, kind, `may have mixed case, but should otherwise match: ${wrong.join(",")}`)];
}

function validateParamVersion(apiVersion: string, path: string): readonly FieldError[] {
  if (apiVersion === "") return [required(path)];
  const parts = apiVersion === "/" ? [""] : apiVersion.split("/");
  if (parts.length > 2) return [invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const version = parts.at(-1) ?? "";
  const group = parts.length === 2 ? (parts[0] ?? "") : "";
  const wrongGroup = group === "" ? [] : isDns1123Subdomain(group);
  const wrongVersion = version === "" ? [] : isDns1035Label(version);
  return [
    ...(wrongGroup.length > 0 ? [invalid(path, group, wrongGroup.join(","))] : []),
    ...(version === "" ? [invalid(path, apiVersion, "version must be specified")] : []),
    ...(wrongVersion.length > 0 ? [invalid(path, version, wrongVersion.join(","))] : []),
  ];
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED = new Set([
  ...["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"],
  ...["let", "loop", "package", "namespace", "return", "var", "void", "while"],
]);

function validateVariable(
  { name = "", expression = "" }: Variable,
  path: string,
  compiler: PolicyCompiler,
): readonly FieldError[] {
  const namePath = child(path, "name");
  const compiled = compiler.variables.get(name);
  const isIdentifier = IDENTIFIER.test(name) && !RESERVED.has(name);
  return [
    ...(name.trim() === ""
      ? [required(namePath, "name is not specified")]
      : isIdentifier
        ? []
        : [invalid(namePath, name, "name is not a valid CEL identifier")]),
    ...(expression.trim() === ""
      ? [required(child(path, "expression"), "expression is not specified")]
      : compiled
        ? compileErrors(compiled, expression, child(path, "expression"))
        : []),
  ];
}

/** The common parts of a binding's spec; the path `matchResouces` is upstream's. */
export function validateBindingParts({ policyName = "", paramRef, matchResources }: BindingParts) {
  const path = "spec.policyName";
  return [
    ...(policyName === ""
      ? [required(path)]
      : nameIsDnsSubdomain(policyName, false).map((text) => invalid(path, policyName, text))),
    ...(paramRef === undefined ? [] : validateParamRef(paramRef, "spec.paramRef")),
    ...validateMatch(matchResources, "spec.matchResouces"),
  ];
}

// Models pkg/apis/admissionregistration/validation validateParamRef
function validateParamRef({ name = "", selector, parameterNotFoundAction: action }: ParamRef, path: string) {
  const both = "name and selector are mutually exclusive";
  const actions = ["Deny", "Allow"];
  const errors: FieldError[] = [];
  if (name !== "") {
    errors.push(...isPathSegmentName(name).map((text) => invalid(child(path, "name"), name, text)));
    if (selector !== undefined) errors.push(forbidden(child(path, "name"), both));
  }
  if (selector !== undefined) {
    errors.push(...validateLabelSelector(selector, child(path, "selector")));
    if (name !== "") errors.push(forbidden(child(path, "selector"), both));
  }
  if (name === "" && selector === undefined) {
    errors.push(required(path, "one of name or selector must be specified"));
  }
  const actionPath = child(path, "parameterNotFoundAction");
  if (!action) errors.push(required(actionPath));
  else if (!actions.includes(action)) errors.push(notSupported(actionPath, action, actions));
  return errors;
}
