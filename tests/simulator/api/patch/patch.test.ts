import { describe, expect, test } from "vitest";
import { fieldErrorMessage } from "../../../../simulator/api/meta/field-error.ts";
import { applyJsonPatch } from "../../../../simulator/api/patch/json-patch.ts";
import { applyMergePatch, createMergePatch } from "../../../../simulator/api/patch/merge-patch.ts";
import { patchedObjectInvalid, strategicPatchInvalid } from "../../../../simulator/api/patch/patch-error.ts";
import { cloneJson, type JsonObject, type JsonValue } from "../../../../simulator/base/json.ts";

describe("merge patches", () => {
  const apply = (target: JsonObject, patch: JsonValue) => {
    const before = cloneJson(target);
    const result = applyMergePatch(target, patch);
    expect(target).toEqual(before);
    return result;
  };

  test.each([
    ["sets and deletes", { a: 1, b: 2 }, { a: 3, b: null }, { a: 3 }],
    ["goes into objects", { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    ["replaces lists", { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ["replaces other types", { a: "x" }, { a: { b: 1, c: null } }, { a: { b: 1 } }],
    ["null of what is not there does nothing", { a: 1 }, { z: { y: null } }, { a: 1, z: {} }],
    [
      "has no trouble with names",
      { constructor: 1, hasOwnProperty: 2 },
      { constructor: 3, after: 4 },
      { constructor: 3, hasOwnProperty: 2, after: 4 },
    ],
  ] as [string, JsonObject, JsonObject, JsonObject][])("%s", (_, target, patch, value) => {
    expect(apply(target, patch)).toEqual({ ok: true, value });
  });

  test("only objects are patches", () => {
    expect(apply({}, "x")).toEqual({
      ok: false,
      error: {
        code: 400,
        message: "error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}",
      },
    });
  });

  test("hostile keys stay keys", () => {
    const result = apply({}, JSON.parse('{"__proto__":{"polluted":true}}') as JsonValue);
    expect(result.ok && Object.keys(result.value)).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("the difference of two objects is a patch", () => {
    const original = { a: 1, b: { c: 1, d: [1] }, e: "x", f: null };
    const modified = { a: 1, b: { c: 2, d: [1, 2] }, g: {} };
    const patch = createMergePatch(original, modified);
    expect(patch).toEqual({ b: { c: 2, d: [1, 2] }, g: {}, e: null, f: null });
    expect(applyMergePatch(original, patch)).toEqual({ ok: true, value: modified });
    expect(createMergePatch(modified, modified)).toEqual({});
  });
});

describe("JSON patches", () => {
  const object = { data: { a: "1" }, list: ["x", "y"] };
  const apply = (patch: JsonValue) => {
    const before = cloneJson(object);
    const result = applyJsonPatch(object, patch);
    expect(object).toEqual(before);
    return result;
  };

  test.each([
    ["add", [{ op: "add", path: "/data/b", value: "2" }], { data: { a: "1", b: "2" }, list: ["x", "y"] }],
    ["append", [{ op: "add", path: "/list/-", value: "z" }], { data: { a: "1" }, list: ["x", "y", "z"] }],
    ["insert", [{ op: "add", path: "/list/0", value: "z" }], { data: { a: "1" }, list: ["z", "x", "y"] }],
    ["remove", [{ op: "remove", path: "/list/0" }], { data: { a: "1" }, list: ["y"] }],
    [
      "test, then replace",
      [
        { op: "test", path: "/data/a", value: "1" },
        { op: "replace", path: "/data", value: {} },
      ],
      { data: {}, list: ["x", "y"] },
    ],
    ["move", [{ op: "move", from: "/data/a", path: "/data/b~1c" }], { data: { "b/c": "1" }, list: ["x", "y"] }],
    ["replace all", [{ op: "replace", path: "", value: { a: 1 } }], { a: 1 }],
    [
      "keys that look dangerous",
      [
        { op: "add", path: "/data/constructor", value: "x" },
        { op: "replace", path: "/data/constructor", value: "y" },
      ],
      { data: { a: "1", constructor: "y" }, list: ["x", "y"] },
    ],
    ["from the end", [{ op: "remove", path: "/list/-1" }], { data: { a: "1" }, list: ["x"] }],
    ["a test of what is not there", [{ op: "test", path: "/data/z", value: null }], object],
    ["copy", [{ op: "copy", from: "/data", path: "/d" }], { data: { a: "1" }, list: ["x", "y"], d: { a: "1" } }],
  ] as [string, JsonValue, JsonObject][])("%s", (_, patch, patched) => {
    expect(apply(patch)).toEqual({ ok: true, value: { object: patched, strictErrors: [] } });
  });

  const rejected = {
    ok: false,
    error: { code: 422, message: "the server rejected our request due to an error in our request" },
  };
  test.each([
    ["a failed test", [{ op: "test", path: "/data/a", value: "9" }]],
    [
      "a failed test after a change",
      [
        { op: "remove", path: "/data" },
        { op: "test", path: "/list", value: [] },
      ],
    ],
    ["an unknown operation", [{ op: "toss", path: "/data/a" }]],
    ["no path", [{ op: "add", value: 1 }]],
    ["no such place", [{ op: "remove", path: "/data/z" }]],
    ["an index out of range", [{ op: "add", path: "/list/9", value: 1 }]],
    ["a path that is none", [{ op: "remove", path: "data" }]],
    ["nothing", [null]],
    ["a way into the prototype", [{ op: "add", path: "/__proto__/polluted", value: 1 }]],
    ["a way into the constructor", [{ op: "add", path: "/constructor/prototype/polluted", value: 1 }]],
  ] as [string, JsonValue][])("%s is refused", (_, patch) => {
    expect(apply(patch)).toEqual(rejected);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test.each([
    [{}, "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"],
    [["x"], "json: cannot unmarshal string into Go value of type handlers.jsonPatchOp"],
    [[{ op: 1 }], "json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string"],
  ] as [JsonValue, string][])("%j has the wrong form", (patch, message) => {
    expect(apply(patch)).toEqual({ ok: false, error: { code: 400, message: `error decoding patch: ${message}` } });
  });

  test("unknown members of operations are told", () => {
    const result = apply([{ op: "test", path: "/data/a", value: "1", note: "x" }]);
    expect(result.ok && result.value.strictErrors).toEqual(['json patch unknown field "[0].note"']);
  });

  test("too many operations are refused", () => {
    const many = new Array(10_001).fill({ op: "test", path: "", value: 1 });
    expect(apply(many)).toEqual({
      ok: false,
      error: { code: 413, message: "The allowed maximum operations in a JSON patch is 10000, got 10001" },
    });
  });
});

test("how a patched object that does not decode is reported", () => {
  expect(fieldErrorMessage(patchedObjectInvalid({ data: "x" }, "why"))).toBe(
    'patch: Invalid value: "{\\"data\\":\\"x\\"}": why',
  );
  expect(fieldErrorMessage(strategicPatchInvalid({ colour: "x", a: [1, null] }, "why"))).toBe(
    'patch: Invalid value: "map[a:[1 <nil>] colour:x]": why',
  );
});
