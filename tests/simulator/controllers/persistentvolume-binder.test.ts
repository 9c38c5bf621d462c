import { describe, expect, it } from "vitest";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type PersistentVolume,
  type PersistentVolumeClaim,
  STORAGE_CLASSES,
} from "../../../simulator/api/refs.ts";
import { persistentVolumeBinder } from "../../../simulator/controllers/persistentvolume-binder/controller.ts";
import { pvProtectionController } from "../../../simulator/controllers/pv-protection/controller.ts";
import { pvcProtectionController } from "../../../simulator/controllers/pvc-protection/controller.ts";
import { Cluster } from "./harness.ts";

const CONTROLLERS = [persistentVolumeBinder, pvProtectionController, pvcProtectionController];

class Volumes {
  readonly cluster = Cluster.start(CONTROLLERS);

  volume(name: string, spec: object = {}, metadata: object = {}): PersistentVolume {
    const created = this.cluster.client.create(PERSISTENT_VOLUMES, {
      metadata: { name, ...metadata },
      spec: {
        capacity: { storage: "5Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        volumeMode: "Filesystem",
        hostPath: { path: `/tmp/${name}` },
        ...spec,
      },
    });
    if (!created.ok) throw new Error(created.error.message);
    this.run(1);
    return created.value;
  }

  claim(name: string, spec: object = {}): PersistentVolumeClaim {
    const created = this.cluster.client.create(PERSISTENT_VOLUME_CLAIMS, {
      metadata: { name, namespace: "default" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
        volumeMode: "Filesystem",
        storageClassName: "",
        ...spec,
      },
    });
    if (!created.ok) throw new Error(created.error.message);
    this.run(1);
    return created.value;
  }

  storageClass(name: string, provisioner: string, more: object = {}): void {
    this.cluster.client.create(STORAGE_CLASSES, {
      metadata: { name },
      provisioner,
      volumeBindingMode: "Immediate",
      ...more,
    });
  }

  run(seconds: number): void {
    this.cluster.advanceTo(this.cluster.seconds + seconds);
  }

  /** `Bound v`. */
  state(claim: string): string {
    const { status, spec } = this.cluster.get(PERSISTENT_VOLUME_CLAIMS, `default/${claim}`);
    return `${status.phase} ${spec.volumeName ?? ""}`.trim();
  }

  phase(volume: string): string | undefined {
    return this.cluster.store.of(PERSISTENT_VOLUMES).get(volume)?.status.phase;
  }

  told(text: string): boolean {
    return this.cluster.events().some((line) => line.includes(text));
  }
}

const KEPT = { claimRef: { namespace: "default", name: "c" } };

// [what, volumes, the claim's spec, what becomes of the claim]
const MATCHES: readonly (readonly [string, { readonly [name: string]: object }, object, string])[] = [
  ["no volume", {}, {}, "Pending"],
  ["one that fits", { v: {} }, {}, "Bound v"],
  [
    "the smallest that fits",
    { v: { capacity: { storage: "9Gi" } }, w: { capacity: { storage: "2Gi" } } },
    {},
    "Bound w",
  ],
  ["exactly enough", { v: { capacity: { storage: "1Gi" } } }, {}, "Bound v"],
  ["too small", { v: { capacity: { storage: "500Mi" } } }, {}, "Pending"],
  ["another class", { v: { storageClassName: "fast" } }, {}, "Pending"],
  ["the class", { v: { storageClassName: "fast" } }, { storageClassName: "fast" }, "Bound v"],
  ["another mode", { v: { volumeMode: "Block" } }, {}, "Pending"],
  ["not all access modes", { v: {} }, { accessModes: ["ReadWriteOnce", "ReadOnlyMany"] }, "Pending"],
  [
    "fewer access modes first",
    { v: { accessModes: ["ReadWriteOnce", "ReadWriteMany"] }, w: { capacity: { storage: "9Gi" } } },
    {},
    "Bound w",
  ],
  ["kept for it, though larger", { v: { capacity: { storage: "9Gi" }, ...KEPT }, w: {} }, {}, "Bound v"],
  ["kept for another", { v: { claimRef: { namespace: "default", name: "other" } } }, {}, "Pending"],
  ["labels that none has", { v: {} }, { selector: { matchLabels: { disk: "fast" } } }, "Pending"],
  ["the one that it names", { v: {}, w: { capacity: { storage: "9Gi" } } }, { volumeName: "w" }, "Bound w"],
  ["it names one that is not there", { v: {} }, { volumeName: "x" }, "Pending x"],
  ["it names one of another class", { v: { storageClassName: "fast" } }, { volumeName: "v" }, "Pending v"],
];

describe("a claim", () => {
  it.each(MATCHES)("%s", (_what, volumes, spec, expected) => {
    const world = new Volumes();
    for (const [name, one] of Object.entries(volumes)) world.volume(name, one);
    world.claim("c", spec);
    expect(world.state("c")).toBe(expected);
  });

  it("finds a volume that comes later within fifteen seconds", () => {
    const world = new Volumes();
    world.claim("c");
    expect(
      world.told(
        "FailedBinding PersistentVolumeClaim/c no persistent volumes available for this claim and no storage class is set",
      ),
    ).toBe(true);
    world.volume("v");
    expect(world.state("c")).toBe("Pending");
    world.run(15);
    expect(world.state("c")).toBe("Bound v");
  });

  it("of two for one volume the first gets it, the other waits and gets it when it is free again", () => {
    const world = new Volumes();
    world.volume("v");
    world.claim("a");
    world.claim("b");
    expect([world.state("a"), world.state("b")]).toEqual(["Bound v", "Pending"]);
    world.claim("named", { volumeName: "v" });
    expect(world.told('volume "v" already bound to a different claim.')).toBe(true);
  });

  it("says why the volume that it names does not suit", () => {
    const world = new Volumes();
    world.volume("v", { capacity: { storage: "1Mi" } });
    world.claim("c", { volumeName: "v" });
    expect(
      world.told(
        'VolumeMismatch PersistentVolumeClaim/c Cannot bind to requested volume "v": requested PV is too small',
      ),
    ).toBe(true);
  });

  it("is lost with its volume", () => {
    const world = new Volumes();
    world.volume("v");
    world.claim("c");
    const volume = world.cluster.get(PERSISTENT_VOLUMES, "v");
    world.cluster.store.delete(PERSISTENT_VOLUMES, volume);
    world.run(1);
    expect(world.state("c")).toBe("Lost v");
    expect(
      world.told(
        "ClaimLost PersistentVolumeClaim/c Bound claim has lost its PersistentVolume. Data on the volume is lost!",
      ),
    ).toBe(true);
  });

  it("without a word on its class gets a default one that comes later", () => {
    const world = new Volumes();
    world.claim("c", { storageClassName: undefined });
    const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
    world.cluster.client.create(STORAGE_CLASSES, {
      metadata: { name: "late", annotations },
      provisioner: "csi.example.com",
      volumeBindingMode: "Immediate",
    });
    world.run(15);
    const claim = world.cluster.get(PERSISTENT_VOLUME_CLAIMS, "default/c");
    expect(claim.spec.storageClassName).toBe("late");
    expect(claim.metadata.annotations?.["volume.kubernetes.io/storage-provisioner"]).toBe("csi.example.com");
  });

  // [provisioner of the class; undefined: no class, what is told]
  it.each([
    [undefined, 'ProvisioningFailed PersistentVolumeClaim/c storageclass.storage.k8s.io "k" not found'],
    ["kubernetes.io/no-provisioner", "no volume plugin matched name: kubernetes.io/no-provisioner"],
    ["csi.example.com", "created either by the external provisioner 'csi.example.com' or manually"],
    ["kubernetes.io/aws-ebs", "created either by the external provisioner 'ebs.csi.aws.com' or manually"],
  ] as const)("of a class of %s", (provisioner, text) => {
    const world = new Volumes();
    if (provisioner !== undefined) world.storageClass("k", provisioner);
    world.claim("c", { storageClassName: "k" });
    expect(world.told(text)).toBe(true);
    expect(world.state("c")).toBe("Pending");
  });
});

describe("a volume whose claim is gone", () => {
  function released(spec: object, metadata: object = {}): Volumes {
    const world = new Volumes();
    world.volume("v", spec, metadata);
    world.claim("c");
    world.cluster.client.delete(PERSISTENT_VOLUME_CLAIMS, "default/c");
    world.run(1);
    return world;
  }
  const MADE = { annotations: { "pv.kubernetes.io/provisioned-by": "csi.example.com" } };

  // [what, spec, metadata, phase, what is told]
  it.each([
    ["is retained", { persistentVolumeReclaimPolicy: "Retain" }, {}, "Released", ""],
    ["is deleted below /tmp", { persistentVolumeReclaimPolicy: "Delete" }, {}, undefined, ""],
    [
      "is not deleted elsewhere",
      { persistentVolumeReclaimPolicy: "Delete", hostPath: { path: "/srv/x" } },
      {},
      "Failed",
      "VolumeFailedDelete PersistentVolume/v host_path deleter only supports /tmp/.+ but received provided /srv/x",
    ],
    [
      "of a kind that nobody can delete",
      { persistentVolumeReclaimPolicy: "Delete", hostPath: undefined, nfs: { server: "s", path: "/" } },
      {},
      "Failed",
      'error getting deleter volume plugin for volume "v": no deletable volume plugin matched',
    ],
    ["is left to who made it", { persistentVolumeReclaimPolicy: "Delete" }, MADE, "Released", ""],
    [
      "is not recycled",
      { persistentVolumeReclaimPolicy: "Recycle" },
      {},
      "Failed",
      "VolumeFailedRecycle PersistentVolume/v No recycler plugin found for the volume!",
    ],
  ] as const)("%s", (_what, spec, metadata, phase, text) => {
    const world = released(spec, metadata);
    expect(world.phase("v")).toBe(phase);
    expect(world.told(text || "PersistentVolume/v ")).toBe(text !== "");
  });

  it("is free again when its claimRef is taken away, and no other claim gets it before", () => {
    const world = released({});
    world.claim("d");
    world.run(20);
    expect(world.state("d")).toBe("Pending");
    const volume = world.cluster.get(PERSISTENT_VOLUMES, "v");
    world.cluster.client.update(PERSISTENT_VOLUMES, { ...volume, spec: { ...volume.spec, claimRef: undefined } });
    world.run(20);
    expect(world.state("d")).toBe("Bound v");
  });
});
