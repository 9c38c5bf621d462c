import { describe, expect, test } from "vitest";
import { controllerOf } from "../../../simulator/api/object.ts";
import {
  CONTROLLER_REVISIONS,
  type ControllerRevision,
  DAEMON_SETS,
  type DaemonSet,
  NODES,
  type Node,
  PODS,
  type Pod,
} from "../../../simulator/api/refs.ts";
import { canonicalJson } from "../../../simulator/base/json.ts";
import { daemonSetController } from "../../../simulator/resources/apps/daemonset/controller.ts";
import { targetNode } from "../../../simulator/resources/apps/daemonset/controller-pods.ts";
import { addNodes, fakeKubelet } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";
import { BROKEN, change, create, messages, NODES_OF_TESTS, podsOf, template } from "./workloads.ts";

/** A cluster whose pods are ready half a second after they were made on the node that they ask for. */
function prepare(): Cluster {
  const cluster = new Cluster([daemonSetController]);
  cluster.addNamespace("default");
  addReadyNodes(cluster, NODES_OF_TESTS, "z1");
  cluster.host.add(
    fakeKubelet({
      plan: (pod, nowMs) => ({
        node: targetNode(pod) ?? "",
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

/** Nodes without the taint that new ones have until they are ready. */
function addReadyNodes(cluster: Cluster, names: readonly string[], zone: string): void {
  addNodes(cluster, names, zone);
  for (const name of names) {
    const node = cluster.get(NODES, name);
    must(cluster.client.update(NODES, { ...node, spec: {} } as Node));
  }
}

function createSet(cluster: Cluster, spec: Partial<DaemonSet["spec"]> = {}): DaemonSet {
  return create(cluster, DAEMON_SETS, {
    metadata: { name: "agent", namespace: "default" },
    spec: { selector: { matchLabels: { app: "web" } }, template: template(), ...spec },
  });
}

const ds = (cluster: Cluster) => cluster.get(DAEMON_SETS, "default/agent");
const setImage = (cluster: Cluster, image: string) =>
  change(cluster, DAEMON_SETS, "agent", { template: template(image) });

/** Node and image of each living pod. */
const images = (cluster: Cluster) =>
  podsOf(cluster)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => `${targetNode(pod)} ${pod.spec.containers[0]?.image}`)
    .sort();

function taint(cluster: Cluster, name: string, effect: string): void {
  const node = cluster.get(NODES, name);
  must(cluster.client.update(NODES, { ...node, spec: { ...node.spec, taints: [{ key: "gone", effect }] } } as Node));
}

function fail(cluster: Cluster, pod: Pod): void {
  must(cluster.client.updateStatus(PODS, { ...pod, status: { ...pod.status, phase: "Failed" } }));
}

describe("where it runs", () => {
  test("makes a pod for each node, which only fits that node, and tolerates what becomes of nodes", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(2);
    expect(images(cluster)).toEqual(["n1 nginx", "n2 nginx", "n3 nginx"]);
    const [pod] = podsOf(cluster);
    expect(pod?.spec.affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] }],
        },
      },
    });
    expect(pod?.spec.tolerations?.map(({ key, effect }) => `${key} ${effect}`)).toEqual([
      "node.kubernetes.io/not-ready NoExecute",
      "node.kubernetes.io/unreachable NoExecute",
      "node.kubernetes.io/disk-pressure NoSchedule",
      "node.kubernetes.io/memory-pressure NoSchedule",
      "node.kubernetes.io/pid-pressure NoSchedule",
      "node.kubernetes.io/unschedulable NoSchedule",
    ]);
    const [revision] = [...cluster.store.of(CONTROLLER_REVISIONS).values()];
    // Clients compare the bytes of a revision's data with what Go writes: keys in order.
    expect(JSON.stringify(revision?.data)).toBe(canonicalJson(revision?.data));
    expect(JSON.stringify(revision?.data)).toMatch(/^\{"spec":\{"template":\{"\$patch":"replace","metadata":/);
    const hash = revision?.metadata.name.replace("agent-", "");
    expect(pod?.metadata.labels).toMatchObject({
      app: "web",
      "controller-revision-hash": hash,
      "pod-template-generation": "1",
    });
    expect(ds(cluster).status).toEqual({
      currentNumberScheduled: 3,
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      observedGeneration: 1,
      updatedNumberScheduled: 3,
    });
    const told = messages(cluster, "DaemonSet");
    expect(told.sort()).toEqual(
      podsOf(cluster)
        .map(({ metadata }) => `SuccessfulCreate Created pod: ${metadata.name}`)
        .sort(),
    );
  });

  test("leaves a revision that somebody adds under its name until it looks again, then keeps the newer of two", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(2);
    const [first] = [...cluster.store.of(CONTROLLER_REVISIONS).values()] as [ControllerRevision];
    const { labels, ownerReferences, namespace } = first.metadata;
    const metadata = { name: "added", namespace, labels, ownerReferences };
    must(cluster.client.create(CONTROLLER_REVISIONS, { metadata, data: first.data, revision: 2 }));
    cluster.advanceTo(4);
    const names = () => [...cluster.store.of(CONTROLLER_REVISIONS).values()].map((revision) => revision.metadata.name);
    expect(names()).toEqual([first.metadata.name, "added"]);
    must(cluster.client.delete(CONTROLLER_REVISIONS, `default/${first.metadata.name}`));
    cluster.advanceTo(6);
    expect(names()).toEqual(["added"]);
  });

  test("follows nodes that come, and labels that change", () => {
    const cluster = prepare();
    createSet(cluster, {
      template: { ...template(), spec: { ...template().spec, nodeSelector: { "topology.kubernetes.io/zone": "z2" } } },
    });
    cluster.advanceTo(1);
    expect(images(cluster)).toEqual([]);
    expect(ds(cluster).status).toMatchObject({ desiredNumberScheduled: 0 });
    addReadyNodes(cluster, ["n4"], "z2");
    const node = cluster.get(NODES, "n1");
    const labels = { ...node.metadata.labels, "topology.kubernetes.io/zone": "z2" };
    must(cluster.client.update(NODES, { ...node, metadata: { ...node.metadata, labels } }));
    cluster.advanceTo(3);
    expect(images(cluster)).toEqual(["n1 nginx", "n4 nginx"]);
    const moved = cluster.get(NODES, "n1");
    must(cluster.client.update(NODES, { ...moved, metadata: { ...moved.metadata, labels: {} } }));
    cluster.advanceTo(5);
    expect(images(cluster)).toEqual(["n4 nginx"]);
  });

  test("a taint keeps new pods away; only NoExecute drives those out that are there", () => {
    const cluster = prepare();
    taint(cluster, "n3", "NoSchedule");
    createSet(cluster);
    cluster.advanceTo(2);
    taint(cluster, "n1", "NoSchedule");
    taint(cluster, "n2", "NoExecute");
    cluster.advanceTo(4);
    expect(images(cluster)).toEqual(["n1 nginx"]);
    expect(ds(cluster).status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 1 });
  });

  test("adopts an orphan that runs on a node, and keeps the older of two pods", () => {
    const cluster = prepare();
    create(cluster, PODS, {
      metadata: { name: "orphan", namespace: "default", labels: { app: "web" } },
      spec: { ...template().spec, nodeName: "n1" },
    });
    cluster.advanceTo(1);
    createSet(cluster, { updateStrategy: { type: "OnDelete" } });
    cluster.advanceTo(3);
    expect(controllerOf(cluster.get(PODS, "default/orphan"))?.kind).toBe("DaemonSet");
    expect(images(cluster)).toEqual(["n1 nginx", "n2 nginx", "n3 nginx"]);
  });
});

describe("update", () => {
  test("replaces one pod after the other", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(3);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(3.05);
    expect(images(cluster)).toHaveLength(2);
    cluster.advanceTo(10);
    expect(images(cluster)).toEqual(["n1 nginx:2", "n2 nginx:2", "n3 nginx:2"]);
    const births = cluster.changesOf("Pod", 3).filter((line) => line.includes("ADDED"));
    expect(births.map((line) => line.split(" ")[0])).toEqual(["3.1", "3.7", "4.3"]);
    expect(ds(cluster).status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  });

  test("replaces as many at once as maxUnavailable says", () => {
    const cluster = prepare();
    createSet(cluster, { updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "50%" } } });
    cluster.advanceTo(3);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(3.05);
    expect(images(cluster)).toEqual(["n3 nginx"]);
  });

  test("makes the new pod first when told to surge", () => {
    const cluster = prepare();
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    createSet(cluster, { updateStrategy: { type: "RollingUpdate", rollingUpdate } });
    cluster.advanceTo(3);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(3.3);
    expect(images(cluster)).toEqual(["n1 nginx", "n1 nginx:2", "n2 nginx", "n3 nginx"]);
    let least = 3;
    for (let at = 34; at < 80; at++) {
      cluster.advanceTo(at / 10);
      least = Math.min(least, ds(cluster).status.numberAvailable ?? 0);
    }
    expect(images(cluster)).toEqual(["n1 nginx:2", "n2 nginx:2", "n3 nginx:2"]);
    expect(least).toBe(3);
  });

  test("stops at pods that do not become ready, and goes on when the template is mended", () => {
    const cluster = prepare();
    createSet(cluster);
    cluster.advanceTo(3);
    setImage(cluster, BROKEN);
    cluster.advanceTo(10);
    expect(images(cluster)).toEqual([`n1 ${BROKEN}`, "n2 nginx", "n3 nginx"]);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(20);
    expect(images(cluster)).toEqual(["n1 nginx:2", "n2 nginx:2", "n3 nginx:2"]);
  });

  test("changes only what is deleted when told OnDelete", () => {
    const cluster = prepare();
    createSet(cluster, { updateStrategy: { type: "OnDelete" } });
    cluster.advanceTo(3);
    setImage(cluster, "nginx:2");
    cluster.advanceTo(4);
    const pod = podsOf(cluster).find((one) => targetNode(one) === "n2");
    must(cluster.client.delete(PODS, `default/${pod?.metadata.name}`));
    cluster.advanceTo(6);
    expect(images(cluster)).toEqual(["n1 nginx", "n2 nginx:2", "n3 nginx"]);
  });

  test("raises an old revision again, and forgets the oldest beyond the limit", () => {
    const cluster = prepare();
    createSet(cluster, { revisionHistoryLimit: 1 });
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

test("replaces pods that failed, later each time", () => {
  const cluster = prepare();
  createSet(cluster, { template: { ...template(), spec: { ...template().spec, nodeName: "n1" } } });
  const births = () => cluster.changesOf("Pod").filter((line) => line.includes("ADDED")).length;
  const failOne = () => podsOf(cluster).map((pod) => fail(cluster, pod));
  cluster.advanceTo(2);
  failOne();
  cluster.advanceTo(2.9);
  expect(births()).toBe(2);
  failOne();
  cluster.advanceTo(2.95);
  expect(births()).toBe(2);
  cluster.advanceTo(4.5);
  expect(births()).toBe(3);
  const [first] = messages(cluster, "DaemonSet").filter((text) => text.startsWith("FailedDaemonPod"));
  expect(first).toMatch(
    /^FailedDaemonPod Found failed daemon pod default\/agent-[a-z0-9]{5} on node n1, will try to kill it$/,
  );
});

test("deletes a pod that waits for a node which is gone", () => {
  const cluster = prepare();
  cluster.host.stopProcess("fake-kubelet");
  createSet(cluster);
  cluster.advanceTo(1);
  must(cluster.client.delete(NODES, "n2"));
  addReadyNodes(cluster, ["n4"], "z1");
  cluster.advanceTo(2);
  expect(images(cluster)).toEqual(["n1 nginx", "n3 nginx", "n4 nginx"]);
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
  expect(images(cluster)).toEqual(["n1 nginx:2", "n2 nginx:2", "n3 nginx:2"]);
});
