import { expect, test } from "vitest";
import {
  formatDuration,
  humanDuration,
  parseDuration,
  shortHumanDuration,
} from "../../../../simulator/api/meta/duration.ts";
import { intValue, percentOf, scaledIntOrPercent } from "../../../../simulator/api/meta/intstr.ts";
import { generateName, randomSuffix, safeEncodeString } from "../../../../simulator/api/meta/names.ts";
import {
  canonicalMicroTime,
  canonicalTime,
  formatMicroTime,
  formatTime,
  parseTime,
  timeOf,
} from "../../../../simulator/api/meta/time.ts";

const NOON = Date.UTC(2026, 0, 2, 12, 0, 0);

test("times as text and back", () => {
  expect(formatTime(NOON + 999)).toBe("2026-01-02T12:00:00Z");
  expect(formatMicroTime(NOON + 7)).toBe("2026-01-02T12:00:00.007000Z");
  expect(formatMicroTime(NOON, 42)).toBe("2026-01-02T12:00:00.000042Z");
  expect(timeOf("2026-01-02T12:00:00Z")).toBe(NOON);
  expect(timeOf("2026-01-02T12:00:00.007000Z")).toBe(NOON + 7);
  expect(timeOf(undefined)).toBeUndefined();
});

test.each([
  ["2026-01-02T12:00:00Z", "2026-01-02T12:00:00Z"],
  ["2026-01-02T14:00:00+02:00", "2026-01-02T12:00:00Z"],
  ["2026-01-02T12:00:00.987Z", "2026-01-02T12:00:00Z"],
  ["2026-01-02T1:00:00Z", "2026-01-02T01:00:00Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
  ["0001-01-01T00:00:00Z", undefined],
])("%s is stored as %s", (text, stored) => {
  expect(canonicalTime(text)).toEqual({ ok: true, value: stored });
});

const LAYOUT = "2006-01-02T15:04:05Z07:00";
test.each([
  ["yesterday", `parsing time "yesterday" as "${LAYOUT}": cannot parse "yesterday" as "2006"`],
  ["", `parsing time "" as "${LAYOUT}": cannot parse "" as "2006"`],
  ["2026-01-02", `parsing time "2026-01-02" as "${LAYOUT}": cannot parse "" as "T"`],
  ["2026-1-02T00:00:00Z", `parsing time "2026-1-02T00:00:00Z" as "${LAYOUT}": cannot parse "1-02T00:00:00Z" as "01"`],
  ["2026-13-02T00:00:00Z", 'parsing time "2026-13-02T00:00:00Z": month out of range'],
  ["2026-02-30T00:00:00Z", 'parsing time "2026-02-30T00:00:00Z": day out of range'],
  ["2026-02-03T24:00:00Z", 'parsing time "2026-02-03T24:00:00Z": hour out of range'],
  ["2026-02-03T20:00:00", `parsing time "2026-02-03T20:00:00" as "${LAYOUT}": cannot parse "" as "Z07:00"`],
  ["2026-02-03T20:00:00Zx", 'parsing time "2026-02-03T20:00:00Zx": extra text: "x"'],
])("%o is no time", (text, error) => {
  expect(canonicalTime(text)).toEqual({ ok: false, error });
  expect(parseTime(text)).toEqual({ ok: false, error });
});

test("micro times have exactly six digits", () => {
  expect(canonicalMicroTime("2026-01-02T14:00:00.123456+02:00")).toEqual({
    ok: true,
    value: "2026-01-02T12:00:00.123456Z",
  });
  expect(canonicalMicroTime("2026-01-02T12:00:00Z")).toEqual({
    ok: false,
    error: 'parsing time "2026-01-02T12:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
  });
});

test.each([
  ["1h30m", 5_400_000, "1h30m0s"],
  ["1.5s", 1500, "1.5s"],
  ["300ms", 300, "300ms"],
  ["-2m", -120_000, "-2m0s"],
  ["0", 0, "0s"],
  [".5s", 500, "500ms"],
  ["100us", 0.1, "100µs"],
  ["7ns", 7e-6, "7ns"],
])("duration %s", (text, ms, formatted) => {
  const parsed = parseDuration(text);
  expect(parsed.ok && parsed.value).toBeCloseTo(ms, 9);
  expect(formatDuration(ms)).toBe(formatted);
});

test.each([
  ["", 'time: invalid duration ""'],
  ["x", 'time: invalid duration "x"'],
  ["3", 'time: missing unit in duration "3"'],
  ["3d", 'time: unknown unit "d" in duration "3d"'],
  [".", 'time: invalid duration "."'],
  ["9999999999h", 'time: invalid duration "9999999999h"'],
])("%o is no duration", (text, error) => {
  expect(parseDuration(text)).toEqual({ ok: false, error });
});

const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];
test.each([
  [-3 * S, "<invalid>", "<invalid>"],
  [-1 * S, "0s", "0s"],
  [119 * S + 999, "119s", "1m"],
  [120 * S, "2m", "2m"],
  [9 * M + 59 * S, "9m59s", "9m"],
  [10 * M + 30 * S, "10m", "10m"],
  [179 * M, "179m", "2h"],
  [3 * H, "3h", "3h"],
  [7 * H + 59 * M, "7h59m", "7h"],
  [47 * H, "47h", "1d"],
  [48 * H, "2d", "2d"],
  [7 * D + 23 * H, "7d23h", "7d"],
  [8 * D, "8d", "8d"],
  [729 * D, "729d", "1y"],
  [731 * D, "2y1d", "2y"],
  [730 * D, "2y", "2y"],
  [8 * 365 * D, "8y", "8y"],
])("an age of %d ms is %s, or %s", (ms, long, short) => {
  expect(humanDuration(ms)).toBe(long);
  expect(shortHumanDuration(ms)).toBe(short);
});

test("integers or percentages", () => {
  expect(scaledIntOrPercent(3, 10, true)).toEqual({ ok: true, value: 3 });
  expect(scaledIntOrPercent("25%", 10, true)).toEqual({ ok: true, value: 3 });
  expect(scaledIntOrPercent("25%", 10, false)).toEqual({ ok: true, value: 2 });
  expect(scaledIntOrPercent("25", 10, false)).toEqual({
    ok: false,
    error: "invalid value for IntOrString: invalid type: string is not a percentage",
  });
  expect(scaledIntOrPercent("x%", 10, false)).toEqual({
    ok: false,
    error: 'invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax',
  });
  expect([intValue(5), intValue("7"), intValue("http")]).toEqual([5, 7, 0]);
  expect([percentOf("25%"), percentOf(25), percentOf("25")]).toEqual([25, undefined, undefined]);
});

test("generated names", () => {
  let next = 0;
  const nextInt = (max: number): number => next++ % max;
  expect(generateName("web-", nextInt)).toBe("web-bcdfg");
  expect(generateName("a".repeat(70), nextInt)).toBe(`${"a".repeat(58)}hjklm`);
  expect(randomSuffix(() => 26, 3)).toBe("999");
  expect(safeEncodeString("0123456789")).toBe(
    "6789bcdfgh"
      .split("")
      .map((_, at) => "bcdfghjklmnpqrstvwxz2456789"[(48 + at) % 27])
      .join(""),
  );
});
