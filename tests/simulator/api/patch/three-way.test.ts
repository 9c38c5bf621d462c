import fc from "fast-check";
import { expect, test } from "vitest";
import { applyStrategicMergePatch } from "../../../../simulator/api/patch/strategic-merge.ts";
import {
  threeWayJsonMergePatch,
  threeWayMergePatch,
  twoWayMergePatch,
} from "../../../../simulator/api/patch/three-way.ts";
import type { JsonObject } from "../../../../simulator/base/json.ts";

const pod = (spec: JsonObject): JsonObject => ({ spec });
const patchOf = (original: JsonObject, modified: JsonObject, current: JsonObject, overwrite = true) =>
  threeWayMergePatch("Pod", { original: pod(original), modified: pod(modified), current: pod(current) }, { overwrite });

const a1 = { name: "a", image: "a:1" };
const a2 = { name: "a", image: "a:2" };
const b1 = { name: "b", image: "b:1" };

test("a change, with what only the server has left alone", () => {
  const current = { containers: [{ ...a1, imagePullPolicy: "Always" }], nodeName: "n" };
  expect(patchOf({ containers: [a1] }, { containers: [a2] }, current)).toEqual({
    ok: true,
    value: { spec: { "$setElementOrder/containers": [{ name: "a" }], containers: [{ image: "a:2", name: "a" }] } },
  });
});

test("what left the manifest is deleted, and only that", () => {
  const original = { containers: [a1, b1], nodeSelector: { x: "1" }, hostname: "h" };
  const current = { containers: [a1, b1, { name: "injected" }], nodeSelector: { x: "1", y: "2" }, hostname: "h" };
  const result = patchOf(original, { containers: [a1] }, current);
  expect(result).toEqual({
    ok: true,
    value: {
      spec: {
        "$setElementOrder/containers": [{ name: "a" }],
        containers: [{ name: "b", $patch: "delete" }],
        nodeSelector: null,
        hostname: null,
      },
    },
  });
  const applied = result.ok ? applyStrategicMergePatch("Pod", pod(current), result.value) : result;
  expect(applied).toEqual({ ok: true, value: pod({ containers: [a1, { name: "injected" }] }) });
});

test("a volume that changes its source is told which keys to keep", () => {
  const emptyDir = { volumes: [{ name: "v", emptyDir: {} }] };
  const hostPath = { volumes: [{ name: "v", hostPath: { path: "/x" } }] };
  expect(patchOf(emptyDir, hostPath, emptyDir)).toEqual({
    ok: true,
    value: {
      spec: {
        "$setElementOrder/volumes": [{ name: "v" }],
        volumes: [{ $retainKeys: ["hostPath", "name"], emptyDir: null, hostPath: { path: "/x" }, name: "v" }],
      },
    },
  });
});

test("finalizers: parallel lists", () => {
  const meta = (finalizers: readonly string[]): JsonObject => ({ metadata: { finalizers } });
  const input = { original: meta(["a", "b"]), modified: meta(["c", "b"]), current: meta(["a", "b", "z"]) };
  expect(threeWayMergePatch("Pod", input, { overwrite: true })).toEqual({
    ok: true,
    value: {
      metadata: {
        "$deleteFromPrimitiveList/finalizers": ["a"],
        "$setElementOrder/finalizers": ["c", "b"],
        finalizers: ["c"],
      },
    },
  });
});

test("nothing to do is an empty patch", () => {
  expect(patchOf({ containers: [a1] }, { containers: [a1] }, { containers: [a1], nodeName: "n" })).toEqual({
    ok: true,
    value: {},
  });
});

test("without overwrite a change on both sides is a conflict", () => {
  const result = patchOf({ containers: [a1] }, { containers: [a2] }, { containers: [{ ...a1, image: "a:3" }] }, false);
  expect(result).toEqual({
    ok: false,
    error: {
      code: 400,
      message:
        "patch:\nspec:\n  $setElementOrder/containers:\n    - name: a\n  containers:\n    - image: a:2\n      name: a\n\nconflicts with changes made from original to current:\nspec:\n  containers:\n    - image: a:3\n      name: a\n\n",
    },
  });
  expect(patchOf({ containers: [a1] }, { containers: [a2] }, { containers: [a1], hostname: "h" }, false).ok).toBe(true);
});

test("names and kinds must stay", () => {
  const input = { original: { kind: "Pod" }, modified: { kind: "Job" }, current: { kind: "Pod" } };
  expect(threeWayMergePatch("Pod", input, { overwrite: true, unchanged: ["kind", "metadata.name"] })).toEqual({
    ok: false,
    error: { code: 400, message: "precondition failed for: map[kind:Job]" },
  });
  expect(threeWayJsonMergePatch(input, ["kind"]).ok).toBe(false);
});

test("for unknown kinds a merge patch is made", () => {
  const input = {
    original: { spec: { gone: 1, list: [1] } },
    modified: { spec: { list: [1, 2], empty: {} } },
    current: { spec: { gone: 1, list: [1], server: true } },
  };
  expect(threeWayJsonMergePatch(input)).toEqual({ ok: true, value: { spec: { gone: null, list: [1, 2], empty: {} } } });
});

const names = fc.constantFrom("a", "b", "c", "d");
const container = fc.record(
  {
    name: names,
    image: fc.constantFrom("1", "2"),
    args: fc.array(names),
    env: fc.uniqueArray(fc.record({ name: names, value: names }), { selector: (env) => env.name }),
  },
  { requiredKeys: ["name"] },
);
const spec = fc.record(
  {
    containers: fc.uniqueArray(container, { selector: (one) => one.name, minLength: 1 }),
    nodeSelector: fc.dictionary(names, names),
    hostname: names,
    volumes: fc.uniqueArray(
      fc.oneof(
        fc.record({ name: names, emptyDir: fc.constant({}) }),
        fc.record({ name: names, hostPath: fc.record({ path: names }) }),
      ),
      { selector: (one) => one.name },
    ),
  },
  { requiredKeys: ["containers"] },
);

test("a two-way patch makes the one of the other", () => {
  fc.assert(
    fc.property(spec, spec, (original, modified) => {
      const patch = twoWayMergePatch("Pod", pod(original as JsonObject), pod(modified as JsonObject));
      if (!patch.ok) throw new Error(patch.error.message);
      const result = applyStrategicMergePatch("Pod", pod(original as JsonObject), patch.value);
      expect(result).toEqual({ ok: true, value: pod(modified as JsonObject) });
    }),
  );
});

/** What decoding leaves: neither null nor directives, which upstream's merge keeps in items that are new. */
const decoded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, item) => (item === null || key.startsWith("$") ? undefined : item));

test("a three-way patch brings what the manifest says, whatever else there is", () => {
  const apply = (original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject => {
    const patch = threeWayMergePatch("Pod", { original, modified, current }, { overwrite: true });
    if (!patch.ok) throw new Error(patch.error.message);
    const applied = applyStrategicMergePatch("Pod", current, patch.value);
    if (!applied.ok) throw new Error(applied.error.message);
    return decoded(applied.value) as JsonObject;
  };
  fc.assert(
    fc.property(spec, spec, spec, (original, modified, current) => {
      const manifest = pod(modified as JsonObject);
      const applied = apply(pod(original as JsonObject), manifest, pod(current as JsonObject));
      expect(apply(manifest, manifest, applied)).toEqual(applied);
      const difference = twoWayMergePatch("Pod", manifest, applied);
      const volumes = (modified.volumes ?? []) as readonly JsonObject[];
      expect(difference.ok && JSON.stringify(difference.value)).not.toMatch(/"\$patch":"delete"/);
      expect((applied.spec as JsonObject).volumes ?? []).toEqual(expect.arrayContaining([...volumes]));
    }),
  );
});
