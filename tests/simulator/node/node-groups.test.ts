import { describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/simulation.ts";
import { TestCluster } from "../metrics/cluster.ts";

const GROUPS = "/apis/simulation.tabernetes.dev/v1alpha1/nodegroups";
const PODS = "/api/v1/namespaces/default/pods";
const GPU_SHAPE: JsonObject = {
  cpu: "8",
  memory: "32Gi",
  pods: 20,
  devices: { "nvidia.com/gpu": "1" },
  instanceType: "gpu.large",
  zones: ["zone-a", "zone-b"],
  spot: true,
};

const names = (cluster: TestCluster) =>
  cluster.get<{ items: Node[] }>("/api/v1/nodes").items.map(({ metadata }) => metadata.name);
const training = (name: string): JsonObject => ({
  metadata: { name },
  spec: {
    backoffLimit: 1,
    template: {
      spec: {
        restartPolicy: "Never",
        containers: [
          {
            name: "train",
            image: "busybox",
            command: ["sleep", "100"],
            resources: { limits: { "nvidia.com/gpu": "1" } },
          },
        ],
      },
    },
  },
});
const JOBS = "/apis/batch/v1/namespaces/default/jobs";
const podOf = (cluster: TestCluster, job: string): Pod => {
  const { items } = cluster.get<{ items: Pod[] }>(`${PODS}?labelSelector=job-name%3D${job}`);
  if (items[0] === undefined) throw new Error(`no pod of ${job}`);
  return items[0];
};

describe("groups of machines", () => {
  it("come with power after their start-up time, in the shape that they say", () => {
    const cluster = new TestCluster({ workers: 1 });
    cluster.create(GROUPS, {
      metadata: { name: "gpu" },
      spec: { desiredSize: 2, startupSeconds: 30, shape: GPU_SHAPE },
    });
    cluster.wait(25);
    expect(names(cluster)).toEqual(["control-plane", "node-1"]);
    expect(cluster.get(`${GROUPS}/gpu`)).toMatchObject({ status: { machines: 0, starting: 2 } });
    cluster.wait(10);
    expect(names(cluster)).toEqual(["control-plane", "gpu-1", "gpu-2", "node-1"]);
    const node = cluster.get<Node>("/api/v1/nodes/gpu-2");
    expect(node.status.allocatable).toMatchObject({ cpu: "8", memory: "32Gi", pods: "20", "nvidia.com/gpu": "1" });
    expect(node.metadata.labels).toMatchObject({
      "node.kubernetes.io/instance-type": "gpu.large",
      "topology.kubernetes.io/zone": "zone-b",
      "simulation.tabernetes.dev/node-group": "gpu",
      "simulation.tabernetes.dev/capacity-type": "spot",
    });
    const { body } = cluster.ask("PATCH", `${GROUPS}/gpu/scale`, { spec: { replicas: 1 } });
    expect(body).toMatchObject({ spec: { replicas: 1 } });
    cluster.wait(5);
    expect(names(cluster)).toEqual(["control-plane", "gpu-1", "node-1"]);
    cluster.ask("DELETE", `${GROUPS}/gpu`);
    cluster.wait(5);
    expect(names(cluster)).toEqual(["control-plane", "node-1"]);
  });

  it("let a training job wait for a GPU until one is free", () => {
    const cluster = new TestCluster({
      workers: 1,
      nodeGroups: [{ name: "gpu", spec: { desiredSize: 1, maxSize: 1, startupSeconds: 1, shape: GPU_SHAPE } }],
    });
    cluster.create(JOBS, training("first"));
    cluster.wait(20);
    expect(podOf(cluster, "first")).toMatchObject({ spec: { nodeName: "gpu-1" }, status: { phase: "Running" } });
    cluster.create(JOBS, training("second"));
    cluster.wait(20);
    const waiting = podOf(cluster, "second").status;
    expect(waiting.phase).toBe("Pending");
    expect(waiting.conditions?.[0]?.message).toContain("2 Insufficient nvidia.com/gpu");
    cluster.wait(90);
    expect(podOf(cluster, "first").status.phase).toBe("Succeeded");
    expect(podOf(cluster, "second")).toMatchObject({ spec: { nodeName: "gpu-1" }, status: { phase: "Running" } });
  });

  it("refuse sizes and shapes that make no sense", () => {
    const cluster = new TestCluster({ workers: 0 });
    const spec = { minSize: 3, maxSize: 1, desiredSize: -1, shape: { cpu: "0", pods: 0 } };
    const { code, body } = cluster.ask("POST", GROUPS, { metadata: { name: "odd" }, spec });
    expect(code).toBe(422);
    const { causes } = (body as unknown as { details: { causes: readonly { field: string }[] } }).details;
    expect(causes.map(({ field }) => field)).toEqual([
      "spec.maxSize",
      "spec.desiredSize",
      "spec.shape.pods",
      "spec.shape.cpu",
    ]);
  });

  it("go on from a snapshot as if nothing had happened", () => {
    const cluster = new TestCluster({ workers: 1 });
    cluster.create(GROUPS, { metadata: { name: "more" }, spec: { desiredSize: 3, startupSeconds: 40 } });
    cluster.wait(39);
    const early = Simulation.restore(JSON.parse(JSON.stringify(cluster.simulation.snapshot())));
    cluster.wait(5);
    const late = Simulation.restore(JSON.parse(JSON.stringify(cluster.simulation.snapshot())));
    cluster.wait(60);
    for (const copy of [early, late]) {
      copy.advanceTo(cluster.nowMs);
      expect(JSON.stringify(copy.snapshot()) === JSON.stringify(cluster.simulation.snapshot())).toBe(true);
    }
    expect(names(cluster)).toHaveLength(5);
  });
});
