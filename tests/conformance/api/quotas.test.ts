import { describe, expect, it } from "vitest";
import { type ApiRequest, Simulation } from "../../../simulator/index.ts";
import { clusterFor, must } from "../../simulator/api/access.ts";

/** What Kubernetes' conformance tests of quotas and of service accounts do. */

const base = clusterFor("e2e").snapshot();
const HOME = "/api/v1/namespaces/e2e";

type Body = NonNullable<ApiRequest["body"]>;
interface Quota {
  readonly status: { readonly hard?: Record<string, string>; readonly used?: Record<string, string> };
  readonly spec: { readonly hard?: Record<string, string> };
}

class Cluster {
  readonly simulation = Simulation.restore(base);

  ask(method: ApiRequest["method"], path: string, body?: object, contentType?: string) {
    return this.simulation.request({
      method,
      path,
      ...(body && { body: body as Body }),
      ...(contentType && { contentType }),
    });
  }

  quota(name: string, spec: object): void {
    must(this.ask("POST", `${HOME}/resourcequotas`, { metadata: { name }, spec }));
    this.wait();
  }

  wait(): void {
    this.simulation.advanceTo(this.simulation.nowMs + 6000);
  }

  used(name: string): Record<string, string> {
    this.wait();
    return (this.ask("GET", `${HOME}/resourcequotas/${name}`).body as unknown as Quota).status.used ?? {};
  }
}

const template = (labels: object) => ({
  metadata: { labels },
  spec: { containers: [{ name: "c", image: "busybox" }] },
});
const labels = { app: "x" };

describe("a quota captures the life of", () => {
  it.each([
    ["services", `${HOME}/services`, { spec: { ports: [{ port: 80 }] } }],
    ["secrets", `${HOME}/secrets`, { data: {} }],
    ["configmaps", `${HOME}/configmaps`, { data: { a: "b" } }],
    ["replicationcontrollers", `${HOME}/replicationcontrollers`, { spec: { replicas: 0, template: template(labels) } }],
    [
      "count/replicasets.apps",
      "/apis/apps/v1/namespaces/e2e/replicasets",
      { spec: { replicas: 0, selector: { matchLabels: labels }, template: template(labels) } },
    ],
  ])("%s", (resource, path, object) => {
    const cluster = new Cluster();
    cluster.quota("q", { hard: { [resource]: "10" } });
    const before = Number(cluster.used("q")[resource]);
    must(cluster.ask("POST", path, { metadata: { name: "one" }, ...object }));
    expect(Number(cluster.used("q")[resource])).toBe(before + 1);
    must(cluster.ask("DELETE", `${path}/one`));
    expect(Number(cluster.used("q")[resource])).toBe(before);
  });

  it("a custom resource, defined after the controllers have begun", () => {
    const cluster = new Cluster();
    const names = { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" };
    const schema = { openAPIV3Schema: { type: "object" } };
    const versions = [{ name: "v1", served: true, storage: true, schema }];
    const spec = { group: "example.com", names, scope: "Namespaced", versions };
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    must(cluster.ask("POST", definitions, { metadata: { name: "widgets.example.com" }, spec }));
    cluster.wait();
    cluster.quota("q", { hard: { "count/widgets.example.com": "1" } });
    expect(cluster.used("q")).toEqual({ "count/widgets.example.com": "0" });
    const path = "/apis/example.com/v1/namespaces/e2e/widgets";
    const widget = (name: string) => ({ apiVersion: "example.com/v1", kind: "Widget", metadata: { name } });
    must(cluster.ask("POST", path, widget("one")));
    expect(cluster.used("q")).toEqual({ "count/widgets.example.com": "1" });
    expect(cluster.ask("POST", path, widget("two"))).toMatchObject({ code: 403 });
    must(cluster.ask("DELETE", `${path}/one`));
    expect(cluster.used("q")).toEqual({ "count/widgets.example.com": "0" });
  });

  it("a pod, and refuses what it has no room for", () => {
    const cluster = new Cluster();
    cluster.quota("q", { hard: { pods: "5", cpu: "1", memory: "500Mi" } });
    const pod = (name: string, cpu: string) => {
      const containers = [{ name: "c", image: "busybox", resources: { requests: { cpu, memory: "252Mi" } } }];
      return cluster.ask("POST", `${HOME}/pods`, { metadata: { name }, spec: { containers } });
    };
    must(pod("one", "500m"));
    expect(cluster.used("q")).toMatchObject({ pods: "1", cpu: "500m", memory: "252Mi" });
    expect(pod("two", "600m")).toMatchObject({ code: 403 });
    must(cluster.ask("DELETE", `${HOME}/pods/one?gracePeriodSeconds=0`));
    expect(cluster.used("q")).toMatchObject({ pods: "0", cpu: "0", memory: "0" });
  });
});

describe("scopes of quotas", () => {
  const pod = (cluster: Cluster, spec: object) =>
    must(
      cluster.ask("POST", `${HOME}/pods`, {
        metadata: { name: "p" },
        spec: { containers: [{ name: "c", image: "busybox" }], ...spec },
      }),
    );
  const resources = { requests: { cpu: "500m", memory: "200Mi" }, limits: { cpu: "1", memory: "400Mi" } };
  const sized = { containers: [{ name: "c", image: "busybox", resources }] };

  it.each([
    ["BestEffort", "NotBestEffort", {}, sized],
    ["Terminating", "NotTerminating", { ...sized, activeDeadlineSeconds: 3600 }, sized],
  ])("%s and %s", (inside, outside, first, second) => {
    for (const [spec, expected] of [
      [first, ["1", "0"]],
      [second, ["0", "1"]],
    ] as const) {
      const cluster = new Cluster();
      cluster.quota("inside", { hard: { pods: "5" }, scopes: [inside] });
      cluster.quota("outside", { hard: { pods: "5" }, scopes: [outside] });
      pod(cluster, spec);
      expect([cluster.used("inside").pods, cluster.used("outside").pods]).toEqual(expected);
    }
  });
});

describe("a quota", () => {
  it("is changed, and its status with it, which may be written apart", () => {
    const cluster = new Cluster();
    const path = `${HOME}/resourcequotas/q`;
    const merge = "application/merge-patch+json";
    cluster.quota("q", { hard: { cpu: "1", memory: "500Mi" } });
    must(cluster.ask("PATCH", path, { spec: { hard: { memory: "750Mi" } } }, merge));
    cluster.wait();
    const quota = () => cluster.ask("GET", `${path}/status`).body as unknown as Quota;
    expect(quota().status.hard).toEqual({ cpu: "1", memory: "750Mi" });
    const patched = must(cluster.ask("PATCH", `${path}/status`, { status: { hard: { memory: "1000Mi" } } }, merge));
    expect((patched.body as unknown as Quota).status.hard?.memory).toBe("1000Mi");
    // The controller looks at all quotas every five minutes.
    cluster.simulation.advanceTo(cluster.simulation.nowMs + 301_000);
    expect(quota()).toMatchObject({ spec: { hard: { memory: "750Mi" } }, status: { hard: { memory: "750Mi" } } });
    must(cluster.ask("DELETE", path));
    expect(cluster.ask("GET", path).code).toBe(404);
  });
});

describe("a service account and a namespace", () => {
  it("are made, patched, updated and deleted by their labels", () => {
    const cluster = new Cluster();
    const path = `${HOME}/serviceaccounts`;
    must(cluster.ask("POST", path, { metadata: { name: "testsa", labels: { e2e: "yes" } } }));
    const patch = { automountServiceAccountToken: false };
    const patched = must(cluster.ask("PATCH", `${path}/testsa`, patch, "application/strategic-merge-patch+json"));
    expect(patched.body.automountServiceAccountToken).toBe(false);
    const current = cluster.ask("GET", `${path}/testsa`).body;
    const updated = must(cluster.ask("PUT", `${path}/testsa`, { ...current, automountServiceAccountToken: true }));
    expect(updated.body.automountServiceAccountToken).toBe(true);
    must(cluster.ask("DELETE", `${path}?labelSelector=e2e%3Dyes`));
    expect(cluster.ask("GET", `${path}/testsa`).code).toBe(404);
    const label = { metadata: { labels: { testLabel: "testValue" } } };
    expect(must(cluster.ask("PATCH", HOME, label, "application/merge-patch+json")).body.metadata).toMatchObject(
      label.metadata,
    );
    const namespace = cluster.ask("GET", HOME).body as unknown as { metadata: { labels: object } };
    const labelled = {
      ...namespace,
      metadata: { ...namespace.metadata, labels: { ...namespace.metadata.labels, a: "b" } },
    };
    expect(must(cluster.ask("PUT", HOME, labelled)).body.metadata).toMatchObject({ labels: { a: "b" } });
  });
});
