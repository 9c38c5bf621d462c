import { goQuote } from "../../../api/meta/go-text.ts";
import { fail, ok, type Result } from "../../../base/result.ts";

/** A stretch of completion indexes, both ends included. */
export type Interval = readonly [first: number, last: number];

// Models pkg/apis/batch/validation validateIndexesFormat and parseIndexInterval
/** Reads indexes such as `0,3-5,7`, each below `completions`; the error is upstream's text. */
export function parseIndexes(text: string, completions: number): Result<readonly Interval[], string> {
  if (text === "") return ok([]);
  const intervals: Interval[] = [];
  for (const part of text.split(",")) {
    const interval = parseInterval(part, completions);
    if (!interval.ok) return interval;
    const previous = intervals.at(-1)?.[1];
    if (previous !== undefined && previous >= interval.value[0]) {
      return fail(`non-increasing order, previous: ${previous}, current: ${interval.value[0]}`);
    }
    intervals.push(interval.value);
  }
  return ok(intervals);
}

function parseInterval(text: string, completions: number): Result<Interval, string> {
  const parts = text.split("-");
  if (parts.length > 2) {
    const why = "violates the requirement that an index interval can have at most two parts separated by '-'";
    return fail(`the fragment ${goQuote(text)} ${why}`);
  }
  const first = parseIndex(parts[0] ?? "", completions);
  if (!first.ok) return first;
  if (parts.length === 1) return ok([first.value, first.value]);
  const last = parseIndex(parts[1] ?? "", completions);
  if (!last.ok) return last;
  if (first.value < last.value) return ok([first.value, last.value]);
  return fail(`non-increasing order, previous: ${first.value}, current: ${last.value}`);
}

function parseIndex(text: string, completions: number): Result<number, string> {
  if (!/^[+-]?[0-9]+$/.test(text)) return fail(`cannot convert string to integer for index: ${goQuote(text)}`);
  return Number(text) < completions ? ok(Number(text)) : fail(`too large index: ${goQuote(text)}`);
}

/** How many indexes the stretches hold. */
export function countIndexes(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The first index that is in both lists. */
export function commonIndex(a: readonly Interval[], b: readonly Interval[]): number | undefined {
  for (const [first, last] of a) {
    const other = b.find(([otherFirst, otherLast]) => first <= otherLast && otherFirst <= last);
    if (other) return Math.max(first, other[0]);
  }
  return undefined;
}
