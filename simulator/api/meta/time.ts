import { fail, ok, type Result } from "../../base/result.ts";
import { goQuote } from "./go-text.ts";

/** Times of the API: `2026-01-02T15:04:05Z`, and with microseconds. All are UTC; instants are epoch milliseconds. */

const TIME_LAYOUT = "2006-01-02T15:04:05Z07:00";
const MICRO_TIME_LAYOUT = "2006-01-02T15:04:05.000000Z07:00";

/** The text of metav1.Time: whole seconds, the rest cut off. */
export function formatTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -5)}Z`;
}

/** The text of metav1.MicroTime; `micros` are those beyond the millisecond (0 to 999). */
export function formatMicroTime(epochMs: number, micros = 0): string {
  return `${new Date(epochMs).toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}

interface ParsedTime {
  readonly epochMs: number;
  /** Microseconds beyond the millisecond. */
  readonly micros: number;
}

const FAST = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?Z$/;

class TimeError extends Error {}

/** Reads a time element by element, as Go's time.Parse does, so that its errors name the same rest. */
class TimeReader {
  private rest: string;
  private readonly text: string;
  private readonly layout: string;

  constructor(text: string, layout: string) {
    this.text = text;
    this.rest = text;
    this.layout = layout;
  }

  private wrong(element: string, rest: string): never {
    const where = `parsing time ${goQuote(this.text)} as ${goQuote(this.layout)}`;
    throw new TimeError(`${where}: cannot parse ${goQuote(rest)} as ${goQuote(element)}`);
  }

  outOfRange(what: string): never {
    throw new TimeError(`parsing time ${goQuote(this.text)}: ${what} out of range`);
  }

  literal(char: string): void {
    if (!this.rest.startsWith(char)) this.wrong(char, this.rest);
    this.rest = this.rest.slice(char.length);
  }

  number(element: string, pattern: RegExp): number {
    const match = pattern.exec(this.rest);
    if (!match) this.wrong(element, this.rest);
    this.rest = this.rest.slice(match[0].length);
    return Number(match[0]);
  }

  /** The digits of a fraction that the layout does not ask for, or "". */
  optionalFraction(): string {
    const match = /^[.,](\d+)/.exec(this.rest);
    this.rest = this.rest.slice(match?.[0].length ?? 0);
    return match?.[1] ?? "";
  }

  microseconds(): string {
    const match = /^[.,](\d{6})/.exec(this.rest);
    if (!match) this.wrong(".000000", this.rest);
    this.rest = this.rest.slice(7);
    return match[1] ?? "";
  }

  /** The zone's offset in minutes. */
  zone(): number {
    if (this.rest.startsWith("Z")) {
      this.rest = this.rest.slice(1);
      return 0;
    }
    const match = /^([-+])(\d\d):(\d\d)/.exec(this.rest);
    if (!match) this.wrong("Z07:00", this.rest);
    const [hours, minutes] = [Number(match[2]), Number(match[3])];
    if (hours > 24) this.outOfRange("time zone offset hour");
    if (minutes > 60) this.outOfRange("time zone offset minute");
    this.rest = this.rest.slice(6);
    return (match[1] === "-" ? -1 : 1) * (hours * 60 + minutes);
  }

  end(): void {
    if (this.rest !== "") throw new TimeError(`parsing time ${goQuote(this.text)}: extra text: ${goQuote(this.rest)}`);
  }
}

function epochOf(year: number, month: number, day: number, secondOfDay: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() + secondOfDay * 1000;
}

const daysIn = (year: number, month: number): number => new Date(epochOf(year, month + 1, 0, 0)).getUTCDate();

function readTime(text: string, layout: string): ParsedTime {
  const reader = new TimeReader(text, layout);
  const two = /^\d\d/;
  const year = reader.number("2006", /^\d{4}/);
  reader.literal("-");
  const month = reader.number("01", two);
  if (month < 1 || month > 12) reader.outOfRange("month");
  reader.literal("-");
  const day = reader.number("02", two);
  reader.literal("T");
  const hour = reader.number("15", /^\d\d?/);
  if (hour > 23) reader.outOfRange("hour");
  reader.literal(":");
  const minute = reader.number("04", two);
  if (minute > 59) reader.outOfRange("minute");
  reader.literal(":");
  const second = reader.number("05", two);
  if (second > 59) reader.outOfRange("second");
  const fraction = layout === MICRO_TIME_LAYOUT ? reader.microseconds() : reader.optionalFraction();
  const zoneMinutes = reader.zone();
  reader.end();
  if (day < 1 || day > daysIn(year, month)) reader.outOfRange("day");
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  const seconds = hour * 3600 + minute * 60 + second - zoneMinutes * 60;
  return { epochMs: epochOf(year, month, day, seconds) + Math.floor(micros / 1000), micros: micros % 1000 };
}

function parseAs(text: string, layout: string): Result<ParsedTime, string> {
  try {
    return ok(readTime(text, layout));
  } catch (error) {
    if (error instanceof TimeError) return fail(error.message);
    throw error;
  }
}

/** Epoch milliseconds of a metav1.Time's text; the error is Go's. */
export function parseTime(text: string): Result<number, string> {
  const parsed = parseAs(text, TIME_LAYOUT);
  return parsed.ok ? ok(parsed.value.epochMs) : parsed;
}

/** As `parseTime`, for metav1.MicroTime. */
export function parseMicroTime(text: string): Result<ParsedTime, string> {
  return parseAs(text, MICRO_TIME_LAYOUT);
}

/** Epoch milliseconds of a time in a stored object (either form), or undefined where none is set. */
export function timeOf(text: string | undefined | null): number | undefined {
  if (!text) return undefined;
  if (text !== lastRead.text) {
    lastRead.epochMs = readFast(text);
    lastRead.text = text;
  }
  return lastRead.epochMs;
}

/** Thousands of objects are written in one second. */
const lastRead: { text: string; epochMs: number | undefined } = { text: "", epochMs: undefined };

function readFast(text: string): number | undefined {
  const match = FAST.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction] = match;
  const secondOfDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const ms = fraction === undefined ? 0 : Math.floor(Number(fraction) / 1000);
  return epochOf(Number(year), Number(month), Number(day), secondOfDay) + ms;
}

const ZERO_TIME_MS = epochOf(1, 1, 1, 0);

/** The canonical text of a time that a client sent: UTC, whole seconds; Go's zero time counts as not set. */
export function canonicalTime(text: string): Result<string | undefined, string> {
  if (text.length === 20 && FAST.test(text)) {
    const epochMs = timeOf(text);
    // Equal after a round trip: no 30th of February and the like, which the slow way reports.
    if (epochMs !== undefined && epochMs !== ZERO_TIME_MS && formatTime(epochMs) === text) return ok(text);
  }
  const parsed = parseTime(text);
  if (!parsed.ok) return parsed;
  return ok(parsed.value === ZERO_TIME_MS ? undefined : formatTime(parsed.value));
}

/** As `canonicalTime`, for metav1.MicroTime. */
export function canonicalMicroTime(text: string): Result<string | undefined, string> {
  const parsed = parseMicroTime(text);
  if (!parsed.ok) return parsed;
  const { epochMs, micros } = parsed.value;
  return ok(epochMs === ZERO_TIME_MS ? undefined : formatMicroTime(epochMs, micros));
}
