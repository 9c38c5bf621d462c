import { fail, ok, type Result } from "../../../base/result.ts";
import { type CelEnvironment, type CelProgram, compileCel } from "../../cel/cel.ts";
import {
  BOOL,
  type CelType,
  DYN,
  formatType,
  INT,
  listOf,
  mapOf,
  type ObjectType,
  STRING,
  TIMESTAMP,
} from "../../cel/types.ts";
import type { Mutation, Variable } from "../../schema/generated/types.ts";
import { AUTHORIZER, authorizerFunctions } from "./authorizer.ts";
import { APPLY_CONFIGURATION, JSON_PATCH, mutationFunctions, withoutLiterals } from "./literals.ts";

/** What expressions of policies may use. Models apiserver pkg/admission/plugin/cel compile.go and composition.go. */

function objectType(name: string, fields: { readonly [field: string]: CelType }): ObjectType {
  return { kind: "object", name, fields: new Map(Object.entries(fields)) };
}

const KIND = objectType("kubernetes.GroupVersionKind", { group: STRING, version: STRING, kind: STRING });
const RESOURCE = objectType("kubernetes.GroupVersionResource", { group: STRING, version: STRING, resource: STRING });
const TEXTS = mapOf(STRING, STRING);

export const REQUEST = objectType("kubernetes.AdmissionRequest", {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: objectType("kubernetes.UserInfo", {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
});

const CONDITION = objectType("kubernetes.NamespaceCondition", {
  status: STRING,
  type: STRING,
  lastTransitionTime: TIMESTAMP,
  message: STRING,
  reason: STRING,
});

export const NAMESPACE = objectType("kubernetes.Namespace", {
  metadata: objectType("kubernetes.NamespaceMetadata", {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: TEXTS,
    annotations: TEXTS,
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: objectType("kubernetes.NamespaceSpec", { finalizers: listOf(STRING) }),
  status: objectType("kubernetes.NamespaceStatus", { conditions: listOf(CONDITION), phase: STRING }),
});

/** What differs between the expressions of one policy, and between policies. */
export interface ExpressionOptions {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** Whether the literals of mutations may be written. */
  readonly hasPatchTypes?: boolean;
  /** Types of `object`, `oldObject` and `params`, where they are known; anything otherwise. */
  readonly object?: CelType;
  readonly params?: CelType;
}

/** A named expression, ready to run or with why it is not. */
export type Compilation = Result<CelProgram, string>;

/** Compiles the expressions of one policy: each variable is known to those after it. */
export class PolicyCompiler {
  readonly variables = new Map<string, Compilation>();
  readonly #options: ExpressionOptions;

  constructor(options: ExpressionOptions, variables: readonly Variable[] = []) {
    this.#options = options;
    for (const variable of variables) this.addVariable(variable);
  }

  /** The variable's compilation, whose failure is told wherever it is used. */
  addVariable({ name, expression }: Variable): Compilation {
    const compiled = this.compile(expression, []);
    this.variables.set(name, compiled);
    return compiled;
  }

  /** The error is upstream's whole text. `wanted`: the types that it may give; none: any. */
  compile(expression: string, wanted: readonly CelType[], hasAuthorizer = this.#options.hasAuthorizer): Compilation {
    const source = this.#options.hasPatchTypes ? withoutLiterals(expression) : expression;
    const compiled = compileCel(source, this.#environment(hasAuthorizer));
    if (!compiled.ok) return fail(`compilation failed: ${compiled.error}`);
    const type = typeText(compiled.value.type);
    if (wanted.length === 0 || wanted.some((one) => typeText(one) === type)) return ok(compiled.value);
    const names = wanted.map(typeText);
    return fail(`must evaluate to ${names.length === 1 ? names[0] : `one of [${names.join(" ")}]`} but got ${type}`);
  }

  /** The expression of a mutation, which gives a configuration or a patch. */
  compileMutation({ patchType, applyConfiguration, jsonPatch }: Mutation): Compilation {
    return patchType === "ApplyConfiguration"
      ? this.compile(applyConfiguration?.expression ?? "", [APPLY_CONFIGURATION])
      : this.compile(jsonPatch?.expression ?? "", [listOf(JSON_PATCH)]);
  }

  #environment(hasAuthorizer: boolean): CelEnvironment {
    const { hasParams, object = DYN, params = DYN } = this.#options;
    const types = [...this.variables].map(([name, one]): [string, CelType] => [
      name,
      one.ok ? known(one.value.type) : DYN,
    ]);
    const variables: ObjectType = { kind: "object", name: "kubernetes.variables", fields: new Map(types) };
    return {
      variables: {
        object,
        oldObject: object,
        namespaceObject: NAMESPACE,
        request: REQUEST,
        variables,
        ...(hasParams && { params }),
        ...(hasAuthorizer && { authorizer: AUTHORIZER }),
      },
      functions: [
        ...(hasAuthorizer ? authorizerFunctions : []),
        ...(this.#options.hasPatchTypes ? mutationFunctions : []),
      ],
    };
  }
}

/** Of what variables hold only plain types are kept, as upstream does. */
function known(type: CelType): CelType {
  switch (type.kind) {
    case "list":
      return listOf(known(type.item));
    case "map":
      return mapOf(known(type.key), known(type.value));
    case "object":
    case "opaque":
    case "optional":
    case "param":
    case "type":
      return DYN;
    default:
      return type;
  }
}

function typeText(type: CelType): string {
  return type.kind === "null" ? "null_type" : formatType(type);
}
