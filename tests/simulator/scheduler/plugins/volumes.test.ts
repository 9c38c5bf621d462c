import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../simulator/api/object.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  type ResourceRef,
  STORAGE_CLASSES,
} from "../../../../simulator/api/refs.ts";
import {
  CSI_DRIVERS,
  CSI_NODES,
  CSI_STORAGE_CAPACITIES,
  VOLUME_ATTACHMENTS,
} from "../../../../simulator/api/volumes/refs.ts";
import { nodeVolumeLimits } from "../../../../simulator/scheduler/plugins/node-volume-limits.ts";
import { volumeBinding } from "../../../../simulator/scheduler/plugins/volume-binding.ts";
import { volumeRestrictions } from "../../../../simulator/scheduler/plugins/volume-restrictions.ts";
import { volumeZone } from "../../../../simulator/scheduler/plugins/volume-zone.ts";
import type { PodSketch } from "../objects.ts";
import { filtered } from "./evaluate.ts";

type Row = readonly [ResourceRef<KubeObject>, object];
const BOUND = { "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes" };

function claim(name: string, spec: object = {}, annotations: object = {}, phase = "Pending"): Row {
  const resources = { requests: { storage: "1Gi" } };
  const whole = { accessModes: ["ReadWriteOnce"], storageClassName: "wait", resources, ...spec };
  return [
    PERSISTENT_VOLUME_CLAIMS as never,
    { metadata: { name, namespace: "default", annotations }, spec: whole, status: { phase } },
  ];
}
const boundClaim = (name: string, volumeName: string, spec: object = {}): Row =>
  claim(name, { volumeName, ...spec }, BOUND, "Bound");

function volume(name: string, node?: string, spec: object = {}, labels: object = {}): Row {
  const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }];
  const nodeAffinity = node && { required: { nodeSelectorTerms: [{ matchExpressions }] } };
  const capacity = { storage: "1Gi" };
  return [
    PERSISTENT_VOLUMES as never,
    {
      metadata: { name, labels },
      spec: { capacity, accessModes: ["ReadWriteOnce"], storageClassName: "wait", nodeAffinity, ...spec },
      status: { phase: "Available" },
    },
  ];
}

function storageClass(name: string, provisioner: string, volumeBindingMode = "WaitForFirstConsumer", more = {}): Row {
  return [STORAGE_CLASSES as never, { metadata: { name }, provisioner, volumeBindingMode, ...more }];
}
const CLASSES = [
  storageClass("wait", "kubernetes.io/no-provisioner"),
  storageClass("make", "csi.example.com"),
  storageClass("now", "csi.example.com", "Immediate"),
  storageClass("make-a", "csi.example.com", "WaitForFirstConsumer", {
    allowedTopologies: [{ matchLabelExpressions: [{ key: "kubernetes.io/hostname", values: ["a"] }] }],
  }),
];

const pod = (claims: readonly string[], name = "p", nodeName?: string): PodSketch => ({
  metadata: { name },
  spec: {
    nodeName,
    volumes: claims.map((claimName, at) => ({ name: `v${at}`, persistentVolumeClaim: { claimName } })),
  },
});

const NONE_TO_BIND = "!node(s) didn't find available persistent volumes to bind";
const OTHER_NODE = "!node(s) didn't match PersistentVolume's node affinity";
const UNBOUND = "!pod has unbound immediate PersistentVolumeClaims";

// [what, objects, the pod's claims, answer of node a, of node b]
const BINDINGS: readonly (readonly [string, readonly Row[], readonly string[], string, string])[] = [
  ["no claims", [], [], "", ""],
  ["all bound, reachable from all", [boundClaim("c", "v"), volume("v")], ["c"], "", ""],
  ["all bound, one reachable from a only", [boundClaim("c", "v"), volume("v", "a")], ["c"], "", OTHER_NODE],
  [
    "two bound, one on each node",
    [boundClaim("c", "v"), volume("v", "a"), boundClaim("d", "w"), volume("w", "b")],
    ["c", "d"],
    OTHER_NODE,
    OTHER_NODE,
  ],
  ["immediate and unbound", [claim("c", { storageClassName: "now" })], ["c"], UNBOUND, UNBOUND],
  ["bound by name only", [claim("c", { volumeName: "v" }), volume("v")], ["c"], UNBOUND, UNBOUND],
  ["a class that is not there", [claim("c", { storageClassName: "gone" })], ["c"], UNBOUND, UNBOUND],
  [
    "a claim that is not there",
    [],
    ["c"],
    '!persistentvolumeclaim "c" not found',
    '!persistentvolumeclaim "c" not found',
  ],
  [
    "a claim that has lost its volume",
    [claim("c", { volumeName: "v" }, BOUND, "Lost")],
    ["c"],
    '!persistentvolumeclaim "c" bound to non-existent persistentvolume "v"',
    '!persistentvolumeclaim "c" bound to non-existent persistentvolume "v"',
  ],
  [
    "bound to what is not there",
    [boundClaim("c", "v")],
    ["c"],
    "!node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
    "!node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
  ],
  ["delayed, a volume on a", [claim("c"), volume("v", "a")], ["c"], "", NONE_TO_BIND],
  ["delayed, none", [claim("c")], ["c"], NONE_TO_BIND, NONE_TO_BIND],
  [
    "delayed, too small",
    [claim("c"), volume("v", "a", { capacity: { storage: "1Mi" } })],
    ["c"],
    NONE_TO_BIND,
    NONE_TO_BIND,
  ],
  ["delayed, another mode", [claim("c"), volume("v", "a", { volumeMode: "Block" })], ["c"], NONE_TO_BIND, NONE_TO_BIND],
  [
    "delayed, other access modes",
    [claim("c", { accessModes: ["ReadWriteMany"] }), volume("v", "a")],
    ["c"],
    NONE_TO_BIND,
    NONE_TO_BIND,
  ],
  [
    "delayed, labels that are asked for",
    [
      claim("c", { selector: { matchLabels: { disk: "fast" } } }),
      volume("v", "a"),
      volume("w", "b", {}, { disk: "fast" }),
    ],
    ["c"],
    NONE_TO_BIND,
    "",
  ],
  [
    "delayed, kept for another",
    [claim("c"), volume("v", "a", { claimRef: { namespace: "default", name: "d" } })],
    ["c"],
    NONE_TO_BIND,
    NONE_TO_BIND,
  ],
  [
    "delayed, kept for it",
    [claim("c"), volume("v", "a", { claimRef: { namespace: "default", name: "c" } }), volume("w", "b")],
    ["c"],
    "",
    NONE_TO_BIND,
  ],
  [
    "two delayed, one volume on a and two on b",
    [claim("c"), claim("d"), volume("v", "a"), volume("w", "b"), volume("x", "b")],
    ["c", "d"],
    NONE_TO_BIND,
    "",
  ],
  ["delayed, to be made", [claim("c", { storageClassName: "make" })], ["c"], "", ""],
  ["delayed, to be made on a only", [claim("c", { storageClassName: "make-a" })], ["c"], "", NONE_TO_BIND],
  [
    "being made for b",
    [claim("c", { storageClassName: "make" }, { "volume.kubernetes.io/selected-node": "b" })],
    ["c"],
    NONE_TO_BIND,
    "",
  ],
  [
    "one bound on b, one to be found on a",
    [
      boundClaim("c", "v"),
      volume("v", "b", { claimRef: { namespace: "default", name: "c" } }),
      claim("d"),
      volume("w", "a"),
    ],
    ["c", "d"],
    OTHER_NODE,
    NONE_TO_BIND,
  ],
  [
    "everything wrong at once",
    [boundClaim("c", "v"), volume("v", "b", { claimRef: { namespace: "default", name: "c" } }), claim("d")],
    ["c", "d"],
    `${OTHER_NODE}, ${NONE_TO_BIND.slice(1)}`,
    NONE_TO_BIND,
  ],
];

describe("VolumeBinding", () => {
  it.each(BINDINGS)("%s", (_what, objects, claims, a, b) => {
    const world = { nodes: [{ name: "a" }, { name: "b" }], objects: [...CLASSES, ...objects], pod: pod(claims) };
    expect(filtered(volumeBinding, world)).toEqual({ a, b });
  });
});

const NO_SPACE = "!node(s) did not have enough free storage";
const driver = (storageCapacity: boolean): Row => [
  CSI_DRIVERS as never,
  { metadata: { name: "disk.example" }, spec: { storageCapacity } },
];
const makes: Row = [
  STORAGE_CLASSES as never,
  { metadata: { name: "space" }, provisioner: "disk.example", volumeBindingMode: "WaitForFirstConsumer" },
];
/** `class capacity [node [maximum size of a volume]]`; without a node the driver does not say for which. */
function capacity(text: string, index = 0): Row {
  const [storageClassName, size, node, maximumVolumeSize] = text.split(" ");
  return [
    CSI_STORAGE_CAPACITIES as never,
    {
      metadata: { name: `c${index}`, namespace: "default" },
      storageClassName,
      ...(size !== "-" && { capacity: size }),
      ...(node && { nodeTopology: { matchLabels: { "kubernetes.io/hostname": node } } }),
      ...(maximumVolumeSize && { maximumVolumeSize }),
    },
  ];
}

// [what, whether the driver publishes its capacity, what it has, answer of node a, of node b]; 1Gi is asked for.
const CAPACITIES: readonly (readonly [string, boolean | undefined, readonly string[], string, string])[] = [
  ["no driver of that name", undefined, [], "", ""],
  ["a driver that does not publish it", false, [], "", ""],
  ["nothing published", true, [], NO_SPACE, NO_SPACE],
  ["enough on a", true, ["space 1Gi a"], "", NO_SPACE],
  ["too little on a, enough on b", true, ["space 1023Mi a", "space 2Gi b"], NO_SPACE, ""],
  ["of another class", true, ["other 5Gi a"], NO_SPACE, NO_SPACE],
  ["for no node", true, ["space 5Gi"], NO_SPACE, NO_SPACE],
  ["of unknown size", true, ["space - a"], NO_SPACE, NO_SPACE],
  ["in pieces that are too small", true, ["space 5Gi a 512Mi", "space 5Gi b 1Gi"], NO_SPACE, ""],
];

describe("VolumeBinding with capacity that drivers publish", () => {
  it.each(CAPACITIES)("%s", (_what, isPublished, sizes, a, b) => {
    const objects = [
      ...(isPublished === undefined ? [] : [driver(isPublished)]),
      makes,
      ...sizes.map(capacity),
      claim("c", { storageClassName: "space", resources: { requests: { storage: "1Gi" } } }),
    ];
    const world = { nodes: [{ name: "a" }, { name: "b" }], objects, pod: pod(["c"]) };
    expect(filtered(volumeBinding, world)).toEqual({ a, b });
  });
});

const ZONE = "topology.kubernetes.io/zone";
const OLD_ZONE = "failure-domain.beta.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";
const WRONG_ZONE = "!node(s) had no available volume zone";

// [what, labels of the node, labels of the volume, answer]
const ZONES: readonly (readonly [string, Record<string, string>, Record<string, string>, string])[] = [
  ["a node without labels", {}, { [ZONE]: "1" }, ""],
  ["a volume without labels", { [ZONE]: "1" }, {}, ""],
  ["the same zone", { [ZONE]: "1" }, { [ZONE]: "1" }, ""],
  ["another zone", { [ZONE]: "2" }, { [ZONE]: "1" }, WRONG_ZONE],
  ["one of several zones", { [ZONE]: "2" }, { [ZONE]: "1__2" }, ""],
  ["none of several zones", { [ZONE]: "3" }, { [ZONE]: "1__2" }, WRONG_ZONE],
  ["the zone by its old name", { [ZONE]: "1" }, { [OLD_ZONE]: "1" }, ""],
  ["another zone by its old name", { [OLD_ZONE]: "2" }, { [ZONE]: "1" }, WRONG_ZONE],
  ["another region", { [ZONE]: "1", [REGION]: "x" }, { [ZONE]: "1", [REGION]: "y" }, WRONG_ZONE],
  ["a node with a region only", { [REGION]: "x" }, { [ZONE]: "1" }, WRONG_ZONE],
  ["a label of neither", { [ZONE]: "1" }, { disk: "fast" }, ""],
];

describe("VolumeZone", () => {
  it.each(ZONES)("%s", (_what, nodeLabels, labels, answer) => {
    const objects = [...CLASSES, boundClaim("c", "v"), volume("v", undefined, {}, labels)];
    const world = { nodes: [{ name: "a", labels: nodeLabels }], objects, pod: pod(["c"]) };
    expect(filtered(volumeZone, world)).toEqual({ a: answer });
  });
});

const gce = (pdName: string, readOnly?: boolean) => ({ gcePersistentDisk: { pdName, readOnly } });
const ebs = (volumeID: string, readOnly?: boolean) => ({ awsElasticBlockStore: { volumeID, readOnly } });
const iscsi = (iqn: string, readOnly?: boolean) => ({ iscsi: { targetPortal: "1.2.3.4", lun: 0, iqn, readOnly } });
const rbd = (monitors: readonly string[], image: string, readOnly?: boolean) => ({
  rbd: { monitors, image, pool: "p", readOnly },
});
const TAKEN = "node(s) had no available disk";

// [what, the pod's volume, the volume of the pod that is there, answer]
const DISKS: readonly (readonly [string, object, object, string])[] = [
  ["the same GCE disk", gce("foo"), gce("foo"), TAKEN],
  ["another GCE disk", gce("foo"), gce("bar"), ""],
  ["the same GCE disk, both read", gce("foo", true), gce("foo", true), ""],
  ["the same GCE disk, one reads", gce("foo", true), gce("foo"), TAKEN],
  ["the same EBS disk", ebs("foo"), ebs("foo"), TAKEN],
  ["the same EBS disk, both read", ebs("foo", true), ebs("foo", true), TAKEN],
  ["another EBS disk", ebs("foo"), ebs("bar"), ""],
  ["the same ISCSI target", iscsi("iqn"), iscsi("iqn"), TAKEN],
  ["the same ISCSI target, both read", iscsi("iqn", true), iscsi("iqn", true), ""],
  ["another ISCSI target", iscsi("iqn"), iscsi("other"), ""],
  ["the same RBD image, one monitor in common", rbd(["a", "b"], "i"), rbd(["b", "c"], "i"), TAKEN],
  ["the same RBD image, no monitor in common", rbd(["a"], "i"), rbd(["b"], "i"), ""],
  ["another RBD image", rbd(["a"], "i"), rbd(["a"], "j"), ""],
  ["disks of other kinds", gce("foo"), ebs("foo"), ""],
];

describe("VolumeRestrictions", () => {
  const holder = (spec: object): PodSketch => ({ metadata: { name: "there" }, spec: { nodeName: "a", ...spec } });
  it.each(DISKS)("%s", (_what, wanted, present, answer) => {
    const spec = (source: object) => ({ volumes: [{ name: "v", ...source }] });
    const world = {
      nodes: [{ name: "a" }],
      existing: [holder(spec(present))],
      pod: { metadata: { name: "p" }, spec: spec(wanted) },
    };
    expect(filtered(volumeRestrictions, world)).toEqual({ a: answer });
  });

  const ALONE = { accessModes: ["ReadWriteOncePod"] };
  const IN_USE = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode";
  // [what, claim, the pod that is there has it, answer of both nodes]
  it.each([
    ["a claim for one pod that nobody has", claim("c", ALONE), false, ""],
    ["a claim for one pod that another has", claim("c", ALONE), true, IN_USE],
    ["a claim for one node that another has", claim("c"), true, ""],
  ] as const)("%s", (_what, one, isTaken, answer) => {
    const existing = isTaken ? [pod(["c"], "there", "a")] : [];
    const world = { nodes: [{ name: "a" }, { name: "b" }], objects: [one], existing, pod: pod(["c"]) };
    expect(filtered(volumeRestrictions, world)).toEqual({ a: answer, b: answer });
  });
});

describe("NodeVolumeLimits", () => {
  const csi = (name: string, driver = "d"): Row => volume(name, undefined, { csi: { driver, volumeHandle: name } });
  const limit = (count: number): Row => [
    CSI_NODES as never,
    { metadata: { name: "a" }, spec: { drivers: [{ name: "d", nodeID: "a", allocatable: { count } }] } },
  ];
  const TOO_MANY = "node(s) exceed max volume count";
  // [what, limit, claims of the pod that is there, claims of the pod, answer]
  it.each([
    ["below the limit", 2, ["c"], ["d"], ""],
    ["at the limit", 1, ["c"], ["d"], TOO_MANY],
    ["a volume that is there already", 1, ["c"], ["c"], ""],
    ["two at once", 2, ["c"], ["d", "e"], TOO_MANY],
    ["volumes of another driver", 1, ["c"], ["x"], ""],
    ["no claims", 0, ["c"], [], ""],
    ["nothing fits", 0, [], ["c"], TOO_MANY],
  ] as const)("%s", (_what, count, there, wanted, answer) => {
    const names = ["c", "d", "e"];
    const objects = [
      limit(count),
      ...names.flatMap((name) => [boundClaim(name, `v-${name}`), csi(`v-${name}`)]),
      boundClaim("x", "v-x"),
      csi("v-x", "other"),
    ];
    const world = { nodes: [{ name: "a" }], objects, existing: [pod(there, "there", "a")], pod: pod(wanted) };
    expect(filtered(nodeVolumeLimits, world)).toEqual({ a: answer });
  });

  const attachment = (volumeName: string, nodeName = "a", attacher = "d"): Row => [
    VOLUME_ATTACHMENTS as never,
    {
      metadata: { name: `${volumeName}-${nodeName}` },
      spec: { attacher, nodeName, source: { persistentVolumeName: volumeName } },
    },
  ];
  // [what, limit, attachments, claims of the pod that is there, claims of the pod, answer]
  it.each([
    ["a volume that is attached still", 1, [attachment("v-c")], [], ["d"], TOO_MANY],
    ["the same volume, attached already", 1, [attachment("v-c")], [], ["c"], ""],
    ["of a pod that is there: counted once", 2, [attachment("v-c")], ["c"], ["d"], ""],
    ["attached to another node", 1, [attachment("v-c", "b")], [], ["d"], ""],
    ["attached by another driver", 1, [attachment("v-x", "a", "other")], [], ["d"], ""],
    ["of a volume that is gone", 1, [attachment("v-gone")], [], ["d"], ""],
  ] as const)("attachments: %s", (_what, count, attachments, there, wanted, answer) => {
    const objects = [
      limit(count),
      ...["c", "d"].flatMap((name) => [boundClaim(name, `v-${name}`), csi(`v-${name}`)]),
      csi("v-x", "other"),
      ...attachments,
    ];
    const existing = there.length > 0 ? [pod(there, "there", "a")] : [];
    const world = { nodes: [{ name: "a" }], objects, existing, pod: pod(wanted) };
    expect(filtered(nodeVolumeLimits, world)).toEqual({ a: answer });
  });
});
