import { describe, expect, test } from "vitest";
import { controllerOf } from "../../../simulator/api/object.ts";
import { CONTROLLER_REVISIONS, PODS, STATEFUL_SETS, type StatefulSet } from "../../../simulator/api/refs.ts";
import { statefulSetController } from "../../../simulator/resources/apps/statefulset/controller.ts";
import { addNodes, fakeKubelet } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";
import { BROKEN, change, create, messages, NODES_OF_TESTS, podsOf, template } from "./workloads.ts";

/** A cluster whose pods are ready half a second after they were made, and gone 0.3 s after their deletion. */
function prepare(): Cluster {
  const cluster = new Cluster([statefulSetController]);
  cluster.addNamespace("default");
  addNodes(cluster, NODES_OF_TESTS, "z1");
  cluster.host.add(
    fakeKubelet({
      plan: (pod, nowMs) => ({
        node: "n1",
        runningAtMs: nowMs + 100,
        readyAtMs: pod.spec.containers[0]?.image === BROKEN ? undefined : nowMs + 500,
      }),
      stopMs: 100,
      goneMs: 300,
    }),
  );
  cluster.startControllers();
  cluster.host.startProcess("fake-kubelet");
  return cluster;
}

function createSet(cluster: Cluster, spec: Partial<StatefulSet["spec"]> = {}): StatefulSet {
  return create(cluster, STATEFUL_SETS, {
    metadata: { name: "db", namespace: "default" },
    spec: { selector: { matchLabels: { app: "web" } }, serviceName: "db", template: template(), replicas: 3, ...spec },
  });
}

const sts = (cluster: Cluster) => cluster.get(STATEFUL_SETS, "default/db");
const deeds = (cluster: Cluster) => messages(cluster, "StatefulSet");
const creations = (cluster: Cluster, since = 0) =>
  cluster.changesOf("Pod", since).filter((line) => line.includes("ADDED"));

/** Name and image of each pod. */
const images = (cluster: Cluster) =>
  podsOf(cluster)
    .map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0]?.image}`)
    .sort();

const setImage = (cluster: Cluster, image: string) =>
  change(cluster, STATEFUL_SETS, "db", { template: template(image) });

test("a condition that somebody else sets stays while nothing is counted anew", () => {
  const cluster = prepare();
  createSet(cluster);
  cluster.advanceTo(5);
  const condition = { type: "Custom", status: "True" };
  const set = sts(cluster);
  must(cluster.client.updateStatus(STATEFUL_SETS, { ...set, status: { ...set.status, conditions: [condition] } }));
  cluster.advanceTo(10);
  expect(sts(cluster).status).toMatchObject({ readyReplicas: 3, conditions: [condition] });
  change(cluster, STATEFUL_SETS, "db", { replicas: 2 });
  cluster.advanceTo(15);
  expect(sts(cluster).status).toMatchObject({ readyReplicas: 2 });
  expect(sts(cluster).status).not.toHaveProperty("conditions");
});

describe("creation", () => {
  test("makes one pod after the other, each when the one before is ready", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(5);
    expect(creations(cluster)).toEqual(["0.0 ADDED db-0", "0.5 ADDED db-1", "1.0 ADDED db-2"]);
    expect(deeds(cluster)).toEqual([
      "SuccessfulCreate Create Pod db-0 in StatefulSet db successful",
      "SuccessfulCreate Create Pod db-1 in StatefulSet db successful",
      "SuccessfulCreate Create Pod db-2 in StatefulSet db successful",
    ]);
    const revision = [...cluster.store.of(CONTROLLER_REVISIONS).values()];
    expect(revision).toHaveLength(1);
    const { name } = revision[0]?.metadata ?? {};
    expect(sts(cluster).status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      currentRevision: name,
      updateRevision: name,
      collisionCount: 0,
    });
    const { metadata, spec } = cluster.get(PODS, "default/db-1");
    expect(metadata.labels).toMatchObject({
      app: "web",
      "apps.kubernetes.io/pod-index": "1",
      "controller-revision-hash": name,
      "statefulset.kubernetes.io/pod-name": "db-1",
    });
    expect(spec).toMatchObject({ hostname: "db-1", subdomain: "db" });
    expect(controllerOf(cluster.get(PODS, "default/db-1"))).toMatchObject({ kind: "StatefulSet", name: "db" });
  });

  test("makes all pods at once when told Parallel, and counts ordinals from where it is told", () => {
    const cluster = prepare();
    createSet(cluster, { podManagementPolicy: "Parallel", ordinals: { start: 5 } });
    cluster.advanceTo(1);
    expect(creations(cluster)).toEqual(["0.0 ADDED db-5", "0.0 ADDED db-6", "0.0 ADDED db-7"]);
    expect(sts(cluster).status).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3 });
  });

  test("waits until a pod has been ready for minReadySeconds", () => {
    const cluster = prepare();
    createSet(cluster, { replicas: 2, minReadySeconds: 10 });
    cluster.advanceTo(9);
    expect(creations(cluster)).toEqual(["0.0 ADDED db-0"]);
    expect(sts(cluster).status).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
    cluster.advanceTo(30);
    expect(creations(cluster)).toHaveLength(2);
    expect(sts(cluster).status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
  });

  test("says why a pod is refused", () => {
    const cluster = prepare();
    createSet(cluster, { template: { ...template(), spec: { containers: [], priorityClassName: "none" } } });
    cluster.advanceTo(0.002);
    expect(deeds(cluster)).toEqual([
      'FailedCreate Create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: no PriorityClass with name none was found',
    ]);
  });

  test("mounts a claim of its own in place of the template's volume", () => {
    const cluster = prepare();
    const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } };
    const spec = {
      ...template().spec,
      volumes: [
        { name: "data", emptyDir: {} },
        { name: "tmp", emptyDir: {} },
      ],
    };
    createSet(cluster, { replicas: 1, volumeClaimTemplates: [claim], template: { ...template(), spec } });
    cluster.advanceTo(1);
    expect(cluster.get(PODS, "default/db-0").spec.volumes).toEqual([
      { name: "data", persistentVolumeClaim: { claimName: "data-db-0" } },
      { name: "tmp", emptyDir: {} },
    ]);
  });
});

describe("change", () => {
  test("scales down from the highest, one after the other, and makes a pod that went anew", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(5);
    change(cluster, STATEFUL_SETS, "db", { replicas: 1 });
    cluster.advanceTo(10);
    expect(cluster.changesOf("Pod", 5).filter((line) => line.includes("DELETED"))).toEqual([
      "5.3 DELETED db-2",
      "5.6 DELETED db-1",
    ]);
    must(cluster.client.delete(PODS, "default/db-0"));
    cluster.advanceTo(15);
    expect(creations(cluster, 5)).toEqual(["10.3 ADDED db-0"]);
    expect(sts(cluster).status).toMatchObject({ replicas: 1, readyReplicas: 1, observedGeneration: 2 });
  });

  test("updates from the highest, each when those above are ready", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(5);
    const before = sts(cluster).status.currentRevision;
    setImage(cluster, "nginx:2");
    cluster.advanceTo(5.1);
    expect(sts(cluster).status).toMatchObject({ currentRevision: before, currentReplicas: 2 });
    cluster.advanceTo(15);
    expect(creations(cluster, 5)).toEqual(["5.3 ADDED db-2", "6.1 ADDED db-1", "6.9 ADDED db-0"]);
    const { status } = sts(cluster);
    expect(status.currentRevision).not.toBe(before);
    expect(status.currentRevision).toBe(status.updateRevision);
    expect(status).toMatchObject({ currentReplicas: 3, updatedReplicas: 3, readyReplicas: 3 });
  });

  test("leaves pods below the partition alone, and gives one that went the old template", () => {
    const cluster = prepare();
    createSet(cluster, { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } });
    cluster.advanceTo(5);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(10);
    must(cluster.client.delete(PODS, "default/db-0"));
    cluster.advanceTo(15);
    expect(images(cluster)).toEqual(["db-0 nginx", "db-1 nginx", "db-2 nginx:2"]);
    expect(sts(cluster).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 });
  });

  test("changes only what is deleted when told OnDelete", () => {
    const cluster = prepare();
    createSet(cluster, { updateStrategy: { type: "OnDelete" } });
    cluster.advanceTo(5);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(10);
    must(cluster.client.delete(PODS, "default/db-1"));
    cluster.advanceTo(15);
    expect(images(cluster)).toEqual(["db-0 nginx", "db-1 nginx:2", "db-2 nginx"]);
  });

  test("stops at a pod that does not become ready; mending the template does not help until that pod is deleted", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(5);
    setImage(cluster, BROKEN);
    cluster.advanceTo(10);
    expect(images(cluster)).toEqual(["db-0 nginx", "db-1 nginx", `db-2 ${BROKEN}`]);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(15);
    expect(images(cluster)).toEqual(["db-0 nginx", "db-1 nginx", `db-2 ${BROKEN}`]);
    must(cluster.client.delete(PODS, "default/db-2"));
    cluster.advanceTo(25);
    expect(images(cluster)).toEqual(["db-0 nginx:2", "db-1 nginx:2", "db-2 nginx:2"]);
  });

  test("raises an old revision again, and forgets the oldest beyond the limit", () => {
    const cluster = prepare();
    createSet(cluster, { replicas: 1, revisionHistoryLimit: 1 });
    const revisions = () =>
      [...cluster.store.of(CONTROLLER_REVISIONS).values()].map(({ revision }) => revision).sort((a, b) => a - b);
    for (const [index, image] of ["nginx:2", "nginx"].entries()) {
      cluster.advanceTo(5 * (index + 1));
      setImage(cluster, image);
    }
    cluster.advanceTo(15);
    expect(revisions()).toEqual([2, 3]);
    setImage(cluster, "nginx:4");
    cluster.advanceTo(20);
    expect(revisions()).toEqual([3, 4]);
  });
});

describe("pods that are not as they should be", () => {
  test("replaces a pod that failed, and mends one whose label was taken away", () => {
    const cluster = prepare();
    createSet(cluster, { replicas: 2 });
    cluster.advanceTo(5);
    const failed = cluster.get(PODS, "default/db-0");
    must(cluster.client.updateStatus(PODS, { ...failed, status: { ...failed.status, phase: "Failed" } }));
    cluster.advanceTo(10);
    expect(cluster.get(PODS, "default/db-0").metadata.uid).not.toBe(failed.metadata.uid);
    const pod = cluster.get(PODS, "default/db-1");
    const { "statefulset.kubernetes.io/pod-name": _, ...labels } = pod.metadata.labels ?? {};
    must(cluster.client.update(PODS, { ...pod, metadata: { ...pod.metadata, labels } }));
    cluster.advanceTo(11);
    expect(cluster.get(PODS, "default/db-1").metadata.labels).toMatchObject({
      "statefulset.kubernetes.io/pod-name": "db-1",
    });
    expect(deeds(cluster)).toContain("SuccessfulUpdate Update Pod db-1 in StatefulSet db successful");
  });

  test("adopts orphans that have its names only", () => {
    const cluster = prepare();
    const orphan = (name: string) =>
      create(cluster, PODS, {
        metadata: { name, namespace: "default", labels: { app: "web" } },
        spec: template().spec,
      });
    orphan("db-0");
    orphan("stray");
    cluster.advanceTo(1);
    createSet(cluster, { replicas: 1 });
    cluster.advanceTo(1.1);
    expect(controllerOf(cluster.get(PODS, "default/db-0"))?.name).toBe("db");
    expect(controllerOf(cluster.get(PODS, "default/stray"))).toBeUndefined();
  });
});

test("converges when its controller stops in the middle of an update", () => {
  const cluster = prepare();
  createSet(cluster);
  cluster.advanceTo(3);
  setImage(cluster, "nginx:2");
  cluster.advanceTo(3.2);
  cluster.stopControllers();
  cluster.advanceTo(6);
  cluster.startControllers();
  cluster.advanceTo(15);
  expect(images(cluster)).toEqual(["db-0 nginx:2", "db-1 nginx:2", "db-2 nginx:2"]);
});
