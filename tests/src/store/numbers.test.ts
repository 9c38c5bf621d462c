import { describe, expect, it } from "vitest";
import { quantity, showBytes, showCpu } from "../../../src/store/quantity.ts";
import { ageMs, showAge, showClock } from "../../../src/store/time.ts";

describe("quantities", () => {
  it.each([
    ["500m", 0.5],
    ["2", 2],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["1e3", 1000],
    ["128Mi", 128 * 2 ** 20],
    ["1.5.3Gi", Number.NaN],
    ["many", 0],
  ])("%s", (text, value) => {
    expect(quantity(text)).toBe(value);
  });

  it("are told shortly", () => {
    expect([showCpu(0.25), showCpu(4), showCpu(1.5), showCpu(0)]).toEqual(["250m", "4", "1500m", "0"]);
    expect([showBytes(512 * 2 ** 20), showBytes(8 * 2 ** 30), showBytes(1.5 * 2 ** 30)]).toEqual([
      "512Mi",
      "8Gi",
      "1.5Gi",
    ]);
  });
});

describe("times", () => {
  it("are told as kubectl tells ages", () => {
    expect([5, 119, 120, 310, 3600, 10_800, 200_000].map((seconds) => showAge(seconds * 1000))).toEqual([
      "5s",
      "119s",
      "2m",
      "5m10s",
      "60m",
      "3h",
      "2d",
    ]);
  });

  it("are told as a clock", () => {
    expect(showClock(342_900)).toBe("00:05:42");
    expect(showClock((2 * 86_400 + 3 * 3600 + 10) * 1000)).toBe("2d 03:00:10");
  });

  it("count from the beginning of the cluster", () => {
    const clock = { nowMs: 60_000, startEpochMs: Date.UTC(2026, 0, 1), speed: 1, paused: false };
    expect(ageMs("2026-01-01T00:00:45Z", clock)).toBe(15_000);
    expect(ageMs(undefined, clock)).toBeUndefined();
    expect(ageMs("never", clock)).toBeUndefined();
  });
});
