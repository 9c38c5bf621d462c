import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import { must, send } from "../access.ts";
import { clientConfig, clusterWithServer, post, register } from "../admission/policies/webhook-cluster.ts";
import { OTHER_AUTHORITY } from "../webhook-certificates.ts";

const base = clusterWithServer("crd-conversion-webhook");
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TEXT = { type: "string" };
const schemaOf = (...fields: readonly string[]) => ({
  openAPIV3Schema: { type: "object", properties: Object.fromEntries(fields.map((field) => [field, TEXT])) },
});
const pathOf = (version: string, name = "") =>
  `/apis/stable.example.com/${version}/namespaces/one/hosts${name && `/${name}`}`;

function versionsWith(stored: "v1" | "v2") {
  return [
    { name: "v1", served: true, storage: stored === "v1", schema: schemaOf("hostPort") },
    { name: "v2", served: true, storage: stored === "v2", schema: schemaOf("host", "port") },
  ];
}

/** A cluster that serves hosts in two versions, stored in v1. */
function clusterOf(config: object = clientConfig("/crdconvert")): Simulation {
  const simulation = Simulation.restore(base);
  const spec = {
    group: "stable.example.com",
    scope: "Namespaced",
    names: { plural: "hosts", kind: "Host" },
    versions: versionsWith("v1"),
    conversion: { strategy: "Webhook", webhook: { clientConfig: config, conversionReviewVersions: ["v1"] } },
  };
  must(post(simulation, DEFINITIONS, { metadata: { name: "hosts.stable.example.com" }, spec }));
  simulation.advanceTo(simulation.nowMs + 3000);
  return simulation;
}

function read(simulation: Simulation, version: string, name = "") {
  return send(simulation, { verb: "GET", path: pathOf(version, name) });
}

const FIRST = {
  apiVersion: "stable.example.com/v1",
  kind: "Host",
  metadata: { name: "a" },
  hostPort: "localhost:8080",
};

describe("a conversion webhook", () => {
  it("shows objects in the version that is asked for, and stores them in its own", () => {
    const simulation = clusterOf();
    must(post(simulation, pathOf("v1"), FIRST));
    expect(read(simulation, "v2", "a").body).toMatchObject({
      apiVersion: "stable.example.com/v2",
      host: "localhost",
      port: "8080",
    });
    const second = {
      apiVersion: "stable.example.com/v2",
      kind: "Host",
      metadata: { name: "b" },
      host: "there",
      port: "1",
    };
    expect(must(post(simulation, pathOf("v2"), second)).body).toMatchObject({ host: "there", port: "1" });
    expect(read(simulation, "v1", "b").body).toMatchObject({ hostPort: "there:1" });
    const patch = { verb: "PATCH", path: pathOf("v2", "b"), contentType: "application/merge-patch+json" };
    expect(must(send(simulation, { ...patch, body: { port: "2" } })).body).toMatchObject({ host: "there", port: "2" });
    expect(read(simulation, "v1", "b").body).toMatchObject({ hostPort: "there:2" });
  });

  it("shows lists of objects that were stored in different versions", () => {
    const simulation = clusterOf();
    must(post(simulation, pathOf("v1"), FIRST));
    const path = `${DEFINITIONS}/hosts.stable.example.com`;
    const contentType = "application/merge-patch+json";
    must(send(simulation, { verb: "PATCH", path, contentType, body: { spec: { versions: versionsWith("v2") } } }));
    simulation.advanceTo(simulation.nowMs + 3000);
    must(post(simulation, pathOf("v2"), { metadata: { name: "b" }, host: "there", port: "1" }));
    expect(read(simulation, "v1").body.items).toMatchObject([{ hostPort: "localhost:8080" }, { hostPort: "there:1" }]);
    expect(read(simulation, "v2").body.items).toMatchObject([
      { apiVersion: "stable.example.com/v2", host: "localhost", port: "8080" },
      { host: "there", port: "1" },
    ]);
  });

  it("that does not answer, or cannot convert, is an error of who asks", () => {
    const untrusted = clusterOf(clientConfig("/crdconvert", OTHER_AUTHORITY));
    must(post(untrusted, pathOf("v1"), FIRST));
    expect(read(untrusted, "v1", "a").code).toBe(200);
    const { code, body } = read(untrusted, "v2", "a");
    expect([code, body.message]).toEqual([
      500,
      expect.stringMatching(
        /^conversion webhook for stable.example.com\/v1, Kind=Host failed: Post "https:\/\/hook.one.svc:443\/crdconvert\?timeout=30s": tls: /,
      ),
    ]);
    expect(read(untrusted, "v2").code).toBe(500);
    expect(post(untrusted, pathOf("v2"), { metadata: { name: "b" }, host: "h" }).code).toBe(500);
    const simulation = clusterOf();
    must(post(simulation, pathOf("v1"), { ...FIRST, hostPort: "no-port" }));
    expect(read(simulation, "v2", "a").body.message).toBe(
      "conversion webhook for stable.example.com/v1, Kind=Host failed: invalid hostPort value `no-port`",
    );
  });

  it("comes before admission webhooks, which are asked in the version of their rules", () => {
    const simulation = clusterOf();
    const condition = { name: "host", expression: "!has(object.host)" };
    register(simulation, "validating", "/nowhere", {
      rules: [{ apiGroups: ["stable.example.com"], apiVersions: ["v2"], resources: ["hosts"], operations: ["CREATE"] }],
      matchConditions: [condition],
    });
    expect(post(simulation, pathOf("v1"), FIRST).code).toBe(201);
    expect(post(simulation, pathOf("v2"), { metadata: { name: "b" } }).code).toBe(500);
  });
});
