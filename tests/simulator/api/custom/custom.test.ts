import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/simulation.ts";
import { CRDS, clusterOf, schemaOf, startCluster, WIDGETS, widget, widgets } from "./cluster.ts";

const SIZE = schemaOf({
  type: "object",
  properties: {
    size: { type: "integer", minimum: 1, default: 3 },
    name: { type: "string", nullable: true },
    port: { "x-kubernetes-int-or-string": true },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    labels: { type: "object", additionalProperties: { type: "string" } },
    parts: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["id"],
      items: { type: "object", required: ["id"], properties: { id: { type: "string" }, value: { type: "integer" } } },
    },
    template: {
      type: "object",
      "x-kubernetes-embedded-resource": true,
      "x-kubernetes-preserve-unknown-fields": true,
    },
  },
});

describe("a custom resource", () => {
  it("is pruned, gets defaults, and keeps what is to be kept", () => {
    const { define, send } = startCluster();
    define(widgets({ schema: SIZE }));
    const spec = { unknown: 1, name: null, port: "http", free: { a: { b: 1 } }, labels: { x: "y" } };
    const created = send("POST", WIDGETS, widget("a", spec));
    expect(created.code).toBe(201);
    expect(created.warnings).toEqual(['unknown field "spec.unknown"']);
    expect(created.body.spec).toEqual({ size: 3, name: null, port: "http", free: { a: { b: 1 } }, labels: { x: "y" } });
    expect(created.body.metadata.generation).toBe(1);
    const strict = send("POST", `${WIDGETS}?fieldValidation=Strict`, widget("b", { unknown: 1 }));
    expect(strict.body.message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.unknown"',
    );
  });

  it("counts generations, and its status apart where that is a subresource", () => {
    const { define, send } = startCluster();
    const status = { status: { type: "object", properties: { ready: { type: "boolean" } } } };
    const schema = schemaOf({ type: "object", properties: { size: { type: "integer" } } }, status);
    define(widgets({ schema, subresources: { status: {} } }));
    send("POST", WIDGETS, widget("a", { size: 1 }, { status: { ready: true } }));
    const merge = { contentType: "application/merge-patch+json" };
    expect(send("GET", `${WIDGETS}/a`).body.status).toBeUndefined();
    const changed = send("PATCH", `${WIDGETS}/a`, { spec: { size: 2 }, status: { ready: true } }, merge).body;
    expect([changed.metadata.generation, changed.status]).toEqual([2, undefined]);
    const shown = send("PATCH", `${WIDGETS}/a/status`, { spec: { size: 9 }, status: { ready: true } }, merge).body;
    expect([shown.metadata.generation, shown.spec.size, shown.status.ready]).toEqual([2, 2, true]);
    const wrong = send("PATCH", `${WIDGETS}/a/status`, { status: { ready: 1 } }, merge);
    expect(wrong.body.details.causes[0].field).toBe("status.ready");
    expect(send("GET", `${WIDGETS}/a/scale`).code).toBe(404);
  });

  it("obeys rules over old and new values", () => {
    const { define, send } = startCluster();
    const rules = [
      { rule: "self.size >= oldSelf.size", messageExpression: "'not below ' + string(oldSelf.size)" },
      { rule: "self.size < 10", fieldPath: ".size", reason: "FieldValueForbidden", message: "too big" },
    ];
    const schema = schemaOf({
      type: "object",
      properties: { size: { type: "integer" }, other: { type: "string", maxLength: 5 } },
      "x-kubernetes-validations": rules,
    });
    define(widgets({ schema }));
    expect(send("POST", WIDGETS, widget("a", { size: 12 })).body.details.causes).toEqual([
      { reason: "FieldValueForbidden", message: "Forbidden: too big", field: "spec.size" },
    ]);
    expect(send("POST", WIDGETS, widget("a", { size: 5 })).code).toBe(201);
    const merge = { contentType: "application/merge-patch+json" };
    const less = send("PATCH", `${WIDGETS}/a`, { spec: { size: 4 } }, merge);
    expect(less.body.details.causes[0].message).toBe('Invalid value: "object": not below 5');
    const invalid = send("PATCH", `${WIDGETS}/a`, { spec: { other: "too long" } }, merge);
    expect(invalid.body.details.causes.map(({ field }: { field: string }) => field)).toEqual(["spec.other", "<nil>"]);
  });

  it("leaves alone what an update does not touch", () => {
    const { define, send } = startCluster();
    const loose = { type: "object", properties: { a: { type: "integer" }, b: { type: "integer" } } };
    define(widgets({ schema: schemaOf(loose) }));
    send("POST", WIDGETS, widget("a", { a: 100, b: 1 }));
    const merge = { contentType: "application/merge-patch+json" };
    const strict = { type: "object", properties: { a: { type: "integer", maximum: 10 }, b: { type: "integer" } } };
    const path = `${CRDS}/widgets.example.com`;
    send(
      "PATCH",
      path,
      { spec: { versions: [{ name: "v1", served: true, storage: true, schema: schemaOf(strict) }] } },
      merge,
    );
    expect(send("PATCH", `${WIDGETS}/a`, { spec: { b: 2 } }, merge).code).toBe(200);
    expect(send("PATCH", `${WIDGETS}/a`, { spec: { a: 99 } }, merge).code).toBe(422);
  });

  it("is applied with the list types of its schema", () => {
    const { define, send } = startCluster();
    define(widgets({ schema: SIZE }));
    const apply = { contentType: "application/apply-patch+yaml" };
    const part = (manager: string, id: string, value: number, force = false) =>
      send(
        "PATCH",
        `${WIDGETS}/a?fieldManager=${manager}&force=${force}`,
        widget("a", { parts: [{ id, value }] }),
        apply,
      );
    expect(part("one", "x", 1).code).toBe(201);
    expect(part("two", "y", 2).body.spec.parts).toEqual([
      { id: "x", value: 1 },
      { id: "y", value: 2 },
    ]);
    const conflict = part("two", "x", 3);
    expect(conflict.code).toBe(409);
    expect(conflict.body.details.causes[0].field).toBe('.spec.parts[id="x"].value');
    expect(part("two", "x", 3, true).code).toBe(200);
    const strategic = { contentType: "application/strategic-merge-patch+json" };
    expect(send("PATCH", `${WIDGETS}/a`, { spec: { size: 4 } }, strategic).code).toBe(415);
    const duplicate = send("POST", WIDGETS, widget("b", { parts: [{ id: "x" }, { id: "x" }] }));
    expect(duplicate.body.details.causes).toEqual([
      { reason: "FieldValueDuplicate", message: 'Duplicate value: {"id":"x"}', field: "spec.parts[1]" },
    ]);
    const embedded = send("POST", WIDGETS, widget("c", { template: { kind: "Pod" } }));
    expect(embedded.body.details.causes[0].field).toBe("spec.template.apiVersion");
  });

  it("is scaled, selected and shown as its definition says", () => {
    const { define, send } = startCluster();
    const schema = schemaOf(
      { type: "object", properties: { size: { type: "integer" }, colour: { type: "string" } } },
      { status: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    );
    const scale = {
      specReplicasPath: ".spec.size",
      statusReplicasPath: ".status.size",
      labelSelectorPath: ".status.sel",
    };
    const ready = '.status.conditions[?(@.type=="Ready")].status';
    define(widgets({
      schema,
      subresources: { scale },
      selectableFields: [{ jsonPath: ".spec.colour" }],
      additionalPrinterColumns: [
        { name: "Size", type: "integer", jsonPath: ".spec.size" },
        { name: "Ready", type: "string", jsonPath: ready, priority: 1 },
      ],
    }));
    const status = {
      size: 2,
      sel: "a=b",
      conditions: [
        { type: "Other", status: "False" },
        { type: "Ready", status: "True" },
      ],
    };
    send("POST", WIDGETS, widget("a", { size: 2, colour: "red" }, { status }));
    send("POST", WIDGETS, widget("b", { size: 3, colour: "blue" }));
    const scaled = send(
      "PATCH",
      `${WIDGETS}/a/scale`,
      { spec: { replicas: 7 } },
      { contentType: "application/merge-patch+json" },
    );
    expect(scaled.body).toMatchObject({ spec: { replicas: 7 }, status: { replicas: 2, selector: "a=b" } });
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const table = send("GET", `${WIDGETS}?fieldSelector=spec.colour%3Dred`, undefined, { accept }).body;
    expect(table.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(["Name", "Size", "Ready"]);
    expect(table.rows.map(({ cells }: { cells: unknown[] }) => cells)).toEqual([["a", 7, "True"]]);
    expect(send("GET", `${WIDGETS}?fieldSelector=spec.size%3D1`).body.message).toBe(
      "field label not supported: spec.size",
    );
  });

  it("is served in several versions, in discovery and in the OpenAPI documents", () => {
    const { define, send } = startCluster();
    const definition = widgets({ schema: SIZE });
    const versions = [
      { name: "v1beta1", served: true, storage: false, deprecated: true, schema: SIZE },
      { name: "v1", served: true, storage: true, schema: SIZE },
      { name: "v2alpha1", served: false, storage: false, schema: SIZE },
    ];
    define({ ...definition, spec: { ...(definition.spec as object), versions } });
    send("POST", WIDGETS, widget("a", { size: 1 }));
    const beta = send("GET", WIDGETS.replace("v1/", "v1beta1/"));
    expect(beta.body.items[0].apiVersion).toBe("example.com/v1beta1");
    expect(beta.warnings).toEqual(["example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget"]);
    expect(send("GET", WIDGETS.replace("v1/", "v2alpha1/")).code).toBe(404);
    const group = send("GET", "/apis/example.com").body;
    expect(group.versions.map(({ version }: { version: string }) => version)).toEqual(["v1", "v1beta1"]);
    const [resource] = send("GET", "/apis/example.com/v1").body.resources;
    expect(resource).toMatchObject({
      name: "widgets",
      singularName: "widget",
      shortNames: ["wd"],
      categories: ["all"],
    });
    const v3 = send("GET", "/openapi/v3/apis/example.com/v1").body.components.schemas["com.example.v1.Widget"];
    expect(v3.properties.spec.properties.size).toEqual({ type: "integer", minimum: 1, default: 3 });
    const v2 = send("GET", "/openapi/v2").body.definitions["com.example.v1beta1.Widget"];
    expect(v2.properties.spec.properties.free).toEqual({
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
    });
  });

  it("is collected with its owner, survives a restore, and goes with its definition", () => {
    const cluster = startCluster();
    const { define, send, simulation } = cluster;
    define(widgets({ schema: SIZE }));
    const { uid } = send("POST", WIDGETS, widget("owner", { size: 1 })).body.metadata;
    const ownerReferences = [{ apiVersion: "example.com/v1", kind: "Widget", name: "owner", uid }];
    const dependent = widget("dependent", { size: 1 });
    send("POST", WIDGETS, { ...dependent, metadata: { name: "dependent", ownerReferences } });
    const restored = clusterOf(Simulation.restore(simulation.snapshot()));
    for (const { send: ask, simulation: run } of [cluster, restored]) {
      ask("DELETE", `${WIDGETS}/owner`);
      run.advanceTo(run.nowMs + 5000);
      expect(ask("GET", WIDGETS).body.items).toEqual([]);
      ask("POST", WIDGETS, widget("last", { size: 1 }));
      expect(ask("DELETE", `${CRDS}/widgets.example.com`).body.status.conditions.at(-1)).toMatchObject({
        type: "Terminating",
        reason: "InstanceDeletionPending",
      });
      expect(ask("POST", WIDGETS, widget("late", { size: 1 })).body.message).toBe(
        'widgets.example.com "late" is forbidden: create not allowed while custom resource definition is terminating',
      );
      run.advanceTo(run.nowMs + 10_000);
      expect(ask("GET", WIDGETS).code).toBe(404);
      expect(ask("GET", `${CRDS}/widgets.example.com`).code).toBe(404);
    }
    expect(restored.simulation.snapshot().store).toEqual(simulation.snapshot().store);
  });
});

describe("a watch of a custom resource", () => {
  const schema = schemaOf({ type: "object", properties: { size: { type: "integer" } } });
  const open = ({ simulation }: ReturnType<typeof startCluster>) => {
    const opened = simulation.watch({ method: "GET", path: `${WIDGETS}?watch=1` });
    if (!opened.ok) throw new Error("no watch");
    return opened.value;
  };

  it("ends when its definition is gone, after it saw all objects go", () => {
    const cluster = startCluster();
    const { define, send, simulation } = cluster;
    define(widgets({ schema }));
    send("POST", WIDGETS, widget("a", { size: 1 }));
    const watch = open(cluster);
    expect(watch.next().map(({ type }) => type)).toEqual(["ADDED"]);
    send("DELETE", `${CRDS}/widgets.example.com`);
    simulation.advanceTo(simulation.nowMs + 30_000);
    expect(send("GET", WIDGETS).code).toBe(404);
    expect(watch.ended).toBe(false);
    expect(watch.next().map(({ type }) => type)).toEqual(["DELETED"]);
    expect(watch.ended).toBe(true);
  });

  it("ends when its definition says something else, not when only its metadata changes", () => {
    const cluster = startCluster();
    const { define, send } = cluster;
    define(widgets({ schema }));
    const watch = open(cluster);
    const merge = { contentType: "application/merge-patch+json" };
    send("PATCH", `${CRDS}/widgets.example.com`, { metadata: { labels: { a: "b" } } }, merge);
    expect(watch.ended).toBe(false);
    send("PATCH", `${CRDS}/widgets.example.com`, { spec: { names: { shortNames: ["wi"] } } }, merge);
    cluster.simulation.advanceTo(cluster.simulation.nowMs + 2000);
    expect(watch.ended).toBe(true);
    expect(open(cluster).ended).toBe(false);
  });
});
