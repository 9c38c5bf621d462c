import { describe, expect, test } from "vitest";
import { ENDPOINT_SLICES, ENDPOINTS, type Endpoints, SERVICES } from "../../../simulator/api/refs.ts";
import { endpointSliceMirroringController } from "../../../simulator/resources/discovery/endpointslice/mirroring-controller.ts";
import { Cluster, must } from "./harness.ts";
import { create } from "./workloads.ts";

const slices = (cluster: Cluster) => [...cluster.store.of(ENDPOINT_SLICES).values()];
const service = (selector?: { [key: string]: string }) => ({
  metadata: { namespace: "default", name: "db" },
  spec: { ...(selector && { selector }), ports: [{ port: 80 }] },
});
const endpoints = (subsets: object[], metadata: object = {}) => ({
  metadata: { namespace: "default", name: "db", ...metadata },
  subsets,
});
const subset = (port: number, ...ips: string[]) => ({ addresses: ips.map((ip) => ({ ip })), ports: [{ port }] });

function begin(subsets: object[], metadata: object = {}, selector?: { [key: string]: string }): Cluster {
  const cluster = new Cluster([endpointSliceMirroringController]);
  cluster.addNamespace("default");
  cluster.startControllers();
  create(cluster, SERVICES, service(selector));
  create(cluster, ENDPOINTS, endpoints(subsets, metadata));
  cluster.advanceTo(2);
  return cluster;
}

describe("endpoints written by hand for a service that selects nothing", () => {
  test("are shown in a slice, with their labels and annotations, not ready ones too", () => {
    const notReadyAddresses = [{ ip: "10.9.0.2", nodeName: "n1" }];
    const labels = { app: "db" };
    const annotations = { note: "x", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
    const cluster = begin([{ ...subset(5432, "10.9.0.1"), notReadyAddresses }], { labels, annotations });
    expect(slices(cluster)).toMatchObject([
      {
        metadata: {
          generateName: "db-",
          labels: {
            app: "db",
            "kubernetes.io/service-name": "db",
            "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
          },
          ownerReferences: [{ kind: "Endpoints", name: "db", controller: true }],
        },
        addressType: "IPv4",
        endpoints: [
          { addresses: ["10.9.0.1"], conditions: { ready: true } },
          { addresses: ["10.9.0.2"], conditions: { ready: false }, nodeName: "n1" },
        ],
        ports: [{ name: "", port: 5432, protocol: "TCP" }],
      },
    ]);
    expect(slices(cluster)[0]?.metadata.annotations).toEqual({ note: "x" });
  });

  test("have a slice for each set of ports and each kind of address", () => {
    const cluster = begin([subset(80, "10.9.0.1", "fd00::1"), subset(81, "10.9.0.1")]);
    const shown = slices(cluster).map(({ addressType, ports }) => `${addressType} ${ports?.[0]?.port}`);
    expect(shown.sort()).toEqual(["IPv4 80", "IPv4 81", "IPv6 80"]);
  });

  test("change their slice in place, and take it along when they go", () => {
    const cluster = begin([subset(80, "10.9.0.1")]);
    const name = slices(cluster)[0]?.metadata.name;
    const written = cluster.get(ENDPOINTS, "default/db");
    must(cluster.client.update(ENDPOINTS, { ...written, subsets: [subset(9090, "10.9.0.7")] } as Endpoints));
    cluster.advanceTo(4);
    expect(slices(cluster)).toMatchObject([
      { metadata: { name }, endpoints: [{ addresses: ["10.9.0.7"] }], ports: [{ name: "", port: 9090 }] },
    ]);
    must(cluster.client.delete(ENDPOINTS, "default/db"));
    cluster.advanceTo(6);
    expect(slices(cluster)).toEqual([]);
  });

  test("get their slice back when somebody deletes it", () => {
    const cluster = begin([subset(80, "10.9.0.1")]);
    must(cluster.client.delete(ENDPOINT_SLICES, `default/${slices(cluster)[0]?.metadata.name}`));
    cluster.advanceTo(4);
    expect(slices(cluster)).toMatchObject([{ endpoints: [{ addresses: ["10.9.0.1"] }] }]);
  });

  test("are mirrored up to a thousand addresses", () => {
    const ips = Array.from({ length: 1200 }, (_, at) => `10.9.${Math.floor(at / 250)}.${at % 250}`);
    const cluster = begin([subset(80, ...ips)]);
    expect(slices(cluster).map((slice) => slice.endpoints?.length)).toEqual([1000]);
  });

  test.each([
    ["wish not to be", { labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } }, undefined],
    ["are a leader's", { annotations: { "control-plane.alpha.kubernetes.io/leader": "{}" } }, undefined],
    ["are of a service that selects pods", {}, { app: "db" }],
  ])("are not mirrored when they %s", (_why, metadata, selector) => {
    const cluster = begin([subset(80, "10.9.0.1")], metadata, selector);
    const mirrored = slices(cluster).filter(({ endpoints: shown }) => shown?.length);
    expect(mirrored).toEqual([]);
  });
});
