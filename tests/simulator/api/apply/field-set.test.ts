import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  difference,
  equalSets,
  type FieldSet,
  fieldSetOfPaths,
  fromFieldsV1,
  hasPath,
  intersection,
  isEmptySet,
  pathsOf,
  recursiveDifference,
  toFieldsV1,
  union,
} from "../../../../simulator/api/apply/field-set.ts";
import { compareElements, keyElement, parseElement, pathText } from "../../../../simulator/api/apply/path-element.ts";
import type { JsonObject } from "../../../../simulator/base/json.ts";

function read(fields: JsonObject): FieldSet {
  const set = fromFieldsV1(fields);
  if (!set.ok) throw new Error(set.error);
  return set.value;
}

describe("FieldsV1", () => {
  it("is read and written again, members and what is below them apart", () => {
    const fields = {
      "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
      "f:spec": {
        "f:containers": { 'k:{"name":"app"}': { ".": {}, "f:image": {} } },
        "f:finalizers": { 'v:"x"': {} },
        "f:replicas": {},
      },
    };
    expect(JSON.stringify(toFieldsV1(read(fields)))).toBe(JSON.stringify(fields));
    expect(pathsOf(read(fields)).map(pathText)).toEqual([
      ".metadata.labels",
      ".metadata.labels.app",
      ".spec.replicas",
      '.spec.containers[name="app"]',
      '.spec.containers[name="app"].image',
      '.spec.finalizers[="x"]',
    ]);
  });

  it("is written in canonical order whatever order it was read in", () => {
    const fields = {
      "i:10": {},
      "i:2": {},
      "v:2": {},
      'v:"a"': {},
      "v:10": {},
      'k:{"port":443,"protocol":"TCP"}': {},
      'k:{"protocol":"UDP","port":80}': {},
      'k:{"port":80,"protocol":"TCP"}': {},
      "f:b": {},
      "f:a": {},
    };
    expect(Object.keys(toFieldsV1(read(fields)))).toEqual([
      "f:a",
      "f:b",
      'k:{"port":80,"protocol":"TCP"}',
      'k:{"port":80,"protocol":"UDP"}',
      'k:{"port":443,"protocol":"TCP"}',
      "v:2",
      "v:10",
      'v:"a"',
      "i:2",
      "i:10",
    ]);
  });

  it.each([
    ["x", "key must be 2 characters long"],
    ["spec", "missing colon: spec"],
    ["k:{", "not JSON: {"],
    ["k:1", "not a key: 1"],
    ["i:x", 'strconv.Atoi: parsing "x"'],
  ])("refuses the step %s", (key, error) => {
    expect(fromFieldsV1({ [key]: {} })).toEqual({ ok: false, error });
  });

  it("passes over kinds of steps that are not known", () => {
    expect(isEmptySet(read({ "z:new": {} }))).toBe(true);
    expect(parseElement("z:new")).toEqual({ ok: true, value: undefined });
  });

  it("writes keys as Go writes JSON", () => {
    expect(keyElement([["name", "<a>"]])).toBe('k:{"name":"\\u003ca\\u003e"}');
  });
});

describe("sets of fields", () => {
  const a = fieldSetOfPaths([["f:a"], ["f:b"], ["f:b", "f:c"], ["f:d", "f:e"]]);
  const texts = (set: FieldSet) => pathsOf(set).map(pathText);

  it("take paths away with or without what is below them", () => {
    const b = fieldSetOfPaths([["f:b"], ["f:d"]]);
    expect(texts(difference(a, b))).toEqual([".a", ".b.c", ".d.e"]);
    expect(texts(recursiveDifference(a, b))).toEqual([".a"]);
    expect(difference(a, fieldSetOfPaths([["f:x"]]))).toBe(a);
  });

  it("know their paths", () => {
    expect(hasPath(a, ["f:b", "f:c"])).toBe(true);
    expect(hasPath(a, ["f:d"])).toBe(false);
    expect(hasPath(a, [])).toBe(false);
  });

  const element = fc.constantFrom("f:a", "f:b", 'k:{"name":"x"}', "v:1", "i:0");
  const sets = fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 12 }).map(fieldSetOfPaths);

  it("obey the laws of sets", () => {
    fc.assert(
      fc.property(sets, sets, (x, y) => {
        const keysOf = (set: FieldSet) => new Set(texts(set));
        const [left, right] = [keysOf(x), keysOf(y)];
        expect(keysOf(union(x, y))).toEqual(new Set([...left, ...right]));
        expect(keysOf(intersection(x, y))).toEqual(new Set([...left].filter((path) => right.has(path))));
        expect(keysOf(difference(x, y))).toEqual(new Set([...left].filter((path) => !right.has(path))));
        expect(equalSets(read(toFieldsV1(x)), x)).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("order their steps totally", () => {
    fc.assert(
      fc.property(element, element, (x, y) => {
        expect(Math.sign(compareElements(x, y))).toBe(-Math.sign(compareElements(y, x)) + 0);
      }),
      { seed: 7 },
    );
  });
});
