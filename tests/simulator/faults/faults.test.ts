import { describe, expect, it } from "vitest";
import { FAULTS, type Fault, type FaultType, PODS } from "../../../simulator/api/refs.ts";
import { canonicalJson } from "../../../simulator/base/json.ts";
import { defineRegistry } from "../../../simulator/base/registry.ts";
import { anyFault, type FaultDefinition, nodeHit } from "../../../simulator/faults/fault.ts";
import { faultComponent } from "../../../simulator/faults/fault-component.ts";
import { faults } from "../../../simulator/faults/registry.ts";
import { controlPlaneManifests } from "../../../simulator/node/control-plane.ts";
import { controlPlaneShape, machineShape, zoneLabels } from "../../../simulator/node/node-shape.ts";
import { Cluster, type ClusterOptions } from "../node/cluster.ts";

const options: ClusterOptions = {
  shapes: [
    controlPlaneShape("cp", 0),
    machineShape("node-1", 1, { labels: zoneLabels("r", "a") }),
    machineShape("node-2", 2, { labels: zoneLabels("r", "b") }),
    machineShape("node-3", 3, { labels: zoneLabels("r", "b") }),
  ],
  manifests: {
    cp: controlPlaneManifests({
      nodeName: "cp",
      address: "10.0.0.2",
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.96.0.0/12",
    }),
  },
  components: (cluster) => [faultComponent(cluster.machines)],
};

type Spec = NonNullable<FaultType["spec"]>;

function start(): Cluster {
  const cluster = Cluster.start(options);
  cluster.advance(30_000);
  return cluster;
}

function breakIt(cluster: Cluster, name: string, spec: Spec): Fault {
  cluster.create(FAULTS, { metadata: { name }, spec });
  cluster.advance(10);
  return cluster.get(FAULTS, name);
}

const powered = (cluster: Cluster) => [...cluster.machines.all].map(({ powered: isOn }) => isOn);
const runsKubelet = (cluster: Cluster, node: string) => cluster.host.isRunning(`kubelet/${node}`);

describe("faults", () => {
  it("each have one kind of target", () => {
    const registered = Object.fromEntries(faults.all.map(({ type, target }) => [type, target]));
    expect(registered).toEqual({
      NodeCrash: "Node",
      KubeletStop: "Node",
      NodePartition: "Node",
      ContainerCrash: "Pod",
      ComponentStop: "Component",
    });
  });

  it("NodeCrash powers a node off until it is deleted", () => {
    const cluster = start();
    const fault = breakIt(cluster, "dark", { type: "NodeCrash", target: { kind: "Node", name: "node-1" } });
    expect(fault.status).toMatchObject({ phase: "Active", hit: ["node/node-1"] });
    expect(fault.status.startTime).toMatch(/^2026-01-01T00:00:32/);
    expect(powered(cluster)).toEqual([true, false, true, true]);
    expect(runsKubelet(cluster, "node-1")).toBe(false);
    cluster.remove(FAULTS, "dark");
    cluster.advance(10);
    expect(powered(cluster)).toEqual([true, true, true, true]);
    expect(runsKubelet(cluster, "node-1")).toBe(true);
  });

  it("a zone goes dark for a while", () => {
    const cluster = start();
    const spec: Spec = { type: "NodeCrash", target: { kind: "Node", zone: "b" }, duration: "30s" };
    expect(breakIt(cluster, "zone", spec).status.hit).toEqual(["node/node-2", "node/node-3"]);
    cluster.advance(29_000);
    expect(powered(cluster)).toEqual([true, true, false, false]);
    cluster.advance(2000);
    expect(powered(cluster)).toEqual([true, true, true, true]);
    const { status } = cluster.get(FAULTS, "zone");
    expect(status.phase).toBe("Finished");
    const lasted = new Date(status.endTime ?? "").getTime() - new Date(status.startTime ?? "").getTime();
    expect(lasted).toBe(30_000);
    cluster.remove(FAULTS, "zone");
    cluster.advance(10);
    expect(powered(cluster)).toEqual([true, true, true, true]);
  });

  it("KubeletStop and NodePartition, found by label", () => {
    const cluster = start();
    const selector = { matchLabels: { "kubernetes.io/hostname": "node-3" } };
    breakIt(cluster, "stop", { type: "KubeletStop", target: { kind: "Node", selector } });
    breakIt(cluster, "cut", { type: "NodePartition", target: { kind: "Node", selector } });
    expect(runsKubelet(cluster, "node-3")).toBe(false);
    expect(cluster.machines.get("node-3")).toMatchObject({ powered: true, connected: false });
    cluster.remove(FAULTS, "stop");
    cluster.remove(FAULTS, "cut");
    cluster.advance(10);
    expect(runsKubelet(cluster, "node-3")).toBe(true);
    expect(cluster.machines.get("node-3")?.connected).toBe(true);
  });

  it("two on one node: it is mended when both are over, and a stopped kubelet does not come with the power", () => {
    const cluster = start();
    const target = { kind: "Node", name: "node-1" };
    breakIt(cluster, "one", { type: "NodeCrash", target });
    breakIt(cluster, "two", { type: "NodeCrash", target });
    breakIt(cluster, "stop", { type: "KubeletStop", target });
    cluster.remove(FAULTS, "one");
    cluster.advance(10);
    expect(cluster.machines.get("node-1")?.powered).toBe(false);
    cluster.remove(FAULTS, "two");
    cluster.advance(10);
    expect(cluster.machines.get("node-1")?.powered).toBe(true);
    expect(runsKubelet(cluster, "node-1")).toBe(false);
    cluster.remove(FAULTS, "stop");
    cluster.advance(10);
    expect(runsKubelet(cluster, "node-1")).toBe(true);
  });

  it("ContainerCrash kills once and is over", () => {
    const cluster = start();
    const container = { image: "nginx:1.25" };
    const containers = [
      { name: "a", ...container },
      { name: "b", ...container },
    ];
    const key = cluster.run({ metadata: { name: "web", labels: { app: "web" } }, spec: { containers } }, "node-2");
    cluster.advance(10_000);
    const named: Spec = {
      type: "ContainerCrash",
      target: { kind: "Pod", namespace: "default", name: "web", container: "b" },
    };
    expect(breakIt(cluster, "first", named).status).toMatchObject({ phase: "Finished", hit: ["pod/default/web/b"] });
    const selector = { matchLabels: { app: "web" } };
    const chosen: Spec = { type: "ContainerCrash", target: { kind: "Pod", namespace: "default", selector } };
    expect(breakIt(cluster, "second", chosen).status.hit).toEqual(["pod/default/web/a"]);
    cluster.advance(5000);
    expect(cluster.pod(key).status.containerStatuses).toMatchObject([
      { restartCount: 1, lastState: { terminated: { exitCode: 137 } } },
      { restartCount: 1, lastState: { terminated: { exitCode: 137 } } },
    ]);
  });

  it("ComponentStop keeps a part of the control plane down", () => {
    const cluster = start();
    cluster.processes.length = 0;
    const spec: Spec = { type: "ComponentStop", target: { kind: "Component", name: "kube-scheduler" } };
    expect(breakIt(cluster, "nobody-schedules", spec).status.hit).toEqual(["component/cp/kube-scheduler"]);
    cluster.advance(60_000);
    expect(cluster.processes).toEqual(["-kube-scheduler"]);
    cluster.remove(FAULTS, "nobody-schedules");
    cluster.advance(5000);
    expect(cluster.processes).toEqual(["-kube-scheduler", "+kube-scheduler"]);
    expect(cluster.store.of(PODS).get("kube-system/kube-scheduler-cp")).toBeDefined();
  });

  it.each<[Spec["target"], string, string]>([
    [{ kind: "Node", name: "node-9" }, "NodeCrash", 'node "node-9": nothing there to break'],
    [{ kind: "Node", zone: "z" }, "NodeCrash", 'no nodes in zone "z"'],
    [{ kind: "Pod", namespace: "default", name: "web" }, "ContainerCrash", 'pod "default/web" not found'],
    [{ kind: "Component", name: "kube-foo" }, "ComponentStop", 'component "kube-foo" not found'],
  ])("fail with a reason where nothing is to be hit: %j", (target, type, message) => {
    const cluster = start();
    expect(breakIt(cluster, "none", { type, target }).status).toMatchObject({ phase: "Failed", message });
  });

  it("work while the API server is down", () => {
    const cluster = start();
    cluster.apiUp = false;
    const fault = breakIt(cluster, "dark", {
      type: "NodeCrash",
      target: { kind: "Node", name: "node-1" },
      duration: "5s",
    });
    expect(fault.status.phase).toBe("Active");
    cluster.advance(6000);
    expect(powered(cluster)).toEqual([true, true, true, true]);
  });

  it("go on after a snapshot, to the byte", () => {
    const play = (restoreAt: readonly number[]): string => {
      let cluster = start();
      cluster.create(FAULTS, {
        metadata: { name: "dark" },
        spec: { type: "NodeCrash", target: { kind: "Node", name: "node-1" }, duration: "10s" },
      });
      for (let step = 0; step < 40; step++) {
        cluster.advance(500);
        if (step === 30) cluster.remove(FAULTS, "dark");
        if (restoreAt.includes(step)) cluster = Cluster.restore(options, cluster.save());
      }
      return canonicalJson(cluster.save());
    };
    expect(play([0, 5, 19, 20, 30, 31])).toBe(play([]));
  });

  it("take a new type with one entry in the registry", () => {
    const slow: FaultDefinition<"Node"> = {
      type: "NodePartition",
      target: "Node",
      apply: ({ node }, world) => (world.network(node, false) ? nodeHit(`${node}-marked`) : undefined),
    };
    const registry = defineRegistry("fault", [anyFault(slow)], ({ type }) => type);
    const cluster = Cluster.start({ ...options, components: ({ machines }) => [faultComponent(machines, registry)] });
    const fault = breakIt(cluster, "mine", { type: "NodePartition", target: { kind: "Node", name: "node-1" } });
    expect(fault.status).toMatchObject({ phase: "Finished", hit: ["node/node-1-marked"] });
  });
});
