import { describe, expect, it } from "vitest";
import { readArchive, writeArchive } from "../../../simulator/kubectl/archive.ts";

describe("the archives of cp", () => {
  it("come out as they went in, long names and odd bytes too", () => {
    const entries = [
      { path: "folder", kind: "folder", bytes: "" },
      { path: "folder/a.txt", kind: "file", bytes: "text\n" },
      { path: `folder/${"long".repeat(40)}`, kind: "file", bytes: "\u0000\u00ff" },
      { path: "empty", kind: "file", bytes: "" },
    ] as const;
    const archive = writeArchive(entries);
    expect(archive.length % 512).toBe(0);
    expect(readArchive(archive)).toEqual(entries);
  });

  it("are read up to where they are none", () => {
    const archive = writeArchive([{ path: "a", kind: "file", bytes: "1" }]);
    expect(readArchive(`${archive.slice(0, 1024)}rubbish${"x".repeat(600)}`)).toHaveLength(1);
    expect(readArchive("rubbish")).toEqual([]);
  });
});
