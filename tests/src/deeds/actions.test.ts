import { describe, expect, it } from "vitest";
import { actionsFor, faultsOn } from "../../../src/deeds/actions.ts";
import { cordon, evict, fault, pathOf, scale, setClock } from "../../../src/deeds/requests.ts";
import type { ObjectChange } from "../../../src/session/session.ts";
import { object, projection, running } from "../objects.ts";

const node = object("Node", "n1", { spec: {}, status: { conditions: [{ type: "Ready", status: "True" }] } });
const crash = object("Fault", "f1", { spec: { type: "NodeCrash", target: { kind: "Node", name: "n1" } } });
const labels =
  (...changes: ObjectChange[]) =>
  (kind: string, key: string) =>
    actionsFor(projection(...changes), { kind, key }).map(({ label }) => label);

describe("what can be done", () => {
  it("offers faults, cordon and drain for a node, and healing once it is held", () => {
    expect(labels(node)("Node", "n1")).toEqual(["Stop the kubelet", "Power off", "Cut its network", "Cordon", "Drain"]);
    const held = labels(node, crash)("Node", "n1");
    expect(held[0]).toBe("Power on");
    expect(held).not.toContain("Power off");
  });

  it("offers to stop a component only where a static pod is one", () => {
    const mirror = { annotations: { "kubernetes.io/config.mirror": "x" } };
    const etcd = object("Pod", "kube-system/etcd-n1", { metadata: mirror, ...running("n1") });
    const web = object("Pod", "default/web", running("n1"));
    expect(labels(etcd)("Pod", "kube-system/etcd-n1")).toContain("Stop etcd");
    expect(labels(web)("Pod", "default/web")).toEqual(["Crash its container", "Delete this pod"]);
  });

  it("knows what holds a thing by target and by what was hit", () => {
    const zone = object("Fault", "f2", {
      spec: { type: "NodePartition", target: { kind: "Node", zone: "z" } },
      status: { phase: "Active", hit: ["node/n1"] },
    });
    const state = projection(node, crash, zone);
    expect(faultsOn(state, { kind: "Node", key: "n1" })).toHaveLength(2);
    expect(faultsOn(state, { kind: "Node", key: "n2" })).toHaveLength(0);
  });

  it("offers to start a stopped component on the node that ran it", () => {
    const stopped = object("Fault", "f3", {
      spec: { type: "ComponentStop", target: { kind: "Component", name: "kube-scheduler" } },
      status: { phase: "Active", hit: ["component/n1/kube-scheduler"] },
    });
    expect(labels(node, stopped)("Node", "n1")[0]).toBe("Start kube-scheduler");
  });

  it("offers nothing to heal once a fault is over", () => {
    const over = object("Fault", "f4", {
      spec: crash.object?.spec ?? null,
      status: { phase: "Finished", hit: ["node/n1"] },
    });
    expect(labels(node, over)("Node", "n1")).toContain("Power off");
  });

  it("offers nothing for what is gone", () => {
    expect(labels()("Pod", "default/none")).toEqual([]);
  });
});

describe("requests", () => {
  it("go to the paths of the API", () => {
    expect(pathOf({ kind: "Deployment", key: "default/web" }, "scale")).toBe(
      "/apis/apps/v1/namespaces/default/deployments/web/scale",
    );
    expect(pathOf({ kind: "Gadget", key: "x" })).toBeUndefined();
    expect(evict({ kind: "Pod", key: "default/a" })).toMatchObject({
      method: "POST",
      path: "/api/v1/namespaces/default/pods/a/eviction",
    });
  });

  it("say what is wanted and nothing else", () => {
    expect(cordon("n1", false).body).toEqual({ spec: { unschedulable: null } });
    expect(scale({ kind: "Deployment", key: "default/web" }, 6).body).toEqual({ spec: { replicas: 6 } });
    expect(setClock({ speed: 100 }).path).toBe("/apis/simulation.tabernetes.dev/v1alpha1/clocks/cluster");
    expect(fault("NodeCrash", { kind: "Node", name: "n1" }, "30s").body).toMatchObject({
      kind: "Fault",
      spec: { type: "NodeCrash", duration: "30s" },
    });
  });
});
