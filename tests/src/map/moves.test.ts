import { expect, it } from "vitest";
import { nearest } from "../../../src/map/moves.ts";

const at = (left: number, top: number) => ({ left, top, width: 10, height: 10 });
// 0 1
// 2 3
const others = [at(0, 0), at(100, 0), at(0, 100), at(100, 100)];

it("goes to the nearest thing that way", () => {
  expect(nearest(at(0, 0), others, "right")).toBe(1);
  expect(nearest(at(0, 0), others, "down")).toBe(2);
  expect(nearest(at(100, 100), others, "left")).toBe(2);
  expect(nearest(at(100, 100), others, "up")).toBe(1);
});

it("stays at the edge", () => {
  expect(nearest(at(0, 0), others, "left")).toBeUndefined();
  expect(nearest(at(0, 0), [], "right")).toBeUndefined();
});

it("prefers what lies straight ahead to what is nearer but aside", () => {
  expect(nearest(at(0, 0), [at(40, 60), at(80, 0)], "right")).toBe(1);
});
