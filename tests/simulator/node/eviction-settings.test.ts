import { describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import type { EvictionConfiguration } from "../../../simulator/node/eviction-settings.ts";
import { TestCluster, Timeline } from "../metrics/cluster.ts";

const PODS = "/api/v1/namespaces/default/pods";

function start(kubelet: EvictionConfiguration): TestCluster {
  const spec = { minSize: 1, maxSize: 1, desiredSize: 1, startupSeconds: 0, shape: { kubelet } };
  return new TestCluster({ workers: 0, metricsServer: false, nodeGroups: [{ name: "pool", spec }] });
}

const nodeOf = (cluster: TestCluster): Node => {
  const nodes = cluster.get<{ items: Node[] }>("/api/v1/nodes").items;
  const found = nodes.find(({ metadata }) => metadata.labels?.["simulation.tabernetes.dev/node-group"] === "pool");
  if (found === undefined) throw new Error("the group has no node");
  return found;
};
const conditionOf = (node: Node, type: string) => node.status.conditions?.find((each) => each.type === type);

function pod(name: string, container: JsonObject): JsonObject {
  return { metadata: { name }, spec: { terminationGracePeriodSeconds: 60, containers: [{ name: "c", ...container }] } };
}

describe("a kubelet with thresholds of its own", () => {
  it("tells of a soft one at once, waits for its grace, and lets the pod end in time", () => {
    const cluster = start({
      evictionSoft: { "memory.available": "2Gi" },
      evictionSoftGracePeriod: { "memory.available": "1m" },
      evictionMaxPodGracePeriod: 20,
    });
    const node = nodeOf(cluster).metadata.name;
    const args = ["--vm", "1", "--vm-bytes", "6500M", "--vm-hang", "1"];
    cluster.create(PODS, pod("greedy", { image: "polinux/stress", command: ["stress"], args }));
    const timeline = new Timeline();
    const began = cluster.nowMs;
    for (let passed = 0; passed < 150; passed++) {
      cluster.wait(1);
      const pressure = conditionOf(nodeOf(cluster), "MemoryPressure");
      const { status } = cluster.get<Pod>(`${PODS}/greedy`);
      const text = `${pressure?.reason}; greedy: ${status.phase} ${status.reason ?? ""}`;
      timeline.note((cluster.nowMs - began) / 1000, text);
    }
    timeline.print("A soft eviction threshold");
    const secondsOf = (text: string) => Number.parseInt(timeline.lines.find((line) => line.includes(text)) ?? "-1", 10);
    expect(secondsOf("KubeletHasInsufficientMemory; greedy: Running")).toBeGreaterThan(0);
    expect(secondsOf("greedy: Failed Evicted")).toBeGreaterThan(60);
    expect(cluster.events("Pod", "greedy").join("\n")).toMatch(
      /Evicted: The node was low on resource: memory\. Threshold quantity: 2Gi, available: \d+Ki\. Container c was using/,
    );
    expect(cluster.events("Node", node)).toContain("EvictionThresholdMet: Attempting to reclaim memory");
  });

  it("runs low on process numbers: pods go until there are enough again", () => {
    const cluster = start({ evictionHard: { "pid.available": "32570" }, evictionPressureTransitionPeriod: "30s" });
    for (let index = 0; index < 14; index++) {
      cluster.create(PODS, pod(`p-${index}`, { image: "registry.k8s.io/pause:3.10" }));
    }
    cluster.wait(25);
    expect(conditionOf(nodeOf(cluster), "PIDPressure")).toMatchObject({
      status: "True",
      reason: "KubeletHasInsufficientPID",
      message: "kubelet has insufficient PID available",
    });
    cluster.wait(200);
    const pods = cluster.get<{ items: Pod[] }>(PODS).items;
    const evicted = pods.filter(({ status }) => status.reason === "Evicted");
    expect(evicted.length).toBeGreaterThan(0);
    expect(evicted.length).toBeLessThan(14);
    expect(evicted[0]?.status.message).toMatch(
      /^The node was low on resource: pids\. Threshold quantity: 32570, available: 325\d\d\. $/,
    );
    expect(conditionOf(nodeOf(cluster), "PIDPressure")?.status).toBe("False");
  });

  it("is refused where it makes no sense", () => {
    const cluster = new TestCluster({ workers: 0, metricsServer: false });
    const kubelet = { evictionSoft: { "memory.available": "1Gi", "moon.available": "1" } };
    const body = { metadata: { name: "bad" }, spec: { desiredSize: 0, shape: { kubelet } } };
    const { code, body: answer } = cluster.ask("POST", "/apis/simulation.tabernetes.dev/v1alpha1/nodegroups", body);
    expect(code).toBe(422);
    expect(answer.message).toContain("grace period must be specified for the soft eviction threshold");
    expect(answer.message).toContain(
      'spec.shape.kubelet.evictionSoft[moon.available]: Invalid value: "moon.available"',
    );
  });
});
