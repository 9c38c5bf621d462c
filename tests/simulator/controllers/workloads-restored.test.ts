import { expect, test } from "vitest";
import { PODS, type Pod, REPLICA_SETS } from "../../../simulator/api/refs.ts";
import { addNodes, readyPod } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";
import { CONTROLLERS, change, createDeployment, createService, setImage } from "./workloads.ts";

/** Binds what is not bound, makes every other pod ready, ends what is being deleted: a kubelet between two steps. */
function tend(cluster: Cluster, step: number): void {
  const pods: Pod[] = [...cluster.store.of(PODS).values()];
  for (const [at, pod] of pods.entries()) {
    const key = `default/${pod.metadata.name}`;
    if (pod.metadata.deletionTimestamp) cluster.client.delete(PODS, key, { gracePeriodSeconds: 0 });
    else if (!pod.spec.nodeName) must(cluster.client.bind(key, pod.metadata.uid, "n1"));
    else if ((at + step) % 3 !== 0) cluster.client.updateStatus(PODS, readyPod(pod, true, cluster.now));
  }
}

function steps(cluster: Cluster, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    cluster.advanceTo(1 + step * 0.35);
    tend(cluster, step);
  }
}

test("a restored run writes what the first one writes, byte for byte", () => {
  const cluster = new Cluster(CONTROLLERS);
  cluster.addNamespace("default");
  addNodes(cluster, ["n1"], "z1");
  cluster.startControllers();
  createService(cluster);
  createDeployment(cluster, { replicas: 6, minReadySeconds: 1 });
  steps(cluster, 0, 8);
  setImage(cluster, "nginx:2");
  steps(cluster, 8, 11);
  cluster.advanceTo(1 + 11 * 0.35 - 0.1);
  const copy = cluster.restored(CONTROLLERS);
  const before = cluster.lines.length;
  for (const each of [cluster, copy]) {
    steps(each, 11, 16);
    const [replicaSet] = [...each.store.of(REPLICA_SETS).values()];
    change(each, REPLICA_SETS, replicaSet?.metadata.name ?? "", { replicas: 3 });
    steps(each, 16, 40);
  }
  expect(cluster.lines.length - before).toBeGreaterThan(50);
  expect(JSON.stringify(copy.lines)).toBe(JSON.stringify(cluster.lines.slice(before)));
});
