import { describe, expect, it } from "vitest";
import { type Palette, paintCard } from "../../../src/map/crowd/paint.ts";
import { spotAt } from "../../../src/map/crowd/painted-pods.ts";
import { podAt, podBox } from "../../../src/map/crowd/pod-block.ts";
import { boxOf, layoutCrowd } from "../../../src/map/crowd/slots.ts";
import type { NodeCell } from "../../../src/session/crowd.ts";

function cell(key: string, pods: number): NodeCell {
  const size = { podsOf: 110, cpu: 1, cpuOf: 4, memory: 0, memoryOf: 2 ** 33 };
  const plain = { zone: "a", controlPlane: false, tone: "running", cordoned: false } as const;
  return { key, ...plain, pods: "r".repeat(pods), ...size };
}

const colours = { surface: "s", line: "l", text: "t", empty: "e", accent: "a", font: "f", mark: "m", ramp: [] };
const tones = {
  running: "r",
  "not-ready": "n",
  pending: "p",
  failing: "f",
  terminating: "t",
  completed: "c",
  unknown: "u",
};
const palette: Palette = { ...colours, tones };

/** The middles of the dots that a card is painted with, its own first: that of the node. */
function dots(painted: NodeCell, box: { x: number; y: number; width: number; height: number }) {
  const found: (readonly [x: number, y: number])[] = [];
  const context = new Proxy({} as Record<string, unknown>, {
    get: (own, name) =>
      name === "arc" ? (x: number, y: number) => found.push([x, y]) : (own[String(name)] ?? (() => {})),
    set: () => true,
  });
  paintCard(context as unknown as CanvasRenderingContext2D, painted, box, palette);
  return found.slice(1);
}

describe("a painted pod", () => {
  it.each([1, 10, 31, 110, 250])("is found under its dot, of %i on a card", (pods) => {
    const box = { x: 1000, y: 500, width: 608, height: 580 };
    const middles = dots(cell("n", pods), box);
    expect(middles).toHaveLength(pods);
    expect(middles.map(([x, y]) => podAt(pods, box, x, y))).toEqual(middles.map((_, at) => at));
    for (const [at, [x, y]] of middles.entries()) {
      const around = podBox(pods, box, at);
      expect([around.x + around.width / 2, around.y + around.height / 2]).toEqual([
        expect.closeTo(x),
        expect.closeTo(y),
      ]);
    }
  });

  it("is not found beside the last one, nor in the line with the node's name", () => {
    const box = { x: 0, y: 0, width: 304, height: 290 };
    const [x = 0, y = 0] = dots(cell("n", 3), box)[2] ?? [];
    expect(podAt(3, box, x, y)).toBe(2);
    expect(podAt(3, box, x + 30, y)).toBeUndefined();
    expect(podAt(3, box, x, y + 30)).toBeUndefined();
    expect(podAt(3, box, x, 10)).toBeUndefined();
  });

  it("is found on the map by the place of its node, and only where pods are painted", () => {
    const cells = new Map(["n-1", "n-2", "n-3"].map((key) => [key, cell(key, 31)]));
    const layout = layoutCrowd(cells.values(), { width: 660, height: 430 });
    const box = boxOf(layout, "n-2");
    if (!box) throw new Error("n-2 has no place");
    const [x = 0, y = 0] = dots(cell("n-2", 31), box)[17] ?? [];
    expect(spotAt(layout, cells, { x, y }, true)).toEqual({ node: "n-2", pod: 17 });
    expect(spotAt(layout, cells, { x, y }, false)).toEqual({ node: "n-2", pod: undefined });
    expect(spotAt(layout, cells, { x: box.x + 20, y: box.y + 12 }, true)).toEqual({ node: "n-2", pod: undefined });
    expect(spotAt(layout, cells, { x: -300, y }, true)).toBeUndefined();
  });
});
