import { describe, expect, it } from "vitest";
import { healthOf, shareOf } from "../../../src/map/crowd/measure.ts";
import { boxOf, layoutCrowd, neighbour, nodeAt, nodesWithin } from "../../../src/map/crowd/slots.ts";
import type { NodeCell } from "../../../src/session/crowd.ts";
import { totals } from "../../../src/store/totals.ts";

function cell(key: string, rest: Partial<NodeCell> = {}): NodeCell {
  const size = { podsOf: 110, cpu: 1, cpuOf: 4, memory: 0, memoryOf: 2 ** 33 };
  return { key, zone: "a", controlPlane: false, tone: "running", cordoned: false, pods: "", ...size, ...rest };
}

const room = { width: 660, height: 430 };
const many = Array.from({ length: 90 }, (_, at) => cell(`node-${at + 1}`, { zone: `zone-${"abc"[at % 3]}` }));

describe("places of many nodes", () => {
  const layout = layoutCrowd(many, room);

  it("give every node a slot of its own within its zone, in the order of its name", () => {
    const corners = new Set(many.map(({ key }) => JSON.stringify(boxOf(layout, key))));
    expect(corners.size).toBe(90);
    expect(layout.zones.map(({ name, members }) => [name, members.length])).toEqual([
      ["zone-a", 30],
      ["zone-b", 30],
      ["zone-c", 30],
    ]);
    expect(layout.zones[0]?.members.slice(0, 4)).toEqual(["node-1", "node-4", "node-7", "node-10"]);
  });

  it("are found again by a point, and the gap between zones is nobody's", () => {
    for (const { key } of many) {
      const box = boxOf(layout, key);
      expect(nodeAt(layout, (box?.x ?? 0) + 150, (box?.y ?? 0) + 100)).toBe(key);
    }
    const [first] = layout.zones;
    expect(nodeAt(layout, (first?.x ?? 0) + (first?.width ?? 0) + 20, (first?.y ?? 0) + 500)).toBeUndefined();
    expect(nodeAt(layout, -500, -500)).toBeUndefined();
  });

  it("are found by what is on the screen", () => {
    expect(nodesWithin(layout, { x: 0, y: 0, width: layout.width, height: layout.height })).toHaveLength(90);
    const box = boxOf(layout, "node-5");
    if (!box) throw new Error("node-5 has no place");
    expect(nodesWithin(layout, { x: box.x + 10, y: box.y + 10, width: 50, height: 50 })).toEqual(["node-5"]);
  });

  it("have neighbours for the arrow keys, as far as the zone goes", () => {
    expect(neighbour(layout, "node-1", 1, 0)).toBe("node-4");
    expect(neighbour(layout, "node-1", -1, 0)).toBeUndefined();
    expect(neighbour(layout, "node-1", 0, -1)).toBeUndefined();
    const below = neighbour(layout, "node-1", 0, 1) ?? "";
    expect(neighbour(layout, below, 0, -1)).toBe("node-1");
  });

  it("hold 5,000 nodes", () => {
    const largest = Array.from({ length: 5000 }, (_, at) => cell(`n-${at}`, { zone: `zone-${at % 3}` }));
    expect(layoutCrowd(largest, room).places.size).toBe(5000);
  });
});

describe("what a cell's colour says", () => {
  it("is the worst of the node and its pods", () => {
    expect(healthOf(cell("a", { pods: "rrr" }))).toBe("running");
    expect(healthOf(cell("a", { pods: "rpn" }))).toBe("not-ready");
    expect(healthOf(cell("a", { pods: "rpnf" }))).toBe("failing");
    expect(healthOf(cell("a", { pods: "ff", tone: "unknown" }))).toBe("unknown");
  });

  it("is how much is taken", () => {
    expect(shareOf(cell("a"), "cpu")).toBe(0.25);
    expect(shareOf(cell("a", { cpu: 9 }), "cpu")).toBe(1);
    expect(shareOf(cell("a", { cpuOf: 0 }), "cpu")).toBe(0);
    expect(shareOf(cell("a", { pods: "r".repeat(11) }), "pods")).toBeCloseTo(0.1);
  });

  it("adds up", () => {
    const sum = totals([cell("a", { pods: "rrpf" }), cell("b", { tone: "unknown", pods: "uu" })]);
    expect(sum).toEqual({ nodes: 2, nodesReady: 1, pods: 6, running: 2, pending: 1, failing: 1 });
  });
});
