import { expect, test } from "vitest";
import { VolumeCluster } from "./cluster.ts";

const NETWORK = { storageClassName: "network-disk" };
const reasons = (events: readonly string[]): string[] => events.map((text) => text.split(":")[0] ?? "");
const volumeName = (cluster: VolumeCluster, claim: string): string =>
  cluster.get("PersistentVolumeClaim", claim).spec.volumeName;

test("a claim of the default class waits for its pod, and its volume stays on that node", () => {
  const cluster = new VolumeCluster();
  cluster.claim("data");
  cluster.run(5);
  const waiting = "waiting for first consumer to be created before binding";
  expect(cluster.events("PersistentVolumeClaim", "data")).toContain(`WaitForFirstConsumer: ${waiting}`);
  expect(cluster.get("PersistentVolumeClaim", "data").spec.storageClassName).toBe("standard");
  cluster.pod("p", "data");
  cluster.run(10);
  const { nodeName } = cluster.get("Pod", "p").spec;
  const volume = cluster.get("PersistentVolume", volumeName(cluster, "data"));
  expect(cluster.get("Pod", "p").status.phase).toBe("Running");
  expect(volume.spec.hostPath.path).toBe(`/var/local-path-provisioner/${volume.metadata.name}_default_data`);
  const [term] = volume.spec.nodeAffinity.required.nodeSelectorTerms;
  expect(term.matchExpressions[0].values).toEqual([nodeName]);
  cluster.remove("Pod", "p");
  cluster.run(5);
  cluster.pod("q", "data", { nodeSelector: { "kubernetes.io/hostname": nodeName === "node-1" ? "node-2" : "node-1" } });
  cluster.run(5);
  const message = cluster.get("Pod", "q").status.conditions[0].message as string;
  expect(message).toContain("1 node(s) didn't match PersistentVolume's node affinity");
  cluster.remove("Pod", "q");
  cluster.remove("PersistentVolumeClaim", "data");
  cluster.run(10);
  expect(cluster.list("PersistentVolume")).toEqual([]);
});

test("PVC expansion: the disk grows at once, the file system while a pod runs", () => {
  const cluster = new VolumeCluster();
  cluster.claim("data", NETWORK);
  cluster.run(5);
  const grow = (storage: string) =>
    cluster.patch("PersistentVolumeClaim", "data", { spec: { resources: { requests: { storage } } } });
  const since = cluster.lines.length;
  expect(grow("3Gi").code).toBe(200);
  cluster.run(20);
  const pending = cluster.get("PersistentVolumeClaim", "data").status;
  expect(pending.capacity).toEqual({ storage: "1Gi" });
  expect(pending.allocatedResourceStatuses).toEqual({ storage: "NodeResizePending" });
  expect(pending.conditions).toEqual([expect.objectContaining({ type: "FileSystemResizePending", status: "True" })]);
  cluster.pod("p", "data");
  cluster.run(30);
  const grown = cluster.get("PersistentVolumeClaim", "data").status;
  expect(grown.capacity).toEqual({ storage: "3Gi" });
  expect(grown.conditions).toBeUndefined();
  console.info(["PVC expansion", ...cluster.lines.slice(since)].join("\n  "));
  const told = reasons(cluster.events("PersistentVolumeClaim", "data"));
  const order = ["ExternalExpanding", "Resizing", "FileSystemResizeRequired", "FileSystemResizeSuccessful"];
  expect(told.filter((reason) => order.includes(reason))).toEqual(order);
  const less = grow("2Gi");
  expect(less.code).toBe(422);
  expect((less.body as { message: string }).message).toContain("field can not be less than status.capacity");
});

test("a class that does not allow it, and a claim that is not bound, can't grow", () => {
  const cluster = new VolumeCluster();
  cluster.claim("waiting");
  cluster.claim("bound", { storageClassName: "" });
  cluster.create(
    "PersistentVolume",
    { name: "pv" },
    { spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/tmp/x" } } },
  );
  cluster.run(20);
  const grow = (name: string) =>
    cluster.patch("PersistentVolumeClaim", name, { spec: { resources: { requests: { storage: "2Gi" } } } });
  // What is wrong with its fields is said first.
  expect(grow("waiting").code).toBe(422);
  const refused = grow("bound");
  expect(refused.code).toBe(403);
  expect((refused.body as { message: string }).message).toBe(
    'persistentvolumeclaims "bound" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  );
});

function statefulSet(cluster: VolumeCluster, more: object = {}): void {
  const containers = [{ name: "c", image: "nginx", volumeMounts: [{ name: "data", mountPath: "/data" }] }];
  const resources = { requests: { storage: "1Gi" } };
  cluster.create(
    "StatefulSet",
    { name: "db" },
    {
      spec: {
        serviceName: "db",
        replicas: 3,
        selector: { matchLabels: { app: "db" } },
        template: {
          metadata: { labels: { app: "db" } },
          spec: { containers, terminationGracePeriodSeconds: 0 },
        },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources } }],
        ...more,
      },
    },
  );
}
const claims = (cluster: VolumeCluster) =>
  cluster.list("PersistentVolumeClaim").map(({ metadata, status }) => `${metadata.name} ${status.phase}`);
const uids = (cluster: VolumeCluster) => cluster.list("PersistentVolumeClaim").map(({ metadata }) => metadata.uid);

test("a StatefulSet scaled down and up again keeps its claims", () => {
  const cluster = new VolumeCluster();
  const since = cluster.lines.length;
  statefulSet(cluster);
  cluster.run(60);
  const all = ["data-db-0 Bound", "data-db-1 Bound", "data-db-2 Bound"];
  expect(claims(cluster)).toEqual(all);
  const before = uids(cluster);
  cluster.patch("StatefulSet", "db", { spec: { replicas: 1 } });
  cluster.run(30);
  expect(cluster.list("Pod").map(({ metadata }) => metadata.name)).toEqual(["db-0"]);
  expect(claims(cluster)).toEqual(all);
  cluster.patch("StatefulSet", "db", { spec: { replicas: 3 } });
  cluster.run(60);
  expect(cluster.list("Pod").map(({ status }) => status.phase)).toEqual(["Running", "Running", "Running"]);
  expect(uids(cluster)).toEqual(before);
  cluster.remove("StatefulSet", "db");
  cluster.run(30);
  expect(uids(cluster)).toEqual(before);
  console.info(["StatefulSet with claims", ...cluster.lines.slice(since)].join("\n  "));
});

test("claims go with their set, or with what is scaled away, where its retention policy says so", () => {
  const cluster = new VolumeCluster();
  statefulSet(cluster, { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Delete" } });
  cluster.run(60);
  cluster.patch("StatefulSet", "db", { spec: { replicas: 1 } });
  cluster.run(30);
  expect(claims(cluster)).toEqual(["data-db-0 Bound"]);
  const [owner] = cluster.get("PersistentVolumeClaim", "data-db-0").metadata.ownerReferences;
  expect(owner).toMatchObject({ kind: "StatefulSet", name: "db", controller: true });
  cluster.remove("StatefulSet", "db");
  cluster.run(30);
  expect(claims(cluster)).toEqual([]);
  expect(cluster.list("PersistentVolume")).toEqual([]);
});

test("a disk of one node is refused to a pod of another one until the first pod is gone", () => {
  const cluster = new VolumeCluster();
  cluster.claim("data", NETWORK);
  cluster.pod("a", "data", { nodeName: "node-1" });
  cluster.run(20);
  expect(cluster.get("Pod", "a").status.phase).toBe("Running");
  cluster.pod("b", "data", { nodeName: "node-2" });
  cluster.run(150);
  const volume = volumeName(cluster, "data");
  const told = cluster.events("Pod", "b");
  expect(told).toContain(
    `FailedAttachVolume: Multi-Attach error for volume "${volume}" Volume is already used by pod(s) a`,
  );
  expect(told).toContain(
    "FailedMount: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data], failed to process volumes=[]: context deadline exceeded",
  );
  cluster.remove("Pod", "a");
  cluster.run(20);
  expect(cluster.get("Pod", "b").status.phase).toBe("Running");
  expect(cluster.get("Node", "node-1").status.volumesAttached).toBeUndefined();
  expect(cluster.list("VolumeAttachment").map(({ spec, status }) => [spec.nodeName, status.attached])).toEqual([
    ["node-2", true],
  ]);
});

test("a disk leaves a dead node after six minutes, and at once when the node is out of service", () => {
  const attachedAfter = (isOutOfService: boolean): number => {
    const cluster = new VolumeCluster();
    cluster.claim("data", NETWORK);
    cluster.pod("a", "data", { nodeName: "node-1" });
    cluster.run(20);
    cluster.create(
      "Fault",
      { name: "crash" },
      { spec: { type: "NodeCrash", target: { kind: "Node", name: "node-1" } } },
    );
    cluster.run(60);
    if (isOutOfService) {
      const taint = { key: "node.kubernetes.io/out-of-service", effect: "NoExecute", value: "nodeshutdown" };
      const { taints } = cluster.get("Node", "node-1").spec;
      cluster.patch("Node", "node-1", { spec: { taints: [...taints, taint] } });
    } else cluster.remove("Pod", "a", { gracePeriodSeconds: 0 });
    cluster.pod("b", "data", { nodeName: "node-2" });
    for (let seconds = 0; seconds < 600; seconds += 10) {
      cluster.run(10);
      if (cluster.get("Node", "node-2").status.volumesAttached !== undefined) return seconds;
    }
    return Number.POSITIVE_INFINITY;
  };
  expect(attachedAfter(true)).toBeLessThanOrEqual(60);
  const dead = attachedAfter(false);
  expect(dead).toBeGreaterThanOrEqual(350);
  expect(dead).toBeLessThanOrEqual(370);
});

test("a pod on a node waits for a claim that is not there, not bound, or bound to nothing", () => {
  const cluster = new VolumeCluster();
  cluster.pod("absent", "nope", { nodeName: "node-1" });
  cluster.claim("unbound");
  cluster.pod("waits", "unbound", { nodeName: "node-1" });
  cluster.run(5);
  const lists = "unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]";
  expect(cluster.events("Pod", "absent")).toContain(
    `FailedMount: Unable to attach or mount volumes: ${lists}: error processing PVC default/nope: failed to fetch PVC from API server: persistentvolumeclaims "nope" not found`,
  );
  expect(cluster.events("Pod", "waits")).toContain(
    `FailedMount: Unable to attach or mount volumes: ${lists}: error processing PVC default/unbound: PVC is not bound`,
  );
  expect(cluster.get("Pod", "waits").status.containerStatuses[0].state.waiting.reason).toBe("ContainerCreating");
});

test("an ephemeral volume has a claim of its own that goes with the pod; another's claim is not taken", () => {
  const cluster = new VolumeCluster();
  const template = { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } };
  const pod = (name: string) =>
    cluster.create(
      "Pod",
      { name },
      {
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: "c", image: "nginx" }],
          volumes: [{ name: "scratch", ephemeral: { volumeClaimTemplate: template } }],
        },
      },
    );
  pod("p");
  cluster.run(15);
  expect(cluster.get("Pod", "p").status.phase).toBe("Running");
  expect(claims(cluster)).toEqual(["p-scratch Bound"]);
  cluster.remove("Pod", "p");
  cluster.run(15);
  expect(claims(cluster)).toEqual([]);
  cluster.claim("q-scratch");
  pod("q");
  cluster.run(5);
  expect(cluster.events("Pod", "q")).toContain(
    "FailedBinding: ephemeral volume scratch: PVC default/q-scratch was not created for pod default/q (pod is not owner)",
  );
});
