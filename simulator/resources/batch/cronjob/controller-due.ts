import { fail, ok, type Result } from "../../../base/result.ts";

// Models pkg/controller/cronjob utils.go

/** The next time after an instant; both in epoch milliseconds. */
export type Next = (afterMs: number) => number | undefined;

/** When the controller looks again: a little late, for clocks that differ. */
const DELAY_MS = 100;
const MANY = 100;

/** What a CronJob says of its times, in epoch milliseconds. */
export interface Times {
  readonly createdMs: number;
  readonly lastScheduleMs: number | undefined;
  readonly startingDeadlineMs: number | undefined;
}

interface Due {
  /** Since when times are looked for. */
  readonly earliestMs: number;
  /** The last time that has come; undefined when none has. */
  readonly dueMs: number | undefined;
  readonly missed: "none" | "few" | "many";
}

// Models mostRecentScheduleTime
/** The latest time that came since the last one; an error says that the schedule makes no sense. */
function mostRecent(times: Times, nowMs: number, next: Next, withDeadline: boolean): Result<Due, string> {
  let earliestMs = times.lastScheduleMs ?? times.createdMs;
  const { startingDeadlineMs } = times;
  if (withDeadline && startingDeadlineMs !== undefined) earliestMs = Math.max(earliestMs, nowMs - startingDeadlineMs);
  const first = next(earliestMs);
  const second = first === undefined ? undefined : next(first);
  if (first === undefined || second === undefined) {
    return fail("time difference between two schedules is less than 1 second");
  }
  if (nowMs < first) return ok({ earliestMs, dueMs: undefined, missed: "none" });
  if (nowMs < second) return ok({ earliestMs, dueMs: first, missed: "none" });
  // A guess at how many times were missed, by the distance of the first two.
  const distanceSeconds = Math.round((second - first) / 1000);
  if (distanceSeconds < 1) return fail("time difference between two schedules is less than 1 second");
  const missed = Math.trunc(Math.trunc((nowMs - first) / 1000) / distanceSeconds) + 1;
  let dueMs: number | undefined;
  let at = next(first + (missed - 2) * distanceSeconds * 1000);
  while (at !== undefined && at <= nowMs) {
    dueMs = at;
    at = next(at);
  }
  return ok({ earliestMs, dueMs, missed: missed > MANY ? "many" : missed > 0 ? "few" : "none" });
}

/** The time that a job is to be started for now, if any, and whether very many were missed. Models nextScheduleTime. */
export function dueTime(
  times: Times,
  nowMs: number,
  next: Next,
): Result<{ readonly dueMs: number; readonly tooMany: boolean } | undefined, string> {
  const recent = mostRecent(times, nowMs, next, true);
  if (!recent.ok) return recent;
  const { dueMs, missed } = recent.value;
  return ok(dueMs === undefined ? undefined : { dueMs, tooMany: missed === "many" });
}

// Models nextScheduleTimeDuration
/** Milliseconds until the next time after the latest that came. */
export function msUntilNext(times: Times, nowMs: number, next: Next): number {
  const recent = mostRecent(times, nowMs, next, false);
  const from = recent.ok
    ? (recent.value.dueMs ?? (recent.value.missed === "none" ? recent.value.earliestMs : nowMs))
    : nowMs;
  return Math.max(1, (next(from) ?? nowMs) + DELAY_MS - nowMs);
}
