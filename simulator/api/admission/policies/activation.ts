import { type CelProgram, evaluateCel } from "../../cel/cel.ts";
import { COST_EXCEEDED } from "../../cel/evaluate.ts";
import { celValueOf } from "../../cel/json-values.ts";
import { CelError, CelMap, type CelValue } from "../../cel/values.ts";
import type { KubeObject } from "../../object.ts";
import { NAMESPACES } from "../../refs.ts";
import type { AdmissionAttributes, Names } from "./attributes.ts";
import { AuthorizerValue } from "./authorizer.ts";
import { type Compilation, NAMESPACE, REQUEST } from "./environment.ts";

export const OUT_OF_BUDGET =
  "validation failed due to running out of cost budget, no further validation rules will be run";

/** A result, why there is none, or that everything together has cost too much. */
export type Evaluated =
  | { readonly value: CelValue; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string; readonly isOver?: true };

/** One request as the expressions of one policy see it, with one parameter. Models pkg/admission/plugin/cel activation.go. */
export class Activation {
  readonly #values: { readonly [name: string]: CelValue };
  readonly #variables: ReadonlyMap<string, Compilation>;
  readonly #computed = new Map<string, CelValue | CelError>();
  /** What variables have cost since an expression began. */
  #variableCost = 0;

  constructor(
    attributes: AdmissionAttributes,
    matched: Names,
    params: KubeObject | undefined,
    variables: ReadonlyMap<string, Compilation>,
  ) {
    const { context } = attributes.request;
    const { object, old } = attributes.inVersion(matched);
    const isNamespace = attributes.asked.kind === "Namespace" && attributes.asked.group === "";
    const namespace =
      attributes.namespace === "" || isNamespace
        ? undefined
        : context.find(NAMESPACES, undefined, attributes.namespace);
    this.#variables = variables;
    this.#values = {
      object: celValueOf(object),
      oldObject: celValueOf(old),
      namespaceObject: celValueOf(namespace, NAMESPACE),
      request: celValueOf(requestObject(attributes, matched), REQUEST),
      params: celValueOf(params),
      authorizer: new AuthorizerValue({ user: attributes.user, view: context }, askedResource(attributes)),
      variables: new CelMap({
        get: (name) => (typeof name === "string" ? this.#variable(name) : undefined),
        keys: () => [...variables.keys()],
      }),
    };
  }

  /** Runs an expression within what is left of a budget, which it draws from. */
  evaluate(compiled: Compilation, source: string, budget: { left: number }): Evaluated {
    if (!compiled.ok) return { error: `compilation error: ${compiled.error}` };
    this.#variableCost = 0;
    const { result, cost } = evaluateCel(compiled.value, this.#values);
    budget.left -= cost + this.#variableCost;
    if (budget.left < 0) return { error: OUT_OF_BUDGET, isOver: true };
    return result.ok ? { value: result.value } : { error: `expression '${source}' resulted in error: ${result.error}` };
  }

  /** Variables are computed when they are first read. */
  #variable(name: string): CelValue | undefined {
    const compiled = this.#variables.get(name);
    if (compiled === undefined) return undefined;
    let value = this.#computed.get(name);
    if (value === undefined) {
      value = compiled.ok
        ? this.#compute(name, compiled.value)
        : new CelError(`composited variable "${name}" fails to compile: ${compiled.error}`);
      this.#computed.set(name, value);
    }
    if (value instanceof CelError) throw value;
    return value;
  }

  #compute(name: string, program: CelProgram): CelValue | CelError {
    const { result, cost } = evaluateCel(program, this.#values);
    this.#variableCost += cost;
    if (result.ok) return result.value;
    if (result.error === COST_EXCEEDED) return new CelError(COST_EXCEEDED);
    return new CelError(`composited variable "${name}" fails to evaluate: ${result.error}`);
  }
}

function askedResource({ asked, subresource, namespace, name }: AdmissionAttributes) {
  return { group: asked.group, resource: asked.plural, subresource, namespace, name };
}

// Models pkg/admission/plugin/cel CreateAdmissionRequest
/** A request as expressions and webhooks see it, but for its objects. */
export function requestObject(attributes: AdmissionAttributes, matched: Names) {
  const { asked, subresource, namespace, name, operation, user, dryRun } = attributes;
  const kindOf = ({ group, version, kind }: Names) => ({ group, version, kind });
  const resourceOf = ({ group, version, plural }: Names) => ({ group, version, resource: plural });
  return {
    kind: kindOf(matched),
    resource: resourceOf(matched),
    ...(subresource !== "" && { subResource: subresource, requestSubResource: subresource }),
    requestKind: kindOf(asked),
    requestResource: resourceOf(asked),
    name,
    ...(namespace !== "" && { namespace }),
    operation,
    userInfo: { username: user.name, uid: user.uid, groups: user.groups, extra: user.extra },
    dryRun,
    options:
      operation === "CONNECT"
        ? null
        : { kind: `${operation[0]}${operation.slice(1).toLowerCase()}Options`, apiVersion: "meta.k8s.io/v1" },
  };
}
