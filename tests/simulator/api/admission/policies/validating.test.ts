import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../../simulator/index.ts";
import { referenceFolder } from "../../../../reference.ts";
import { type Json, readCases } from "../../../resources/cases.ts";
import { clusterFor, must, type RecordedRequest, send } from "../../access.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const base = clusterFor("one", "two").snapshot();
const CONFIG_MAPS = { apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] };

function post(simulation: Simulation, path: string, body: object, user?: string, groups?: readonly string[]) {
  return send(simulation, {
    verb: "POST",
    path,
    body: body as Json,
    ...(user && { asUser: user }),
    ...(groups && { asGroups: groups }),
  });
}

/** A cluster with one policy about config maps, bound. */
function clusterWith(policy: object, binding: object = {}): Simulation {
  const simulation = Simulation.restore(base);
  const matchConstraints = { resourceRules: [{ ...CONFIG_MAPS, operations: ["*"] }] };
  must(
    post(simulation, `${GROUP}/validatingadmissionpolicies`, {
      metadata: { name: "policy" },
      spec: { matchConstraints, ...policy },
    }),
  );
  must(
    post(simulation, `${GROUP}/validatingadmissionpolicybindings`, {
      metadata: { name: "binding" },
      spec: { policyName: "policy", validationActions: ["Deny"], ...binding },
    }),
  );
  return simulation;
}

function configMap(simulation: Simulation, more: object = {}, namespace = "one") {
  const body = { metadata: { name: "cm" }, data: { a: "1" }, ...more };
  return post(simulation, `/api/v1/namespaces/${namespace}/configmaps`, body);
}

/** What the policy says against a config map; empty where it may be made. */
function denial(simulation: Simulation, more: object = {}, namespace = "one"): string {
  const { code, body } = configMap(simulation, more, namespace);
  const start = `configmaps "cm" is forbidden: ValidatingAdmissionPolicy 'policy' with binding 'binding' denied request: `;
  return code === 201 ? "" : String(body.message).replace(start, "");
}

describe("what a policy says", () => {
  it("is its message, its expression's, or the expression", () => {
    const validations = (validation: object) => ({
      validations: [{ expression: "object.data.a == '2'", ...validation }],
    });
    expect(denial(clusterWith(validations({})))).toBe("failed expression: object.data.a == '2'");
    expect(denial(clusterWith(validations({ message: "wants 2" })))).toBe("wants 2");
    const messageExpression = "'not ' + object.data.a";
    expect(denial(clusterWith(validations({ message: "wants 2", messageExpression })))).toBe("not 1");
    expect(denial(clusterWith(validations({ message: "wants 2", messageExpression: "string(object.data.b)" })))).toBe(
      "wants 2",
    );
    expect(denial(clusterWith(validations({})), { data: { a: "2" } })).toBe("");
  });

  it("has the code of its reason", () => {
    const answer = (reason: string) => configMap(clusterWith({ validations: [{ expression: "false", reason }] }));
    expect(answer("Forbidden")).toMatchObject({ code: 403, body: { reason: "Forbidden", code: 403 } });
    expect(answer("RequestEntityTooLarge").code).toBe(413);
    expect(answer("Unauthorized").code).toBe(401);
  });

  it("is a warning where that is what the binding asks for", () => {
    const simulation = clusterWith(
      { validations: [{ expression: "false", message: "no" }] },
      { validationActions: ["Warn"] },
    );
    expect(configMap(simulation)).toMatchObject({
      code: 201,
      warnings: ["Validation failed for ValidatingAdmissionPolicy 'policy' with binding 'binding': no"],
    });
  });

  it("is an error's text, unless errors are ignored", () => {
    const validations = [{ expression: "object.data.b == '2'" }];
    expect(denial(clusterWith({ validations }))).toBe(
      "expression 'object.data.b == '2'' resulted in error: no such key: b",
    );
    expect(denial(clusterWith({ validations, failurePolicy: "Ignore" }))).toBe("");
  });
});

describe("variables", () => {
  it("are computed when they are read, each knowing those before it", () => {
    const simulation = clusterWith({
      variables: [
        { name: "keys", expression: "object.data.map(k, k)" },
        { name: "count", expression: "size(variables.keys)" },
        { name: "bad", expression: "object.data.nothing" },
      ],
      validations: [{ expression: "variables.count < 2 || variables.bad == ''" }],
    });
    expect(denial(simulation)).toBe("");
    expect(denial(simulation, { data: { a: "1", b: "2" } })).toContain(
      'composited variable "bad" fails to evaluate: no such key: nothing',
    );
  });
});

describe("what a policy is about", () => {
  const validations = [{ expression: "false", message: "no" }];

  it.each([
    [{ resourceRules: [{ ...CONFIG_MAPS, operations: ["UPDATE"] }] }, ""],
    [{ resourceRules: [{ ...CONFIG_MAPS, operations: ["CREATE"], scope: "Cluster" }] }, ""],
    [{ resourceRules: [{ ...CONFIG_MAPS, operations: ["CREATE"], resourceNames: ["other"] }] }, ""],
    [{ resourceRules: [{ ...CONFIG_MAPS, operations: ["CREATE"], resourceNames: ["cm"] }] }, "no"],
    [{ resourceRules: [{ ...CONFIG_MAPS, apiGroups: ["*"], resources: ["*"], operations: ["*"] }] }, "no"],
    [
      {
        resourceRules: [{ ...CONFIG_MAPS, operations: ["*"] }],
        excludeResourceRules: [{ ...CONFIG_MAPS, operations: ["CREATE"] }],
      },
      "",
    ],
    [
      {
        resourceRules: [{ ...CONFIG_MAPS, operations: ["*"] }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "two" } },
      },
      "",
    ],
    [{ resourceRules: [{ ...CONFIG_MAPS, operations: ["*"] }], objectSelector: { matchLabels: { a: "b" } } }, ""],
  ])("rules and selectors %#", (matchConstraints, expected) => {
    expect(denial(clusterWith({ validations, matchConstraints }))).toBe(expected);
  });

  it("is the version that a rule names, whichever was asked for", () => {
    const hpa = { apiGroups: ["autoscaling"], apiVersions: ["v1"], resources: ["horizontalpodautoscalers"] };
    const policy = (matchPolicy: string) => ({
      matchConstraints: { matchPolicy, resourceRules: [{ ...hpa, operations: ["CREATE"] }] },
      validations: [
        { expression: "false", messageExpression: "request.kind.version + ' for ' + request.requestKind.version" },
      ],
    });
    const create = (simulation: Simulation) =>
      post(simulation, "/apis/autoscaling/v2/namespaces/one/horizontalpodautoscalers", {
        metadata: { name: "h" },
        spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" } },
      });
    expect(String(create(clusterWith(policy("Equivalent"))).body.message)).toContain("denied request: v1 for v2");
    expect(create(clusterWith(policy("Exact"))).code).toBe(201);
  });

  it("is narrowed by conditions, which may ask who may do what", () => {
    const condition = (expression: string) => ({ validations, matchConditions: [{ name: "c", expression }] });
    expect(denial(clusterWith(condition("request.userInfo.username != 'kubernetes-admin'")))).toBe("");
    expect(denial(clusterWith(condition("!authorizer.group('').resource('secrets').check('get').allowed()")))).toBe("");
    expect(denial(clusterWith(condition("authorizer.requestResource.check('delete').allowed()")))).toBe("no");
    expect(
      denial(
        clusterWith(condition("authorizer.serviceAccount('one', 'default').path('/metrics').check('get').allowed()")),
      ),
    ).toBe("");
  });

  it("is never policies themselves", () => {
    const matchConstraints = {
      resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], resources: ["*"], operations: ["*"] }],
    };
    const simulation = clusterWith({ validations, matchConstraints });
    expect(send(simulation, { verb: "DELETE", path: `${GROUP}/validatingadmissionpolicies/policy` }).code).toBe(200);
  });

  it("may be deletions, whose object is null", () => {
    const simulation = clusterWith({
      validations: [{ expression: "object != null || oldObject.data.a != '1'", message: "stays" }],
    });
    must(configMap(simulation));
    const removed = send(simulation, { verb: "DELETE", path: "/api/v1/namespaces/one/configmaps/cm" });
    expect(removed).toMatchObject({ code: 422 });
  });

  it("may be the scale of a deployment", () => {
    const scale = {
      apiGroups: ["apps"],
      apiVersions: ["v1"],
      resources: ["deployments/scale"],
      operations: ["UPDATE"],
    };
    const simulation = clusterWith({
      matchConstraints: { resourceRules: [scale] },
      validations: [{ expression: "object.spec.replicas < 3", messageExpression: "request.kind.kind" }],
    });
    const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "busybox" }] } };
    const spec = { replicas: 0, selector: { matchLabels: { a: "b" } }, template };
    must(post(simulation, "/apis/apps/v1/namespaces/one/deployments", { metadata: { name: "d" }, spec }));
    const patch = (replicas: number) =>
      send(simulation, {
        verb: "PATCH",
        path: "/apis/apps/v1/namespaces/one/deployments/d/scale",
        contentType: "application/merge-patch+json",
        body: { spec: { replicas } } as unknown as Json,
      });
    expect(patch(2).code).toBe(200);
    expect(String(patch(5).body.message)).toContain("denied request: Scale");
  });
});

describe("parameters", () => {
  const policy = {
    paramKind: { apiVersion: "v1", kind: "ConfigMap" },
    validations: [{ expression: "params == null || object.data.a != params.data.forbidden", message: "forbidden" }],
  };
  const param = (simulation: Simulation, name: string, forbidden: string, namespace = "two") =>
    must(
      post(simulation, `/api/v1/namespaces/${namespace}/configmaps`, {
        metadata: { name, labels: { use: "param" } },
        data: { a: "0", forbidden },
      }),
    );
  /** Parameters are made before the policy applies to them. */
  const matchResources = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "one" } } };

  it("are one object by its name, or all that a selector finds", () => {
    const byName = clusterWith(policy, {
      matchResources,
      paramRef: { name: "p", namespace: "two", parameterNotFoundAction: "Deny" },
    });
    param(byName, "p", "1");
    expect(denial(byName)).toBe("forbidden");
    expect(denial(byName, { data: { a: "2" } })).toBe("");
    const selected = clusterWith(policy, {
      matchResources,
      paramRef: { selector: { matchLabels: { use: "param" } }, namespace: "two", parameterNotFoundAction: "Deny" },
    });
    param(selected, "p", "0");
    param(selected, "q", "1");
    expect(denial(selected)).toBe("forbidden");
  });

  it("that are missing deny or are done without, as the binding says", () => {
    const missing = (parameterNotFoundAction: string) =>
      clusterWith(policy, { paramRef: { name: "p", parameterNotFoundAction } });
    expect(denial(missing("Deny"))).toBe(
      "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
    );
    expect(denial(missing("Allow"))).toBe("");
  });

  it("of a kind that nobody serves are a mistake of the policy", () => {
    const simulation = clusterWith(
      { ...policy, paramKind: { apiVersion: "rules.example.com/v1", kind: "Limit" } },
      { paramRef: { name: "p", parameterNotFoundAction: "Deny" } },
    );
    expect(denial(simulation)).toBe(
      `configmaps "cm" is forbidden: ValidatingAdmissionPolicy 'policy' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=Limit'`,
    );
  });
});

describe("expressions that are wrong", () => {
  it.each([
    ["object.x +", "compilation failed: ERROR: <input>:1:11: Syntax error: mismatched input '<EOF>'"],
    ["'a'", "must evaluate to bool but got string"],
    ["nothing.x", "compilation failed: ERROR: <input>:1:1: undeclared reference to 'nothing' (in container '')"],
    ["params.x == 1", "undeclared reference to 'params'"],
    ["variables.x == 1", "undefined field 'x'"],
    ["request.names == ''", "undefined field 'names'"],
  ])("%s", (expression, expected) => {
    const answer = post(Simulation.restore(base), `${GROUP}/validatingadmissionpolicies`, {
      metadata: { name: "policy" },
      spec: {
        matchConstraints: { resourceRules: [{ ...CONFIG_MAPS, operations: ["*"] }] },
        validations: [{ expression }],
      },
    });
    expect(answer.code).toBe(422);
    expect(String(answer.body.message)).toContain(expected);
  });
});

interface Recorded {
  readonly name: string;
  readonly setup?: readonly RecordedRequest[];
  readonly request: RecordedRequest;
  readonly response: { readonly code: number; readonly body: Json };
}

describe.skipIf(referenceFolder() === undefined)("as a real API server", () => {
  const recorded = clusterFor("ref-fresh").snapshot();
  const cases = readCases<Recorded>("errors/policy.json");
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, { setup = [], request, response }) => {
    const simulation = Simulation.restore(recorded);
    for (const step of setup) must(send(simulation, step));
    const answer = send(simulation, request);
    expect(answer.body).toEqual(response.body);
    expect(answer.code).toBe(response.code);
  });
});
