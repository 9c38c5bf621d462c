import { describe, expect, it } from "vitest";
import { type ClusterLayout, layoutCluster } from "../../../src/map/cluster-layout.ts";

const room = { width: 760, height: 430 };
const node = (key: string, zone: string, controlPlane = false) => ({ key, zone, controlPlane, height: 150 });

function absolute(layout: ClusterLayout) {
  const zones = new Map(layout.zones.map((zone) => [zone.name, zone]));
  return [...layout.nodes].map(([key, box]) => {
    const zone = zones.get(box.zone);
    return { key, x: box.x + (zone?.x ?? 0), y: box.y + (zone?.y ?? 0), width: box.width, height: box.height };
  });
}

function overlap(a: { x: number; y: number; width: number; height: number }, b: typeof a): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe("places of nodes", () => {
  it("puts the control plane first and nodes in the order of their names, 2 before 10", () => {
    const layout = layoutCluster([node("w-10", "z"), node("w-2", "z"), node("cp", "a", true)], {
      width: 1200,
      height: 600,
    });
    expect([...layout.nodes.keys()]).toEqual(["cp", "w-2", "w-10"]);
    expect(layout.zones.map(({ name }) => name)).toEqual(["a", "z"]);
  });

  it("keeps to one column on a narrow screen", () => {
    const layout = layoutCluster([node("cp", "a", true), node("w1", "b"), node("w2", "b")], {
      width: 360,
      height: 600,
    });
    expect(new Set(absolute(layout).map(({ x }) => x)).size).toBe(1);
  });

  it.each([1, 4, 9, 60])("overlaps nothing and keeps nodes in their zones: %i nodes", (count) => {
    const nodes = Array.from({ length: count }, (_, at) => node(`w${at}`, `zone-${at % 3}`, at === 0));
    const layout = layoutCluster(nodes, room);
    const boxes = absolute(layout);
    for (const [at, a] of boxes.entries()) for (const b of boxes.slice(at + 1)) expect(overlap(a, b)).toBe(false);
    for (const [at, a] of layout.zones.entries()) {
      for (const b of layout.zones.slice(at + 1)) expect(overlap(a, b)).toBe(false);
      expect(overlap(a, layout.tray)).toBe(false);
    }
    for (const box of layout.nodes.values()) {
      const zone = layout.zones.find(({ name }) => name === box.zone);
      expect(box.x + box.width).toBeLessThanOrEqual(zone?.width ?? 0);
      expect(box.y + box.height).toBeLessThanOrEqual(zone?.height ?? 0);
    }
  });

  it("makes many nodes as wide as the room, about", () => {
    const nodes = Array.from({ length: 60 }, (_, at) => node(`w${at}`, `zone-${at % 3}`, at === 0));
    const layout = layoutCluster(nodes, room);
    const height = Math.max(...layout.zones.map((zone) => zone.y + zone.height));
    const shape = layout.tray.width / height / (room.width / room.height);
    expect(shape).toBeGreaterThan(0.5);
    expect(shape).toBeLessThan(2);
  });

  it("leaves the others where they are when a node comes last", () => {
    const nodes = [node("a1", "a", true), node("b1", "b"), node("b2", "b"), node("b3", "b")];
    const before = absolute(layoutCluster(nodes, room));
    const after = absolute(layoutCluster([...nodes, node("b4", "b")], room));
    expect(after.slice(0, before.length)).toEqual(before);
  });
});
