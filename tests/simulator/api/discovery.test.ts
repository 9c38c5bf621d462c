import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";
import { referenceFolder } from "../../reference.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

const simulation = Simulation.start({ workers: 0 });
simulation.advanceTo(30_000);

// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
function get(path: string, accept?: string): any {
  return simulation.request({ method: "GET", path, ...(accept && { accept }) });
}

describe("discovery", () => {
  it("answers unknown groups as text and unknown resources as a Status", () => {
    expect(get("/apis/none.example.com/v1/x")).toMatchObject({ code: 404, text: "404 page not found\n" });
    const unknown = get("/apis/apps/v1/namespaces/default/nothings");
    expect(unknown).toMatchObject({ code: 404, body: { reason: "NotFound", details: {} } });
    expect(unknown.text).toBeUndefined();
    expect(get("/healthz/none")).toMatchObject({ code: 404, text: "404 page not found\n" });
  });

  it("describes every group version in the aggregated and in the old form alike", () => {
    const items = [...get("/api", AGGREGATED).body.items, ...get("/apis", AGGREGATED).body.items];
    expect(items.length).toBeGreaterThan(4);
    for (const { metadata, versions } of items) {
      for (const { version, resources } of versions) {
        const path = metadata.name === undefined ? `/api/${version}` : `/apis/${metadata.name}/${version}`;
        const old: { name: string; verbs: string[] }[] = get(path).body.resources;
        const names = resources.flatMap((one: { resource: string; subresources?: { subresource: string }[] }) => [
          one.resource,
          ...(one.subresources ?? []).map(({ subresource }) => `${one.resource}/${subresource}`),
        ]);
        expect(old.map(({ name }) => name)).toEqual(names);
      }
    }
  });

  it("names the kind of answer, which clients look for", () => {
    expect(get("/apis", `${AGGREGATED},application/json`).contentType).toBe(AGGREGATED);
    expect(get("/apis", "application/json").body.kind).toBe("APIGroupList");
  });

  it("reports health as text, each check for itself, and leaves out what it is told to", () => {
    expect(get("/healthz").text).toBe("ok");
    expect(get("/livez/ping").text).toBe("ok");
    expect(get("/readyz?verbose&exclude=ping&exclude=none").text).toMatch(/^\[\+\]ping excluded: ok\n\[\+\]log ok\n/);
    expect(get("/readyz?verbose&exclude=none").text).toContain(
      'warn: some health checks cannot be excluded: no matches for "none"\nreadyz check passed\n',
    );
  });
});

const reference = referenceFolder();

describe.skipIf(reference === undefined)("discovery as a real API server answers it", () => {
  const load = (name: string) => JSON.parse(readFileSync(join(reference ?? "", "api", name), "utf8"));

  it("health checks", () => {
    const recorded = load("server.json");
    for (const name of ["healthz", "livez", "readyz"]) {
      const lines: string[] = get(`/${name}?verbose`).text.trimEnd().split("\n");
      expect(lines.pop()).toBe(`${name} check passed`);
      expect(lines).toEqual(recorded[name].map((check: string) => `[+]${check} ok`));
    }
    expect(get("/healthz?verbose").text).toBe(recorded.healthzText);
  });

  it("groups, versions, and every resource that is served, in order", () => {
    const recorded = load("resources.json");
    const ours = [...get("/api", AGGREGATED).body.items, ...get("/apis", AGGREGATED).body.items];
    const names: string[] = ours
      .map(({ metadata }) => metadata.name ?? "")
      .filter((name) => !name.includes("tabernetes"));
    expect(names).toEqual(recorded.groupsInOrder.filter((name: string) => names.includes(name)));
    for (const { metadata, versions } of ours) {
      const group = recorded.groups.find((one: { group: string }) => one.group === (metadata.name ?? ""));
      if (group === undefined) continue;
      for (const { version, resources, freshness } of versions) {
        const real = group.versions.find((one: { version: string }) => one.version === version);
        expect(freshness).toBe(real.freshness);
        const served = real.resources.filter((one: { resource: string }) =>
          resources.some((ourOne: { resource: string }) => ourOne.resource === one.resource),
        );
        expect(resources.map(withoutSubresources)).toEqual(served.map(withoutSubresources));
        for (const [index, resource] of resources.entries()) {
          for (const part of resource.subresources ?? []) expect(served[index].subresources).toContainEqual(part);
        }
      }
    }
  });

  it("old resource lists", () => {
    for (const [path, real] of Object.entries<{ name: string }[]>(load("resourcelists.json"))) {
      const ours: { name: string }[] = get(path).body.resources ?? [];
      expect(ours).toEqual(real.filter(({ name }) => ours.some((one) => one.name === name)));
    }
  });

  it("root paths", () => {
    const real: string[] = load("resources.json").rootPaths;
    const ours: string[] = get("/").body.paths;
    expect(ours.filter((path) => !path.includes("tabernetes"))).toEqual(real.filter((path) => ours.includes(path)));
  });
});

function withoutSubresources({ subresources: _, ...resource }: { subresources?: unknown }) {
  return resource;
}
