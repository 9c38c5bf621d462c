import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../../../simulator/resources/core/pod/validation/unified-diff.ts";

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`);

describe("a unified diff", () => {
  it("of equal texts is empty", () => {
    expect(unifiedDiff("a\nb", "a\nb")).toBe("");
  });

  it("shows three lines around a change", () => {
    const before = lines(9);
    const after = before.with(4, "changed");
    expect(unifiedDiff(before.join("\n"), after.join("\n"))).toBe(
      "@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-line 5\n+changed\n line 6\n line 7\n line 8\n",
    );
  });

  it("makes two hunks of changes far apart, and one of near ones", () => {
    const before = lines(20);
    const far = before.with(1, "x").with(18, "y");
    expect(unifiedDiff(before.join("\n"), far.join("\n")).match(/^@@.*@@$/gm)).toEqual([
      "@@ -1,5 +1,5 @@",
      "@@ -16,5 +16,5 @@",
    ]);
    const near = before.with(1, "x").with(8, "y");
    expect(unifiedDiff(before.join("\n"), near.join("\n")).match(/^@@.*@@$/gm)).toEqual(["@@ -1,12 +1,12 @@"]);
  });

  it("counts one line without its number of lines", () => {
    expect(unifiedDiff("a", "b")).toBe("@@ -1 +1 @@\n-a\n+b\n");
  });
});
