import { describe, expect, it } from "vitest";
import type { NodeSelectorRequirement, Taint, Toleration } from "../../../../simulator/api/schema/generated/types.ts";
import { imageLocality } from "../../../../simulator/scheduler/plugins/image-locality.ts";
import { nodeAffinity } from "../../../../simulator/scheduler/plugins/node-affinity.ts";
import { nodePorts } from "../../../../simulator/scheduler/plugins/node-ports.ts";
import { nodeUnschedulable } from "../../../../simulator/scheduler/plugins/node-unschedulable.ts";
import { taintToleration } from "../../../../simulator/scheduler/plugins/taint-toleration.ts";
import type { PodSketch } from "../objects.ts";
import { filtered, scored } from "./evaluate.ts";

const pod = (spec: object): PodSketch => ({ metadata: { name: "p" }, spec });

/** `key=value:Effect`. */
function taint(text: string): Taint {
  const [pair = "", effect = ""] = text.split(":");
  const [key = "", value] = pair.split("=");
  return { key, effect, ...(value && { value }) };
}

/** `key=value:Effect`, `key:Effect` (Exists), `*` (everything). */
function toleration(text: string): Toleration {
  if (text === "*") return { operator: "Exists" };
  const [pair = "", effect] = text.split(":");
  const [key, value] = pair.split("=");
  return {
    key,
    operator: value === undefined ? "Exists" : "Equal",
    ...(value && { value }),
    ...(effect && { effect }),
  };
}

// [what, tolerations, taints, may it go there]
const TAINTS: readonly (readonly [string, readonly string[], readonly string[], boolean])[] = [
  ["no taint, no toleration", [], [], true],
  ["a taint and no toleration", [], ["dedicated=user1:NoSchedule"], false],
  ["the same key, value and effect", ["dedicated=user1:NoSchedule"], ["dedicated=user1:NoSchedule"], true],
  ["another value", ["dedicated=user2:NoSchedule"], ["dedicated=user1:NoSchedule"], false],
  ["a key that exists, whatever the value", ["foo:NoSchedule"], ["foo=bar:NoSchedule"], true],
  [
    "two taints, both tolerated",
    ["dedicated=user2:NoSchedule", "foo:NoSchedule"],
    ["dedicated=user2:NoSchedule", "foo=bar:NoSchedule"],
    true,
  ],
  [
    "two taints, one tolerated",
    ["dedicated=user2:NoSchedule"],
    ["dedicated=user2:NoSchedule", "foo=bar:NoSchedule"],
    false,
  ],
  ["the same key and value but another effect", ["foo=bar:PreferNoSchedule"], ["foo=bar:NoSchedule"], false],
  ["no effect tolerates every effect", ["foo=bar"], ["foo=bar:NoSchedule"], true],
  ["a taint that only asks to stay away", ["dedicated=user2:NoSchedule"], ["dedicated=user1:PreferNoSchedule"], true],
  ["a taint that only asks, and no toleration", [], ["dedicated=user1:PreferNoSchedule"], true],
  ["NoExecute keeps away too", [], ["node.kubernetes.io/unreachable:NoExecute"], false],
  [
    "NoExecute tolerated",
    ["node.kubernetes.io/unreachable:NoExecute"],
    ["node.kubernetes.io/unreachable:NoExecute"],
    true,
  ],
  ["everything tolerated", ["*"], ["a=b:NoSchedule", "c:NoExecute"], true],
  ["an equal without value tolerates a taint without value", ["a=:NoSchedule"], ["a:NoSchedule"], true],
];

describe("TaintToleration filters", () => {
  it.each(TAINTS)("%s", (_, tolerations, taints, fits) => {
    const nodes = [{ name: "n", taints: taints.map(taint) }];
    const result = filtered(taintToleration, { nodes, pod: pod({ tolerations: tolerations.map(toleration) }) });
    expect(result).toEqual({ n: fits ? "" : "!node(s) had untolerated taint(s)" });
  });
});

// [what, tolerations, taints by node, scores]
const TAINT_SCORES: readonly (readonly [
  string,
  readonly string[],
  readonly (readonly string[])[],
  readonly number[],
])[] = [
  [
    "a tolerated taint is none",
    ["foo=bar:PreferNoSchedule"],
    [["foo=bar:PreferNoSchedule"], ["foo=blah:PreferNoSchedule"]],
    [100, 0],
  ],
  [
    "how many are tolerated does not matter",
    ["cpu-type=arm64:PreferNoSchedule", "disk-type=ssd:PreferNoSchedule"],
    [[], ["cpu-type=arm64:PreferNoSchedule"], ["cpu-type=arm64:PreferNoSchedule", "disk-type=ssd:PreferNoSchedule"]],
    [100, 100, 100],
  ],
  [
    "more that are not tolerated, less points",
    ["foo=bar:PreferNoSchedule"],
    [[], ["cpu-type=arm64:PreferNoSchedule"], ["cpu-type=arm64:PreferNoSchedule", "disk-type=ssd:PreferNoSchedule"]],
    [100, 50, 0],
  ],
  [
    "only taints that ask count",
    ["cpu-type=arm64:NoSchedule", "disk-type=ssd:NoSchedule"],
    [[], ["cpu-type=arm64:NoSchedule"], ["cpu-type=arm64:PreferNoSchedule", "disk-type=ssd:PreferNoSchedule"]],
    [100, 100, 0],
  ],
  ["no tolerations", [], [[], ["cpu-type=arm64:PreferNoSchedule"]], [100, 0]],
  ["a toleration of another effect does not help", ["a=b:NoSchedule"], [["a=b:PreferNoSchedule"], []], [0, 100]],
  ["a toleration of every effect does", ["a=b"], [["a=b:PreferNoSchedule"], ["c=d:PreferNoSchedule"]], [100, 0]],
];

describe("TaintToleration scores", () => {
  it.each(TAINT_SCORES)("%s", (_, tolerations, taints, expected) => {
    const nodes = taints.map((list, index) => ({ name: `n${index}`, taints: list.map(taint) }));
    const scores = scored(taintToleration, { nodes, pod: pod({ tolerations: tolerations.map(toleration) }) });
    expect(Object.values(scores ?? {})).toEqual(expected);
  });
});

describe("NodeUnschedulable filters", () => {
  it.each([
    ["a cordoned node", true, [], "!node(s) were unschedulable"],
    ["a node that is not cordoned", false, [], ""],
    ["tolerated by the taint's key", true, ["node.kubernetes.io/unschedulable:NoSchedule"], ""],
    [
      "not tolerated by another effect",
      true,
      ["node.kubernetes.io/unschedulable:NoExecute"],
      "!node(s) were unschedulable",
    ],
  ] as const)("%s", (_, unschedulable, tolerations, reasons) => {
    const nodes = [{ name: "n", unschedulable }];
    const result = filtered(nodeUnschedulable, { nodes, pod: pod({ tolerations: tolerations.map(toleration) }) });
    expect(result).toEqual({ n: reasons });
  });
});

/** `key Operator value,value`. */
function requirement(text: string): NodeSelectorRequirement {
  const [key = "", operator = "", values] = text.split(" ");
  return { key, operator, ...(values && { values: values.split(",") }) };
}

/** Terms are alternatives; `@` before a requirement makes it one of fields. */
function required(terms: readonly (readonly string[])[]) {
  const nodeSelectorTerms = terms.map((term) => ({
    matchExpressions: term.filter((one) => !one.startsWith("@")).map(requirement),
    matchFields: term.filter((one) => one.startsWith("@")).map((one) => requirement(one.slice(1))),
  }));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

// [what, nodeSelector, required terms, the node's labels, may it go there]. The node's name is `n`.
type Labels = { readonly [key: string]: string };
type AffinityRow = readonly [string, Labels, readonly (readonly string[])[] | undefined, Labels, boolean];
const AFFINITY: readonly AffinityRow[] = [
  ["no selector", {}, undefined, {}, true],
  ["a missing label", { foo: "bar" }, undefined, {}, false],
  ["the same label", { foo: "bar" }, undefined, { foo: "bar" }, true],
  ["labels beyond", { foo: "bar" }, undefined, { foo: "bar", baz: "blah" }, true],
  ["labels are a part of the selector", { foo: "bar", baz: "blah" }, undefined, { foo: "bar" }, false],
  ["In", {}, [["foo In bar,value2"]], { foo: "bar" }, true],
  ["Gt", {}, [["kernel-version Gt 0204"]], { "kernel-version": "0206" }, true],
  ["Gt of an equal number", {}, [["kernel-version Gt 0206"]], { "kernel-version": "0206" }, false],
  ["Lt", {}, [["size Lt 10"]], { size: "9" }, true],
  ["Lt of what is no number", {}, [["size Lt 10"]], { size: "big" }, false],
  ["NotIn", {}, [["mem-type NotIn DDR,DDR2"]], { "mem-type": "DDR3" }, true],
  ["NotIn of an absent label", {}, [["mem-type NotIn DDR"]], {}, true],
  ["Exists", {}, [["GPU Exists"]], { GPU: "NVIDIA-GRID-K1" }, true],
  ["DoesNotExist", {}, [["GPU DoesNotExist"]], {}, true],
  ["DoesNotExist of a present one", {}, [["GPU DoesNotExist"]], { GPU: "x" }, false],
  ["no value matches", {}, [["foo In value1,value2"]], { foo: "bar" }, false],
  ["no term at all", {}, [], { foo: "bar" }, false],
  ["an empty term", {}, [[]], { foo: "bar" }, false],
  ["an empty term beside a good one", {}, [[], ["foo In bar"]], { foo: "bar" }, true],
  ["requirements of a term all hold", {}, [["GPU Exists", "GPU NotIn AMD,INTER"]], { GPU: "NVIDIA-GRID-K1" }, true],
  ["one of them does not", {}, [["GPU Exists", "GPU In AMD,INTER"]], { GPU: "NVIDIA-GRID-K1" }, false],
  ["one of the terms holds", {}, [["foo In bar,value2"], ["diffkey In wrong,value2"]], { foo: "bar" }, true],
  ["affinity without the selector", { foo: "bar" }, [["foo Exists"]], { foo: "bar" }, true],
  ["affinity holds, the selector does not", { foo: "bar" }, [["foo Exists"]], { foo: "barrrrrr" }, false],
  ["an unknown operator", {}, [["foo Like bar"]], { foo: "bar" }, false],
  ["the node's name", {}, [["@metadata.name In n"]], {}, true],
  ["another node's name", {}, [["@metadata.name In m"]], {}, false],
  ["the name, but not the label", {}, [["@metadata.name In n", "foo In bar"]], {}, false],
  ["the name in one term, the label in another", {}, [["@metadata.name In m"], ["foo In bar"]], { foo: "bar" }, true],
  ["not this name", {}, [["@metadata.name NotIn n"]], {}, false],
];

describe("NodeAffinity filters", () => {
  it.each(AFFINITY)("%s", (_, nodeSelector, terms, labels, fits) => {
    const spec = { nodeSelector, ...(terms && { affinity: required(terms) }) };
    const result = filtered(nodeAffinity, { nodes: [{ name: "n", labels }], pod: pod(spec) });
    expect(result).toEqual({ n: fits ? "" : "!node(s) didn't match Pod's node affinity/selector" });
  });

  it("refuses a pod whose names contradict each other", () => {
    const spec = { affinity: required([["@metadata.name In n", "@metadata.name In m"]]) };
    const result = filtered(nodeAffinity, { nodes: [{ name: "n" }], pod: pod(spec) });
    expect(result).toEqual({ n: "!pod affinity terms conflict" });
  });
});

// [what, preferred terms with weights, labels by node, scores]
type PreferredRow = readonly [
  string,
  readonly (readonly [number, readonly string[]])[],
  readonly Labels[],
  readonly number[] | undefined,
];
const PREFERRED: readonly PreferredRow[] = [
  ["no preference", [], [{ foo: "bar" }, {}], undefined],
  ["no node matches", [[2, ["foo In bar"]]], [{ zone: "a" }, {}], [0, 0]],
  ["one node matches", [[2, ["foo In bar"]]], [{ foo: "bar" }, { foo: "no" }], [100, 0]],
  [
    "weights add up",
    [
      [2, ["foo In bar"]],
      [4, ["key In value"]],
      [5, ["foo In bar", "key In value", "az In az1"]],
    ],
    [{ foo: "bar" }, { key: "value" }, { foo: "bar", key: "value", az: "az1" }],
    [18, 36, 100],
  ],
  ["an empty preference has no say", [[5, []]], [{ foo: "bar" }], undefined],
];

describe("NodeAffinity scores", () => {
  it.each(PREFERRED)("%s", (_, terms, labels, expected) => {
    const list = terms.map(([weight, one]) => ({ weight, preference: { matchExpressions: one.map(requirement) } }));
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: list } };
    const nodes = labels.map((one, index) => ({ name: `n${index}`, labels: one }));
    const scores = scored(nodeAffinity, { nodes, pod: pod({ affinity }) });
    expect(scores && Object.values(scores)).toEqual(expected);
  });
});

/** `UDP/127.0.0.1/8080`. */
function ports(list: readonly string[]) {
  const one = (text: string) => {
    const [protocol, hostIP, port] = text.split("/");
    return { protocol, hostIP, hostPort: Number(port), containerPort: Number(port) };
  };
  return { containers: [{ name: "c", image: "app:1", ports: list.map(one) }] };
}

// [what, wanted, taken, free]
const PORTS: readonly (readonly [string, readonly string[], readonly string[], boolean])[] = [
  ["nothing wanted", [], ["UDP/127.0.0.1/8080"], true],
  ["another port", ["UDP/127.0.0.1/8080"], ["UDP/127.0.0.1/9090"], true],
  ["the same UDP port", ["UDP/127.0.0.1/8080"], ["UDP/127.0.0.1/8080"], false],
  ["the same TCP port", ["TCP/127.0.0.1/8080"], ["TCP/127.0.0.1/8080"], false],
  ["another address", ["TCP/127.0.0.1/8080"], ["TCP/127.0.0.2/8080"], true],
  ["another protocol", ["UDP/127.0.0.1/8080"], ["TCP/127.0.0.1/8080"], true],
  ["the second of two UDP ports", ["UDP/127.0.0.1/8000", "UDP/127.0.0.1/8080"], ["UDP/127.0.0.1/8080"], false],
  [
    "the first of a TCP and a UDP port",
    ["TCP/127.0.0.1/8001", "UDP/127.0.0.1/8080"],
    ["TCP/127.0.0.1/8001", "UDP/127.0.0.1/8081"],
    false,
  ],
  ["an address that the wildcard covers", ["TCP/127.0.0.1/8001"], ["TCP/0.0.0.0/8001"], false],
  [
    "the wildcard wanted where an address is taken",
    ["TCP/10.0.10.10/8001", "TCP/0.0.0.0/8001"],
    ["TCP/127.0.0.1/8001"],
    false,
  ],
  ["the wildcard twice", ["TCP/0.0.0.0/8001"], ["TCP/0.0.0.0/8001"], false],
  ["the wildcard with another protocol", ["UDP/127.0.0.1/8001"], ["TCP/0.0.0.0/8001"], true],
  ["a port number that ends alike", ["TCP/0.0.0.0/80"], ["TCP/127.0.0.1/8080"], true],
];

describe("NodePorts filters", () => {
  it.each(PORTS)("%s", (_, wanted, taken, isFree) => {
    const there = { metadata: { name: "e" }, spec: { ...ports(taken), nodeName: "n" } };
    const result = filtered(nodePorts, { nodes: [{ name: "n" }], existing: [there], pod: pod(ports(wanted)) });
    expect(result).toEqual({ n: isFree ? "" : "node(s) didn't have free ports for the requested pod ports" });
  });
});

const MEBIBYTE = 1024 * 1024;
/** Images of a node as `name size`, in MiB. */
const images = (list: readonly string[]) =>
  list.map((one) => ({ names: [one.split(" ")[0] ?? ""], sizeBytes: Number(one.split(" ")[1]) * MEBIBYTE }));

// [what, the pod's images, images by node, scores]
const IMAGES: readonly (readonly [string, readonly string[], readonly (readonly string[])[], readonly number[]])[] = [
  ["nobody has it", ["a:1"], [[], []], [0, 0]],
  ["too small to matter", ["a:1"], [["a:1 40"], []], [0, 0]],
  ["one of two has it: half its size counts", ["a:1"], [["a:1 300"], []], [12, 0]],
  ["both have it", ["a:1"], [["a:1 300"], ["a:1 300"]], [28, 28]],
  ["no tag means latest", ["a"], [["a:latest 300"], ["a:latest 300"]], [28, 28]],
  ["a registry's port is no tag", ["host:5000/a"], [["host:5000/a:latest 300"], ["host:5000/a:latest 300"]], [28, 28]],
  ["more than the maximum", ["a:1"], [["a:1 4000"], ["a:1 4000"]], [100, 100]],
  ["two containers share the maximum", ["a:1", "b:1"], [["a:1 1000"], ["a:1 1000"]], [49, 49]],
  ["the same image twice counts twice", ["a:1", "a:1"], [["a:1 500"], ["a:1 500"]], [49, 49]],
];

describe("ImageLocality scores", () => {
  it.each(IMAGES)("%s", (_, wanted, there, expected) => {
    const nodes = there.map((list, index) => ({ name: `n${index}`, images: images(list) }));
    const containers = wanted.map((image, index) => ({ name: `c${index}`, image }));
    expect(Object.values(scored(imageLocality, { nodes, pod: pod({ containers }) }) ?? {})).toEqual(expected);
  });

  // [what, the pod's image volume, images by node, scores]
  it.each([
    ["a volume that is an image counts as a container", "b:1", [["a:1 1000"], ["a:1 1000"]], [49, 49]],
    [
      "a node that has both",
      "b:1",
      [
        ["a:1 1000", "b:1 1000"],
        ["a:1 1000", "b:1 1000"],
      ],
      [100, 100],
    ],
    ["a node that has only the volume's, without a tag", "b", [["b:latest 600"], ["b:latest 600"]], [29, 29]],
  ])("%s", (_, reference, there, expected) => {
    const nodes = there.map((list, index) => ({ name: `n${index}`, images: images(list) }));
    const volumes = [{ name: "v", image: { reference } }];
    const wanted = pod({ containers: [{ name: "c", image: "a:1" }], volumes });
    expect(Object.values(scored(imageLocality, { nodes, pod: wanted }) ?? {})).toEqual(expected);
  });
});
