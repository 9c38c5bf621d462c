import { describe, expect, it } from "vitest";
import { anyKind } from "../../../../simulator/api/kind.ts";
import type { Fault } from "../../../../simulator/api/refs.ts";
import { faultKind } from "../../../../simulator/resources/simulation/fault/kind.ts";
import { Bench, type Json, NOW_MS } from "../cases.ts";

const KIND = anyKind(faultKind);
const NODE = { kind: "Node", name: "worker-1" };

function answer(spec: Json): string {
  const created = new Bench().create(KIND, { metadata: { name: "f" }, spec }, undefined);
  return created.ok ? "accepted" : (created.error.message ?? "").replace(/^.* is invalid: /, "");
}

describe("a fault", () => {
  it.each([
    ["no type", { target: NODE }, "spec.type: Required value"],
    ["no target", { type: "NodeCrash" }, "spec.target: Required value"],
    [
      "nothing to hit",
      { type: "NodeCrash", target: { kind: "Node" } },
      "must specify one of `name`, `selector`, `zone`",
    ],
    ["two choices", { type: "NodeCrash", target: { ...NODE, zone: "a" } }, "spec.target: Forbidden"],
    ["everything", { type: "NodeCrash", target: { kind: "Node", selector: {} } }, "must select something"],
    ["a pod's zone", { type: "ContainerCrash", target: { kind: "Pod", zone: "a" } }, "spec.target.zone: Forbidden"],
    [
      "a node's namespace",
      { type: "NodeCrash", target: { ...NODE, namespace: "a" } },
      "spec.target.namespace: Forbidden",
    ],
    [
      "a node's container",
      { type: "NodeCrash", target: { ...NODE, container: "a" } },
      "spec.target.container: Forbidden",
    ],
    ["no duration", { type: "NodeCrash", target: NODE, duration: "soon" }, 'time: invalid duration "soon"'],
    ["a duration of nothing", { type: "NodeCrash", target: NODE, duration: "0s" }, "must be greater than 0"],
  ])("with %s is refused", (_what, spec, text) => {
    expect(answer(spec)).toContain(text);
  });

  it("cannot become another", () => {
    const bench = new Bench();
    bench.create(KIND, { metadata: { name: "f" }, spec: { type: "NodeCrash", target: NODE } }, undefined);
    const written = bench.mergePatch(KIND, "f", { spec: { type: "KubeletStop" } });
    expect(written.ok ? "accepted" : written.error.message).toContain("field is immutable");
  });

  it("shows its target", () => {
    const bench = new Bench();
    const text = (name: string, type: string, target: Json) => {
      const created = bench.create(KIND, { metadata: { name }, spec: { type, target } }, undefined);
      if (!created.ok) throw new Error(created.error.message);
      return faultKind.columns.find((column) => column.name === "Target")?.cell(created.value as Fault, NOW_MS);
    };
    expect(text("a", "NodeCrash", NODE)).toBe("node/worker-1");
    expect(text("b", "NodeCrash", { kind: "Node", zone: "z" })).toBe("node/zone=z");
    expect(text("c", "ContainerCrash", { kind: "Pod", name: "web", container: "main" })).toBe("pod/default/web/main");
    const selector = { matchLabels: { app: "web" } };
    expect(text("d", "ContainerCrash", { kind: "Pod", namespace: "shop", selector })).toBe("pod/shop/app=web");
    expect(text("e", "ComponentStop", { kind: "Component", name: "kube-scheduler" })).toBe("component/kube-scheduler");
  });
});
