import { describe, expect, it } from "vitest";
import { CONFIG_MAPS, LEASES, NODES, PODS } from "../../../simulator/api/refs.ts";
import type { JsonObject } from "../../../simulator/base/json.ts";
import { machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster } from "./cluster.ts";
import { restartsMs } from "./timeline.ts";

const oneNode = { shapes: [machineShape("node-1", 0)] };

const web = (name: string, more: JsonObject = {}, container: JsonObject = {}): JsonObject => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "nginx:1.25", ...container }], ...more },
});

const state = (cluster: Cluster, key: string) => cluster.pod(key).status.containerStatuses?.[0];
const ready = (cluster: Cluster, name: string) =>
  cluster.node(name).status.conditions?.find(({ type }) => type === "Ready")?.status;

describe("a node", () => {
  it("registers, becomes ready and renews its lease every ten seconds", () => {
    const cluster = Cluster.start(oneNode);
    const node = cluster.node("node-1");
    expect(node.spec.podCIDR).toBe("10.244.0.0/24");
    expect(node.metadata.labels).toMatchObject({ "kubernetes.io/hostname": "node-1", "kubernetes.io/os": "linux" });
    expect(node.status.conditions).toMatchObject([
      { type: "MemoryPressure", status: "False", reason: "KubeletHasSufficientMemory" },
      { type: "DiskPressure", status: "False", reason: "KubeletHasNoDiskPressure" },
      { type: "PIDPressure", status: "False", reason: "KubeletHasSufficientPID" },
      { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
    ]);
    expect(cluster.events("node-1").map(({ reason }) => reason)).toEqual([
      "Starting",
      "NodeAllocatableEnforced",
      "NodeHasSufficientMemory",
      "NodeHasNoDiskPressure",
      "NodeHasSufficientPID",
      "NodeReady",
    ]);
    cluster.seen.length = 0;
    cluster.advance(300_000);
    const renewals = cluster.seen.filter(({ change }) => change.object.kind === "Lease").map(({ atMs }) => atMs);
    const gaps = renewals.slice(1).map((ms, index) => ms - (renewals[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...gaps)).toBeLessThan(10_500);
    expect(cluster.get(LEASES, "kube-node-lease/node-1")).toMatchObject({
      metadata: { ownerReferences: [{ kind: "Node", name: "node-1" }] },
      spec: { holderIdentity: "node-1", leaseDurationSeconds: 40 },
    });
    // A status without news is reported every five minutes.
    expect(cluster.seen.filter(({ change }) => change.object.kind === "Node")).toHaveLength(0);
    cluster.advance(30_000);
    expect(cluster.seen.filter(({ change }) => change.object.kind === "Node")).toHaveLength(1);
  });

  it("tells when it is cordoned, and takes a status that others wrote back to the truth", () => {
    const cluster = Cluster.start(oneNode);
    cluster.update(NODES, { ...cluster.node("node-1"), spec: { ...cluster.node("node-1").spec, unschedulable: true } });
    const node = cluster.node("node-1");
    const unknown = node.status.conditions?.map((each) => ({
      ...each,
      status: "Unknown",
      reason: "NodeStatusUnknown",
    }));
    cluster.updateStatus(NODES, { ...node, status: { ...node.status, conditions: unknown } });
    cluster.advance(11_000);
    expect(ready(cluster, "node-1")).toBe("True");
    expect(cluster.events("node-1").map(({ reason }) => reason)).toContain("NodeNotSchedulable");
  });

  it("does not come back by itself when someone deletes it", () => {
    const cluster = Cluster.start(oneNode);
    cluster.remove(NODES, "node-1");
    cluster.advance(60_000);
    expect(cluster.store.of(NODES).size).toBe(0);
    cluster.machines.kubelet("node-1", false);
    cluster.machines.kubelet("node-1", true);
    cluster.advance(2000);
    expect(ready(cluster, "node-1")).toBe("True");
  });
});

describe("stopping a pod", () => {
  it.each([
    ["nginx:1.25", undefined, 0, "Completed", 2],
    ["example.com/unknown:1", undefined, 143, "Error", 2],
    ["busybox:1.36", ["sleep", "3600"], 137, "Error", 11],
    ["busybox:1.36", ["sh", "-c", "sleep 3600"], 137, "Error", 11],
  ])("%s %j ends with %i", (image, command, exitCode, reason, seconds) => {
    const cluster = Cluster.start(oneNode);
    const more = { terminationGracePeriodSeconds: 10 };
    const key = cluster.run(web("p", more, { image, ...(command && { command }) }), "node-1");
    cluster.advance(20_000);
    expect(state(cluster, key)?.ready).toBe(true);
    const atMs = cluster.nowMs;
    cluster.seen.length = 0;
    cluster.remove(PODS, key);
    cluster.advance(20_000);
    const last = cluster.seen.filter(({ change }) => change.object.kind === "Pod").at(-1);
    expect(last?.change.type).toBe("DELETED");
    expect((last?.atMs ?? 0) - atMs).toBeLessThan(seconds * 1000 + 500);
    expect(last?.change.object).toMatchObject({
      status: { containerStatuses: [{ state: { terminated: { exitCode, reason } } }] },
    });
    expect(cluster.machines.get("node-1")?.pods.size).toBe(0);
  });

  it("waits for a preStop hook, within the grace", () => {
    const cluster = Cluster.start(oneNode);
    const key = cluster.run(web("p", {}, { lifecycle: { preStop: { sleep: { seconds: 5 } } } }), "node-1");
    cluster.advance(10_000);
    cluster.remove(PODS, key);
    cluster.advance(5000);
    expect(cluster.has(key)).toBe(true);
    cluster.advance(2500);
    expect(cluster.has(key)).toBe(false);
  });

  it("takes a shorter grace from a second deletion, and a forced one at once", () => {
    const cluster = Cluster.start(oneNode);
    const sleeper = { image: "busybox:1.36", command: ["sleep", "3600"] };
    const key = cluster.run(web("p", {}, sleeper), "node-1");
    const other = cluster.run(web("q", {}, sleeper), "node-1");
    cluster.advance(10_000);
    cluster.remove(PODS, key);
    cluster.advance(2000);
    cluster.remove(PODS, key, 3);
    cluster.remove(PODS, other, 0);
    expect(cluster.has(other)).toBe(false);
    cluster.advance(4500);
    expect(cluster.has(key)).toBe(false);
    expect(cluster.machines.get("node-1")?.pods.size).toBe(0);
  });

  it("while its image is being pulled", () => {
    const cluster = Cluster.start(oneNode);
    const key = cluster.run(web("p", {}, { image: "mysql:9" }), "node-1");
    cluster.advance(2000);
    cluster.remove(PODS, key);
    cluster.advance(2500);
    expect(cluster.has(key)).toBe(false);
    expect(cluster.machines.get("node-1")?.images.size).toBe(0);
  });
});

describe("what a node refuses", () => {
  it("more than it has", () => {
    const cluster = Cluster.start(oneNode);
    const requests = { resources: { requests: { cpu: "3" } } };
    const first = cluster.run(web("a", {}, requests), "node-1");
    cluster.advance(5000);
    const second = cluster.run(web("b", {}, requests), "node-1");
    cluster.advance(5000);
    expect(cluster.pod(first).status.phase).toBe("Running");
    const why = "Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000";
    expect(cluster.pod(second).status).toMatchObject({
      phase: "Failed",
      reason: "OutOfcpu",
      message: `Pod was rejected: ${why}`,
    });
    expect(cluster.pod(second).status.containerStatuses).toBeUndefined();
    expect(cluster.eventTexts("b")).toContain(`OutOfcpu: ${why}`);
    cluster.remove(PODS, second);
    cluster.advance(2000);
    expect(cluster.has(second)).toBe(false);
  });

  it("a 111th pod, and a selector that it does not match", () => {
    const cluster = Cluster.start({ shapes: [machineShape("node-1", 0, { pods: 1 })] });
    cluster.run(web("a"), "node-1");
    cluster.advance(100);
    const second = cluster.run(web("b"), "node-1");
    const third = cluster.run(web("d", { nodeSelector: { disk: "ssd" } }), "node-1");
    cluster.advance(1000);
    expect(cluster.pod(second).status.reason).toBe("OutOfpods");
    expect(cluster.pod(third).status).toMatchObject({
      reason: "NodeAffinity",
      message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    });
  });
});

describe("what a container needs", () => {
  it("waits for a ConfigMap that it mounts", () => {
    const cluster = Cluster.start(oneNode);
    const volumes = [{ name: "cfg", configMap: { name: "settings" } }];
    const key = cluster.run(
      web("p", { volumes }, { volumeMounts: [{ name: "cfg", mountPath: "/etc/cfg" }] }),
      "node-1",
    );
    cluster.advance(5000);
    expect(state(cluster, key)?.state).toEqual({ waiting: { reason: "ContainerCreating" } });
    expect(cluster.eventTexts("p")[0]).toMatch(
      /^FailedMount: MountVolume.SetUp failed for volume "cfg" : configmap "settings" not found/,
    );
    cluster.create(CONFIG_MAPS, { metadata: { name: "settings", namespace: "default" }, data: { a: "b" } });
    cluster.advance(15_000);
    expect(state(cluster, key)?.ready).toBe(true);
  });

  it("waits for a key of a ConfigMap in its environment", () => {
    const cluster = Cluster.start(oneNode);
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }];
    const key = cluster.run(web("p", {}, { env }), "node-1");
    cluster.advance(10_000);
    expect(state(cluster, key)?.state).toEqual({
      waiting: { reason: "CreateContainerConfigError", message: 'configmap "settings" not found' },
    });
    cluster.create(CONFIG_MAPS, { metadata: { name: "settings", namespace: "default" }, data: { a: "b" } });
    cluster.advance(20_000);
    expect(state(cluster, key)?.ready).toBe(true);
  });

  it("pulls images of one node one by one, and once", () => {
    const cluster = Cluster.start(oneNode);
    cluster.run(web("a", {}, { image: "redis:7" }), "node-1");
    cluster.run(web("b", {}, { image: "httpd:2.4" }), "node-1");
    cluster.advance(15_000);
    cluster.run(web("d", {}, { image: "redis:7" }), "node-1");
    cluster.advance(5000);
    const pulled = (name: string) => cluster.eventTexts(name).find((text) => text.startsWith("Pulled")) ?? "";
    const shape =
      /^Pulled: Successfully pulled image "(.*)" in ([\d.]+)s \(([\d.]+)s including waiting\)\. Image size: (\d+) bytes\.$/;
    const waits = ["a", "b"].map((name) => {
      const [, , own, withWait] = shape.exec(pulled(name)) ?? [];
      return Number(withWait) - Number(own);
    });
    expect(Math.min(...waits)).toBe(0);
    expect(Math.max(...waits)).toBeGreaterThan(1);
    expect(pulled("d")).toBe(
      'Pulled: Container image "redis:7" already present on machine and can be accessed by the pod',
    );
    expect(cluster.eventTexts("d").some((text) => text.startsWith("Pulling"))).toBe(false);
  });
});

describe("containers of a pod", () => {
  it("run init containers in order, with a sidecar beside them", () => {
    const cluster = Cluster.start(oneNode);
    const sleeper = (name: string, seconds: number) => ({
      name,
      image: "busybox:1.36",
      command: ["sleep", String(seconds)],
    });
    const initContainers = [
      sleeper("one", 2),
      { name: "side", image: "nginx:1.25", restartPolicy: "Always" },
      sleeper("two", 2),
    ];
    const key = cluster.run(web("p", { initContainers }), "node-1");
    cluster.advance(30_000);
    const started = cluster
      .events("p")
      .filter(({ reason }) => reason === "Started")
      .map(({ involvedObject }) => involvedObject.fieldPath);
    expect(started).toEqual([
      "spec.initContainers{one}",
      "spec.initContainers{side}",
      "spec.initContainers{two}",
      "spec.containers{c}",
    ]);
    const { status } = cluster.pod(key);
    expect(status.phase).toBe("Running");
    expect(status.initContainerStatuses).toMatchObject([
      { name: "one", ready: true, state: { terminated: { exitCode: 0 } } },
      { name: "side", ready: true, started: true, state: { running: {} } },
      { name: "two", ready: true, state: { terminated: { exitCode: 0 } } },
    ]);
    cluster.remove(PODS, key);
    cluster.advance(5000);
    expect(cluster.has(key)).toBe(false);
  });

  it.each([
    ["Never", "exit 3", "Failed", 0],
    ["Never", "exit 0", "Succeeded", 0],
    ["OnFailure", "exit 0", "Succeeded", 0],
  ])("under restartPolicy %s, %s makes the pod %s", (restartPolicy, script, phase, restarts) => {
    const cluster = Cluster.start(oneNode);
    const container = { image: "busybox:1.36", command: ["sh", "-c", script] };
    const key = cluster.run(web("p", { restartPolicy }, container), "node-1");
    cluster.advance(10_000);
    expect(cluster.pod(key).status.phase).toBe(phase);
    expect(state(cluster, key)?.restartCount).toBe(restarts);
  });

  it("back off 10 s doubling to 5 min", () => {
    const cluster = Cluster.start(oneNode);
    const key = cluster.run(web("p", {}, { image: "busybox:1.36", command: ["false"] }), "node-1");
    cluster.advance(3_600_000);
    const restarts = restartsMs(cluster, "p", 0).map((ms) => ms / 1000);
    const gaps = restarts.slice(1).map((at, index) => at - (restarts[index] ?? 0));
    // The first restart is free; a look at the pod comes up to half of its wait, 5 s at most, after the back-off's end.
    const least = [10, 20, 40, 80, 160, 300, 300, 300];
    least.forEach((seconds, index) => {
      expect(gaps[index]).toBeGreaterThanOrEqual(seconds);
      expect(gaps[index]).toBeLessThan(seconds + 17);
    });
    expect(state(cluster, key)?.state?.waiting?.message).toMatch(
      /^back-off 5m0s restarting failed container=c pod=p_default/,
    );
    expect(cluster.pod(key).status.phase).toBe("Running");
  });
});
