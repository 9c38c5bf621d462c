import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../../simulator/index.ts";
import type { Json } from "../../../resources/cases.ts";
import { clusterFor, must, send } from "../../access.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const base = clusterFor("one").snapshot();

function post(simulation: Simulation, path: string, body: object) {
  return send(simulation, { verb: "POST", path, body: body as Json });
}

const apply = (expression: string) => ({ patchType: "ApplyConfiguration", applyConfiguration: { expression } });
const patch = (expression: string) => ({ patchType: "JSONPatch", jsonPatch: { expression } });

function policyWith(mutations: readonly object[], more: object = {}) {
  const rule = {
    apiGroups: ["", "apps"],
    apiVersions: ["v1"],
    resources: ["pods", "deployments"],
    operations: ["CREATE"],
  };
  return { matchConstraints: { resourceRules: [rule] }, reinvocationPolicy: "Never", mutations, ...more };
}

function clusterWith(mutations: readonly object[], more: object = {}): Simulation {
  const simulation = Simulation.restore(base);
  must(
    post(simulation, `${GROUP}/mutatingadmissionpolicies`, {
      metadata: { name: "policy" },
      spec: policyWith(mutations, more),
    }),
  );
  must(
    post(simulation, `${GROUP}/mutatingadmissionpolicybindings`, {
      metadata: { name: "binding" },
      spec: { policyName: "policy" },
    }),
  );
  return simulation;
}

interface Made {
  readonly metadata: { readonly labels?: object; readonly annotations?: object };
  readonly spec: {
    readonly initContainers?: readonly object[];
    readonly containers: readonly { readonly name: string; readonly image: string; readonly env?: object }[];
  };
}

function pod(simulation: Simulation) {
  const spec = { containers: [{ name: "c", image: "busybox" }] };
  return post(simulation, "/api/v1/namespaces/one/pods", { metadata: { name: "p", labels: { a: "b" } }, spec });
}

const made = (simulation: Simulation) => must(pod(simulation)).body as unknown as Made;

describe("configurations", () => {
  it("are merged into objects, by the keys of lists", () => {
    const sidecar = `
      Object{
        metadata: Object.metadata{annotations: {"mutated-by": "policy"}},
        spec: Object.spec{
          initContainers: [
            Object.spec.initContainers{name: "mesh", image: "mesh:" + object.metadata.labels["a"], restartPolicy: "Always"}
          ],
          containers: [Object.spec.containers{name: "c", env: [Object.spec.containers.env{name: "X", value: "{y}"}]}]
        }
      }`;
    const { metadata, spec } = made(clusterWith([apply(sidecar)]));
    expect(metadata.annotations).toEqual({ "mutated-by": "policy" });
    expect(metadata.labels).toEqual({ a: "b" });
    expect(spec.initContainers).toMatchObject([
      { name: "mesh", image: "mesh:b", restartPolicy: "Always", terminationMessagePolicy: "File" },
    ]);
    expect(spec.containers).toMatchObject([{ name: "c", image: "busybox", env: [{ name: "X", value: "{y}" }] }]);
  });

  it("may not replace what is atomic", () => {
    const answer = pod(clusterWith([apply('Object{spec: Object.spec{nodeSelector: {"a": "b"}}}')]));
    expect(answer.code).toBe(403);
    expect(answer.body.message).toContain(
      "policy 'policy' with binding 'binding' denied request: error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ",
    );
    expect(pod(clusterWith([apply("Object{}")], { failurePolicy: "Ignore" })).code).toBe(201);
  });
});

describe("JSON patches", () => {
  it("are applied, with keys escaped", () => {
    const mutations = [
      patch(
        `[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/team"), value: "blue"},
          JSONPatch{op: "remove", path: "/metadata/labels/a"}]`,
      ),
    ];
    expect(made(clusterWith(mutations)).metadata.labels).toEqual({ "example.com/team": "blue" });
  });

  it("change nothing when their test fails", () => {
    const test = 'JSONPatch{op: "test", path: "/metadata/labels/a", value: "c"}';
    const mutations = [patch(`[${test}, JSONPatch{op: "remove", path: "/metadata/labels/a"}]`)];
    expect(made(clusterWith(mutations)).metadata.labels).toEqual({ a: "b" });
  });

  it("may be lists that are made as they are needed", () => {
    const expression = `has(object.metadata.annotations) ? [] : [JSONPatch{op: "add", path: "/metadata/annotations", value: {"a": "1"}}]`;
    expect(made(clusterWith([patch(expression)])).metadata.annotations).toEqual({ a: "1" });
  });
});

describe("policies", () => {
  it("run their mutations one after the other, under their conditions", () => {
    const add = (value: string) => apply(`Object{metadata: Object.metadata{labels: {"a": ${value}}}}`);
    expect(
      made(clusterWith([add('object.metadata.labels.a + "1"'), add('object.metadata.labels.a + "2"')])),
    ).toMatchObject({
      metadata: { labels: { a: "b12" } },
    });
    const never = { matchConditions: [{ name: "n", expression: "object.metadata.name == 'other'" }] };
    expect(made(clusterWith([add('"x"')], never)).metadata.labels).toEqual({ a: "b" });
  });

  it.each([
    [apply("Object{metadata: "), "compilation failed: ERROR"],
    [apply("'a'"), "must evaluate to Object but got string"],
    [patch("'a'"), "must evaluate to list(JSONPatch) but got string"],
  ])("are refused when they are wrong %#", (mutation, expected) => {
    const answer = post(Simulation.restore(base), `${GROUP}/mutatingadmissionpolicies`, {
      metadata: { name: "policy" },
      spec: policyWith([mutation]),
    });
    expect(answer.code).toBe(422);
    expect(answer.body.message).toContain(expected);
  });
});
