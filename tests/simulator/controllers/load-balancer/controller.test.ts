import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../simulator/base/json.ts";
import { Simulation } from "../../../../simulator/simulation.ts";

const PATH = "/api/v1/namespaces/default/services";

interface Seen {
  readonly metadata: { readonly finalizers?: readonly string[]; readonly name: string };
  readonly spec: { readonly type: string };
  readonly status: { readonly loadBalancer?: { readonly ingress?: readonly JsonObject[] }; readonly phase?: string };
}

describe("a kubeadm cluster with load balancers", () => {
  const simulation = Simulation.start({ workers: 2, proxyDaemonSet: true, loadBalancers: true });
  simulation.advanceTo(90_000);
  const ask = (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: JsonObject) =>
    simulation.request({
      method,
      path,
      ...(body && { body, contentType: method === "PATCH" ? "application/merge-patch+json" : "application/json" }),
    });
  const get = (path: string) => ask("GET", path).body as unknown as Seen;
  const wait = (ms: number) => simulation.advanceTo(simulation.nowMs + ms);

  it("has kube-proxy on each node, from a DaemonSet", () => {
    const set = ask("GET", "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy").body;
    expect(set.status).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3 });
    const pods = (ask("GET", "/api/v1/namespaces/kube-system/pods").body as unknown as { items: Seen[] }).items;
    expect(
      pods
        .filter(({ metadata }) => metadata.name.startsWith("coredns-"))
        .every(({ status }) => status.phase === "Running"),
    ).toBe(true);
  });

  it("gives an address, by which those outside come in, and takes it back", () => {
    const metadata = { name: "web", labels: { app: "web" } };
    ask("POST", "/api/v1/namespaces/default/pods", { metadata, spec: { containers: [{ name: "c", image: "nginx" }] } });
    const created = ask("POST", PATH, {
      metadata: { name: "web" },
      spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    expect(created.code).toBe(201);
    wait(1000);
    expect(get(`${PATH}/web`).metadata.finalizers).toEqual(["service.kubernetes.io/load-balancer-cleanup"]);
    expect(get(`${PATH}/web`).status.loadBalancer).toEqual({});
    wait(30_000);
    expect(get(`${PATH}/web`).status.loadBalancer?.ingress).toEqual([{ ip: "203.0.113.10", ipMode: "VIP" }]);
    const outside = simulation.network.view({ kind: "outside" });
    expect(outside.connect("203.0.113.10", 80)).toBe("open");
    expect(outside.connect("203.0.113.11", 80)).toBe("timeout");
    ask("PATCH", `${PATH}/web`, {
      spec: { type: "ClusterIP", externalTrafficPolicy: null, allocateLoadBalancerNodePorts: null },
    });
    wait(1000);
    expect(get(`${PATH}/web`)).toMatchObject({ spec: { type: "ClusterIP" }, status: { loadBalancer: {} } });
    expect(get(`${PATH}/web`).metadata.finalizers ?? []).toEqual([]);
    expect(outside.connect("203.0.113.10", 80)).toBe("timeout");
  });

  it("lets a service go only when its load balancer is gone", () => {
    ask("POST", PATH, { metadata: { name: "short" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
    wait(10_000);
    ask("DELETE", `${PATH}/short`);
    wait(1000);
    expect(ask("GET", `${PATH}/short`).code).toBe(404);
  });
});
