import { equalJson, isObject, type JsonObject, type JsonValue } from "../../../base/json.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import { mergeValues } from "../../apply/merge.ts";
import { Shapes } from "../../apply/shapes.ts";
import { BOOL } from "../../cel/types.ts";
import { forbidden, type Status } from "../../errors.ts";
import { completed, decodeAs, schemaOf, typeOf } from "../../incoming.ts";
import type { Kind } from "../../kind.ts";
import type { KubeObject } from "../../object.ts";
import { applyJsonPatch } from "../../patch/json-patch.ts";
import {
  MUTATING_ADMISSION_POLICIES,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  type MutatingAdmissionPolicy,
} from "../../refs.ts";
import type { Mutation } from "../../schema/generated/types.ts";
import type { Schema } from "../../schema/schema.ts";
import { storedKind, toStored, versionsOf } from "../../versions.ts";
import type { AdmissionPlugin, AdmissionRequest } from "../plugin.ts";
import { Activation } from "./activation.ts";
import { atomicPaths } from "./atomics.ts";
import { type AdmissionAttributes, attributesOf, type Names } from "./attributes.ts";
import { type Compilation, PolicyCompiler } from "./environment.ts";
import { jsonOfCel } from "./json-of-cel.ts";
import { matchedNames } from "./matching.ts";
import { collectParams, paramKindOf } from "./params.ts";
import { COST_BUDGET, conditionsMet, EXEMPT_GROUP } from "./validating.ts";

interface CompiledPolicy {
  readonly compiler: PolicyCompiler;
  readonly conditions: readonly Compilation[];
  readonly mutations: readonly Compilation[];
}

/** One run of a policy: by one binding, with one parameter. */
interface Invocation {
  readonly policy: MutatingAdmissionPolicy;
  readonly binding: string;
  readonly matched: Names;
  readonly param: KubeObject | undefined;
}

interface PolicyError {
  readonly policy: string;
  readonly binding?: string;
  readonly message: string;
  readonly reason?: string;
}

// Models apiserver pkg/admission/plugin/policy/mutating dispatcher.go
/** Lets the policies that are bound change objects, one after the other. */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: "MutatingAdmissionPolicy",
  resources: "*",
  verbs: ["create", "update"],
  rules: MUTATING_ADMISSION_POLICY_BINDINGS,
  mutate: (request) => {
    if (request.kind.ref.group === EXEMPT_GROUP) return ok(request.object);
    const errors: PolicyError[] = [];
    const all = invocationsOf(request, errors);
    const isAgain = request.mutations?.isAgain === true;
    const invocations = all.filter(({ policy }) => !isAgain || policy.spec.reinvocationPolicy === "IfNeeded");
    if (invocations.length === 0 && errors.length === 0) return ok(request.object);
    let object = request.object;
    for (const invocation of invocations) object = invoked(invocation, { ...request, object }, errors);
    // Policies that ask for it look again at what others have made of the object.
    if (!equalJson(object, request.object)) {
      for (const invocation of invocations) {
        if (invocation.policy.spec.reinvocationPolicy !== "IfNeeded") continue;
        object = invoked(invocation, { ...request, object }, errors);
      }
    }
    const [first] = errors;
    return first === undefined ? ok(object) : fail(refusal(request, errors, first));
  },
};

const compiledPolicies = new WeakMap<MutatingAdmissionPolicy, CompiledPolicy>();

function compiled(policy: MutatingAdmissionPolicy): CompiledPolicy {
  const known = compiledPolicies.get(policy);
  if (known !== undefined) return known;
  const { paramKind, variables, matchConditions = [], mutations = [] } = policy.spec;
  const options = { hasParams: paramKind !== undefined, hasAuthorizer: true, hasPatchTypes: true };
  const compiler = new PolicyCompiler(options, variables);
  const made: CompiledPolicy = {
    compiler,
    conditions: matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL])),
    mutations: mutations.map((mutation) => compiler.compileMutation(mutation)),
  };
  compiledPolicies.set(policy, made);
  return made;
}

function invocationsOf(request: AdmissionRequest, errors: PolicyError[]): readonly Invocation[] {
  const { context, kinds } = request;
  const found: Invocation[] = [];
  let attributes: AdmissionAttributes | undefined;
  for (const policy of context.byIndex(MUTATING_ADMISSION_POLICIES, "every", "true")) {
    const { name } = policy.metadata;
    const bindings = [...context.byIndex(MUTATING_ADMISSION_POLICY_BINDINGS, "policy", name)];
    if (bindings.length === 0) continue;
    attributes ??= attributesOf(request);
    const { matchConstraints = {}, paramKind, failurePolicy } = policy.spec;
    const misconfigured = (what: string, error: string, binding?: string) => {
      if (failurePolicy === "Ignore") return;
      errors.push({ policy: name, ...(binding && { binding }), message: `failed to configure ${what}: ${error}` });
    };
    const matched = matchedNames(matchConstraints, attributes);
    if (matched === undefined) continue;
    const kind = paramKind && paramKindOf(paramKind, kinds);
    if (kind?.ok === false) {
      misconfigured("policy", kind.error);
      continue;
    }
    for (const { metadata, spec } of bindings) {
      if (spec.matchResources !== undefined && matchedNames(spec.matchResources, attributes) === undefined) continue;
      const params = collectParams(kind?.value, spec.paramRef, attributes);
      if (!params.ok) misconfigured("binding", params.error, metadata.name);
      else for (const param of params.value) found.push({ policy, binding: metadata.name, matched, param });
    }
  }
  return found;
}

/** The object after a policy's mutations; those that fail leave it as it is. */
function invoked(invocation: Invocation, request: AdmissionRequest, errors: PolicyError[]): KubeObject {
  const { policy, binding, matched, param } = invocation;
  const { compiler, conditions, mutations } = compiled(policy);
  const { matchConditions = [], mutations: written = [], failurePolicy } = policy.spec;
  const failed = (message: string) => {
    if (failurePolicy !== "Ignore") errors.push({ policy: policy.metadata.name, binding, message, reason: "Invalid" });
  };
  const activationOf = (object: KubeObject) =>
    new Activation(attributesOf({ ...request, object }), matched, param, compiler.variables);
  const met = conditionsMet(activationOf(request.object), matchConditions, conditions);
  if (met.error !== undefined) failed(met.error);
  if (!met.matches) return request.object;
  let { object } = request;
  for (const [at, mutation] of written.entries()) {
    const program = mutations[at];
    if (program === undefined) continue;
    const changed = mutated(mutation, program, activationOf(object), { ...request, object }, matched);
    if (changed.ok) object = changed.value;
    else failed(changed.error);
  }
  return object;
}

function mutated(
  mutation: Mutation,
  program: Compilation,
  activation: Activation,
  request: AdmissionRequest,
  matched: Names,
): Result<KubeObject, string> {
  if (!program.ok) return program;
  const isApply = mutation.patchType === "ApplyConfiguration";
  const source = (isApply ? mutation.applyConfiguration : mutation.jsonPatch)?.expression ?? "";
  const result = activation.evaluate(program, source, { left: COST_BUDGET });
  if (result.error !== undefined) return fail(result.error);
  const patch = jsonOfCel(result.value);
  const kind = kindIn(request.kind, matched);
  const live = attributesOf(request).inVersion(matched).object as unknown as JsonObject;
  const patched = isApply ? applied(kind, live, patch) : jsonPatched(live, patch);
  if (!patched.ok) return patched;
  const decoded = decodeAs(kind, patched.value, { fieldValidation: "Strict", strictErrors: [] });
  if (!decoded.ok) return decoded;
  return ok(toStored(kind, completed(kind, decoded.value.object)));
}

/** A kind in the version that was meant. */
export function kindIn(kind: Kind, { group, version }: Names): Kind {
  const stored = storedKind(kind);
  return versionsOf(stored).find(({ ref }) => ref.group === group && ref.version === version) ?? stored;
}

const shapesOf = new WeakMap<Schema, Shapes>();

// Models apiserver pkg/admission/plugin/policy/mutating/patch ApplyStructuredMergeDiff
function applied(kind: Kind, live: JsonObject, patch: JsonValue | undefined): Result<JsonObject, string> {
  if (!isObject(patch)) return fail("invalid return type");
  const schema = schemaOf(kind);
  const shapes = shapesOf.get(schema) ?? new Shapes(schema);
  shapesOf.set(schema, shapes);
  const root = shapes.root(typeOf(kind));
  const config = { ...patch, apiVersion: live.apiVersion, kind: live.kind } as JsonObject;
  const atomics = atomicPaths(shapes, root, config);
  if (atomics.length > 0) {
    const why = `may not mutate atomic arrays, maps or structs: ${atomics.join(", ")}`;
    return fail(`error applying patch: invalid ApplyConfiguration: ${why}`);
  }
  return ok(mergeValues(shapes, root, live, config) as JsonObject);
}

function jsonPatched(live: JsonObject, patch: JsonValue | undefined): Result<JsonObject, string> {
  const operations = Array.isArray(patch) ? (patch as readonly JsonValue[]) : [];
  const result = applyJsonPatch(live, operations as unknown as JsonValue);
  if (result.ok) return ok(result.value.object);
  // A test that fails means that there is nothing to do.
  if (operations.some((operation) => isObject(operation) && operation.op === "test")) return ok(live);
  return fail(`JSON Patch: ${result.error.message}`);
}

// Models apiserver pkg/admission/plugin/policy/generic policyDispatcher.Dispatch
function refusal({ kind, object }: AdmissionRequest, errors: readonly PolicyError[], first: PolicyError): Status {
  const textOf = ({ policy, binding, message }: PolicyError) =>
    binding === undefined
      ? `policy "${policy}" denied request: ${message}`
      : `policy '${policy}' with binding '${binding}' denied request: ${message}`;
  const status = forbidden(kind.ref, object.metadata.name, "");
  const causes = errors.map((error) => ({ message: textOf(error) }));
  const reason = first.reason ?? status.reason;
  return { ...status, message: textOf(first), reason, details: { ...status.details, causes } };
}
