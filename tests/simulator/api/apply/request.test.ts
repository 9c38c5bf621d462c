import { describe, expect, it } from "vitest";
import type { ApiRequest, ApiResponse } from "../../../../simulator/index.ts";
import { Simulation } from "../../../../simulator/index.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

const cluster = Simulation.start({ workers: 1 });
cluster.advanceTo(20_000);

function ask(
  simulation: Simulation,
  method: ApiRequest["method"],
  path: string,
  body?: unknown,
  more = {},
): ApiResponse {
  return simulation.request({ method, path, body, ...more } as ApiRequest);
}

function apply(simulation: Simulation, path: string, body: unknown, query = "fieldManager=one"): ApiResponse {
  return ask(simulation, "PATCH", `${path}?${query}`, body, { contentType: "application/apply-patch+yaml" });
}

const config = (data: unknown, metadata = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "cm", ...metadata },
  data,
});

const web = (spec: object) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: "nginx:1.27" }] } },
    ...spec,
  },
});

interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: { readonly "f:spec"?: object };
}

function ownersOf(answer: ApiResponse): readonly Owner[] {
  return (answer.body.metadata as { managedFields?: readonly Owner[] }).managedFields ?? [];
}

const names = (answer: ApiResponse) =>
  ownersOf(answer).map(({ manager, operation, subresource = "" }) => `${manager} ${operation} ${subresource}`.trim());

describe("a server-side apply", () => {
  it("creates what is not there, with defaults, and changes it afterwards", () => {
    const simulation = cluster.fork();
    const created = apply(simulation, `${DEPLOYMENTS}/web`, web({ replicas: 2 }));
    expect(created.code).toBe(201);
    expect(created.body.spec).toMatchObject({ replicas: 2, revisionHistoryLimit: 10 });
    const changed = apply(simulation, `${DEPLOYMENTS}/web`, web({ replicas: 3 }));
    expect(changed.code).toBe(200);
    expect(changed.body.spec).toMatchObject({ replicas: 3 });
    expect(changed.body.metadata).toMatchObject({ generation: 2 });
  });

  it("writes nothing when it changes nothing, however much later", () => {
    const simulation = cluster.fork();
    const created = apply(simulation, `${MAPS}/cm`, config({ a: "1" }));
    simulation.advanceTo(simulation.nowMs + 5000);
    expect(apply(simulation, `${MAPS}/cm`, config({ a: "1" })).body).toEqual(created.body);
  });

  it("takes YAML as kubectl writes it", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\ndata:\n  date: 2026-01-01\n  a: 'yes'\n";
    const simulation = cluster.fork();
    expect(apply(simulation, `${MAPS}/cm`, text).body).toMatchObject({ data: { date: "2026-01-01", a: "yes" } });
  });

  it.each([
    [
      "garbage",
      "a: [",
      400,
      "error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected node content",
    ],
    [
      "a list",
      "[]",
      400,
      "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}",
    ],
    ["nothing", "", 400, "invalid object type: /, Kind="],
    [
      "an endless alias",
      "a: &a [*a]",
      400,
      "error decoding YAML: error converting YAML to JSON: yaml: document contains excessive aliasing",
    ],
    ["infinity", "a: .inf", 400, "error decoding YAML: error converting YAML to JSON: json: unsupported value: +Inf"],
    [
      "another namespace",
      config({}, { namespace: "x" }),
      400,
      "the namespace of the provided object does not match the namespace sent on the request",
    ],
    [
      "a uid",
      config({}, { uid: "x" }),
      409,
      'Operation cannot be fulfilled on configmaps "cm": uid mismatch: the provided object specified uid x, and no existing object was found',
    ],
    [
      "a key of prototypes",
      '{"__proto__": {"x": 1}, "apiVersion": "v1", "kind": "ConfigMap"}',
      500,
      "failed to create typed patch object (/; /v1, Kind=ConfigMap): .__proto__: field not declared in schema",
    ],
  ])("refuses %s", (_, body, code, message) => {
    const answer = apply(cluster.fork(), `${MAPS}/cm`, body);
    expect({ code: answer.code, message: answer.body.message }).toEqual({ code, message });
  });

  it("warns of keys that stand twice, or refuses them when it is to be strict", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata:\n  a: '1'\n  a: '2'\n";
    const words = 'error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key "a" already set in map';
    const warned = apply(cluster.fork(), `${MAPS}/cm`, text);
    expect(warned).toMatchObject({ code: 201, warnings: [words], body: { data: { a: "2" } } });
    const strict = apply(cluster.fork(), `${MAPS}/cm`, text, "fieldManager=one&fieldValidation=Strict");
    expect(strict).toMatchObject({ code: 400, body: { message: `error strict decoding YAML: ${words}` } });
  });

  it("of a status neither creates nor changes more than the status", () => {
    const simulation = cluster.fork();
    const status = { ...web({}), status: { observedGeneration: 7 } };
    expect(apply(simulation, `${DEPLOYMENTS}/web/status`, status).code).toBe(404);
    apply(simulation, `${DEPLOYMENTS}/web`, web({ replicas: 2 }));
    const applied = apply(simulation, `${DEPLOYMENTS}/web/status`, { ...status, spec: { replicas: 9 } });
    expect(applied.body).toMatchObject({ spec: { replicas: 2 }, status: { observedGeneration: 7 } });
    expect(names(applied)).toEqual(["one Apply", "one Apply status"]);
  });

  it("in a dry run stores nothing", () => {
    const simulation = cluster.fork();
    expect(apply(simulation, `${MAPS}/cm`, config({}), "fieldManager=one&dryRun=All").code).toBe(201);
    expect(ask(simulation, "GET", `${MAPS}/cm`).code).toBe(404);
  });

  it("of an old version conflicts", () => {
    const simulation = cluster.fork();
    apply(simulation, `${MAPS}/cm`, config({ a: "1" }));
    const late = apply(simulation, `${MAPS}/cm`, config({ a: "2" }, { resourceVersion: "1" }));
    expect(late).toMatchObject({ code: 409, body: { reason: "Conflict" } });
  });
});

describe("scaling", () => {
  it("owns the replicas, whether by update or by apply", () => {
    const simulation = cluster.fork();
    apply(simulation, `${DEPLOYMENTS}/web`, web({ replicas: 2 }));
    const merge = { contentType: "application/merge-patch+json", userAgent: "kubectl/v1.36.2 (linux/amd64)" };
    ask(simulation, "PATCH", `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 4 } }, merge);
    const scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "web" }, spec: { replicas: 5 } };
    const refused = apply(simulation, `${DEPLOYMENTS}/web/scale`, scale, "fieldManager=hpa");
    expect(refused.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
    const forced = apply(simulation, `${DEPLOYMENTS}/web/scale`, scale, "fieldManager=hpa&force=true");
    expect(forced.body).toMatchObject({ kind: "Scale", spec: { replicas: 5 } });
    const found = ask(simulation, "GET", `${DEPLOYMENTS}/web`);
    expect(names(found)).toContain("hpa Apply scale");
    expect(names(found)).not.toContain("kubectl Update scale");
    const scaler = ownersOf(found).find(({ manager }) => manager === "hpa");
    expect(scaler?.fieldsV1).toEqual({ "f:spec": { "f:replicas": {} } });
  });
});

describe("managed fields of other writes", () => {
  it.each([
    ["the field manager", "?fieldManager=me", "kubectl/v1.36.2", "me"],
    ["the client's program", "", "kubectl/v1.36.2 (linux/amd64)", "kubectl"],
    ["nobody known", "", undefined, "unknown"],
  ])("name %s", (_, query, userAgent, manager) => {
    const answer = ask(cluster.fork(), "POST", `${MAPS}${query}`, config({ a: "1" }), { userAgent });
    expect(names(answer)).toEqual([`${manager} Update`]);
  });

  it("name the cluster's own parts where a client manages something too", () => {
    const simulation = cluster.fork();
    ask(simulation, "POST", DEPLOYMENTS, web({ replicas: 1 }), { userAgent: "kubectl/v1.36.2" });
    simulation.advanceTo(simulation.nowMs + 20_000);
    const found = ask(simulation, "GET", `${DEPLOYMENTS}/web`);
    expect(names(found)).toEqual(["kubectl Update", "kube-controller-manager Update status"]);
    const pods = ask(simulation, "GET", "/api/v1/namespaces/default/pods").body.items as { metadata: object }[];
    expect(pods.map(({ metadata }) => "managedFields" in metadata)).toEqual([false]);
  });

  it("can be emptied by a patch", () => {
    const simulation = cluster.fork();
    ask(simulation, "POST", MAPS, config({ a: "1" }));
    const merge = { contentType: "application/merge-patch+json" };
    const emptied = ask(simulation, "PATCH", `${MAPS}/cm`, { metadata: { managedFields: [] } }, merge);
    expect(emptied.body.metadata).not.toHaveProperty("managedFields");
  });

  it("refuse force where nothing is applied", () => {
    const simulation = cluster.fork();
    ask(simulation, "POST", MAPS, config({ a: "1" }));
    const merge = { contentType: "application/merge-patch+json" };
    const answer = ask(simulation, "PATCH", `${MAPS}/cm?force=true`, {}, merge);
    expect(answer.body.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });
});
