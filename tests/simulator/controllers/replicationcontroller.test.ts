import { describe, expect, test } from "vitest";
import { controllerOf, keyOf } from "../../../simulator/api/object.ts";
import { PODS, type Pod, REPLICATION_CONTROLLERS, type ReplicationController } from "../../../simulator/api/refs.ts";
import { replicationControllerController } from "../../../simulator/resources/core/replicationcontroller/controller.ts";
import { addNodes, fakeKubelet } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";
import { change, create, messages, podsOf, template } from "./workloads.ts";

function start(): Cluster {
  const cluster = new Cluster([replicationControllerController]);
  cluster.addNamespace("default");
  addNodes(cluster, ["n1"], "z1");
  const plan = (_pod: Pod, nowMs: number) => ({ node: "n1", readyAtMs: nowMs + 500 });
  cluster.host.add(fakeKubelet({ plan, stopMs: 100, goneMs: 300 }));
  cluster.startControllers();
  cluster.host.startProcess("fake-kubelet");
  return cluster;
}

const rc = (cluster: Cluster): ReplicationController => cluster.get(REPLICATION_CONTROLLERS, "default/rc");

function createController(cluster: Cluster, spec: object = {}): void {
  create(cluster, REPLICATION_CONTROLLERS, {
    metadata: { name: "rc", namespace: "default" },
    spec: { replicas: 3, template: template(), ...spec },
  });
}

describe("a replication controller", () => {
  test("keeps as many pods as it asks for", () => {
    const cluster = start();
    createController(cluster);
    cluster.advanceTo(3);
    expect(podsOf(cluster).map((pod) => controllerOf(pod))).toMatchObject(
      new Array(3).fill({ apiVersion: "v1", kind: "ReplicationController", name: "rc", blockOwnerDeletion: true }),
    );
    const status = {
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    };
    expect(rc(cluster).status).toEqual(status);
    change(cluster, REPLICATION_CONTROLLERS, "rc", { replicas: 1 });
    cluster.advanceTo(5);
    expect(podsOf(cluster)).toHaveLength(1);
    expect(rc(cluster).status).toMatchObject({ replicas: 1, observedGeneration: 2 });
    expect(cluster.allEvents().map(({ source }) => source?.component)).toContain("replication-controller");
  });

  test("takes in orphans, and lets go what it no longer selects", () => {
    const cluster = start();
    create(cluster, PODS, {
      metadata: { name: "stray", namespace: "default", labels: { app: "web" } },
      spec: template().spec,
    });
    cluster.advanceTo(1);
    createController(cluster, { replicas: 2 });
    cluster.advanceTo(3);
    expect(podsOf(cluster)).toHaveLength(2);
    const stray = cluster.get(PODS, "default/stray");
    expect(controllerOf(stray)?.kind).toBe("ReplicationController");
    must(cluster.client.update(PODS, { ...stray, metadata: { ...stray.metadata, labels: { app: "loose" } } }));
    cluster.advanceTo(5);
    expect(cluster.get(PODS, "default/stray").metadata.ownerReferences).toBeUndefined();
    expect(podsOf(cluster)).toHaveLength(3);
  });

  test("says when its pods are refused, and when no longer", () => {
    const cluster = start();
    createController(cluster, { template: { ...template(), spec: { ...template().spec, priorityClassName: "none" } } });
    cluster.advanceTo(1);
    expect(rc(cluster).status.conditions).toMatchObject([
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate" },
    ]);
    expect(messages(cluster, "ReplicationController")[0]).toMatch(/^FailedCreate Error creating: pods "rc-/);
    change(cluster, REPLICATION_CONTROLLERS, "rc", { template: template() } as Partial<ReplicationController["spec"]>);
    cluster.advanceTo(4);
    expect(rc(cluster).status.conditions).toBeUndefined();
    expect(rc(cluster).status.readyReplicas).toBe(3);
  });

  test("replaces a pod that failed", () => {
    const cluster = start();
    createController(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    const [pod] = podsOf(cluster);
    if (pod === undefined) throw new Error("no pod");
    must(cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, phase: "Failed" } }));
    cluster.advanceTo(4);
    expect(podsOf(cluster).filter(({ status }) => status.phase === "Running")).toHaveLength(1);
    expect(cluster.get(PODS, keyOf(pod)).status.phase).toBe("Failed");
  });
});
