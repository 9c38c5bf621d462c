import { describe, expect, test } from "vitest";
import { storeCache } from "../../../simulator/api/in-process-client.ts";
import { timeOf } from "../../../simulator/api/meta/time.ts";
import { controllerOf } from "../../../simulator/api/object.ts";
import { PODS, type Pod, REPLICA_SETS } from "../../../simulator/api/refs.ts";
import { podsToDelete } from "../../../simulator/resources/apps/replicaset/controller-ranking.ts";
import { readyPod } from "./fake-kubelet.ts";
import { type Cluster, must } from "./harness.ts";
import { change, create, createReplicaSet, messages, podsOf, startWorkloads, template } from "./workloads.ts";

const rs = (cluster: Cluster) => cluster.get(REPLICA_SETS, "default/rs");

const NOW = "2026-01-01T01:00:00Z";

interface Traits {
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: string | false;
  readonly cost?: string;
  readonly restarts?: number;
  readonly created?: string;
}

function ranked(name: string, traits: Traits): Pod {
  const { node = name, phase = "Running", ready = "00:30:00", cost, restarts = 0, created = "00:00:00" } = traits;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "default",
      uid: name,
      resourceVersion: "1",
      creationTimestamp: `2026-01-01T${created}Z`,
      ...(cost && { annotations: { "controller.kubernetes.io/pod-deletion-cost": cost } }),
    },
    spec: { containers: [], ...(node && { nodeName: node }) },
    status: {
      phase,
      conditions: [
        ready === false
          ? { type: "Ready", status: "False" }
          : { type: "Ready", status: "True", lastTransitionTime: `2026-01-01T${ready}Z` },
      ],
      containerStatuses: [{ name: "c", restartCount: restarts, ready: true, image: "", imageID: "" }],
    },
  } as Pod;
}

describe("of two pods the one to delete is", () => {
  test.each<[string, Traits, Traits]>([
    ["the unassigned", { node: "", phase: "Pending", ready: false }, { phase: "Pending", ready: false }],
    ["the pending", { phase: "Pending", ready: false }, { ready: false }],
    ["the one of unknown phase, before a running one", { phase: "Unknown", ready: false }, { ready: false }],
    ["the one not ready, however dear", { ready: false, cost: "100" }, { cost: "-100" }],
    ["the one of lower deletion cost", { cost: "-5", ready: "00:00:00" }, { ready: "00:59:59" }],
    ["with a wrong cost as with none, the newly ready", { cost: "+7", ready: "00:59:00" }, { cost: "0" }],
    ["the one ready for a shorter time", { ready: "00:59:00" }, { ready: "00:10:00" }],
    ["the one with more restarts", { restarts: 3 }, { restarts: 1 }],
    ["the younger", { created: "00:59:00" }, { created: "00:00:00" }],
    ["by uid, when the ages are of one power of two", { ready: "00:11:00" }, { ready: "00:12:00" }],
  ])("%s", (_name, first, second) => {
    const cluster = startWorkloads();
    const replicaSet = createReplicaSet(cluster, { replicas: 0 });
    const pods = [ranked("b", second), ranked("a", first)];
    const cache = storeCache(cluster.store);
    const parseMs = (text: string) => timeOf(text) ?? 0;
    const chosen = podsToDelete({ pods, replicaSet, cache, nowMs: parseMs(NOW), parseMs }, 1);
    expect(chosen.map(({ metadata }) => metadata.name)).toEqual(["a"]);
  });

  test("the one on the node with more pods of all replica sets of the deployment", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 4 });
    cluster.advanceTo(3);
    change(cluster, REPLICA_SETS, "rs", { replicas: 3 });
    cluster.advanceTo(4);
    // Pods were put on n1, n2, n3, n1.
    expect(
      podsOf(cluster)
        .map(({ spec }) => spec.nodeName)
        .sort(),
    ).toEqual(["n1", "n2", "n3"]);
  });
});

describe("a replica set", () => {
  test("makes 500 pods at a look, and looks until there are enough", () => {
    const cluster = startWorkloads(5000);
    createReplicaSet(cluster, { replicas: 1200 });
    cluster.advanceTo(0.002);
    expect(cluster.store.of(PODS).size).toBe(500);
    cluster.advanceTo(1);
    expect(cluster.store.of(PODS).size).toBe(1200);
    cluster.advanceTo(7);
    expect(rs(cluster).status).toEqual({
      replicas: 1200,
      fullyLabeledReplicas: 1200,
      readyReplicas: 1200,
      availableReplicas: 1200,
      terminatingReplicas: 0,
      observedGeneration: 1,
    });
  });

  test("asks for one pod only when the API refuses it, and says why", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, {
      replicas: 8,
      template: { ...template(), spec: { containers: [], priorityClassName: "none" } },
    });
    cluster.advanceTo(0.002);
    const [message, ...others] = messages(cluster, "ReplicaSet");
    expect(others).toEqual([]);
    expect(message).toMatch(
      /^FailedCreate Error creating: pods "rs-[a-z0-9]{5}" is forbidden: no PriorityClass with name none was found$/,
    );
    const text = message?.replace("FailedCreate Error creating: ", "");
    const { status } = rs(cluster);
    expect(status).toMatchObject({ replicas: 0, observedGeneration: 1 });
    expect(status.conditions).toMatchObject([
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: text },
    ]);
  });

  test("adopts pods that it selects, and lets them go when it no longer does", () => {
    const cluster = startWorkloads();
    const stray = create(cluster, PODS, {
      metadata: { name: "stray", namespace: "default", labels: { app: "web" } },
      spec: template().spec,
    });
    cluster.advanceTo(1);
    createReplicaSet(cluster, { replicas: 2 });
    cluster.advanceTo(3);
    expect(cluster.store.of(PODS).size).toBe(2);
    const adopted = cluster.get(PODS, "default/stray");
    expect(controllerOf(adopted)).toMatchObject({ kind: "ReplicaSet", name: "rs", blockOwnerDeletion: true });
    expect(adopted.metadata.uid).toBe(stray.metadata.uid);
    must(cluster.client.update(PODS, { ...adopted, metadata: { ...adopted.metadata, labels: { app: "loose" } } }));
    cluster.advanceTo(5);
    expect(cluster.get(PODS, "default/stray").metadata.ownerReferences).toBeUndefined();
    expect(rs(cluster).status).toMatchObject({ replicas: 2, readyReplicas: 2 });
    expect(cluster.store.of(PODS).size).toBe(3);
  });

  test("does not take a pod that another controls", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    createReplicaSet(cluster, { replicas: 1 }, "twin");
    cluster.advanceTo(4);
    expect(podsOf(cluster).map((pod) => controllerOf(pod)?.name)).toEqual(["rs", "twin"]);
  });

  test("replaces pods that ended or are being deleted, and counts those that are ending", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 3 });
    cluster.advanceTo(2);
    const [first, second] = podsOf(cluster);
    if (first === undefined || second === undefined) throw new Error("no pods");
    must(cluster.client.delete(PODS, `default/${first.metadata.name}`));
    must(cluster.client.updateStatus(PODS, { ...second, status: { ...second.status, phase: "Failed" } }));
    cluster.advanceTo(2.05);
    expect(rs(cluster).status).toMatchObject({ replicas: 3, readyReplicas: 1, terminatingReplicas: 1 });
    cluster.advanceTo(4);
    expect(rs(cluster).status).toMatchObject({ replicas: 3, readyReplicas: 3, terminatingReplicas: 0 });
  });

  test("counts pods as available when they were ready for minReadySeconds", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 2, minReadySeconds: 5 });
    cluster.advanceTo(4);
    expect(rs(cluster).status).toMatchObject({ readyReplicas: 2 });
    expect(rs(cluster).status.availableReplicas).toBeUndefined();
    cluster.advanceTo(6);
    expect(rs(cluster).status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
  });

  test("makes nothing while it is being deleted", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 1 });
    cluster.advanceTo(2);
    must(cluster.client.delete(REPLICA_SETS, "default/rs", { propagationPolicy: "Foreground" }));
    const [pod] = podsOf(cluster);
    must(cluster.client.delete(PODS, `default/${pod?.metadata.name}`));
    cluster.advanceTo(4);
    expect(podsOf(cluster)).toEqual([]);
    expect(rs(cluster).status).toMatchObject({ replicas: 0, observedGeneration: 2 });
  });

  test("makes its pods when the API server is back", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 2 });
    cluster.reachable = false;
    cluster.advanceTo(1);
    expect(podsOf(cluster)).toEqual([]);
    cluster.reachable = true;
    cluster.advanceTo(4);
    expect(podsOf(cluster)).toHaveLength(2);
  });

  test("counts by change as it counts from scratch, whatever happens to its pods", () => {
    const cluster = startWorkloads();
    createReplicaSet(cluster, { replicas: 12 });
    for (let step = 0; step < 60; step++) {
      cluster.advanceTo(1 + step * 0.07);
      const pods = podsOf(cluster);
      const pod = pods[(step * 7) % pods.length];
      if (pod === undefined) continue;
      const key = `default/${pod.metadata.name}`;
      if (step % 5 === 0) cluster.client.delete(PODS, key);
      else if (step % 5 === 1) cluster.client.updateStatus(PODS, readyPod(pod, step % 2 === 0, cluster.now));
      else if (step % 5 === 2)
        cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, phase: "Failed" } });
      else if (step % 5 === 3) {
        const labels = { app: "web", more: String(step) };
        cluster.client.update(PODS, {
          ...pod,
          metadata: { ...pod.metadata, labels: step % 2 ? labels : { app: "loose" } },
        });
      } else change(cluster, REPLICA_SETS, "rs", { replicas: 8 + (step % 7) });
    }
    cluster.advanceTo(10);
    const counted = rs(cluster).status;
    cluster.stopControllers();
    const before = cluster.lines.length;
    cluster.startControllers();
    cluster.advanceTo(12);
    expect(cluster.lines.slice(before)).toEqual([]);
    const own = podsOf(cluster).filter((pod) => controllerOf(pod)?.name === "rs");
    const active = own.filter(({ metadata, status }) => !metadata.deletionTimestamp && status.phase === "Running");
    expect(counted).toMatchObject({ replicas: active.length, terminatingReplicas: 0 });
    expect(active.length).toBe(rs(cluster).spec.replicas);
  });
});
