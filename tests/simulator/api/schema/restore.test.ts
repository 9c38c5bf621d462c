import { describe, expect, test } from "vitest";
import { restoreProblem } from "../../../../simulator/api/schema/restore.ts";
import type { JsonObject } from "../../../../simulator/base/json.ts";

describe("the converter of strategic merge patches", () => {
  test.each([
    ["a map", { metadata: { labels: "invalid" } }, "cannot restore map from string"],
    ["a struct", { spec: 5 }, "cannot restore struct from: int64"],
    ["a list", { spec: { containers: { name: "a" } } }, "cannot restore slice from map"],
    ["an item of a list", { spec: { containers: ["a"] } }, "cannot restore struct from: string"],
    ["a number where text belongs", { metadata: { labels: { a: 1 } } }, "cannot convert int64 to string"],
    ["a list where text belongs", { metadata: { name: ["a"] } }, "unrecognized type: string"],
    ["text where a number belongs", { spec: { priority: "x" } }, "unrecognized type: int32"],
    ["a broken number", { spec: { priority: 1.5 } }, "cannot convert float64 to int32"],
    ["text where a truth value belongs", { spec: { hostNetwork: "yes" } }, "unrecognized type: bool"],
    ["a named type", { spec: { restartPolicy: 1 } }, "cannot convert int64 to v1.RestartPolicy"],
    [
      "the first field in the type's order",
      { spec: { containers: 1 }, metadata: 1 },
      "cannot restore struct from: int64",
    ],
  ] as [string, JsonObject, string][])("says what is wrong with %s", (_, json, text) => {
    expect(restoreProblem("Pod", json)).toBe(text);
  });

  test("leaves what is right, absent or text with rules of its own", () => {
    const container = { name: "a", livenessProbe: { httpGet: { port: "http" } }, resources: { limits: { cpu: 1 } } };
    const json = {
      metadata: { labels: { a: "b" }, annotations: null },
      spec: { containers: [container], priority: 3 },
    };
    expect(restoreProblem("Pod", json)).toBeUndefined();
  });
});
