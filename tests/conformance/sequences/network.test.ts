import { describe, expect, it } from "vitest";
import { HOME, type Loose, Play, pod } from "./play.ts";

/** What the conformance tests of sig-network do that need the API and its controllers alone. */

const [PODS, SERVICES, ENDPOINTS] = [`${HOME}/pods`, `${HOME}/services`, `${HOME}/endpoints`];
const SLICES = "/apis/discovery.k8s.io/v1/namespaces/e2e/endpointslices";
const slicesOf = (play: Play, service: string): Loose[] =>
  play.list(`${SLICES}?labelSelector=kubernetes.io%2Fservice-name%3D${service}`);
const service = (name: string, spec: object) => ({ metadata: { name }, spec });

describe("endpoints", () => {
  it("and slices point to the API server", () => {
    const play = new Play();
    expect(play.list("/api/v1/services").map(({ metadata }) => metadata.name)).toContain("kubernetes");
    const { subsets } = play.get("/api/v1/namespaces/default/endpoints/kubernetes");
    const slices = play.list("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices");
    const slice = slices.find(({ metadata }) => metadata.labels["kubernetes.io/service-name"] === "kubernetes");
    expect([subsets[0].ports[0].name, slice.ports[0].name]).toEqual(["https", "https"]);
    expect(slice.endpoints[0].addresses).toEqual([subsets[0].addresses[0].ip]);
  });

  it("are made for a service that selects nobody, and go with it", () => {
    const play = new Play();
    play.create(SERVICES, service("empty", { selector: { none: "matches" }, ports: [{ port: 80 }] }));
    play.until("both are there", () => !play.isGone(`${ENDPOINTS}/empty`) && slicesOf(play, "empty").length === 1);
    play.remove(`${SERVICES}/empty`);
    play.until("both are gone", () => play.isGone(`${ENDPOINTS}/empty`) && slicesOf(play, "empty").length === 0);
  });

  it("follow the pods of a service with two ports that each pod has one of", () => {
    const play = new Play();
    const ports = [
      { name: "one", port: 80, targetPort: "a" },
      { name: "two", port: 81, targetPort: "b" },
    ];
    play.create(SERVICES, service("multi", { selector: { multi: "1" }, ports }));
    const shown = () =>
      (play.get(`${ENDPOINTS}/multi`).subsets ?? []).map(({ ports: at }: Loose) => at[0].port).join(" ");
    const add = (name: string, port: string, containerPort: number) =>
      play.create(PODS, pod(name, { ports: [{ name: port, containerPort }] }, {}, { labels: { multi: "1" } }));
    play.until("they are empty", () => !play.isGone(`${ENDPOINTS}/multi`) && shown() === "");
    add("p1", "a", 100);
    play.until("the first is in", () => shown() === "100");
    add("p2", "b", 101);
    play.until("both are in", () => shown().split(" ").sort().join(" ") === "100 101");
    expect(slicesOf(play, "multi").map(({ endpoints }) => endpoints.length)).toEqual([1, 1]);
    play.remove(`${PODS}/p1`);
    play.until("the second is left", () => shown() === "101");
    play.remove(`${PODS}/p2`);
    play.until("none is left", () => shown() === "");
  });

  it("written by hand are mirrored, changed and gone with them", () => {
    const play = new Play();
    play.create(SERVICES, service("custom", { ports: [{ name: "example", port: 80 }] }));
    const subset = (ip: string, port: number) => ({ subsets: [{ ports: [{ port }], addresses: [{ ip }] }] });
    play.create(ENDPOINTS, { metadata: { name: "custom" }, ...subset("10.1.2.3", 80) });
    const shown = () =>
      slicesOf(play, "custom").map(({ endpoints, ports }) => `${endpoints[0].addresses} ${ports[0].port}`);
    play.until("it is mirrored", () => shown().join() === "10.1.2.3 80");
    play.merge(`${ENDPOINTS}/custom`, subset("10.2.3.4", 9090));
    play.until("the mirror follows", () => shown().join() === "10.2.3.4 9090");
    play.remove(`${ENDPOINTS}/custom`);
    play.until("the mirror is gone", () => shown().length === 0);
  });

  it("are written, replaced, patched and deleted by label", () => {
    const play = new Play();
    const labels = { "test-endpoint-static": "true" };
    const address = (ip: string) => [{ addresses: [{ ip }], ports: [{ name: "http", port: 80 }] }];
    play.create(ENDPOINTS, { metadata: { name: "te", labels }, subsets: address("10.0.0.24") });
    const now = play.get(`${ENDPOINTS}/te`);
    play.replace(`${ENDPOINTS}/te`, { ...now, metadata: { ...now.metadata, labels: { ...labels, a: "updated" } } });
    const patched = play.patch(`${ENDPOINTS}/te`, { subsets: address("10.0.0.25") });
    expect(patched.subsets).toMatchObject(address("10.0.0.25"));
    play.remove(`${ENDPOINTS}?labelSelector=test-endpoint-static%3Dtrue`);
    expect(play.isGone(`${ENDPOINTS}/te`)).toBe(true);
  });
});

describe("a service", () => {
  const path = `${SERVICES}/s`;
  const ports = [{ name: "http", port: 80, protocol: "TCP" }];

  it("goes through all its types, and takes and gives back addresses and ports", () => {
    const play = new Play();
    play.create(SERVICES, service("s", { type: "ExternalName", externalName: "foo.example.com", ports }));
    const shown = () => {
      const { spec } = play.get(path);
      return [spec.type, spec.clusterIP ? "address" : "-", spec.ports?.[0]?.nodePort ? "port" : "-"].join(" ");
    };
    const become = (change: (spec: Loose) => object) => {
      const { spec, ...rest } = play.get(path);
      play.replace(path, { ...rest, spec: change(spec) });
      return shown();
    };
    const named = { type: "ExternalName", externalName: "x.e2e.svc.cluster.local" };
    const external = ({ clusterIP: _, clusterIPs: __, ...spec }: Loose) => ({ ...spec, ...named });
    expect(shown()).toBe("ExternalName - -");
    expect(become((spec) => ({ ...spec, type: "ClusterIP", externalName: "", ports }))).toBe("ClusterIP address -");
    expect(become(external)).toBe("ExternalName - -");
    expect(become((spec) => ({ ...spec, type: "NodePort", externalName: "", ports }))).toBe("NodePort address port");
    expect(become(external)).toBe("ExternalName - -");
  });

  it("switches its affinity, and is deleted by label", () => {
    const play = new Play();
    play.create(SERVICES, {
      metadata: { name: "s", labels: { a: "b" } },
      spec: { type: "NodePort", sessionAffinity: "ClientIP", selector: { app: "s" }, ports },
    });
    const affinity = { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } };
    expect(play.get(path).spec).toMatchObject(affinity);
    play.merge(path, { spec: { sessionAffinity: "None", sessionAffinityConfig: null } });
    expect(play.merge(path, { spec: { sessionAffinity: "ClientIP" } }).spec).toMatchObject(affinity);
    play.remove(`${SERVICES}?labelSelector=a%3Db`);
    play.until("it is gone", () => play.isGone(path));
  });

  it("has the same port in two protocols", () => {
    const play = new Play();
    const both = [
      { name: "tcp-port", port: 80, protocol: "TCP" },
      { name: "udp-port", port: 80, protocol: "UDP" },
    ];
    play.create(SERVICES, service("s", { selector: { a: "b" }, ports: both }));
    for (const one of both) expect(play.merge(path, { spec: { ports: [one] } }).spec.ports).toMatchObject([one]);
  });
});
