import { describe, expect, it } from "vitest";
import { keyOfSortKey, placeOf, rangeOf, SortedKeys, sortKeyOf } from "../../../simulator/api/sorted-keys.ts";

const KEYS = ["b/a", "a-b/x", "a/z", "a/b", "a.b/x", "node"];

describe("keys in the order of a list", () => {
  it("sorts by namespace, then by name, though some letters of names sort below the slash", () => {
    expect(new SortedKeys(() => KEYS).all.map(keyOfSortKey)).toEqual(["a/b", "a/z", "a-b/x", "a.b/x", "b/a", "node"]);
  });

  it("stay in order when some come and go, before and after they were first asked for", () => {
    const keys = new Set(KEYS);
    const sorted = new SortedKeys(() => keys);
    const put = (key: string) => {
      keys.add(key);
      sorted.add(key);
    };
    put("c/c");
    for (const key of ["a/c", "0/0", "z/z"]) {
      expect(sorted.all).toEqual([...keys].map(sortKeyOf).sort());
      put(key);
    }
    for (const key of ["a/c", "z/z"]) {
      keys.delete(key);
      sorted.remove(key);
    }
    expect(sorted.all).toEqual([...keys].map(sortKeyOf).sort());
  });

  it("knows where a namespace begins and ends", () => {
    const { all } = new SortedKeys(() => KEYS);
    expect(all.slice(...rangeOf(all, "a")).map(keyOfSortKey)).toEqual(["a/b", "a/z"]);
    expect(all.slice(...rangeOf(all, "aa"))).toEqual([]);
    expect(rangeOf(all, undefined)).toEqual([0, KEYS.length]);
    expect(placeOf(all, "zzz")).toBe(KEYS.length);
  });
});
