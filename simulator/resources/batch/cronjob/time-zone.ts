import { present } from "../../../base/assert.ts";
import table from "./generated/time-zones.json" with { type: "json" };

/**
 * The IANA time zones, old spellings included, and when their clocks change. They are data here because what the machine
 * knows of time zones differs from machine to machine. The rules are today's: they hold from 2026 on.
 */
const RULES = new Map(
  Object.entries(table.rules).flatMap(([rule, names]) => names.split(" ").map((name) => [name, rule] as const)),
);
const DATED = new Map(Object.entries(table.dated as { [name: string]: number[][] }));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_CHANGE = 2 * HOUR_MS;

// Models Go's time.LoadLocation
/** Whether the IANA database knows a time zone by this name, in just this spelling; no name at all is UTC. */
export function isTimeZone(name: string): boolean {
  return name === "" || RULES.has(name) || DATED.has(name);
}

/** How far the zone's clocks are ahead of UTC at an instant, both in milliseconds. */
export function zoneOffsetMs(name: string, epochMs: number): number {
  if (name === "") return 0;
  const dated = DATED.get(name);
  if (dated !== undefined) {
    const at = dated.findLast(([seconds = 0]) => seconds * 1000 <= epochMs) ?? dated[0];
    return (at?.[1] ?? 0) * 1000;
  }
  const rule = ruleOf(present(RULES.get(name), `a time zone ${name}`));
  if (rule.summer === undefined) return rule.offsetMs;
  const { offsetMs, startText, endText } = rule.summer;
  // The year is that of the zone's winter clock; no zone changes its clock at the turn of the year.
  const year = new Date(epochMs + rule.offsetMs).getUTCFullYear();
  const startMs = changeMs(startText, year) - rule.offsetMs;
  const endMs = changeMs(endText, year) - offsetMs;
  const isSummer = startMs < endMs ? epochMs >= startMs && epochMs < endMs : epochMs >= startMs || epochMs < endMs;
  return isSummer ? offsetMs : rule.offsetMs;
}

interface Rule {
  readonly offsetMs: number;
  readonly summer?: { readonly offsetMs: number; readonly startText: string; readonly endText: string };
}

const parsed = new Map<string, Rule>();
const NAME = "(?:[A-Za-z]+|<[^>]+>)";
const OFFSET = "[+-]?\\d+(?::\\d+)*";
const RULE = new RegExp(`^${NAME}(${OFFSET})(?:${NAME}(${OFFSET})?,([^,]+),([^,]+))?$`);

/** Reads a POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`; its offsets are what to add to get UTC. */
function ruleOf(text: string): Rule {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const [, offset = "", summerOffset, startText, endText] = present(RULE.exec(text) ?? undefined, `a rule: ${text}`);
  const offsetMs = -clockMs(offset);
  const rule: Rule =
    startText === undefined || endText === undefined
      ? { offsetMs }
      : {
          offsetMs,
          summer: { offsetMs: summerOffset ? -clockMs(summerOffset) : offsetMs + HOUR_MS, startText, endText },
        };
  parsed.set(text, rule);
  return rule;
}

/** `-3:30` in milliseconds. */
function clockMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  return (text.startsWith("-") ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** When the clock changes in a year, as its wall clock shows it then: `M10.5.0/3`, or a day of the year. */
function changeMs(text: string, year: number): number {
  const [day = "", time] = text.split("/");
  const atMs = time === undefined ? DEFAULT_CHANGE : clockMs(time);
  const [month = 0, week = 0, weekday = 0] = day.slice(1).split(".").map(Number);
  if (!day.startsWith("M")) {
    // J60 is the first of March in every year; without the J, days are counted from 0 and leap days count.
    const count = day.startsWith("J") ? month : Number(day) + 1;
    const leapDay = day.startsWith("J") && count >= 60 && new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29;
    return Date.UTC(year, 0, count + (leapDay ? 1 : 0)) + atMs;
  }
  const firstMs = Date.UTC(year, month - 1, 1);
  const first = 1 + ((weekday - new Date(firstMs).getUTCDay() + 7) % 7);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  // The fifth is the last, where there are only four.
  const date = Math.min(first + (week - 1) * 7, first + Math.floor((days - first) / 7) * 7);
  return firstMs + (date - 1) * DAY_MS + atMs;
}
