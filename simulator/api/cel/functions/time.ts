import { CelDuration, CelError, CelTimestamp } from "../values.ts";
import { checkedInt } from "./operators.ts";
import { define, method, type Overload } from "./overload.ts";

const SECOND = 1_000_000_000n;
const UNITS: { readonly [unit: string]: bigint } = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

/** Nanoseconds of a Go duration (`1h30m`), or undefined where it is none. */
export function parseGoDuration(text: string): bigint | undefined {
  const match = /^([-+]?)((?:\d*\.?\d*(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text);
  if (match === null) return undefined;
  let nanos = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of (match[2] ?? "").matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    if (whole === "" && fraction === "") return undefined;
    const size = UNITS[unit] ?? 1n;
    nanos += BigInt(whole || "0") * size;
    if (fraction !== "") nanos += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return match[1] === "-" ? -nanos : nanos;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?(?:[Zz]|([-+])(\d{2}):(\d{2}))$/;

/** Nanoseconds since 1970 of an RFC 3339 time, or undefined where it is none. */
export function parseRfc3339(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  if (day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetMinutes = (match[8] === "-" ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));
  const midnightMs = new Date(0).setUTCFullYear(year, month - 1, day);
  const seconds = BigInt(midnightMs / 1000 + hour * 3600 + (minute - offsetMinutes) * 60 + second);
  return seconds * SECOND + BigInt((match[7] ?? "").padEnd(9, "0"));
}

/** Epoch milliseconds; `Date.UTC` would take the years 0 to 99 for those of the last century. */
function yearStart(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** As Go prints a time with nanoseconds. */
export function formatRfc3339(nanos: bigint): string {
  const seconds = floorDivide(nanos, SECOND);
  const rest = nanos - seconds * SECOND;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return rest === 0n ? `${text}Z` : `${text}.${rest.toString().padStart(9, "0").replace(/0+$/, "")}Z`;
}

/** As CEL prints a duration: seconds, `90s`. */
export function formatSeconds(nanos: bigint): string {
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  const rest = (size % SECOND).toString().padStart(9, "0").replace(/0+$/, "");
  return `${sign}${size / SECOND}${rest === "" ? "" : `.${rest}`}s`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** Whole hours and minutes east of UTC: what `+02:00` says. Named zones are not known here. */
function zoneNanos(zone: string): bigint {
  if (zone === "UTC" || zone === "" || zone === "Z") return 0n;
  const match = /^([-+]?)(\d{2}):(\d{2})$/.exec(zone);
  if (match === null) throw new CelError(`unknown time zone ${zone}`);
  const minutes = BigInt(Number(match[2]) * 60 + Number(match[3]));
  return (match[1] === "-" ? -minutes : minutes) * 60n * SECOND;
}

const PARTS: readonly (readonly [string, (date: Date) => number])[] = [
  ["getFullYear", (date) => date.getUTCFullYear()],
  ["getMonth", (date) => date.getUTCMonth()],
  ["getDate", (date) => date.getUTCDate()],
  ["getDayOfMonth", (date) => date.getUTCDate() - 1],
  ["getDayOfWeek", (date) => date.getUTCDay()],
  ["getDayOfYear", (date) => Math.floor((date.getTime() - yearStart(date.getUTCFullYear())) / 86_400_000)],
  ["getHours", (date) => date.getUTCHours()],
  ["getMinutes", (date) => date.getUTCMinutes()],
  ["getSeconds", (date) => date.getUTCSeconds()],
  ["getMilliseconds", (date) => date.getUTCMilliseconds()],
];

function part(read: (date: Date) => number) {
  return ({ nanos }: CelTimestamp, zone = "UTC") =>
    BigInt(read(new Date(Number(floorDivide(nanos + zoneNanos(zone), 1_000_000n)))));
}

const DURATION_PARTS: readonly (readonly [string, (nanos: bigint) => bigint])[] = [
  ["getHours", (nanos) => nanos / (3600n * SECOND)],
  ["getMinutes", (nanos) => nanos / (60n * SECOND)],
  ["getSeconds", (nanos) => nanos / SECOND],
  ["getMilliseconds", (nanos) => (nanos / 1_000_000n) % 1000n],
];

/** Times and durations. */
export const timeFunctions: readonly Overload[] = [
  define("timestamp", "string", "timestamp", (text: string) => {
    const nanos = parseRfc3339(text);
    if (nanos === undefined) throw new CelError(`type conversion error from 'string' to 'google.protobuf.Timestamp'`);
    return new CelTimestamp(nanos);
  }),
  define("timestamp", "int", "timestamp", (seconds: bigint) => new CelTimestamp(seconds * SECOND)),
  define("timestamp", "timestamp", "timestamp", (time: CelTimestamp) => time),
  define("duration", "string", "duration", (text: string) => {
    const nanos = parseGoDuration(text);
    if (nanos === undefined) throw new CelError(`type conversion error from 'string' to 'google.protobuf.Duration'`);
    return new CelDuration(nanos);
  }),
  define("duration", "int", "duration", (nanos: bigint) => new CelDuration(nanos)),
  define("duration", "duration", "duration", (duration: CelDuration) => duration),
  ...PARTS.flatMap(([name, read]) => [
    method("timestamp", name, "", "int", part(read)),
    method("timestamp", name, "string", "int", part(read)),
  ]),
  ...DURATION_PARTS.map(([name, read]) =>
    method("duration", name, "", "int", ({ nanos }: CelDuration) => checkedInt(read(nanos))),
  ),
];
