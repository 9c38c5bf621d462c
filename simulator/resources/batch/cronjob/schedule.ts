import { parseDuration } from "../../../api/meta/duration.ts";
import { fail, ok, type Result } from "../../../base/result.ts";
import { isTimeZone } from "./time-zone.ts";

type FieldName = "minute" | "hour" | "dayOfMonth" | "month" | "dayOfWeek";

/** The values of a field; `any`: it is a star, which matters for days (a star leaves the other field to decide). */
interface CronField {
  readonly values: readonly number[];
  readonly any: boolean;
}

/** When a CronJob runs: by its fields, or at a fixed distance. */
export type CronSchedule = { readonly [Name in FieldName]: CronField } | { readonly everyMs: number };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const NO_NAMES: readonly string[] = [];
const MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const BOUNDS: Readonly<Record<FieldName, Bounds>> = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: MONTHS },
  dayOfWeek: { min: 0, max: 6, names: DAYS },
};
const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const EVERY = "@every ";

// Models github.com/robfig/cron/v3 ParseStandard
/** Reads a schedule in cron's format; the error is upstream's text. */
export function parseSchedule(text: string): Result<CronSchedule, string> {
  if (text === "") return fail("empty spec string");
  if (!text.startsWith("TZ=") && !text.startsWith("CRON_TZ=")) return parseWithoutZone(text);
  const space = text.indexOf(" ");
  const from = text.indexOf("=") + 1;
  if (space < from) return fail(`invalid schedule format: runtime error: slice bounds out of range [:${space}]`);
  const zone = text.slice(from, space);
  if (!isTimeZone(zone)) return fail(`provided bad location ${zone}: unknown time zone ${zone}`);
  return parseWithoutZone(text.slice(space).trim());
}

function parseWithoutZone(text: string): Result<CronSchedule, string> {
  if (text.startsWith("@")) return parseDescriptor(text);
  return parseFields(text.split(/\s+/).filter(Boolean));
}

function parseDescriptor(text: string): Result<CronSchedule, string> {
  const fields = DESCRIPTORS[text];
  if (fields !== undefined) return parseFields(fields.split(" "));
  if (!text.startsWith(EVERY)) return fail(`unrecognized descriptor: ${text}`);
  const duration = parseDuration(text.slice(EVERY.length));
  if (!duration.ok) return fail(`failed to parse duration ${text}: ${duration.error}`);
  // Nothing runs more often than once a second, and on whole seconds.
  return ok({ everyMs: Math.max(1000, Math.floor(duration.value / 1000) * 1000) });
}

function parseFields(texts: readonly string[]): Result<CronSchedule, string> {
  if (texts.length !== 5) return fail(`expected exactly 5 fields, found ${texts.length}: [${texts.join(" ")}]`);
  const names = Object.keys(BOUNDS) as FieldName[];
  const fields: Partial<Record<FieldName, CronField>> = {};
  for (const [at, name] of names.entries()) {
    const field = parseField(texts[at] ?? "", BOUNDS[name]);
    if (!field.ok) return field;
    fields[name] = field.value;
  }
  return ok(fields as CronSchedule);
}

/** A list of ranges, each `*`, `5`, `1-5`, with a step as `/2`. */
function parseField(text: string, bounds: Bounds): Result<CronField, string> {
  const values = new Set<number>();
  let any = false;
  for (const part of text.split(",").filter(Boolean)) {
    const range = parseRange(part, bounds);
    if (!range.ok) return range;
    for (const value of range.value.values) values.add(value);
    any ||= range.value.any;
  }
  return ok({ values: [...values].sort((a, b) => a - b), any });
}

function parseRange(text: string, bounds: Bounds): Result<CronField, string> {
  const { min, max } = bounds;
  const [range = "", stepText, ...moreSteps] = text.split("/");
  const [low = "", high, ...moreHighs] = range.split("-");
  const star = low === "*" || low === "?";
  let start = min;
  let end = max;
  if (!star) {
    const first = parseValue(low, bounds.names);
    if (!first.ok) return first;
    start = first.value;
    end = start;
    if (high !== undefined) {
      if (moreHighs.length > 0) return fail(`too many hyphens: ${text}`);
      const last = parseValue(high, bounds.names);
      if (!last.ok) return last;
      end = last.value;
    }
  }
  let step = 1;
  if (stepText !== undefined) {
    if (moreSteps.length > 0) return fail(`too many slashes: ${text}`);
    const parsed = parseValue(stepText, NO_NAMES);
    if (!parsed.ok) return parsed;
    step = parsed.value;
    if (high === undefined) end = max;
  }
  if (start < min) return fail(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) return fail(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) return fail(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) return fail(`step of range should be a positive number: ${text}`);
  const values: number[] = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return ok({ values, any: star && step === 1 });
}

function parseValue(text: string, names: readonly string[] = NO_NAMES): Result<number, string> {
  const named = text === "" ? -1 : names.indexOf(text.toLowerCase());
  if (named >= 0) return ok(named);
  const wrong = (why: string) => fail(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": ${why}`);
  if (!/^[-+]?[0-9]+$/.test(text)) return wrong("invalid syntax");
  const value = Number(text);
  if (!Number.isSafeInteger(value)) return wrong("value out of range");
  return value < 0 ? fail(`negative number (${value}) not allowed: ${text}`) : ok(value);
}
