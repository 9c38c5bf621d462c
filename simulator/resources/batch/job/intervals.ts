import type { Interval } from "./indexes.ts";

/** Completion indexes as stretches in order, neither overlapping nor touching. */
export type IndexSet = readonly Interval[];

// Models pkg/controller/job parseIndexesFromString
/** Reads what a status or a rule says; what cannot be read, or is no index of the job, is passed over. */
export function readIndexes(text: string | undefined, completions: number): IndexSet {
  const result: [number, number][] = [];
  for (const part of text ? text.split(",") : []) {
    const [firstText = "", lastText] = part.split("-");
    const first = integer(firstText);
    if (first === undefined) continue;
    if (first >= completions) break;
    const given = lastText === undefined ? first : integer(lastText);
    if (given === undefined) continue;
    const last = Math.min(given, completions - 1);
    const previous = result.at(-1);
    if (previous !== undefined && previous[1] === first - 1) previous[1] = last;
    else result.push([first, last]);
  }
  return result;
}

function integer(text: string): number | undefined {
  return /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined;
}

// Models pkg/controller/job orderedIntervals.merge
export function mergeIndexes(a: IndexSet, b: IndexSet): IndexSet {
  const result: [number, number][] = [];
  let [atA, atB] = [0, 0];
  for (;;) {
    const [left, right] = [a[atA], b[atB]];
    const next = left !== undefined && (right === undefined || left[0] < right[0]) ? left : right;
    if (next === undefined) return result;
    if (next === left) atA++;
    else atB++;
    const previous = result.at(-1);
    if (previous === undefined || next[0] > previous[1] + 1) result.push([next[0], next[1]]);
    else previous[1] = Math.max(previous[1], next[1]);
  }
}

/** Adds single indexes, in any order. */
export function addIndexes(set: IndexSet, indexes: Iterable<number>): IndexSet {
  const sorted = [...indexes].sort((a, b) => a - b);
  return mergeIndexes(
    set,
    sorted.map((index): Interval => [index, index]),
  );
}

export function hasIndex(set: IndexSet, index: number): boolean {
  let [low, high] = [0, set.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle]?.[1] ?? 0) >= index) high = middle;
    else low = middle + 1;
  }
  const found = set[low];
  return found !== undefined && found[0] <= index;
}

// Models pkg/controller/job orderedIntervals.String
/** `0,2-4,7,8`: two neighbours are named, three or more are a stretch. */
export function formatIndexes(set: IndexSet): string {
  return set
    .map(([first, last]) => (last === first ? `${first}` : `${first}${last === first + 1 ? "," : "-"}${last}`))
    .join(",");
}

/** The first `count` indexes below `completions` that are not in the set. */
export function missingIndexes(set: IndexSet, count: number, completions: number): number[] {
  const result: number[] = [];
  let candidate = 0;
  for (const [first, last] of [...set, [completions, completions] as const]) {
    for (; candidate < Math.min(first, completions) && result.length < count; candidate++) result.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return result;
}

/** How many indexes two sets share. */
export function countCommon(a: IndexSet, b: IndexSet): number {
  let common = 0;
  let [atA, atB] = [0, 0];
  for (;;) {
    const [left, right] = [a[atA], b[atB]];
    if (left === undefined || right === undefined) return common;
    common += Math.max(0, Math.min(left[1], right[1]) - Math.max(left[0], right[0]) + 1);
    if (left[1] <= right[1]) atA++;
    if (right[1] <= left[1]) atB++;
  }
}
