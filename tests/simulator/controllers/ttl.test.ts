import { expect, test } from "vitest";
import { NODES } from "../../../simulator/api/refs.ts";
import { nodeTtlController } from "../../../simulator/controllers/ttl/controller.ts";
import { addNodes } from "./fake-kubelet.ts";
import { Cluster, must } from "./harness.ts";

const TTL = "node.alpha.kubernetes.io/ttl";

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `n${from + index}`);
const ttls = (cluster: Cluster) =>
  new Set([...cluster.store.of(NODES).values()].map(({ metadata }) => metadata.annotations?.[TTL]));

/** Changes every node, as kubelets do now and then. */
function touch(cluster: Cluster): void {
  for (const node of [...cluster.store.of(NODES).values()]) {
    const labels = { ...node.metadata.labels, touched: String(cluster.seconds) };
    must(cluster.client.update(NODES, { ...node, metadata: { ...node.metadata, labels } }));
  }
}

test("tells 0 s in a small cluster, more in a large one, and less again only when it is much smaller", () => {
  const cluster = Cluster.start([nodeTtlController]);
  addNodes(cluster, names(0, 100), "z1");
  cluster.advanceTo(1);
  expect(ttls(cluster)).toEqual(new Set(["0"]));
  addNodes(cluster, names(100, 101), "z1");
  touch(cluster);
  cluster.advanceTo(2);
  expect(ttls(cluster)).toEqual(new Set(["15"]));
  for (const name of names(95, 101)) must(cluster.client.delete(NODES, name));
  touch(cluster);
  cluster.advanceTo(3);
  expect(ttls(cluster)).toEqual(new Set(["15"]));
  for (const name of names(85, 95)) must(cluster.client.delete(NODES, name));
  touch(cluster);
  cluster.advanceTo(4);
  expect(ttls(cluster)).toEqual(new Set(["0"]));
});

test("mends what somebody else wrote", () => {
  const cluster = Cluster.start([nodeTtlController]);
  addNodes(cluster, ["n1"], "z1");
  cluster.advanceTo(1);
  const node = cluster.get(NODES, "n1");
  const annotations = { [TTL]: "soon", mine: "yes" };
  must(cluster.client.update(NODES, { ...node, metadata: { ...node.metadata, annotations } }));
  cluster.advanceTo(2);
  expect(cluster.get(NODES, "n1").metadata.annotations).toEqual({ [TTL]: "0", mine: "yes" });
});
