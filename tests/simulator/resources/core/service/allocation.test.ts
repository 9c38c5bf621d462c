import { describe, expect, it } from "vitest";
import { anyKind } from "../../../../../simulator/api/kind.ts";
import type { Service } from "../../../../../simulator/api/refs.ts";
import { serviceKind } from "../../../../../simulator/resources/core/service/kind.ts";
import { Bench, type Json } from "../../cases.ts";

const KIND = anyKind(serviceKind);

function create(bench: Bench, name: string, spec: Json): Service {
  const created = bench.create(KIND, { metadata: { name }, spec }, "default");
  if (!created.ok) throw new Error(created.error.message);
  return created.value as Service;
}

function refusal(bench: Bench, name: string, spec: Json): string {
  const created = bench.create(KIND, { metadata: { name }, spec }, "default");
  return created.ok ? "accepted" : (created.error.message ?? "");
}

function patched(bench: Bench, name: string, spec: Json): Service {
  const written = bench.mergePatch(KIND, `default/${name}`, { spec });
  if (!written.ok) throw new Error(written.error.message);
  return written.value as Service;
}

const PORTS = [{ port: 80 }];

describe("cluster IPs", () => {
  it("are drawn from the dynamic part of the range, each once, and the same for the same seed", () => {
    const draw = () => {
      const bench = new Bench(7);
      return Array.from({ length: 50 }, (_, at) => create(bench, `s${at}`, { ports: PORTS }).spec.clusterIP);
    };
    const addresses = draw();
    expect(new Set(addresses).size).toBe(50);
    expect(addresses).toEqual(draw());
    for (const address of addresses) {
      const [a = 0, b = 0, c = 0] = (address ?? "").split(".").map(Number);
      expect(a).toBe(10);
      expect(b).toBeGreaterThanOrEqual(96);
      expect(b).toBeLessThan(112);
      expect(b * 256 + c, "the first 256 addresses are for those who ask").toBeGreaterThan(96 * 256);
    }
  });

  it("are free again when their service is gone", () => {
    const bench = new Bench();
    create(bench, "a", { ports: PORTS, clusterIP: "10.96.0.10" });
    expect(refusal(bench, "b", { ports: PORTS, clusterIP: "10.96.0.10" })).toContain(
      "provided IP is already allocated",
    );
    bench.delete(KIND, "default/a");
    expect(create(bench, "b", { ports: PORTS, clusterIP: "10.96.0.10" }).spec.clusterIPs).toEqual(["10.96.0.10"]);
  });

  it("must lie in the range", () => {
    const bench = new Bench();
    const ask = (clusterIP: string) => refusal(bench, "a", { ports: PORTS, clusterIP });
    expect(ask("10.112.0.1")).toContain("the provided network does not match the current range");
    expect(ask("10.96.0.0")).toContain("is not in the valid range. The range of valid IPs is 10.96.0.0/12");
    expect(ask("fd00::1")).toContain("IPv6 is not configured on this cluster");
  });

  it("stay when an update leaves them out, and come and go with ExternalName", () => {
    const bench = new Bench();
    const before = create(bench, "a", { ports: PORTS }).spec;
    const kept = bench.update(KIND, "default/a", () =>
      bench.decode(KIND, { metadata: { name: "a" }, spec: { ports: PORTS } }, "default"),
    );
    expect(kept.ok && (kept.value as Service).spec).toEqual(before);
    const named = patched(bench, "a", { type: "ExternalName", externalName: "example.com" });
    expect(named.spec).toEqual({
      ports: before.ports,
      type: "ExternalName",
      externalName: "example.com",
      sessionAffinity: "None",
    });
    const again = patched(bench, "a", { type: "ClusterIP", externalName: null });
    expect(again.spec.clusterIP).toMatch(/^10\./);
    expect(again.spec.ipFamilies).toEqual(["IPv4"]);
  });

  it("cannot become headless", () => {
    const bench = new Bench();
    create(bench, "a", { ports: PORTS, clusterIP: "10.96.1.1" });
    const written = bench.mergePatch(KIND, "default/a", { spec: { clusterIP: "None" } });
    expect(written.ok ? "accepted" : written.error.message).toContain("may not change once set");
  });
});

describe("node ports", () => {
  it("are drawn from the dynamic part of the range and shared by ports of one number", () => {
    const bench = new Bench();
    const ports = [
      { name: "tcp", port: 53 },
      { name: "udp", port: 53, protocol: "UDP" },
      { name: "web", port: 80 },
    ];
    const [tcp, udp, web] = create(bench, "a", { type: "NodePort", ports }).spec.ports ?? [];
    expect(tcp?.nodePort).toBeGreaterThanOrEqual(30086);
    expect(tcp?.nodePort).toBeLessThanOrEqual(32767);
    expect(udp?.nodePort).toBe(tcp?.nodePort);
    expect(web?.nodePort).not.toBe(tcp?.nodePort);
  });

  it("are refused outside of the range and where another service has them", () => {
    const bench = new Bench();
    const ask = (name: string, nodePort: number) =>
      refusal(bench, name, { type: "NodePort", ports: [{ port: 80, nodePort }] });
    const path = 'Service "a" is invalid: spec.ports[0].nodePort: Invalid value: 80:';
    expect(ask("a", 80)).toBe(
      `${path} provided port is not in the valid range. The range of valid ports is 30000-32767`,
    );
    expect(ask("a", 30100)).toBe("accepted");
    expect(ask("b", 30100)).toContain("provided port is already allocated");
  });

  it("run out", () => {
    const bench = new Bench();
    const ports = Array.from({ length: 2768 }, (_, at) => ({ name: `p${at}`, port: at + 1 }));
    const all = create(bench, "a", { type: "NodePort", ports }).spec.ports ?? [];
    expect(new Set(all.map(({ nodePort }) => nodePort)).size).toBe(2768);
    expect(refusal(bench, "b", { type: "NodePort", ports: PORTS })).toContain(
      "failed to allocate a nodePort: range is full",
    );
  });

  it("stay with the port of the same name, and are dropped with the type", () => {
    const bench = new Bench();
    const [web] = create(bench, "a", { type: "NodePort", ports: [{ name: "web", port: 80 }] }).spec.ports ?? [];
    const changed = patched(bench, "a", { ports: [{ name: "web", port: 8080 }] });
    expect(changed.spec.ports?.[0]?.nodePort).toBe(web?.nodePort);
    expect(patched(bench, "a", { type: "ClusterIP" }).spec.ports?.[0]).not.toHaveProperty("nodePort");
  });

  it("are left out where a load balancer needs none, but for its health check", () => {
    const bench = new Bench();
    const spec = {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: "Local",
      ports: PORTS,
    };
    const created = create(bench, "a", spec).spec;
    expect(created.ports?.[0]).not.toHaveProperty("nodePort");
    expect(created.healthCheckNodePort).toBeGreaterThanOrEqual(30086);
    expect(patched(bench, "a", { externalTrafficPolicy: "Cluster" }).spec).not.toHaveProperty("healthCheckNodePort");
  });
});
