import type { CronSchedule } from "./schedule.ts";
import { zoneOffsetMs } from "./time-zone.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** A schedule that finds no day in so many years never comes: 31 February. */
const MAX_YEARS = 5;

/** An instant as the clock of a zone shows it. */
interface Wall {
  readonly ms: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function wallOf(ms: number, zone: string): Wall {
  const date = new Date(ms + zoneOffsetMs(zone, ms));
  return {
    ms,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

// Models Go's time.Date
/** The instant at which a zone's clock shows this; where it never does, or does twice, one of those nearby. */
function instantMs(zone: string, year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const shownMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const offsetMs = zoneOffsetMs(zone, shownMs);
  return offsetMs === 0 ? shownMs : shownMs - zoneOffsetMs(zone, shownMs - offsetMs);
}

/**
 * The first time after an instant at which a schedule is due, in epoch milliseconds; undefined when it never is. A time
 * that a zone's clock leaps over is left out on that day; one that it shows twice is due twice.
 * Models github.com/robfig/cron/v3 SpecSchedule.Next and ConstantDelaySchedule.Next: libraries differ when clocks change.
 */
export function nextAfter(schedule: CronSchedule, zone: string, afterMs: number): number | undefined {
  if ("everyMs" in schedule) return Math.floor((afterMs + schedule.everyMs) / SECOND_MS) * SECOND_MS;
  const startMs = (Math.floor(afterMs / SECOND_MS) + 1) * SECOND_MS;
  const search = new Search(schedule, zone, startMs);
  const lastYear = search.wall.year + MAX_YEARS;
  while (!search.settle()) if (search.wall.year > lastYear) return undefined;
  return search.wall.ms;
}

type Fields = Exclude<CronSchedule, { readonly everyMs: number }>;

/** Moves an instant on, the coarse fields first, until all match. */
class Search {
  readonly #fields: Fields;
  readonly #zone: string;
  /** Whether the finer fields were set to their beginnings. */
  #isMoved = false;
  wall: Wall;

  constructor(fields: Fields, zone: string, ms: number) {
    this.#fields = fields;
    this.#zone = zone;
    this.wall = wallOf(ms, zone);
  }

  /** True when all fields match; false when a coarser field changed on the way and must be looked at again. */
  settle(): boolean {
    return this.#month() && this.#day() && this.#hour() && this.#minute() && this.#second();
  }

  #goTo(ms: number): void {
    this.wall = wallOf(ms, this.#zone);
  }

  /** The first move goes back to the beginning of what moves. */
  #begin(ms: () => number): void {
    if (this.#isMoved) return;
    this.#isMoved = true;
    this.#goTo(ms());
  }

  #month(): boolean {
    while (!this.#fields.month.values.includes(this.wall.month)) {
      this.#begin(() => instantMs(this.#zone, this.wall.year, this.wall.month, 1));
      const { year, month, day, hour, minute, second } = this.wall;
      this.#goTo(instantMs(this.#zone, year, month + 1, day, hour, minute, second));
      if (this.wall.month === 1) return false;
    }
    return true;
  }

  #day(): boolean {
    while (!this.#dayMatches()) {
      this.#begin(() => instantMs(this.#zone, this.wall.year, this.wall.month, this.wall.day));
      const { year, month, day, hour, minute, second } = this.wall;
      this.#goTo(instantMs(this.#zone, year, month, day + 1, hour, minute, second));
      // Where midnight was leapt over, or comes twice.
      if (this.wall.hour > 12) this.#goTo(this.wall.ms + (24 - this.wall.hour) * HOUR_MS);
      else if (this.wall.hour !== 0) this.#goTo(this.wall.ms - this.wall.hour * HOUR_MS);
      if (this.wall.day === 1) return false;
    }
    return true;
  }

  /** A star in one of the two leaves the other to decide; without any, one of them is enough. */
  #dayMatches(): boolean {
    const { dayOfMonth, dayOfWeek } = this.#fields;
    const byMonth = dayOfMonth.values.includes(this.wall.day);
    const byWeek = dayOfWeek.values.includes(this.wall.weekday);
    return dayOfMonth.any || dayOfWeek.any ? byMonth && byWeek : byMonth || byWeek;
  }

  #hour(): boolean {
    while (!this.#fields.hour.values.includes(this.wall.hour)) {
      this.#begin(() => {
        const { year, month, day, hour } = this.wall;
        return instantMs(this.#zone, year, month, day, hour);
      });
      this.#goTo(this.wall.ms + HOUR_MS);
      if (this.wall.hour === 0) return false;
    }
    return true;
  }

  #minute(): boolean {
    while (!this.#fields.minute.values.includes(this.wall.minute)) {
      this.#begin(() => Math.floor(this.wall.ms / MINUTE_MS) * MINUTE_MS);
      this.#goTo(this.wall.ms + MINUTE_MS);
      if (this.wall.minute === 0) return false;
    }
    return true;
  }

  #second(): boolean {
    while (this.wall.second !== 0) {
      this.#isMoved = true;
      this.#goTo(this.wall.ms + SECOND_MS);
      if (this.wall.second === 0) return false;
    }
    return true;
  }
}
