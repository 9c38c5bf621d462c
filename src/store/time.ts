import type { ClockView } from "../session/session.ts";

/** Milliseconds → `00:05:42`, or `2d 03:00:10`. */
export function showClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const pad = (value: number) => String(value).padStart(2, "0");
  const time = `${pad(Math.floor(seconds / 3600) % 24)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return days > 0 ? `${days}d ${time}` : time;
}

/** A span as kubectl's age column says it: `45s`, `5m10s`, `3h`, `2d`. */
export function showAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

/** A timestamp of an object as virtual milliseconds since the cluster began. */
export function virtualMs(timestamp: string | undefined, clock: ClockView): number | undefined {
  if (timestamp === undefined) return undefined;
  const epoch = Date.parse(timestamp);
  return Number.isNaN(epoch) ? undefined : epoch - clock.startEpochMs;
}

/** How long ago a timestamp of an object lies, in virtual milliseconds. */
export function ageMs(timestamp: string | undefined, clock: ClockView): number | undefined {
  const at = virtualMs(timestamp, clock);
  return at === undefined ? undefined : clock.nowMs - at;
}
