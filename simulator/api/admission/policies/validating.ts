import { BOOL, NULL, STRING } from "../../cel/types.ts";
import { forbidden, type Status } from "../../errors.ts";
import { aggregateMessage } from "../../meta/field-error.ts";
import type { KubeObject } from "../../object.ts";
import {
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
} from "../../refs.ts";
import type { MatchCondition, Validation } from "../../schema/generated/types.ts";
import type { AdmissionPlugin } from "../plugin.ts";
import { Activation } from "./activation.ts";
import { type AdmissionAttributes, attributesOf, type Names } from "./attributes.ts";
import { type Compilation, PolicyCompiler } from "./environment.ts";
import { matchedNames } from "./matching.ts";
import { collectParams, paramKindOf } from "./params.ts";

/** What the expressions of one policy may cost for one request. Models apiserver pkg/apis/cel config.go. */
export const COST_BUDGET = 10_000_000;
const CONDITIONS_BUDGET = COST_BUDGET / 4;
const MAX_MESSAGE_BYTES = 5 * 1024;
/** Policies and webhooks are not asked about themselves, so that nobody locks everybody out. */
export const EXEMPT_GROUP = "admissionregistration.k8s.io";

const CODES: { readonly [reason: string]: number } = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
};

// Models apiserver pkg/admission/plugin/policy/validating dispatcher.go and validator.go
/** Asks the policies that are bound, in CEL: they refuse requests, or warn. */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: "ValidatingAdmissionPolicy",
  resources: "*",
  verbs: ["create", "update", "delete", "connect"],
  subresources: true,
  rules: VALIDATING_ADMISSION_POLICY_BINDINGS,
  validate: (request) => {
    const { context, kind } = request;
    if (kind.ref.group === EXEMPT_GROUP) return undefined;
    let attributes: AdmissionAttributes | undefined;
    const denied: Denial[] = [];
    for (const policy of context.byIndex(VALIDATING_ADMISSION_POLICIES, "every", "true")) {
      const bindings = [...context.byIndex(VALIDATING_ADMISSION_POLICY_BINDINGS, "policy", policy.metadata.name)];
      if (bindings.length === 0) continue;
      attributes ??= attributesOf(request);
      denied.push(...denialsOf(policy, bindings, attributes));
    }
    const [first] = denied;
    return first && attributes && refusal(first, attributes);
  },
};

interface Decision {
  readonly message: string;
  readonly reason?: string;
}

interface Denial extends Decision {
  readonly policy: string;
  readonly binding?: string;
}

interface CompiledPolicy {
  readonly compiler: PolicyCompiler;
  readonly conditions: readonly Compilation[];
  readonly validations: readonly { readonly expression: Compilation; readonly message: Compilation | undefined }[];
  readonly annotations: readonly Compilation[];
}

const compiledPolicies = new WeakMap<ValidatingAdmissionPolicy, CompiledPolicy>();

function compiled(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  const known = compiledPolicies.get(policy);
  if (known !== undefined) return known;
  const { paramKind, variables, matchConditions = [], validations = [], auditAnnotations = [] } = policy.spec;
  const compiler = new PolicyCompiler({ hasParams: paramKind !== undefined, hasAuthorizer: true }, variables);
  const made: CompiledPolicy = {
    compiler,
    conditions: matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL])),
    validations: validations.map(({ expression, messageExpression }) => ({
      expression: compiler.compile(expression, [BOOL]),
      message: messageExpression ? compiler.compile(messageExpression, [STRING], false) : undefined,
    })),
    annotations: auditAnnotations.map(({ valueExpression }) => compiler.compile(valueExpression, [STRING, NULL])),
  };
  compiledPolicies.set(policy, made);
  return made;
}

/** What a policy has against a request by each of its bindings; what it warns of is told at once. */
function denialsOf(
  policy: ValidatingAdmissionPolicy,
  bindings: readonly ValidatingAdmissionPolicyBinding[],
  attributes: AdmissionAttributes,
): readonly Denial[] {
  const { matchConstraints = {}, paramKind, failurePolicy } = policy.spec;
  const name = policy.metadata.name;
  const misconfigured = (what: string, error: string, binding?: string): readonly Denial[] =>
    failurePolicy === "Ignore"
      ? []
      : [{ policy: name, ...(binding && { binding }), message: `failed to configure ${what}: ${error}` }];
  const matched = matchedNames(matchConstraints, attributes);
  if (matched === undefined) return [];
  const kind = paramKind && paramKindOf(paramKind, attributes.request.kinds);
  if (kind?.ok === false) return misconfigured("policy", kind.error);
  return bindings.flatMap((binding) => {
    const { matchResources, paramRef, validationActions = [] } = binding.spec;
    const bindingName = binding.metadata.name;
    if (matchResources !== undefined && matchedNames(matchResources, attributes) === undefined) return [];
    const params = collectParams(kind?.value, paramRef, attributes);
    if (!params.ok) return misconfigured("binding", params.error, bindingName);
    return params.value.flatMap((param) => {
      const decisions = decisionsOf(policy, attributes, matched, param);
      for (const { message } of validationActions.includes("Warn") ? decisions : []) {
        attributes.request.context.warn(
          `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${bindingName}': ${message}`,
        );
      }
      if (!validationActions.includes("Deny")) return [];
      return decisions.map((decision) => ({ ...decision, policy: name, binding: bindingName }));
    });
  });
}

/** What a policy decides against a request with one parameter. */
function decisionsOf(
  policy: ValidatingAdmissionPolicy,
  attributes: AdmissionAttributes,
  matched: Names,
  param: KubeObject | undefined,
): readonly Decision[] {
  const { matchConditions = [], validations = [], auditAnnotations = [], failurePolicy } = policy.spec;
  const { compiler, conditions, validations: programs, annotations } = compiled(policy);
  const failed = (message: string): readonly Decision[] => (failurePolicy === "Ignore" ? [] : [{ message }]);
  const activation = new Activation(attributes, matched, param, compiler.variables);
  const met = conditionsMet(activation, matchConditions, conditions);
  if (met.error !== undefined) return failed(met.error);
  if (!met.matches) return [];
  const budget = { left: COST_BUDGET };
  const decisions: Decision[] = [];
  for (const [at, validation] of validations.entries()) {
    const program = programs[at];
    if (program === undefined) continue;
    const result = activation.evaluate(program.expression, validation.expression, budget);
    if (result.error !== undefined) {
      if (result.isOver) return failed(result.error);
      decisions.push(...failed(result.error));
    } else if (result.value !== true) {
      const said = program.message && activation.evaluate(program.message, validation.messageExpression ?? "", budget);
      decisions.push({ message: messageOf(validation, said?.value), reason: validation.reason ?? "Invalid" });
    }
  }
  // There is no audit log: annotations are computed for the errors that they may give.
  const annotationBudget = { left: COST_BUDGET };
  for (const [at, annotation] of auditAnnotations.entries()) {
    const program = annotations[at];
    const result = program && activation.evaluate(program, annotation.valueExpression, annotationBudget);
    if (result?.error !== undefined) decisions.push(...failed(result.error));
  }
  return decisions;
}

// Models apiserver pkg/admission/plugin/webhook/matchconditions Matcher.Match
/** Whether all conditions hold; one that does not counts more than one that fails. */
export function conditionsMet(
  activation: Activation,
  conditions: readonly MatchCondition[],
  programs: readonly Compilation[],
): { readonly matches: boolean; readonly error?: string } {
  const budget = { left: CONDITIONS_BUDGET };
  const errors: string[] = [];
  for (const [at, program] of programs.entries()) {
    const result = activation.evaluate(program, conditions[at]?.expression ?? "", budget);
    if (result.error !== undefined) errors.push(result.error);
    else if (result.value === false) return { matches: false };
  }
  return errors.length > 0 ? { matches: false, error: aggregateMessage(errors) } : { matches: true };
}

/** The words of a refusal: those that an expression gives where they fit into a line, or else the plain ones. */
function messageOf({ message = "", expression }: Validation, said: unknown): string {
  const text = typeof said === "string" ? said.trim() : "";
  const isUsable = text !== "" && !text.includes("\n") && text.length <= MAX_MESSAGE_BYTES;
  return (isUsable ? text : "") || message.trim() || `failed expression: ${expression.trim()}`;
}

function refusal({ policy, binding, message, reason = "Invalid" }: Denial, attributes: AdmissionAttributes): Status {
  const by = binding === undefined ? "" : ` with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`;
  const { asked, name } = attributes;
  const status = forbidden({ group: asked.group, plural: asked.plural }, name, text);
  return {
    ...status,
    reason,
    code: CODES[reason] ?? 422,
    details: { ...status.details, causes: [{ message: text }] },
  };
}
