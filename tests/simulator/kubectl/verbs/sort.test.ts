import { describe, expect, it } from "vitest";
import { sortObjects, sortRows } from "../../../../simulator/kubectl/verbs/sort.ts";

const names = (objects: readonly { name: string }[]) => objects.map(({ name }) => name).join(" ");

describe("kubectl's order", () => {
  it.each([
    ["numbers", [10, 9, 100], "b a c"],
    ["quantities", ["1Gi", "500Mi", "2G"], "b a c"],
    ["words, digit by digit", ["img:3", "img:10", "img:2"], "b c a"],
  ])("knows %s", (_what, values, wanted) => {
    const objects = values.map((value, index) => ({ name: "abc".charAt(index), value }));
    expect(names(sortObjects(objects, ".value", 0))).toBe(wanted);
  });

  it("puts what lacks the field first, and the later of those before the earlier", () => {
    expect(names(sortObjects([{ name: "a" }, { name: "b", v: 1 }, { name: "c" }], "v", 0))).toBe("c a b");
  });

  it("refuses a field that nothing has, and values without an order", () => {
    expect(() => sortObjects([{ name: "a" }], ".nope", 0)).toThrow('couldn\'t find any field with path "{.nope}"');
    const rows = [{ object: { v: true } }, { object: { v: false } }];
    expect(() => sortRows(rows, ".v", 0)).toThrow("unsortable type: bool");
  });
});
