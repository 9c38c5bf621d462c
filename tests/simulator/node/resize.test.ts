import { describe, expect, it } from "vitest";
import { PODS, type Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";

const oneNode = { shapes: [machineShape("node-1", 0)] };

function run(cluster: Cluster, name: string, resources: JsonObject, more: JsonObject = {}): string {
  const container = { name: "c", image: "nginx:1.25", resources, ...more };
  const key = cluster.run({ metadata: { name }, spec: { containers: [container] } }, "node-1");
  cluster.advance(20_000);
  return key;
}

/** Changes what the container asks for, as pods/resize does. */
function resize(cluster: Cluster, key: string, resources: JsonObject): void {
  const pod = cluster.pod(key);
  const containers = pod.spec.containers.map((container) => ({ ...container, resources }));
  cluster.update(PODS, { ...pod, spec: { ...pod.spec, containers } } as unknown as Pod);
}

const statusOf = (cluster: Cluster, key: string) => cluster.pod(key).status.containerStatuses?.[0];
const conditions = (cluster: Cluster, key: string) =>
  cluster.pod(key).status.conditions?.filter(({ type }) => type.startsWith("PodResize"));
const texts = (cluster: Cluster, name: string) =>
  cluster.eventTexts(name).filter((text) => /^(Resize|Killing)/.test(text));

const small = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "200m", memory: "128Mi" } };
const large = { requests: { cpu: "300m", memory: "64Mi" }, limits: { cpu: "400m", memory: "128Mi" } };

describe("a change of a running pod's resources", () => {
  it("is granted, made, and told in conditions, statuses and events", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", small);
    cluster.seen.length = 0;
    resize(cluster, key, large);
    cluster.advance(5000);
    const steps = cluster.seen.flatMap(({ change }) => {
      const { status, kind } = change.object as Pod;
      if (kind !== "Pod") return [];
      const one = status.containerStatuses?.[0];
      const condition = status.conditions?.find(({ type }) => type.startsWith("PodResize"))?.type ?? "none";
      return [`${condition} ${one?.allocatedResources?.cpu} ${one?.resources?.requests?.cpu}`];
    });
    expect([...new Set(steps)]).toEqual(["none 100m 100m", "PodResizeInProgress 300m 100m", "none 300m 300m"]);
    expect(statusOf(cluster, key)).toMatchObject({
      restartCount: 0,
      allocatedResources: large.requests,
      resources: large,
    });
    expect(cluster.pod(key).status).toMatchObject({ allocatedResources: large.requests, resources: large });
    const summary =
      '{"containers":[{"name":"c","resources":{"limits":{"cpu":"400m","memory":"128Mi"},"requests":{"cpu":"300m","memory":"64Mi"}}}],"generation":2}';
    expect(texts(cluster, "p")).toEqual([
      `ResizeStarted: Pod resize started: ${summary}`,
      `ResizeCompleted: Pod resize completed: ${summary}`,
    ]);
  });

  it("restarts the container where its policy says so", () => {
    const cluster = Cluster.start(oneNode);
    const resizePolicy = [
      { resourceName: "cpu", restartPolicy: "NotRequired" },
      { resourceName: "memory", restartPolicy: "RestartContainer" },
    ];
    const key = run(cluster, "p", small, { resizePolicy });
    resize(cluster, key, large);
    cluster.advance(5000);
    expect(statusOf(cluster, key)?.restartCount).toBe(0);
    resize(cluster, key, { ...large, limits: { cpu: "400m", memory: "256Mi" } });
    cluster.advance(20_000);
    expect(statusOf(cluster, key)).toMatchObject({
      restartCount: 1,
      ready: true,
      resources: { limits: { memory: "256Mi" } },
    });
    expect(texts(cluster, "p")).toContain("Killing: Container c resize requires restart");
    expect(texts(cluster, "p").at(-1)).toContain("Pod resize completed");
    expect(conditions(cluster, key)).toEqual([]);
  });

  it("is infeasible when the node could never hold it", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", small);
    resize(cluster, key, { requests: { cpu: "5", memory: "64Mi" }, limits: { cpu: "6", memory: "128Mi" } });
    cluster.advance(3000);
    const message = "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000";
    expect(conditions(cluster, key)).toMatchObject([
      { type: "PodResizePending", reason: "Infeasible", status: "True", message },
    ]);
    expect(statusOf(cluster, key)).toMatchObject({ allocatedResources: small.requests, resources: small });
    expect(texts(cluster, "p")[0]).toMatch(
      /^ResizeInfeasible: Pod resize Infeasible: .*"generation":2,"error":"Node didn't/,
    );
    resize(cluster, key, small);
    cluster.advance(3000);
    expect(conditions(cluster, key)).toEqual([]);
  });

  it("waits for room, also over a restart of the kubelet, and is made when another pod goes", () => {
    const cluster = Cluster.start(oneNode);
    const key = run(cluster, "p", small);
    const other = run(cluster, "q", { requests: { cpu: "3" } });
    cluster.machines.kubelet("node-1", false);
    resize(cluster, key, { requests: { cpu: "2", memory: "64Mi" }, limits: { cpu: "2", memory: "128Mi" } });
    cluster.machines.kubelet("node-1", true);
    cluster.advance(20_000);
    expect(conditions(cluster, key)).toMatchObject([
      {
        type: "PodResizePending",
        reason: "Deferred",
        message: "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
      },
    ]);
    cluster.remove(PODS, other, 0);
    cluster.advance(10_000);
    expect(conditions(cluster, key)).toEqual([]);
    expect(statusOf(cluster, key)).toMatchObject({ restartCount: 0, resources: { requests: { cpu: "2" } } });
  });
});
