import { describe, expect, it } from "vitest";
import { parseSchedule } from "../../../../simulator/resources/batch/cronjob/schedule.ts";
import { isTimeZone } from "../../../../simulator/resources/batch/cronjob/time-zone.ts";

describe("schedules in cron's format", () => {
  it.each([
    ["", "empty spec string"],
    ["* * * *", "expected exactly 5 fields, found 4: [* * * *]"],
    ["60 * * * *", "end of range (60) above maximum (59): 60"],
    ["* * 0 * *", "beginning of range (0) below minimum (1): 0"],
    ["5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"],
    ["*/0 * * * *", "step of range should be a positive number: */0"],
    ["1-2-3 * * * *", "too many hyphens: 1-2-3"],
    ["1/2/3 * * * *", "too many slashes: 1/2/3"],
    ["x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ["@never", "unrecognized descriptor: @never"],
    ["@every x", 'failed to parse duration @every x: time: invalid duration "x"'],
  ])("refuses %j", (text, error) => {
    expect(parseSchedule(text)).toEqual({ ok: false, error });
  });

  it("reads lists, ranges, steps and names", () => {
    const parsed = parseSchedule("*/20 8-10,22 1 JAN,dec mon-wed");
    if (!parsed.ok || "everyMs" in parsed.value) throw new Error("not read");
    const { minute, hour, dayOfMonth, month, dayOfWeek } = parsed.value;
    expect(minute).toEqual({ values: [0, 20, 40], any: false });
    expect(hour.values).toEqual([8, 9, 10, 22]);
    expect(dayOfMonth.values).toEqual([1]);
    expect(month.values).toEqual([1, 12]);
    expect(dayOfWeek.values).toEqual([1, 2, 3]);
  });

  it("takes a step after a number as up to the end, and a bare star as any value", () => {
    const parsed = parseSchedule("50/5 * * * ?");
    if (!parsed.ok || "everyMs" in parsed.value) throw new Error("not read");
    expect(parsed.value.minute.values).toEqual([50, 55]);
    expect(parsed.value.dayOfWeek.any).toBe(true);
  });

  it("reads descriptors and fixed distances", () => {
    expect(parseSchedule("@weekly")).toEqual(parseSchedule("0 0 * * 0"));
    expect(parseSchedule("@every 1h30m")).toEqual({ ok: true, value: { everyMs: 5_400_000 } });
  });
});

describe("time zones", () => {
  it.each(["Etc/UTC", "Europe/Berlin", "Asia/Calcutta", "UTC"])("knows %s", (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(["Mars/Base", "utc", "europe/berlin", "+05:00"])("does not know %s", (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
