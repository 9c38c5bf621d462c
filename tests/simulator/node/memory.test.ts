import { describe, expect, it } from "vitest";
import type { Node, Pod } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { Simulation } from "../../../simulator/simulation.ts";
import { TestCluster, Timeline } from "../metrics/cluster.ts";

const PODS = "/api/v1/namespaces/default/pods";

function stress(name: string, vmBytes: string, more: { spec?: JsonObject; resources?: JsonObject } = {}): JsonObject {
  return {
    metadata: { name, labels: { app: name } },
    spec: {
      containers: [
        {
          name: "c",
          image: "polinux/stress",
          command: ["stress"],
          args: ["--vm", "1", "--vm-bytes", vmBytes, "--vm-hang", "1"],
          ...(more.resources && { resources: more.resources }),
        },
      ],
      ...more.spec,
    },
  };
}

const pod = (cluster: TestCluster, name: string) => cluster.get<Pod>(`${PODS}/${name}`);
const conditionOf = ({ status }: Node | Pod, type: string) =>
  (status.conditions as readonly { type: string; status: string; reason?: string; message?: string }[]).find(
    (each) => each.type === type,
  );

function stateText({ status }: Pod): string {
  const [container] = status.containerStatuses ?? [];
  const state = container?.state;
  const now =
    state?.waiting?.reason ??
    (state?.terminated ? `${state.terminated.reason} ${state.terminated.exitCode}` : state?.running ? "Running" : "-");
  return `${status.phase} ${status.reason ?? ""} container: ${now}, restarts ${container?.restartCount ?? 0}`;
}

describe("memory", () => {
  it("above its limit ends a container, which comes back with back-off", () => {
    const cluster = new TestCluster();
    const timeline = new Timeline();
    const startMs = cluster.nowMs;
    const resources = { requests: { memory: "50Mi" }, limits: { memory: "100Mi" } };
    cluster.create(PODS, stress("memory-demo-2", "250M", { resources }));
    for (let passed = 0; passed < 120; passed++) {
      cluster.wait(1);
      timeline.note((cluster.nowMs - startMs) / 1000, stateText(pod(cluster, "memory-demo-2")));
    }
    timeline.print("OOM kill");
    const [status] = pod(cluster, "memory-demo-2").status.containerStatuses ?? [];
    expect(status?.lastState?.terminated).toMatchObject({ reason: "OOMKilled", exitCode: 137 });
    expect(status?.restartCount).toBe(4);
    expect(status?.state?.waiting?.reason).toBe("CrashLoopBackOff");
    expect(timeline.lines.some((line) => line.includes("OOMKilled 137"))).toBe(true);
  });

  it("ends what a load lets grow above its limit", () => {
    const cluster = new TestCluster();
    const resources = { limits: { memory: "100Mi" } };
    cluster.create(PODS, {
      metadata: { name: "web", labels: { app: "web" } },
      spec: { containers: [{ name: "c", image: "nginx", resources }] },
    });
    cluster.wait(30);
    cluster.create("/apis/simulation.tabernetes.dev/v1alpha1/namespaces/default/loads", {
      metadata: { name: "leak" },
      spec: { selector: { matchLabels: { app: "web" } }, memory: "200Mi" },
    });
    cluster.wait(15);
    const [status] = pod(cluster, "web").status.containerStatuses ?? [];
    expect(status?.lastState?.terminated ?? status?.state?.terminated).toMatchObject({ reason: "OOMKilled" });
  });

  it("that a node runs low on is taken back: the greediest pod is evicted, the node tells and is tainted for a while", () => {
    const cluster = new TestCluster();
    const timeline = new Timeline();
    const startMs = cluster.nowMs;
    const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "100m", memory: "64Mi" } };
    const spec = { nodeName: "node-1" };
    cluster.create(PODS, {
      metadata: { name: "modest" },
      spec: { ...spec, containers: [{ name: "c", image: "nginx", resources }] },
    });
    cluster.create(PODS, stress("greedy", "7740M", { spec }));
    const node = () => cluster.get<Node>("/api/v1/nodes/node-1");
    const watch = (seconds: number) => {
      for (let passed = 0; passed < seconds; passed++) {
        cluster.wait(1);
        const pressure = conditionOf(node(), "MemoryPressure");
        const taints = (node().spec.taints ?? []).map(({ key }) => key).join();
        const text = `greedy: ${stateText(pod(cluster, "greedy"))}; node: ${pressure?.reason} [${taints}]`;
        timeline.note((cluster.nowMs - startMs) / 1000, text);
      }
    };
    watch(60);
    const { status } = pod(cluster, "greedy");
    expect(status).toMatchObject({ phase: "Failed", reason: "Evicted" });
    expect(status.message).toMatch(
      /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container c was using \d+Ki, request is 0, has larger consumption of memory\. $/,
    );
    expect(conditionOf(pod(cluster, "greedy"), "DisruptionTarget")).toMatchObject({
      status: "True",
      reason: "TerminationByKubelet",
    });
    expect(pod(cluster, "modest").status.phase).toBe("Running");
    expect(cluster.events("Pod", "greedy").some((text) => text.startsWith("Evicted: The node was low"))).toBe(true);
    expect(cluster.events("Node", "node-1")).toEqual(
      expect.arrayContaining([
        "EvictionThresholdMet: Attempting to reclaim memory",
        "NodeHasInsufficientMemory: Node node-1 status is now: NodeHasInsufficientMemory",
      ]),
    );
    expect(conditionOf(node(), "MemoryPressure")).toMatchObject({
      status: "True",
      reason: "KubeletHasInsufficientMemory",
      message: "kubelet has insufficient memory available",
    });
    expect(node().spec.taints?.map(({ key }) => key)).toContain("node.kubernetes.io/memory-pressure");
    cluster.create(PODS, {
      metadata: { name: "late" },
      spec: { ...spec, containers: [{ name: "c", image: "nginx" }] },
    });
    cluster.wait(5);
    expect(pod(cluster, "late").status).toMatchObject({
      phase: "Failed",
      reason: "Evicted",
      message: "Pod was rejected: The node had condition: [MemoryPressure]. ",
    });
    watch(330);
    expect(conditionOf(node(), "MemoryPressure")?.status).toBe("False");
    expect(node().spec.taints ?? []).toEqual([]);
    timeline.print("Node pressure");
  });

  it("that a machine does not have at all costs the process with the highest score its life", () => {
    const cluster = new TestCluster();
    cluster.create(PODS, stress("huge", "9000M", { spec: { nodeName: "node-1", restartPolicy: "Never" } }));
    cluster.wait(60);
    expect(pod(cluster, "huge").status.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      reason: "OOMKilled",
      exitCode: 137,
    });
    expect(
      cluster
        .events("Node", "node-1")
        .some((text) => /^SystemOOM: System OOM encountered, victim process: stress, pid: \d+$/.test(text)),
    ).toBe(true);
  });

  it("goes on from a snapshot as if nothing had happened", () => {
    const cluster = new TestCluster();
    cluster.create(PODS, stress("greedy", "7740M", { spec: { nodeName: "node-1" } }));
    cluster.wait(40);
    const copy = Simulation.restore(JSON.parse(JSON.stringify(cluster.simulation.snapshot())));
    cluster.wait(60);
    copy.advanceTo(cluster.nowMs);
    expect(JSON.stringify(copy.snapshot())).toBe(JSON.stringify(cluster.simulation.snapshot()));
  });
});
