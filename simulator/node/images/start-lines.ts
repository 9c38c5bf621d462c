import type { LogLine, OwnLines } from "./program.ts";

/** Between groups of lines that a program prints while it starts. */
const STEP_MS = 12;

const two = (value: number): string => String(value).padStart(2, "0");

/** Lines that a program prints at its start, in groups that come one after the other. */
export function startLines(...groups: readonly (readonly string[])[]): OwnLines {
  const lines: LogLine[] = groups.flatMap((group, at) =>
    group.map((text) => ({ afterMs: 20 + at * STEP_MS, stream: "stdout" as const, text })),
  );
  return () => lines;
}

/** Lines as Kubernetes' own programs log: `I0102 15:04:05.000000       1 file.go:12] text`. */
export function klogLines(lines: readonly (readonly [place: string, text: string])[]): OwnLines {
  return (world) =>
    lines.map(([place, text], at) => {
      const afterMs = 40 + at * STEP_MS;
      const epochMs = world.startedEpochMs + afterMs;
      return { afterMs, stream: "stderr", text: `I${klogTime(epochMs)}       1 ${place}] ${text}` };
    });
}

/** `0102 15:04:05.000000`. */
export function klogTime(epochMs: number): string {
  const date = new Date(epochMs);
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const micros = `${String(epochMs % 1000).padStart(3, "0")}417`;
  return `${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())} ${clock}.${micros}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** The parts of a time that log formats are made of, in UTC. */
export function timeParts(epochMs: number) {
  const date = new Date(epochMs);
  return {
    year: String(date.getUTCFullYear()),
    month: two(date.getUTCMonth() + 1),
    monthName: MONTHS[date.getUTCMonth()] ?? "",
    day: two(date.getUTCDate()),
    dayName: DAYS[date.getUTCDay()] ?? "",
    hour: two(date.getUTCHours()),
    minute: two(date.getUTCMinutes()),
    second: two(date.getUTCSeconds()),
    millis: String(date.getUTCMilliseconds()).padStart(3, "0"),
  };
}

/** `02/Jan/2026:15:04:05 +0000`, as web servers write it. */
export function accessTime(epochMs: number): string {
  const { year, monthName, day, hour, minute, second } = timeParts(epochMs);
  return `${day}/${monthName}/${year}:${hour}:${minute}:${second} +0000`;
}

/** `Fri, 02 Jan 2026 15:04:05 GMT`, as headers have it. */
export function httpDate(epochMs: number): string {
  const { year, monthName, day, dayName, hour, minute, second } = timeParts(epochMs);
  return `${dayName}, ${day} ${monthName} ${year} ${hour}:${minute}:${second} GMT`;
}
