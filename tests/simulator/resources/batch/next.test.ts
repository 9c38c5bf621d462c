import { Cron } from "croner";
import { describe, expect, it, test } from "vitest";
import { nextAfter } from "../../../../simulator/resources/batch/cronjob/next.ts";
import { parseSchedule } from "../../../../simulator/resources/batch/cronjob/schedule.ts";
import { zoneOffsetMs } from "../../../../simulator/resources/batch/cronjob/time-zone.ts";
import { Random } from "../../../../simulator/time/random.ts";

const utc = (text: string) => Date.parse(text);

function times(text: string, zone: string, from: string, count: number): string[] {
  const schedule = parseSchedule(text);
  if (!schedule.ok) throw new Error(schedule.error);
  const list: string[] = [];
  let at = utc(from);
  for (let turn = 0; turn < count; turn++) {
    const next = nextAfter(schedule.value, zone, at);
    if (next === undefined) return [...list, "never"];
    list.push(new Date(next).toISOString().slice(0, 16));
    at = next;
  }
  return list;
}

describe("a schedule comes next", () => {
  test.each<[string, string, string, string[]]>([
    ["every minute", "* * * * *", "2026-01-01T00:00:30Z", ["2026-01-01T00:01", "2026-01-01T00:02"]],
    [
      "in steps within hours",
      "30 6-16/4 * * 1-5",
      "2026-01-02T10:00:00Z",
      ["2026-01-02T10:30", "2026-01-02T14:30", "2026-01-05T06:30"],
    ],
    [
      "on the 13th or a Friday",
      "0 12 13 * 5",
      "2026-01-01T00:00:00Z",
      ["2026-01-02T12:00", "2026-01-09T12:00", "2026-01-13T12:00"],
    ],
    [
      "on Fridays, any day of the month",
      "0 12 * * fri",
      "2026-01-01T00:00:00Z",
      ["2026-01-02T12:00", "2026-01-09T12:00"],
    ],
    ["on a leap day", "0 0 29 2 *", "2026-01-01T00:00:00Z", ["2028-02-29T00:00"]],
    ["never", "0 0 31 2 *", "2026-01-01T00:00:00Z", ["never"]],
    ["at the turn of the year", "@yearly", "2026-01-01T00:00:00Z", ["2027-01-01T00:00"]],
    ["at a fixed distance", "@every 1h30m", "2026-01-01T00:10:00Z", ["2026-01-01T01:40", "2026-01-01T03:10"]],
  ])("%s", (_name, text, from, expected) => {
    expect(times(text, "", from, expected.length)).toEqual(expected);
  });

  // New York leaps from 02:00 to 03:00 on 8 March 2026, and falls back from 02:00 to 01:00 on 1 November.
  const ny = "America/New_York";
  test.each<[string, string, string, string, string[]]>([
    [
      "leaves out a time that the clock leaps over",
      "30 2 * * *",
      ny,
      "2026-03-07T12:00:00Z",
      ["2026-03-09T06:30", "2026-03-10T06:30"],
    ],
    [
      "comes twice where the clock shows the time twice",
      "30 1 * * *",
      ny,
      "2026-10-31T12:00:00Z",
      ["2026-11-01T05:30", "2026-11-01T06:30", "2026-11-02T06:30"],
    ],
    [
      "every hour is every hour",
      "0 * * * *",
      ny,
      "2026-03-08T05:30:00Z",
      ["2026-03-08T06:00", "2026-03-08T07:00", "2026-03-08T08:00"],
    ],
    [
      "keeps to the wall clock",
      "0 9 * * *",
      "Europe/Berlin",
      "2026-03-28T00:00:00Z",
      ["2026-03-28T08:00", "2026-03-29T07:00"],
    ],
    [
      "where midnight is leapt over",
      "0 0 * * *",
      "Africa/Cairo",
      "2026-04-22T12:00:00Z",
      ["2026-04-22T22:00", "2026-04-24T21:00"],
    ],
    [
      "passes over a time after a change by half an hour, as upstream's search by whole hours does",
      "0 3 * * *",
      "Australia/Lord_Howe",
      "2026-04-03T00:00:00Z",
      ["2026-04-03T16:00", "2026-04-05T16:30"],
    ],
    ["in a zone without summer", "15 6 * * *", "Asia/Kolkata", "2026-07-01T12:00:00Z", ["2026-07-02T00:45"]],
    [
      "in the month of Ramadan",
      "0 12 * * *",
      "Africa/Casablanca",
      "2026-02-14T00:00:00Z",
      ["2026-02-14T11:00", "2026-02-15T12:00"],
    ],
  ])("%s", (_name, text, zone, from, expected) => {
    expect(times(text, zone, from, expected.length)).toEqual(expected);
  });

  it("when another library says so, as long as no clock changes", () => {
    const chance = new Random(3).stream("schedules");
    const field = (low: number, high: number) => {
      const value = () => low + chance.below(high - low + 1);
      const [a, b] = [value(), value()].sort((x, y) => x - y);
      return ["*", String(value()), `${a}-${b}`, `${value()},${value()}`, `*/${2 + chance.below(5)}`][chance.below(5)];
    };
    for (let turn = 0; turn < 300; turn++) {
      const text = [field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)].join(" ");
      const from = `2026-${String(1 + chance.below(12)).padStart(2, "0")}-11T${String(chance.below(24)).padStart(2, "0")}:17:05Z`;
      const theirs = new Cron(text, { mode: "5-part", timezone: "UTC", paused: true }).nextRuns(4, new Date(from));
      expect(times(text, "", from, 4), `${text} after ${from}`).toEqual(
        theirs.map((date) => date.toISOString().slice(0, 16)),
      );
    }
  });
});

describe("the table of time zones", () => {
  it("agrees with this machine's, hour by hour about the changes of two years", () => {
    const zones = [
      "America/New_York",
      "Europe/London",
      "Australia/Sydney",
      "America/Santiago",
      "Asia/Jerusalem",
      "Pacific/Chatham",
      "Asia/Tehran",
    ];
    for (const zone of zones) {
      const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
      for (let ms = utc("2026-01-01T00:30:00Z"); ms < utc("2028-01-01T00:00:00Z"); ms += 5 * 3_600_000) {
        const text = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
        const [, sign = "+", hours = "0", minutes = "0"] = /GMT(?:([+-])(\d+):(\d+))?/.exec(text) ?? [];
        const theirs = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
        if (zoneOffsetMs(zone, ms) !== theirs)
          expect(zoneOffsetMs(zone, ms), `${zone} at ${new Date(ms).toISOString()}`).toBe(theirs);
      }
    }
    expect(zoneOffsetMs("", utc("2026-07-01T00:00:00Z"))).toBe(0);
  });
});
