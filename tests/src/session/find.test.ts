import { expect, it } from "vitest";
import { Simulation } from "../../../simulator/index.ts";
import { findObjects } from "../../../src/session/worker/find.ts";

it("finds objects by words of their kind, namespace and name, in any order", () => {
  const simulation = Simulation.start({ workers: 2 });
  simulation.advanceTo(20_000);
  const found = (...words: string[]) => findObjects(simulation, words).map(({ kind, key }) => `${kind} ${key}`);
  expect(found("node").slice(0, 3).toSorted()).toEqual(["Node control-plane", "Node node-1", "Node node-2"]);
  expect(found("node-2", "node")).toContain("Node node-2");
  expect(found("pod", "kube-system/etcd")).toEqual(["Pod kube-system/etcd-control-plane"]);
  expect(found("etcd", "kube-system", "pod")).toEqual(["Pod kube-system/etcd-control-plane"]);
  expect(found("configmap", "/kube-root")).toEqual(found("configmap", "kube-root-ca.crt"));
  expect(found("nothing-is-called-so")).toEqual([]);
});
