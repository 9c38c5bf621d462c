import { describe, expect, it } from "vitest";
import { guide } from "../../../src/map/guide.ts";
import type { ObjectChange } from "../../../src/session/session.ts";
import { applyBatch, emptyProjection } from "../../../src/store/projection.ts";
import { batch, object, ownedBy, projection, running } from "../objects.ts";

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(START + ms).toISOString();
const node = (name: string, ready: string) =>
  object("Node", name, { status: { conditions: [{ type: "Ready", status: ready }] } });
const deployment = (ready: number) =>
  object("Deployment", "default/web", { spec: { replicas: 2 }, status: { readyReplicas: ready } });
const pod = (name: string, where: string) =>
  object("Pod", `default/${name}`, { metadata: ownedBy("ReplicaSet", "default/web-1"), ...running(where) });
const set = object("ReplicaSet", "default/web-1", { metadata: ownedBy("Deployment", "default/web") });
const fault = object("Fault", "f", { spec: { type: "NodeCrash", target: { kind: "Node", name: "n1" } } });

describe("the next thing to try", () => {
  it("has nothing to offer while no node is ready", () => {
    expect(guide(projection(node("n1", "Unknown")), []).deed).toBeUndefined();
  });

  it("begins with applying something", () => {
    expect(guide(projection(node("n1", "True")), []).deed).toEqual({ do: "apply-starter" });
  });

  it("then waits, deletes a pod, stops a node, scales", () => {
    expect(guide(projection(node("n1", "True"), deployment(1)), []).say).toContain("1 of 2 pods ready");
    const whole = projection(node("n1", "True"), deployment(2), set, pod("web-1-a", "n1"), pod("web-1-b", "n1"));
    expect(guide(whole, []).deed).toEqual({ do: "delete-pod", ref: { kind: "Pod", key: "default/web-1-a" } });
    expect(guide(whole, ["delete-Pod"]).deed).toEqual({ do: "stop-node", ref: { kind: "Node", key: "n1" } });
    const scale = { do: "scale", ref: { kind: "Deployment", key: "default/web" }, to: 4 };
    expect(guide(whole, ["delete-Pod", "node-fault"]).deed).toEqual(scale);
  });

  it("tells why pods wait", () => {
    const condition = { type: "PodScheduled", status: "False", message: "0/4 nodes are available" };
    const stuck = object("Pod", "default/web-1-a", {
      metadata: ownedBy("ReplicaSet", "default/web-1"),
      status: { phase: "Pending", conditions: [condition] },
    });
    expect(guide(projection(node("n1", "True"), deployment(0), set, stuck), []).say).toContain(
      "0/4 nodes are available",
    );
  });

  it("tells the story of a node that stopped: silence, NotReady, replacement", () => {
    const lease = object("Lease", "kube-node-lease/n1", { spec: { renewTime: at(0) } });
    const clock = { nowMs: 30_000, startEpochMs: START, speed: 1, paused: false };
    const state = (...changes: ObjectChange[]) =>
      applyBatch(emptyProjection(), batch([fault, lease, node("n2", "True"), ...changes], { reset: true, clock }));
    const silent = guide(state(node("n1", "True"), pod("web-1-a", "n1")), []);
    expect(silent.say).toContain("silent for 30s");
    expect(silent.deed).toEqual({ do: "speed", speed: 100 });
    expect(guide(state(node("n1", "Unknown"), pod("web-1-a", "n1")), []).say).toContain("NotReady");
    const healed = guide(state(node("n1", "Unknown")), []);
    expect(healed.deed).toEqual({ do: "heal-node", ref: { kind: "Node", key: "n1" } });
  });
});
