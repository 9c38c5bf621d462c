import { describe, expect, it } from "vitest";
import { Simulation } from "../../../../simulator/index.ts";
import type { Json } from "../../resources/cases.ts";
import { clusterFor, must } from "../access.ts";

const base = clusterFor("team").snapshot();
const TEAM = "/api/v1/namespaces/team";

function post(simulation: Simulation, path: string, body: object) {
  return simulation.request({ method: "POST", path, body: body as never });
}

function quota(simulation: Simulation, hard: Json, rest: object = {}, name = "q"): void {
  must(post(simulation, `${TEAM}/resourcequotas`, { metadata: { name }, spec: { hard, ...rest } }));
  simulation.advanceTo(simulation.nowMs + 5000);
}

function used(simulation: Simulation, name = "q"): unknown {
  const { status } = simulation.request({ method: "GET", path: `${TEAM}/resourcequotas/${name}` }).body as Json;
  return (status as Json).used;
}

function pod(name: string, requests?: Json, spec: object = {}) {
  const container = { name: "c", image: "nginx:1.27", ...(requests && { resources: { requests } }) };
  return { metadata: { name }, spec: { containers: [container], ...spec } };
}

describe("ResourceQuota", () => {
  it("counts what is there, charges what comes, and gives back what goes", () => {
    const simulation = Simulation.restore(base);
    must(post(simulation, `${TEAM}/pods`, pod("first", { cpu: "250m" })));
    quota(simulation, { pods: "3", "requests.cpu": "1", "count/deployments.apps": "1", configmaps: "5" });
    const start = { configmaps: "1", "count/deployments.apps": "0", pods: "1", "requests.cpu": "250m" };
    expect(used(simulation)).toEqual(start);
    must(post(simulation, `${TEAM}/pods`, pod("second", { cpu: "0.5" })));
    expect(used(simulation), "in the very request").toEqual({ ...start, pods: "2", "requests.cpu": "750m" });
    expect(post(simulation, `${TEAM}/pods`, pod("third", { cpu: "500m" })).body.message).toBe(
      'pods "third" is forbidden: exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=750m, limited: requests.cpu=1',
    );
    expect(post(simulation, `${TEAM}/pods`, pod("third")).body.message).toBe(
      'pods "third" is forbidden: failed quota: q: must specify requests.cpu for: c',
    );
    must(simulation.request({ method: "DELETE", path: `${TEAM}/pods/first?gracePeriodSeconds=0` }));
    simulation.advanceTo(simulation.nowMs + 5000);
    expect(used(simulation)).toEqual({ ...start, "requests.cpu": "500m" });
  });

  it("is charged nothing by a dry run, and gets back what came to nothing", () => {
    const simulation = Simulation.restore(base);
    quota(simulation, { pods: "5" });
    must(post(simulation, `${TEAM}/pods?dryRun=All`, pod("p")));
    expect(used(simulation)).toEqual({ pods: "0" });
    must(post(simulation, `${TEAM}/pods`, pod("p")));
    expect(post(simulation, `${TEAM}/pods`, pod("p")).code).toBe(409);
    expect(used(simulation)).toEqual({ pods: "2" });
    simulation.advanceTo(simulation.nowMs + 5 * 60_000);
    expect(used(simulation)).toEqual({ pods: "1" });
  });

  it("stops a Deployment where the room ends", () => {
    const simulation = Simulation.restore(base);
    quota(simulation, { pods: "2" });
    const labels = { app: "web" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx:1.27" }] } };
    must(
      post(simulation, "/apis/apps/v1/namespaces/team/deployments", {
        metadata: { name: "web" },
        spec: { replicas: 4, selector: { matchLabels: labels }, template },
      }),
    );
    simulation.advanceTo(simulation.nowMs + 5000);
    const { items } = simulation.request({ method: "GET", path: `${TEAM}/pods` }).body as unknown as { items: Json[] };
    expect(items.length).toBe(2);
    const events = simulation.request({ method: "GET", path: `${TEAM}/events` }).body as unknown as { items: Json[] };
    const failed = events.items.find(({ reason }) => reason === "FailedCreate");
    expect(failed?.message).toMatch(
      /^Error creating: pods "web-.*" is forbidden: exceeded quota: q, requested: pods=1/,
    );
  });

  it("follows services and claims as they change", () => {
    const simulation = Simulation.restore(base);
    quota(simulation, { services: "2", "services.nodeports": "1", "requests.storage": "10Gi" });
    const port = (number: number) => ({ name: `p${number}`, port: number });
    const service = { metadata: { name: "s" }, spec: { type: "NodePort", selector: { a: "b" }, ports: [port(80)] } };
    must(post(simulation, `${TEAM}/services`, service));
    const change = { method: "PATCH", contentType: "application/merge-patch+json" } as const;
    const more = { spec: { ports: [port(80), port(81)] } };
    expect(simulation.request({ ...change, path: `${TEAM}/services/s`, body: more }).body.message).toBe(
      'services "s" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
    );
    const resources = { requests: { storage: "8Gi" } };
    const claim = { metadata: { name: "c" }, spec: { accessModes: ["ReadWriteOnce"], resources } };
    must(post(simulation, `${TEAM}/persistentvolumeclaims`, claim));
    expect(used(simulation)).toEqual({ services: "1", "services.nodeports": "1", "requests.storage": "8Gi" });
    expect(post(simulation, `${TEAM}/persistentvolumeclaims`, { ...claim, metadata: { name: "d" } }).code).toBe(403);
  });

  it.each([
    [{ scopes: ["BestEffort"] }, pod("p"), true],
    [{ scopes: ["BestEffort"] }, pod("p", { cpu: "1" }), false],
    [{ scopes: ["NotBestEffort"] }, pod("p", { cpu: "1" }), true],
    [{ scopes: ["Terminating"] }, pod("p", undefined, { activeDeadlineSeconds: 30 }), true],
    [{ scopes: ["NotTerminating"] }, pod("p", undefined, { activeDeadlineSeconds: 30 }), false],
    [
      priority("In", ["system-node-critical"]),
      pod("p", undefined, { priorityClassName: "system-node-critical" }),
      true,
    ],
    [
      priority("NotIn", ["system-node-critical"]),
      pod("p", undefined, { priorityClassName: "system-node-critical" }),
      false,
    ],
    [priority("DoesNotExist"), pod("p"), true],
  ])("with %j is about a pod: %j, %s", (scope, manifest, isCounted) => {
    const simulation = Simulation.restore(base);
    quota(simulation, { pods: "0" }, scope);
    expect(post(simulation, `${TEAM}/pods`, manifest).code).toBe(isCounted ? 403 : 201);
  });
});

function priority(operator: string, values?: readonly string[]) {
  return { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator, ...(values && { values }) }] } };
}
