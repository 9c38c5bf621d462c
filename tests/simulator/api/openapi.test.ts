import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";

const simulation = Simulation.start({ workers: 0 });
simulation.advanceTo(30_000);

// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
function get(path: string): any {
  const { code, body } = simulation.request({ method: "GET", path });
  expect(code).toBe(200);
  return body;
}

/** All references in a document. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "$ref" && typeof item === "string" ? [item] : references(item),
  );
}

describe("OpenAPI", () => {
  const v3: [string, { serverRelativeURL: string }][] = Object.entries(get("/openapi/v3").paths);

  it("lists a document for each group version, by address and hash", () => {
    expect(v3.map(([path]) => path)).toEqual(
      expect.arrayContaining(["api/v1", "apis/apps/v1", "apis/discovery.k8s.io/v1"]),
    );
    for (const [path, { serverRelativeURL }] of v3) expect(serverRelativeURL).toMatch(`/openapi/v3/${path}?hash=`);
  });

  it.each(v3)(
    "%s: references nothing that it does not hold, and says what is at each path",
    (_path, { serverRelativeURL }) => {
      const { components, paths, openapi } = get(serverRelativeURL);
      expect(openapi).toBe("3.0.0");
      for (const reference of references({ components, paths })) {
        expect(components.schemas).toHaveProperty([reference.replace("#/components/schemas/", "")]);
      }
      for (const [path, item] of Object.entries<Record<string, object>>(paths)) {
        // The roots are answered with no kind of the group's.
        if (path.endsWith("/")) continue;
        for (const [method, operation] of Object.entries(item)) {
          if (method !== "parameters") expect(operation).toHaveProperty("x-kubernetes-group-version-kind.kind");
        }
      }
    },
  );

  it("has a document for each path that describes the server, and for each group that is built in", () => {
    const roots = ["api", "apis", "apis/apps", "apis/storage.k8s.io", "version", "openid/v1/jwks"];
    expect(v3.map(([path]) => path)).toEqual(expect.arrayContaining([...roots, ".well-known/openid-configuration"]));
    const { paths, components } = get("/openapi/v3/apis/rbac.authorization.k8s.io");
    expect(paths["/apis/rbac.authorization.k8s.io/"].get.operationId).toBe("getRbacAuthorizationAPIGroup");
    expect(Object.keys(components.schemas)).toContain("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery");
    expect(get("/openapi/v3/version").components.schemas["io.k8s.apimachinery.pkg.version.Info"].required).toHaveLength(
      9,
    );
    expect(get("/openapi/v3/openid/v1/jwks").components).toEqual({});
    expect(get("/openapi/v2").paths).toHaveProperty(["/apis/apps/v1/", "get", "operationId"], "getAppsV1APIResources");
    expect(simulation.request({ method: "GET", path: "/openapi/v3/apis/nobody" }).code).toBe(404);
  });

  it("knows types, what is required, how lists merge, values and zeros", () => {
    const { schemas } = get("/openapi/v3/api/v1").components;
    expect(schemas["io.k8s.api.core.v1.Pod"]["x-kubernetes-group-version-kind"]).toEqual([
      { group: "", kind: "Pod", version: "v1" },
    ]);
    expect(schemas["io.k8s.api.core.v1.Taint"]).toEqual({
      type: "object",
      properties: {
        effect: { type: "string", default: "", enum: ["NoExecute", "NoSchedule", "PreferNoSchedule"] },
        key: { type: "string", default: "" },
        timeAdded: { allOf: [{ $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Time" }] },
        value: { type: "string" },
      },
      required: ["effect", "key"],
    });
    const { containers, nodeSelector } = schemas["io.k8s.api.core.v1.PodSpec"].properties;
    expect(containers).toEqual({
      type: "array",
      items: { default: {}, allOf: [{ $ref: "#/components/schemas/io.k8s.api.core.v1.Container" }] },
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-list-type": "map",
      "x-kubernetes-patch-merge-key": "name",
      "x-kubernetes-patch-strategy": "merge",
    });
    expect(nodeSelector).toEqual({
      type: "object",
      additionalProperties: { type: "string", default: "" },
      "x-kubernetes-map-type": "atomic",
    });
  });

  it("says that writes may be tried and checked, which clients look for", () => {
    const patch =
      get("/openapi/v3/apis/apps/v1").paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"].patch;
    const names = patch.parameters.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["dryRun", "fieldManager", "fieldValidation"]));
    expect(patch.operationId).toBe("patchAppsV1NamespacedDeployment");
  });

  it("in version 2 is one document for all", () => {
    const { swagger, definitions, paths } = get("/openapi/v2");
    expect(swagger).toBe("2.0");
    for (const reference of references({ definitions, paths })) {
      expect(definitions).toHaveProperty([reference.replace("#/definitions/", "")]);
    }
    expect(definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]).toEqual({
      type: "string",
      format: "int-or-string",
    });
  });
});
