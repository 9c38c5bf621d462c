import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../simulator/index.ts";
import { parsePath, readPath } from "../../../simulator/scenario/path.ts";

const object = {
  metadata: { labels: { "kubernetes.io/os": "linux", app: "web" } },
  spec: {
    replicas: 0,
    taints: [
      { key: "a", effect: "NoSchedule" },
      { key: "a", effect: "NoExecute", value: "x=y" },
    ],
  },
  status: { conditions: [{ type: "Ready", status: "True" }, { type: "Progressing" }], gone: null },
};

function read(text: string): readonly JsonValue[] {
  const path = parsePath(text);
  if (!path.ok) throw new Error(path.error);
  return readPath(object, path.value);
}

describe("paths into objects", () => {
  it.each<[string, readonly JsonValue[]]>([
    ["spec.replicas", [0]],
    ["status.conditions[type=Ready].status", ["True"]],
    ["status.conditions[*].type", ["Ready", "Progressing"]],
    ["status.conditions[1].type", ["Progressing"]],
    ["spec.taints[key=a,effect=NoExecute].value", ["x=y"]],
    ["spec.taints[value=x=y].effect", ["NoExecute"]],
    ['metadata.labels["kubernetes.io/os"]', ["linux"]],
    ["status.conditions[type=Progressing].status", []],
    ["status.conditions[7]", []],
    ["status.gone", []],
    ["spec.replicas.more", []],
    ["constructor.name", []],
    ["status.conditions.length", []],
  ])("reads %s", (text, values) => {
    expect(read(text)).toEqual(values);
  });

  it.each(["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[=x]", "a b", "a[type='x'", "a[b]c]"])("refuses %j", (text) => {
    expect(parsePath(text).ok).toBe(false);
  });
});
