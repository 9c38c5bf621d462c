import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import { canonicalJson, type JsonObject } from "../../../simulator/base/json.ts";
import { controlPlaneManifests, kubeProxyManifest } from "../../../simulator/node/control-plane.ts";
import { controlPlaneShape, machineShape } from "../../../simulator/node/node-shape.ts";
import { Cluster, type ClusterOptions } from "./cluster.ts";

const oneNode = { shapes: [machineShape("node-1", 0)] };
const web = (name: string, container: JsonObject = {}): JsonObject => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "nginx:1.25", ...container }] },
});
const state = (cluster: Cluster, key: string) => cluster.pod(key).status.containerStatuses?.[0];

describe("a kubelet that is stopped and started", () => {
  it("finds its containers as they were: nothing is started anew, nothing is written", () => {
    const cluster = Cluster.start(oneNode);
    const probe = { readinessProbe: { httpGet: { path: "/", port: 80 }, initialDelaySeconds: 3 } };
    const key = cluster.run(web("p", probe), "node-1");
    cluster.advance(30_000);
    const before = cluster.pod(key);
    expect(state(cluster, key)?.ready).toBe(true);
    cluster.machines.kubelet("node-1", false);
    cluster.advance(20_000);
    cluster.machines.kubelet("node-1", true);
    cluster.advance(30_000);
    expect(cluster.pod(key)).toBe(before);
  });

  it("learns what happened meanwhile: an exit, a deletion, a new pod", () => {
    const cluster = Cluster.start(oneNode);
    const job = { image: "busybox:1.36", command: ["sleep", "20"] };
    const ended = cluster.run(web("ended", job), "node-1");
    const removed = cluster.run(web("removed"), "node-1");
    const forced = cluster.run(web("forced"), "node-1");
    cluster.advance(10_000);
    cluster.machines.kubelet("node-1", false);
    cluster.remove(PODS, removed);
    cluster.remove(PODS, forced, 0);
    const late = cluster.run(web("late"), "node-1");
    cluster.advance(30_000);
    expect(state(cluster, ended)?.restartCount).toBe(0);
    expect(cluster.has(removed)).toBe(true);
    expect(cluster.machines.get("node-1")?.pods.size).toBe(3);
    cluster.machines.kubelet("node-1", true);
    cluster.advance(10_000);
    expect(state(cluster, ended)).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 0 } } });
    expect(cluster.has(removed)).toBe(false);
    expect(state(cluster, late)?.ready).toBe(true);
    expect(cluster.machines.get("node-1")?.pods.size).toBe(2);
  });
});

describe("a node cut off from the API server", () => {
  it("says nothing, runs on, and catches up when it is back", () => {
    const cluster = Cluster.start(oneNode);
    const kept = cluster.run(web("kept"), "node-1");
    const removed = cluster.run(web("removed"), "node-1");
    cluster.advance(10_000);
    cluster.machines.network("node-1", false);
    cluster.advance(500);
    cluster.seen.length = 0;
    cluster.remove(PODS, removed);
    const late = cluster.run(web("late"), "node-1");
    const { metadata } = cluster.pod(kept);
    cluster.machines.crashContainer("node-1", "default", metadata.name);
    cluster.advance(40_000);
    const writers = new Set(cluster.seen.map(({ change }) => change.object.metadata.name));
    expect([...writers].sort()).toEqual(["late", "removed"]);
    expect(cluster.machines.get("node-1")?.pods.size).toBe(2);
    cluster.machines.network("node-1", true);
    cluster.advance(15_000);
    expect(cluster.has(removed)).toBe(false);
    expect(state(cluster, late)?.ready).toBe(true);
    expect(state(cluster, kept)).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: "Error" } },
    });
  });

  it("sends what it could not write while the API server was down", () => {
    const cluster = Cluster.start(oneNode);
    const key = cluster.run(web("p"), "node-1");
    cluster.advance(100);
    cluster.apiUp = false;
    cluster.advance(20_000);
    expect(state(cluster, key)?.ready).toBe(false);
    cluster.apiUp = true;
    cluster.advance(15_000);
    expect(state(cluster, key)?.ready).toBe(true);
  });
});

describe("a crash", () => {
  it("ends a container with 137; it is started again at once, and later with a back-off", () => {
    const cluster = Cluster.start(oneNode);
    const key = cluster.run(web("p"), "node-1");
    cluster.advance(10_000);
    expect(cluster.machines.crashContainer("node-1", "default", "p")).toBe("c");
    cluster.advance(3000);
    expect(state(cluster, key)).toMatchObject({ ready: true, restartCount: 1 });
    expect(cluster.machines.crashContainer("node-1", "default", "p", "c")).toBe("c");
    cluster.advance(3000);
    expect(state(cluster, key)).toMatchObject({ ready: false, state: { terminated: { exitCode: 137 } } });
    expect(cluster.machines.crashContainer("node-1", "default", "p")).toBeUndefined();
    cluster.advance(15_000);
    expect(state(cluster, key)).toMatchObject({ ready: true, restartCount: 2 });
  });
});

const controlPlane: ClusterOptions = {
  shapes: [controlPlaneShape("cp", 0)],
  manifests: {
    cp: [
      ...controlPlaneManifests({
        nodeName: "cp",
        address: "10.0.0.2",
        podCidr: "10.244.0.0/16",
        serviceCidr: "10.96.0.0/12",
      }),
      kubeProxyManifest("10.244.0.0/16"),
    ],
  },
};
const parts = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

describe("static pods", () => {
  it("run the processes of the control plane and show as mirrors", () => {
    const cluster = Cluster.start(controlPlane);
    cluster.advance(60_000);
    expect(cluster.processes).toEqual(
      ["+kubelet/cp", ...parts.map((part) => `+${part}`)].sort(
        (a, b) => cluster.processes.indexOf(a) - cluster.processes.indexOf(b),
      ),
    );
    for (const part of [...parts, "kube-proxy"]) {
      const pod = cluster.pod(`kube-system/${part}-cp`);
      expect(pod.status.phase).toBe("Running");
      expect(pod.status.podIP).toBe("10.0.0.2");
      expect(pod.status.containerStatuses).toMatchObject([{ name: part, ready: true, restartCount: 0 }]);
      const annotations = pod.metadata.annotations ?? {};
      expect(annotations["kubernetes.io/config.source"]).toBe("file");
      expect(annotations["kubernetes.io/config.mirror"]).toBe(annotations["kubernetes.io/config.hash"]);
      expect(pod.metadata.ownerReferences).toMatchObject([
        { kind: "Node", name: "cp", controller: true, uid: cluster.get(NODES, "cp").metadata.uid },
      ]);
    }
    expect(cluster.node("cp").spec.taints).toContainEqual({
      key: "node-role.kubernetes.io/control-plane",
      effect: "NoSchedule",
    });
  });

  it("are shown again when their mirror is deleted, and run on", () => {
    const cluster = Cluster.start(controlPlane);
    cluster.advance(60_000);
    const key = "kube-system/kube-scheduler-cp";
    const before = cluster.pod(key);
    cluster.processes.length = 0;
    cluster.remove(PODS, key);
    cluster.advance(1000);
    const after = cluster.pod(key);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(after.metadata.deletionTimestamp).toBeUndefined();
    expect(after.status.containerStatuses?.[0]?.containerID).toBe(before.status.containerStatuses?.[0]?.containerID);
    expect(cluster.processes).toEqual([]);
  });

  it("run while the API server is away, and are shown when it comes", () => {
    const cluster = new Cluster(controlPlane);
    cluster.apiUp = false;
    cluster.machines.power("cp", true);
    cluster.advance(60_000);
    expect(cluster.processes.length).toBe(5);
    expect(cluster.store.of(PODS).size).toBe(0);
    cluster.apiUp = true;
    cluster.advance(30_000);
    // Without the namespaces nothing can be written there; the node itself can.
    expect(cluster.store.of(NODES).size).toBe(1);
  });

  it("stop while their manifest is held back, and start again after", () => {
    const cluster = Cluster.start(controlPlane);
    cluster.advance(60_000);
    cluster.processes.length = 0;
    cluster.machines.holdManifest("cp", "kube-scheduler", true);
    cluster.advance(3000);
    expect(cluster.processes).toEqual(["-kube-scheduler"]);
    expect(cluster.has("kube-system/kube-scheduler-cp")).toBe(false);
    cluster.machines.holdManifest("cp", "kube-scheduler", false);
    cluster.advance(40_000);
    expect(cluster.processes).toEqual(["-kube-scheduler", "+kube-scheduler"]);
    expect(state(cluster, "kube-system/kube-scheduler-cp")?.ready).toBe(true);
  });

  it("stop the process with their container, and with their machine", () => {
    const cluster = Cluster.start(controlPlane);
    cluster.advance(60_000);
    cluster.processes.length = 0;
    expect(cluster.machines.crashContainer("cp", "kube-system", "etcd-cp")).toBe("etcd");
    expect(cluster.processes).toEqual(["-etcd"]);
    cluster.advance(30_000);
    expect(cluster.processes).toEqual(["-etcd", "+etcd"]);
    expect(state(cluster, "kube-system/etcd-cp")?.restartCount).toBe(1);
    cluster.processes.length = 0;
    cluster.machines.power("cp", false);
    expect(cluster.processes.toSorted()).toEqual(["-kubelet/cp", ...parts.map((part) => `-${part}`)].toSorted());
    cluster.machines.power("cp", true);
    cluster.advance(60_000);
    expect(cluster.processes.length).toBe(10);
    expect(state(cluster, "kube-system/etcd-cp")).toMatchObject({ ready: true });
  });
});

describe("a snapshot at any instant", () => {
  /** A cluster with something of everything going on. */
  function busy(cluster: Cluster): void {
    cluster.run(web("plain"), "node-1");
    cluster.run(web("probed", { readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 2 } }), "node-1");
    cluster.run(web("alive", { livenessProbe: { httpGet: { path: "/none", port: 80 }, periodSeconds: 2 } }), "node-1");
    cluster.run(web("crashing", { image: "busybox:1.36", command: ["sh", "-c", "sleep 1; exit 1"] }), "node-1");
    cluster.run(web("misspelt", { image: "ngnix" }), "node-1");
    cluster.run(web("sleeper", { image: "busybox:1.36", command: ["sleep", "999"] }), "node-1");
  }

  /** What happens to it, at fixed times. */
  function happen(cluster: Cluster, atMs: number): void {
    const { machines } = cluster;
    if (atMs === 12_000) cluster.remove(PODS, "default/sleeper");
    if (atMs === 15_000) machines.network("node-1", false);
    if (atMs === 17_000) machines.crashContainer("node-1", "default", "plain");
    if (atMs === 25_000) machines.network("node-1", true);
    if (atMs === 40_000) machines.kubelet("node-1", false);
    if (atMs === 44_000) machines.kubelet("node-1", true);
    if (atMs === 50_000) machines.power("node-1", false);
    if (atMs === 58_000) machines.power("node-1", true);
  }

  function play(cluster: Cluster, options: ClusterOptions, restoreEveryMs: number | undefined): string {
    let current = cluster;
    for (let atMs = 500; atMs <= 75_000; atMs += 500) {
      current.clock.advanceTo(2000 + atMs);
      happen(current, atMs);
      if (restoreEveryMs === undefined || atMs % restoreEveryMs !== 0) continue;
      const saved = current.save();
      current = Cluster.restore(options, saved);
      expect(canonicalJson(current.save())).toBe(canonicalJson(saved));
    }
    return canonicalJson(current.save());
  }

  it("goes on byte for byte as if nothing had been", () => {
    const options: ClusterOptions = {
      shapes: [machineShape("node-1", 0), controlPlaneShape("cp", 1)],
      manifests: controlPlane.manifests,
    };
    const start = () => {
      const cluster = Cluster.start(options);
      busy(cluster);
      return cluster;
    };
    const straight = play(start(), options, undefined);
    expect(play(start(), options, 500)).toBe(straight);
    expect(play(start(), options, 3500)).toBe(straight);
  });
});
