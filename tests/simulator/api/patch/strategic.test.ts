import { describe, expect, test } from "vitest";
import { applyStrategicMergePatch } from "../../../../simulator/api/patch/strategic-merge.ts";
import { cloneJson, type JsonObject, type JsonValue } from "../../../../simulator/base/json.ts";

const pod = (spec: JsonObject): JsonObject => ({ spec });
const apply = (original: JsonObject, patch: JsonValue, type = "Pod") => {
  const before = cloneJson(original);
  const patchBefore = cloneJson(patch);
  const result = applyStrategicMergePatch(type, original, patch);
  expect([original, patch], "inputs are left alone").toEqual([before, patchBefore]);
  return result;
};
const merged = (original: JsonObject, patch: JsonObject): JsonValue => {
  const result = apply(pod(original), pod(patch));
  if (!result.ok) throw new Error(result.error.message);
  return result.value.spec as JsonValue;
};
const refused = (original: JsonObject, patch: JsonObject, type?: string): JsonValue => {
  const result = apply(original, patch, type);
  return result.ok ? "accepted" : [result.error.code, result.error.message];
};

const [a, b, c] = [
  { name: "a", image: "a:1" },
  { name: "b", image: "b:1" },
  { name: "c", image: "c:1" },
];

describe("lists of maps", () => {
  test.each([
    ["an item is found by its merge key", [a, b], [{ name: "b", image: "b:2" }], [a, { name: "b", image: "b:2" }]],
    ["a new item comes first: it has no place in the live list", [a], [b], [b, a]],
    ["an item is deleted", [a, b, c], [{ name: "b", $patch: "delete" }], [a, c]],
    ["deleting what is not there does nothing", [a], [{ name: "b", $patch: "delete" }], [a]],
    ["the list is replaced", [a, b], [{ $patch: "replace" }, c], [c]],
    [
      "one goes, one comes",
      [a, b],
      [
        { name: "a", $patch: "delete" },
        { name: "c", image: "c:1" },
      ],
      [c, b],
    ],
    [
      "patch items take the patch's order",
      [a, b, c],
      [
        { name: "c", tty: true },
        { name: "a", tty: true },
      ],
      [b, { ...c, tty: true }, { ...a, tty: true }],
    ],
  ] as [string, JsonValue, JsonValue, JsonValue][])("%s", (_, live, patch, expected) => {
    expect(merged({ containers: live }, { containers: patch })).toEqual({ containers: expected });
  });

  test("lists without a merge strategy are replaced whole", () => {
    expect(merged({ tolerations: [{ key: "a" }] }, { tolerations: [{ key: "b" }] })).toEqual({
      tolerations: [{ key: "b" }],
    });
  });

  test("an order list sorts, and what only the server has keeps its place", () => {
    const order = [{ name: "c" }, { name: "a" }];
    expect(merged({ containers: [a, c] }, { "$setElementOrder/containers": order })).toEqual({ containers: [c, a] });
    const patch = { "$setElementOrder/containers": [{ name: "a" }, { name: "d" }], containers: [{ name: "d" }] };
    expect(merged({ containers: [a, b, c] }, patch)).toEqual({ containers: [a, { name: "d" }, b, c] });
    expect(merged({}, { "$setElementOrder/containers": order })).toEqual({});
  });

  test("nested lists merge, nested nulls delete", () => {
    const live = { containers: [{ name: "a", env: [{ name: "X", value: "1" }], resources: { limits: { cpu: "1" } } }] };
    const patch = {
      containers: [{ name: "a", env: [{ name: "Y", value: "2" }], resources: { limits: { cpu: null, memory: "1" } } }],
    };
    expect(merged(live, patch)).toEqual({
      containers: [
        {
          name: "a",
          env: [
            { name: "Y", value: "2" },
            { name: "X", value: "1" },
          ],
          resources: { limits: { memory: "1" } },
        },
      ],
    });
  });
});

describe("lists of scalars", () => {
  const meta = (metadata: JsonObject) => ({ metadata });
  const finalizers = (live: JsonValue, patch: JsonObject): JsonValue => {
    const result = apply(meta({ finalizers: live }), meta(patch));
    return result.ok ? ((result.value.metadata as JsonObject).finalizers as JsonValue) : result.error.message;
  };

  test("merge, delete, order", () => {
    expect(finalizers(["a", "b"], { finalizers: ["c", "a"] })).toEqual(["c", "a", "b"]);
    expect(finalizers(["a", "b"], { "$deleteFromPrimitiveList/finalizers": ["a", "z"] })).toEqual(["b"]);
    expect(finalizers(["a", "b"], { "$setElementOrder/finalizers": ["b", "a"] })).toEqual(["b", "a"]);
    expect(
      finalizers(["a", "b"], {
        "$deleteFromPrimitiveList/finalizers": ["a"],
        "$setElementOrder/finalizers": ["c", "b"],
        finalizers: ["c"],
      }),
    ).toEqual(["c", "b"]);
  });
});

describe("maps", () => {
  test.each([
    ["keys merge, null deletes", { x: "1", y: "2" }, { x: null, z: "3" }, { y: "2", z: "3" }],
    ["replace", { x: "1" }, { $patch: "replace", z: "3" }, { z: "3" }],
    ["delete", { x: "1" }, { $patch: "delete" }, {}],
  ] as [string, JsonValue, JsonValue, JsonValue][])("%s", (_, live, patch, expected) => {
    expect(merged({ nodeSelector: live }, { nodeSelector: patch })).toEqual({ nodeSelector: expected });
  });

  test("null deletes a whole field, a null that meets nothing vanishes", () => {
    expect(merged({ nodeSelector: { x: "1" } }, { nodeSelector: null, affinity: { nodeAffinity: null } })).toEqual({
      affinity: {},
    });
  });

  test("what is new is free of directives", () => {
    const patch = { containers: [a, { name: "gone", $patch: "delete" }], nodeSelector: { $patch: "delete" } };
    expect(merged({}, patch)).toEqual({ containers: [a] });
  });

  test("retained keys: others are cleared", () => {
    const live = { volumes: [{ name: "v", emptyDir: {} }] };
    const patch = { volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }] };
    expect(merged(live, patch)).toEqual({ volumes: [{ name: "v", hostPath: { path: "/x" } }] });
  });
});

test.each([
  [
    "a list for an object",
    pod({}),
    [] as unknown as JsonObject,
    [400, "json: cannot unmarshal array into Go value of type map[string]interface {}"],
  ],
  [
    "an unknown directive",
    pod({ nodeSelector: {} }),
    pod({ nodeSelector: { $patch: "toss" } }),
    [500, "unknown patch type: toss in map: map[$patch:toss]"],
  ],
  [
    "an item without its key",
    pod({ containers: [a] }),
    pod({ containers: [{ image: "x" }] }),
    [500, "map: map[image:x] does not contain declared merge key: name"],
  ],
  [
    "a retained key that is missing",
    pod({ volumes: [{ name: "v" }] }),
    pod({ volumes: [{ name: "v", $retainKeys: ["name"], emptyDir: {} }] }),
    [400, "invalid patch format of retainKeys"],
  ],
  [
    "an order that the patch does not keep",
    pod({ containers: [a] }),
    pod({ "$setElementOrder/containers": [{ name: "a" }], containers: [b] }),
    [500, "The order in patch list:\n[map[image:b:1 name:b]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n"],
  ],
  [
    "an order list that is none",
    pod({}),
    pod({ "$setElementOrder/containers": "x" }),
    [500, "expected a []interface {}, but received a string"],
  ],
  [
    "a parallel list without a name",
    pod({}),
    pod({ $deleteFromPrimitiveList: ["x"] }),
    [400, "invalid patch format of primitive list"],
  ],
  [
    "mixed items",
    pod({ containers: [a] }),
    pod({ containers: ["x"] }),
    [500, "list element types are not identical: [[map[image:a:1 name:a]] [x]]"],
  ],
  [
    "a field that no type has",
    pod({ what: { a: 1 } }),
    pod({ what: { b: 2 } }),
    [500, 'unable to find api field in struct PodSpec for the json field "what"'],
  ],
] as [string, JsonObject, JsonObject, JsonValue][])("%s is refused", (_, original, patch, error) => {
  expect(refused(original, patch)).toEqual(error);
});
