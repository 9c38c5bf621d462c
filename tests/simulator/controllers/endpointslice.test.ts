import { describe, expect, test } from "vitest";
import {
  ENDPOINT_SLICES,
  ENDPOINTS,
  type EndpointSlice,
  PODS,
  REPLICA_SETS,
  SERVICES,
} from "../../../simulator/api/refs.ts";
import { addNodes, readyPod } from "./fake-kubelet.ts";
import { type Cluster, must } from "./harness.ts";
import { change, create, createReplicaSet, createService, podsOf, startWorkloads, template } from "./workloads.ts";

function slices(cluster: Cluster): EndpointSlice[] {
  return [...cluster.store.of(ENDPOINT_SLICES).values()];
}

const lengths = (cluster: Cluster) => slices(cluster).map(({ endpoints }) => endpoints?.length ?? 0);

const names = (cluster: Cluster) =>
  slices(cluster)
    .flatMap(({ endpoints = [] }) => endpoints.map(({ targetRef }) => targetRef?.name))
    .sort();

describe("slices of a service", () => {
  test("hold at most 100 endpoints each, and every pod once", () => {
    const cluster = startWorkloads();
    createService(cluster);
    createReplicaSet(cluster, { replicas: 250 });
    cluster.advanceTo(5);
    expect(lengths(cluster).sort()).toEqual([100, 100, 50]);
    expect(names(cluster)).toEqual(
      podsOf(cluster)
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
  });

  test("are filled up where there is room when pods are replaced", () => {
    const cluster = startWorkloads();
    createService(cluster);
    createReplicaSet(cluster, { replicas: 150 });
    cluster.advanceTo(5);
    for (const pod of podsOf(cluster).slice(0, 20)) must(cluster.client.delete(PODS, `default/${pod.metadata.name}`));
    cluster.advanceTo(10);
    expect(lengths(cluster)).toHaveLength(2);
    expect(names(cluster)).toEqual(
      podsOf(cluster)
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
  });

  test("that were deleted or changed by someone are made good", () => {
    const cluster = startWorkloads();
    createService(cluster);
    createReplicaSet(cluster, { replicas: 120 });
    cluster.advanceTo(5);
    const [first, second] = slices(cluster);
    if (first === undefined || second === undefined) throw new Error("no slices");
    must(cluster.client.delete(ENDPOINT_SLICES, `default/${first.metadata.name}`));
    must(cluster.client.update(ENDPOINT_SLICES, { ...second, endpoints: second.endpoints?.slice(1) }));
    cluster.advanceTo(6);
    expect(names(cluster)).toEqual(
      podsOf(cluster)
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
  });

  test("have one set of ports each: pods that serve a named port elsewhere have slices of their own", () => {
    const cluster = startWorkloads();
    createService(cluster, { ports: [{ port: 80, targetPort: "http" }] });
    const serving = (containerPort: number) => ({
      metadata: { labels: { app: "web", port: String(containerPort) } },
      spec: { containers: [{ name: "c", image: "nginx", ports: [{ name: "http", containerPort }] }] },
    });
    for (const port of [8080, 9090]) {
      const selector = { matchLabels: { port: String(port) } };
      createReplicaSet(cluster, { replicas: 2, selector, template: serving(port) }, `rs-${port}`);
    }
    cluster.advanceTo(3);
    const ports = slices(cluster).map((slice) => [slice.ports?.[0]?.port, slice.endpoints?.length]);
    expect(ports.sort()).toEqual([
      [8080, 2],
      [9090, 2],
    ]);
    const endpoints = cluster.get(ENDPOINTS, "default/web");
    expect(endpoints.subsets?.map(({ ports: list }) => list?.[0]?.port)).toEqual([8080, 9090]);
  });

  test.each([
    ["a pod with the port's name only", "http", 1],
    ["a pod without a port of that name is left out of the ports, not of the endpoints", "grpc", 1],
  ])("%s", (_name, targetPort, count) => {
    const cluster = startWorkloads();
    createService(cluster, { ports: [{ port: 80, targetPort }] });
    const containers = [{ name: "c", image: "nginx", ports: [{ name: "http", containerPort: 8080 }] }];
    createReplicaSet(cluster, { replicas: 1, template: { ...template(), spec: { containers } } });
    cluster.advanceTo(3);
    const [slice] = slices(cluster);
    expect(slice?.endpoints).toHaveLength(count);
    expect(slice?.ports?.map(({ port }) => port)).toEqual(targetPort === "http" ? [8080] : undefined);
    expect(cluster.get(ENDPOINTS, "default/web").subsets?.length ?? 0).toBe(targetPort === "http" ? 1 : 0);
  });

  test("carry the labels of the service, and follow their changes", () => {
    const cluster = startWorkloads();
    const service = createService(cluster);
    createReplicaSet(cluster, { replicas: 1 });
    cluster.advanceTo(3);
    must(cluster.client.update(SERVICES, { ...service, metadata: { ...service.metadata, labels: { team: "a" } } }));
    cluster.advanceTo(4);
    expect(slices(cluster)[0]?.metadata.labels).toEqual({
      team: "a",
      "kubernetes.io/service-name": "web",
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    });
    expect(cluster.get(ENDPOINTS, "default/web").metadata.labels).toMatchObject({ team: "a" });
  });

  test("name pods of a headless service by their hostname", () => {
    const cluster = startWorkloads();
    createService(cluster, { clusterIP: "None" });
    const { metadata, spec } = template();
    create(cluster, PODS, {
      metadata: { name: "db-0", namespace: "default", ...metadata },
      spec: { ...spec, hostname: "db-0", subdomain: "web" },
    });
    cluster.advanceTo(3);
    expect(slices(cluster)[0]?.endpoints?.[0]?.hostname).toBe("db-0");
    expect(slices(cluster)[0]?.metadata.labels).toMatchObject({ "service.kubernetes.io/headless": "" });
    expect(cluster.get(ENDPOINTS, "default/web").subsets?.[0]?.addresses?.[0]?.hostname).toBe("db-0");
  });

  test.each([
    ["an external name", { type: "ExternalName", externalName: "example.com" }],
    ["no selector", { selector: undefined }],
  ])("are not made for a service with %s", (_name, spec) => {
    const cluster = startWorkloads();
    createService(cluster, spec);
    createReplicaSet(cluster, { replicas: 1 });
    cluster.advanceTo(3);
    expect(slices(cluster)).toEqual([]);
    expect(cluster.store.of(ENDPOINTS).size).toBe(0);
  });

  test("leave out a pod whose node is not there, and take it in when the node comes", () => {
    const cluster = startWorkloads();
    createService(cluster);
    const pod = create(cluster, PODS, {
      metadata: { name: "far", namespace: "default", labels: { app: "web" } },
      spec: template().spec,
    });
    cluster.advanceTo(0.001);
    must(cluster.client.bind("default/far", pod.metadata.uid, "n9"));
    cluster.advanceTo(3);
    expect(names(cluster)).toEqual([]);
    addNodes(cluster, ["n9"], "z2");
    cluster.advanceTo(10);
    expect(names(cluster)).toEqual(["far"]);
  });
});

describe("the Endpoints object", () => {
  test("holds 1000 addresses at most, and says that there are more", () => {
    const cluster = startWorkloads();
    createService(cluster);
    createReplicaSet(cluster, { replicas: 1100 });
    cluster.advanceTo(6);
    const full = cluster.get(ENDPOINTS, "default/web");
    expect(full.subsets?.[0]?.addresses).toHaveLength(1000);
    expect(full.metadata.annotations).toMatchObject({ "endpoints.kubernetes.io/over-capacity": "truncated" });
    change(cluster, REPLICA_SETS, "rs", { replicas: 900 });
    cluster.advanceTo(10);
    const fitting = cluster.get(ENDPOINTS, "default/web");
    expect(fitting.subsets?.[0]?.addresses).toHaveLength(900);
    expect(fitting.metadata.annotations?.["endpoints.kubernetes.io/over-capacity"]).toBeUndefined();
  });

  test("goes with its service", () => {
    const cluster = startWorkloads();
    createService(cluster);
    cluster.advanceTo(1);
    must(cluster.client.delete(SERVICES, "default/web"));
    cluster.advanceTo(2);
    expect(cluster.store.of(ENDPOINTS).size).toBe(0);
  });

  test("that lost its service while nobody watched goes at the next start; a leader's lock stays", () => {
    const cluster = startWorkloads();
    cluster.stopControllers();
    const lock = { "control-plane.alpha.kubernetes.io/leader": "{}" };
    create(cluster, ENDPOINTS, { metadata: { name: "left", namespace: "default" } });
    create(cluster, ENDPOINTS, { metadata: { name: "lock", namespace: "default", annotations: lock } });
    cluster.startControllers();
    cluster.advanceTo(1);
    expect([...cluster.store.of(ENDPOINTS).values()].map(({ metadata }) => metadata.name)).toEqual(["lock"]);
  });
});

test("endpoints by change are the endpoints from scratch, whatever happens to pods", () => {
  const cluster = startWorkloads();
  createService(cluster);
  createService(cluster, { publishNotReadyAddresses: true, clusterIP: "None" }, "all");
  createReplicaSet(cluster, { replicas: 130 });
  for (let step = 0; step < 80; step++) {
    cluster.advanceTo(1 + step * 0.05);
    const pods = podsOf(cluster);
    const pod = pods[(step * 11) % pods.length];
    if (pod === undefined) continue;
    if (step % 4 === 0) cluster.client.delete(PODS, `default/${pod.metadata.name}`);
    else if (step % 4 === 1) cluster.client.updateStatus(PODS, readyPod(pod, step % 3 === 0, cluster.now));
    else if (step % 4 === 2) {
      const labels = { app: step % 8 === 2 ? "loose" : "web" };
      cluster.client.update(PODS, { ...pod, metadata: { ...pod.metadata, labels } });
    }
  }
  cluster.advanceTo(10);
  cluster.stopControllers();
  const before = cluster.lines.length;
  cluster.startControllers();
  cluster.advanceTo(12);
  expect(cluster.lines.slice(before)).toEqual([]);
  const selected = podsOf(cluster).filter(({ metadata }) => metadata.labels?.app === "web");
  expect(names(cluster)).toEqual(selected.flatMap(({ metadata }) => [metadata.name, metadata.name]).sort());
});
