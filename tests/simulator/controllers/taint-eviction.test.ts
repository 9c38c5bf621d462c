import { describe, expect, it } from "vitest";
import { NODES, PODS } from "../../../simulator/api/refs.ts";
import type { Taint, Toleration } from "../../../simulator/api/schema/generated/types.ts";
import { tolerates } from "../../../simulator/controllers/shared/tolerations.ts";
import { taintEvictionController } from "../../../simulator/controllers/taint-eviction/controller.ts";
import { Cluster, must } from "./harness.ts";
import { addNode, addPod } from "./nodes.ts";

const UNREACHABLE: Taint = { key: "node.kubernetes.io/unreachable", effect: "NoExecute" };
const within = (tolerationSeconds: number): Toleration[] => [
  { key: UNREACHABLE.key, operator: "Exists", effect: "NoExecute", tolerationSeconds },
];

const start = () => {
  const cluster = Cluster.start([taintEvictionController]);
  for (const name of ["node-1", "node-2"]) addNode(cluster, name);
  cluster.advanceTo(1);
  return cluster;
};

const taint = (cluster: Cluster, name: string, taints: readonly Taint[] | undefined) => {
  const node = cluster.get(NODES, name);
  must(cluster.client.update(NODES, { ...node, spec: { ...node.spec, taints } }));
};

const deletions = (cluster: Cluster) =>
  cluster.lines
    .filter(({ kind, object }) => kind === "Pod" && object.metadata.deletionGracePeriodSeconds !== undefined)
    .map(({ t, name }) => `${t.toFixed(1)} ${name}`);

describe("a NoExecute taint", () => {
  it("evicts a pod when the time that it is tolerated is over, with an event and a condition", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", within(20));
    addPod(cluster, "b", "node-2", within(20));
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(20.9);
    expect(deletions(cluster)).toEqual([]);
    cluster.advanceTo(30);
    expect(deletions(cluster)).toEqual(["21.0 a"]);
    expect(cluster.events()).toEqual(["21.0 TaintManagerEviction Pod/a Marking for deletion Pod default/a"]);
    expect(cluster.allEvents()[0]?.involvedObject).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      namespace: "default",
      name: "a",
    });
    expect(cluster.get(PODS, "default/a").status.conditions?.[1]).toEqual({
      type: "DisruptionTarget",
      observedGeneration: 1,
      status: "True",
      lastTransitionTime: cluster.time(21),
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
    });
  });

  it("is tolerated for 300 s by pods that say nothing of it", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1");
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(400);
    expect(deletions(cluster)).toEqual(["301.0 a"]);
  });

  it.each<[string, readonly Toleration[], readonly string[]]>([
    ["without a toleration goes at once", [], ["1.0 a"]],
    ["that tolerates it for 0 s goes at once", within(0), ["1.0 a"]],
    ["that tolerates it without a limit stays", [{ operator: "Exists" }], []],
    ["goes by the shortest of the tolerations used", [...within(30)], ["31.0 a"]],
  ])("a pod %s", (_, tolerations, expected) => {
    const cluster = start();
    // Admission adds tolerations of its own to pods without: take another taint.
    const other = { key: "example.com/broken", effect: "NoExecute" };
    addPod(
      cluster,
      "a",
      "node-1",
      tolerations.map((toleration) => (toleration.key ? { ...toleration, key: other.key } : toleration)),
    );
    taint(cluster, "node-1", [other]);
    cluster.advanceTo(500);
    expect(deletions(cluster)).toEqual(expected);
  });

  it("that goes in time leaves the pods where they are, and says so", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", within(20));
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(15);
    taint(cluster, "node-1", undefined);
    cluster.advanceTo(100);
    expect(deletions(cluster)).toEqual([]);
    expect(cluster.events()).toEqual(["15.0 TaintManagerEviction Pod/a Cancelling deletion of Pod default/a"]);
  });

  it("does not put off an eviction when another tolerated taint comes", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", [...within(20), { key: "other", operator: "Exists", tolerationSeconds: 60 }]);
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(10);
    taint(cluster, "node-1", [UNREACHABLE, { key: "other", effect: "NoExecute" }]);
    cluster.advanceTo(100);
    expect(deletions(cluster)).toEqual(["21.0 a"]);
  });

  it("marks a pod again, by name, when a second taint is not tolerated at all", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", within(5));
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(20);
    const outOfService = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };
    taint(cluster, "node-1", [UNREACHABLE, outOfService]);
    cluster.advanceTo(21);
    expect(cluster.events()).toEqual([
      "6.0 TaintManagerEviction Pod/a Marking for deletion Pod default/a",
      "20.0 TaintManagerEviction Pod/a Marking for deletion Pod default/a x2",
    ]);
    expect(deletions(cluster)).toEqual(["6.0 a"]);
  });

  it("counts for a pod that is bound to a tainted node, from then on", () => {
    const cluster = start();
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(10);
    addPod(cluster, "a", "node-1", within(20));
    cluster.advanceTo(100);
    expect(deletions(cluster)).toEqual(["30.0 a"]);
  });

  it("forgets a pod that went before its time", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", within(20));
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(10);
    must(cluster.client.delete(PODS, "default/a", { gracePeriodSeconds: 0 }));
    cluster.advanceTo(100);
    expect(cluster.events()).toEqual(["10.0 TaintManagerEviction Pod/a Cancelling deletion of Pod default/a"]);
  });

  it("evicts in spite of an API server that was away when the time came", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", within(5));
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.reachable = false;
    cluster.advanceTo(60);
    expect(deletions(cluster)).toEqual([]);
    cluster.reachable = true;
    cluster.advanceTo(100);
    expect(deletions(cluster)).toHaveLength(1);
  });

  it("of NoSchedule concerns no running pod, and pods of whole nodes are never looked at", () => {
    const cluster = start();
    taint(cluster, "node-1", [{ key: "a", effect: "NoSchedule" }]);
    for (let index = 0; index < 50; index++) addPod(cluster, `p-${index}`, "node-1");
    cluster.advanceTo(400);
    expect(deletions(cluster)).toEqual([]);
    expect([...cluster.host.states()][0]?.reconciled).toBe(0);
  });

  it("is kept in mind over a restore, byte for byte", () => {
    const cluster = start();
    addPod(cluster, "a", "node-1", within(5));
    addPod(cluster, "b", "node-1", within(30));
    taint(cluster, "node-1", [UNREACHABLE]);
    cluster.advanceTo(10);
    const copy = cluster.restored([taintEvictionController]);
    for (const run of [cluster, copy]) run.advanceTo(60);
    expect(deletions(cluster)).toEqual(["6.0 a", "31.0 b"]);
    expect(JSON.stringify(copy.store.save())).toBe(JSON.stringify(cluster.store.save()));
    expect(JSON.stringify(copy.host.save())).toBe(JSON.stringify(cluster.host.save()));
  });
});

describe("tolerates", () => {
  const broken: Taint = { key: "broken", value: "disk", effect: "NoExecute" };
  it.each<[Toleration, boolean]>([
    [{ operator: "Exists" }, true],
    [{ key: "broken", operator: "Exists" }, true],
    [{ key: "broken", operator: "Equal", value: "disk" }, true],
    [{ key: "broken", value: "disk" }, true],
    [{ key: "broken", value: "cpu" }, false],
    [{ key: "broken" }, false],
    [{ key: "other", operator: "Exists" }, false],
    [{ key: "broken", operator: "Exists", effect: "NoSchedule" }, false],
    [{ key: "broken", operator: "Exists", effect: "NoExecute" }, true],
  ])("%o says %s of broken=disk:NoExecute", (toleration, expected) => {
    expect(tolerates(toleration, broken)).toBe(expected);
  });
});
