import { expect, it } from "vitest";
import { podName } from "../../../src/map/pod-name.ts";
import type { Pod } from "../../../src/store/objects.ts";

function pod(metadata: Pod["metadata"], nodeName?: string): Pod {
  return { metadata, spec: { containers: [], ...(nodeName ? { nodeName } : {}) } } as Pod;
}
const owner = (kind: string, name: string) => [{ apiVersion: "apps/v1", kind, name, uid: "u", controller: true }];

it("leaves the hash of a template out", () => {
  const meta = {
    name: "web-7d9c5b8f6-x2k4p",
    generateName: "web-7d9c5b8f6-",
    labels: { "pod-template-hash": "7d9c5b8f6" },
    ownerReferences: owner("ReplicaSet", "web-7d9c5b8f6"),
  };
  expect(podName(pod(meta))).toEqual({ base: "web", suffix: "x2k4p" });
});

it("leaves the node's name out of a static pod's", () => {
  const meta = { name: "etcd-control-plane", ownerReferences: owner("Node", "control-plane") };
  expect(podName(pod(meta, "control-plane"))).toEqual({ base: "etcd", suffix: "" });
});

it("keeps any other name whole", () => {
  expect(podName(pod({ name: "alone-1" }))).toEqual({ base: "alone-1", suffix: "" });
  const meta = { name: "proxy-abcde", generateName: "proxy-", ownerReferences: owner("DaemonSet", "proxy") };
  expect(podName(pod(meta))).toEqual({ base: "proxy", suffix: "abcde" });
});
