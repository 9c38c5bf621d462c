import { describe, expect, it } from "vitest";
import { Playback } from "../../../src/session/worker/playback.ts";

/** A simulation with one message every virtual millisecond, each costing some wall time. */
function world(costMs: number) {
  const state = { wall: 0, nowMs: 0 };
  const target = {
    get nowMs() {
      return state.nowMs;
    },
    advanceSome(ms: number, maxMessages: number) {
      for (let count = 0; count < maxMessages && state.nowMs < ms; count++) {
        state.nowMs += 1;
        state.wall += costMs;
      }
      return state.nowMs >= ms;
    },
  };
  return { state, playback: new Playback(target, () => state.wall) };
}

describe("playback", () => {
  it("moves with the wall at its speed", () => {
    const { state, playback } = world(0);
    state.wall = 500;
    expect(playback.slice()).toBe(true);
    expect(state.nowMs).toBe(500);
    playback.set(100, false);
    state.wall += 1000;
    playback.slice();
    expect(state.nowMs).toBe(100_500);
  });

  it("stands still while paused and does not catch up afterwards", () => {
    const { state, playback } = world(0);
    playback.set(1, true);
    state.wall = 10_000;
    expect(playback.slice()).toBe(true);
    expect(state.nowMs).toBe(0);
    playback.set(1, false);
    state.wall += 10;
    playback.slice();
    expect(state.nowMs).toBe(10);
  });

  it("comes up for air after a few milliseconds and goes on from there", () => {
    const { state, playback } = world(0.2);
    state.wall = 90;
    expect(playback.slice()).toBe(false);
    expect(state.wall - 90).toBeLessThan(10);
    let slices = 2;
    while (!playback.slice()) slices += 1;
    expect(slices).toBeGreaterThan(2);
  });

  it("looks at the clock after each message: one that takes long is the last of its slice", () => {
    const { state, playback } = world(30);
    state.wall = 90;
    expect(playback.slice()).toBe(false);
    expect(state.nowMs).toBe(1);
    expect(state.wall).toBe(120);
  });

  it("runs slower rather than fall ever further behind", () => {
    const { state, playback } = world(1);
    playback.set(1000, false);
    for (let turn = 0; turn < 50; turn++) {
      state.wall += 1;
      playback.slice();
    }
    const before = state.nowMs;
    playback.set(1, false);
    state.wall += 100;
    playback.slice();
    expect(state.nowMs - before).toBeLessThan(200);
  });

  it("goes on from where others moved the time to", () => {
    const { state, playback } = world(0);
    state.nowMs = 60_000;
    playback.anchor();
    state.wall += 20;
    playback.slice();
    expect(state.nowMs).toBe(60_020);
  });
});
