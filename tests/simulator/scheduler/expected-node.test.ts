import { beforeEach, describe, expect, it } from "vitest";
import {
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
} from "../../../simulator/api/refs.ts";
import { CSI_NODES } from "../../../simulator/api/volumes/refs.ts";
import { Harness } from "./harness.ts";
import { nodeObject, podObject } from "./objects.ts";

const asking = (cpu: string) => [{ name: "c", image: "app:1", resources: { requests: { cpu } } }];

describe("a pod whose volume is made where it goes", () => {
  let harness: Harness;

  beforeEach(() => {
    harness = new Harness();
    harness.namespace("default");
    harness.create(NODES, nodeObject({ name: "n", cpu: "4" }));
    harness.start();
    harness.create(STORAGE_CLASSES, {
      metadata: { name: "later" },
      provisioner: "disk.example",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    const resources = { requests: { storage: "1Gi" } };
    harness.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name: "c", namespace: "default" },
      spec: { accessModes: ["ReadWriteOnce"], resources, storageClassName: "later" },
      status: { phase: "Pending" },
    });
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "c" } }];
    harness.create(PODS, podObject({ metadata: { name: "p" }, spec: { containers: asking("3"), volumes } }));
    harness.run(100);
  });

  it("tells the node that it will go to while it waits", () => {
    expect(harness.pod("p").spec.nodeName).toBeUndefined();
    expect(harness.pod("p").status.nominatedNodeName).toBe("n");
  });

  it("counts there once: what is left beside it can be had, and no more", () => {
    for (const name of ["a", "b"]) {
      harness.create(PODS, podObject({ metadata: { name }, spec: { containers: asking("1") } }));
      harness.run(10);
    }
    expect(harness.pod("a").spec.nodeName).toBe("n");
    expect(harness.pod("b").spec.nodeName).toBeUndefined();
  });

  it("counts there once after a restart too", () => {
    const again = Harness.restore(harness.save());
    again.create(PODS, podObject({ metadata: { name: "a" }, spec: { containers: asking("1") } }));
    again.run(10);
    expect(again.pod("a").spec.nodeName).toBe("n");
  });

  it("takes the word back when nothing comes of it", () => {
    const claim = harness.store.of(PERSISTENT_VOLUME_CLAIMS).get("default/c");
    if (claim === undefined) throw new Error("no claim");
    // A provisioner that fails takes the node away from the claim.
    harness.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations: {} } });
    harness.run(1_500);
    expect(harness.eventsOf("p", "FailedScheduling")[0]?.message).toContain("provisioning failed for PVC");
    expect(harness.pod("p").status.nominatedNodeName).toBeUndefined();
    const verdict = harness.scheduler.verdictOf("default/p");
    expect(verdict).toMatchObject({ message: expect.stringContaining("provisioning failed"), nodes: [{ node: "n" }] });
    expect(verdict?.node).toBeUndefined();
  });

  it("leaves its room to others when nothing comes of it, at once", () => {
    harness.create(PODS, podObject({ metadata: { name: "other" }, spec: { containers: asking("4") } }));
    harness.run(400);
    expect(harness.scheduler.entryState("default/other")).toBe("unschedulable");
    const claim = harness.store.of(PERSISTENT_VOLUME_CLAIMS).get("default/c");
    if (claim === undefined) throw new Error("no claim");
    harness.update(PERSISTENT_VOLUME_CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations: {} } });
    harness.run(4_000);
    expect(harness.pod("other").spec.nodeName).toBe("n");
  });
});

describe("a pod whose volumes are too many for its node", () => {
  it("is tried again when the node's driver takes more of them", () => {
    const harness = new Harness();
    harness.namespace("default");
    harness.create(NODES, nodeObject({ name: "n", cpu: "4" }));
    const limited = (count: number) => ({ drivers: [{ name: "d", nodeID: "n", allocatable: { count } }] });
    const node = harness.create(CSI_NODES, { metadata: { name: "n" }, spec: limited(0) });
    harness.create(PERSISTENT_VOLUMES, {
      metadata: { name: "v" },
      spec: {
        csi: { driver: "d", volumeHandle: "v" },
        accessModes: ["ReadWriteOnce"],
        claimRef: { namespace: "default", name: "c" },
      },
      status: { phase: "Bound" },
    });
    const annotations = { "pv.kubernetes.io/bind-completed": "yes" };
    harness.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name: "c", namespace: "default", annotations },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, volumeName: "v" },
      status: { phase: "Bound" },
    });
    harness.start();
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "c" } }];
    harness.create(PODS, podObject({ metadata: { name: "p" }, spec: { volumes } }));
    harness.run(10_000);
    expect(harness.eventsOf("p", "FailedScheduling")[0]?.message).toContain("1 node(s) exceed max volume count");
    expect(harness.scheduler.entryState("default/p")).toBe("unschedulable");
    harness.update(CSI_NODES, { ...node, spec: limited(1) });
    harness.run(5_000);
    expect(harness.pod("p").spec.nodeName).toBe("n");
  });
});
