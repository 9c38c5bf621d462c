import { describe, expect, it } from "vitest";
import { limitProblems } from "../../../../simulator/api/admission/limit-rules.ts";
import { Simulation } from "../../../../simulator/index.ts";
import type { Json } from "../../resources/cases.ts";
import { clusterFor, must } from "../access.ts";

const base = clusterFor("team").snapshot();

function post(simulation: Simulation, path: string, body: object) {
  return must(simulation.request({ method: "POST", path, body: body as never })).body as Json;
}

const RANGE = {
  metadata: { name: "limits" },
  spec: { limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "100m" } }] },
};

describe("LimitRanger", () => {
  it("fills in what containers leave out, and notes it", () => {
    const simulation = Simulation.restore(base);
    post(simulation, "/api/v1/namespaces/team/limitranges", RANGE);
    const { metadata, spec } = post(simulation, "/api/v1/namespaces/team/pods", {
      metadata: { name: "p" },
      spec: {
        initContainers: [{ name: "first", image: "busybox:1.36" }],
        containers: [
          { name: "own", image: "nginx:1.27", resources: { limits: { cpu: "1", memory: "1Gi" } } },
          { name: "none", image: "nginx:1.27" },
        ],
      },
    }) as { metadata: Json; spec: { containers: Json[]; initContainers: Json[] } };
    const filled = { limits: { cpu: "500m", memory: "256Mi" }, requests: { cpu: "100m", memory: "256Mi" } };
    expect(spec.containers.map(({ resources }) => resources)).toEqual([
      { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "1", memory: "1Gi" } },
      filled,
    ]);
    expect(spec.initContainers[0]?.resources).toEqual(filled);
    const note = (what: string) => `cpu, memory request for ${what}; cpu, memory limit for ${what}`;
    expect(metadata.annotations).toEqual({
      "kubernetes.io/limit-ranger": `LimitRanger plugin set: ${note("container none")}; ${note("init container first")}`,
    });
  });

  it("treats the pods of a Deployment alike, and sees when the range changes", () => {
    const simulation = Simulation.restore(base);
    post(simulation, "/api/v1/namespaces/team/limitranges", RANGE);
    const labels = { app: "web" };
    post(simulation, "/apis/apps/v1/namespaces/team/deployments", {
      metadata: { name: "web" },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx:1.27" }] } },
      },
    });
    const requests = () => {
      simulation.advanceTo(simulation.nowMs + 5000);
      const { items } = simulation.request({ method: "GET", path: "/api/v1/namespaces/team/pods" }).body as unknown as {
        items: { spec: { containers: { resources: { requests: { cpu: string } } }[] } }[];
      };
      return items.map(({ spec }) => spec.containers[0]?.resources.requests.cpu);
    };
    expect(requests()).toEqual(["100m", "100m"]);
    const patch = { spec: { limits: [{ ...RANGE.spec.limits[0], defaultRequest: { cpu: "50m" } }] } };
    const path = "/api/v1/namespaces/team/limitranges/limits";
    const contentType = "application/merge-patch+json";
    must(simulation.request({ method: "PATCH", path, body: patch, contentType }));
    const scale = { method: "PATCH", path: "/apis/apps/v1/namespaces/team/deployments/web", contentType } as const;
    must(simulation.request({ ...scale, body: { spec: { replicas: 3 } } }));
    expect(requests().sort()).toEqual(["100m", "100m", "50m"]);
  });

  it.each([
    [{ min: { cpu: "1" } }, {}, "minimum cpu usage per Container is 1.  No request is specified"],
    [{ min: { cpu: "1" } }, { requests: { cpu: "1000m" } }, undefined],
    [{ max: { cpu: "1" } }, {}, "maximum cpu usage per Container is 1.  No limit is specified"],
    [{ max: { cpu: "1" } }, { limits: { cpu: "1500m" } }, "maximum cpu usage per Container is 1, but limit is 1500m"],
    [
      { maxLimitRequestRatio: { memory: "2" } },
      { requests: { memory: "1Gi" }, limits: { memory: "3Gi" } },
      "memory max limit to request ratio per Container is 2, but provided ratio is 3.000000",
    ],
    [
      { maxLimitRequestRatio: { memory: "2" } },
      { limits: { memory: "3Gi" } },
      "memory max limit to request ratio per Container is 2, but no request is specified or request is 0",
    ],
  ])("limit %j of usage %j: %s", (limit, usage, problem) => {
    expect(limitProblems({ type: "Container", ...limit }, usage)[0]).toBe(problem);
  });
});
