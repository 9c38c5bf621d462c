import { describe, expect, it } from "vitest";
import { keyOfSortKey, placeOf, rangeOf, SortedObjects, sortKeyOf } from "../../../simulator/api/sorted-keys.ts";

const KEYS = ["b/a", "a-b/x", "a/z", "a/b", "a.b/x", "node"];

describe("keys in the order of a list", () => {
  it("sorts by namespace, then by name, though some letters of names sort below the slash", () => {
    expect(new SortedObjects(() => KEYS.map((key) => [key, key])).keys.map(keyOfSortKey)).toEqual([
      "a/b",
      "a/z",
      "a-b/x",
      "a.b/x",
      "b/a",
      "node",
    ]);
  });

  it("stay in order when some come and go, before and after they were first asked for", () => {
    const all = new Map(KEYS.map((key) => [key, 0]));
    const sorted = new SortedObjects(() => all);
    const put = (key: string, value = 0) => {
      all.set(key, value);
      sorted.put(key, value);
    };
    const inOrder = () => [...all].sort(([a], [b]) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
    const check = () => {
      expect(sorted.keys.map(keyOfSortKey)).toEqual(inOrder().map(([key]) => key));
      expect(sorted.objects).toEqual(inOrder().map(([, value]) => value));
    };
    put("c/c");
    for (const key of ["a/c", "0/0", "z/z"]) {
      check();
      put(key, 1);
    }
    put("a/b", 2);
    check();
    for (const key of ["a/c", "z/z"]) {
      all.delete(key);
      sorted.remove(key);
    }
    check();
  });

  it("knows where a namespace begins and ends", () => {
    const all = new SortedObjects(() => KEYS.map((key) => [key, key])).keys;
    expect(all.slice(...rangeOf(all, "a")).map(keyOfSortKey)).toEqual(["a/b", "a/z"]);
    expect(all.slice(...rangeOf(all, "aa"))).toEqual([]);
    expect(rangeOf(all, undefined)).toEqual([0, KEYS.length]);
    expect(placeOf(all, "zzz")).toBe(KEYS.length);
  });
});
