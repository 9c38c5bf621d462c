import { describe, expect, it } from "vitest";
import { turnOf } from "../../../src/store/pace.ts";

const NEVER = Number.NEGATIVE_INFINITY;

describe("when a batch is taken up", () => {
  it("is at once while nobody types", () => {
    expect(turnOf({ lastKeyMs: NEVER, echoMs: undefined, lastBatchMs: NEVER, cameMs: 1000 }, 1000)).toBe(1000);
    expect(turnOf({ lastKeyMs: 1000, echoMs: 1010, lastBatchMs: 4990, cameMs: 5000 }, 5000)).toBe(5000);
  });

  it("is behind the echo of the last key, and not soon after another batch", () => {
    const key = { lastKeyMs: 5000, cameMs: 5001 };
    expect(turnOf({ ...key, echoMs: undefined, lastBatchMs: NEVER }, 5001)).toBeGreaterThan(5100);
    expect(turnOf({ ...key, echoMs: 5012, lastBatchMs: NEVER }, 5012)).toBe(5012);
    expect(turnOf({ ...key, echoMs: 5012, lastBatchMs: 4990 }, 5012)).toBeGreaterThan(5100);
  });

  it("comes even if keys never cease", () => {
    let turn = 0;
    for (let now = 0; now < 10_000; now += 20) {
      turn = turnOf({ lastKeyMs: now, echoMs: undefined, lastBatchMs: NEVER, cameMs: 0 }, now);
      if (turn <= now) break;
    }
    expect(turn).toBeLessThanOrEqual(500);
  });
});
