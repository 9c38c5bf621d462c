import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot, sourceFiles } from "./sources.ts";
import { type Allowance, linesWith, longFiles, longFunctions } from "./tidiness.ts";

const folders = ["simulator", "src", "server", "bench", "scripts", "tests", "scenarios"];
const sources = sourceFiles(folders.filter((name) => existsSync(join(repositoryRoot, name)))).filter(
  ({ path }) => path !== "tests/architecture/tidy.test.ts",
);

/** Files that may be longer than 500 lines: tables of data, with what they hold. */
const longFilesAllowed: readonly Allowance[] = [];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** Folders of the machine a file was written on: homes, this checkout, and the recordings beside it. */
const machinePaths = new RegExp(
  [
    "/Users/\\w+/",
    "/home/\\w+/(?:src|dev|code|projects|work)",
    "file:///",
    escaped(repositoryRoot),
    escaped(join(dirname(repositoryRoot), "shared")),
  ].join("|"),
);
const isolatedTest = /\b(?:it|test|describe)\.(?:only|skip|todo)\(/;
const unfinished = /\b(?:TODO|FIXME|XXX)\b/;

describe("the house is tidy", () => {
  it("has no file over 500 lines", () => {
    expect(longFiles(sources, longFilesAllowed)).toEqual([]);
  });

  it("has no function over 70 lines, nor a component over 120", () => {
    expect(longFunctions(sources)).toEqual([]);
  });

  it("names no folder of somebody's machine", () => {
    expect(linesWith(sources, machinePaths)).toEqual([]);
  });

  it("leaves no test alone or asleep, and no note of unfinished work", () => {
    expect(linesWith(sources, isolatedTest)).toEqual([]);
    expect(linesWith(sources, unfinished)).toEqual([]);
  });
});

describe("the checks of tidiness", () => {
  const lines = (count: number) => "x();\n".repeat(count);

  it("find a long file, unless it is allowed", () => {
    const long = [{ path: "simulator/a.ts", text: lines(501) }];
    expect(longFiles(long, [])).toEqual(["simulator/a.ts: 501 lines"]);
    expect(longFiles(long, [{ path: "simulator/a.ts", why: "a table" }])).toEqual([]);
    expect(longFiles([{ path: "simulator/a.ts", text: lines(500) }], [])).toEqual([]);
  });

  it("find a long function, and allow a component more", () => {
    const named = (name: string) => `const ${name} = memo(() => {\n${lines(80)}});`;
    expect(longFunctions([{ path: "src/a.tsx", text: named("layout") }])).toEqual(["src/a.tsx:1: layout, 82 lines"]);
    expect(longFunctions([{ path: "src/a.tsx", text: named("Map") }])).toEqual([]);
    expect(longFunctions([{ path: "src/a.ts", text: named("Map") }])).toHaveLength(1);
    expect(longFunctions([{ path: "tests/a.test.ts", text: `describe("x", () => {\n${lines(80)}});` }])).toEqual([]);
  });

  it("find machine paths, lone tests and notes", () => {
    const found = (text: string, pattern: RegExp) => linesWith([{ path: "a.ts", text }], pattern).length;
    expect(found(`const a = "${repositoryRoot}/b";`, machinePaths)).toBe(1);
    expect(found('const a = "/Users/ann/b";', machinePaths)).toBe(1);
    expect(found('mountPath: "/tmp/cache"', machinePaths)).toBe(0);
    expect(found("it.only('x', f);", isolatedTest)).toBe(1);
    expect(found("describe.skipIf(absent)('x', f);", isolatedTest)).toBe(0);
    expect(found("// TODO later", unfinished)).toBe(1);
  });
});
