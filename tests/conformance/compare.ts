import { align, type Block, isTime, merged, type Near } from "./align.ts";
import type { History, Occurrence, Step } from "./history.ts";
import type { Leaf } from "./leaves.ts";

/** One difference between a recording and our run, in words that a table of known ones can match. */
export interface Difference {
  /** `Pod web-<hash1>-<2>`, or `events of Pod web-<hash1>-<2>`. */
  readonly about: string;
  readonly text: string;
}

export interface Comparison {
  readonly objects: { readonly equal: number; readonly total: number };
  readonly events: { readonly equal: number; readonly total: number };
  /** The largest distance in time between a recorded thing and ours, in seconds. */
  readonly latestSeconds: number;
  readonly differences: readonly Difference[];
}

/** Recordings were made on a busy machine: what took a moment there took up to two seconds. */
const SLACK_SECONDS = 2;

/** Which times count as the same, in seconds since the first action. `jitter`: what chance alone may add. */
export function nearWithin(jitter: number): Near {
  return (recorded, simulated) => Math.abs(recorded - simulated) <= Math.max(SLACK_SECONDS, recorded * 0.01) + jitter;
}

export function compare(recorded: History, simulated: History, near: Near): Comparison {
  const differences: Difference[] = [];
  let latest = 0;
  const names = new Set([...recorded.objects.keys(), ...simulated.objects.keys()]);
  let equalObjects = 0;
  for (const name of names) {
    const outcome = compareSteps(recorded.objects.get(name) ?? [], simulated.objects.get(name) ?? [], near);
    latest = Math.max(latest, outcome.latest);
    if (outcome.texts.length === 0) equalObjects++;
    for (const text of outcome.texts) differences.push({ about: name, text });
  }
  let equalEvents = 0;
  let totalEvents = 0;
  for (const name of new Set([...recorded.events.keys(), ...simulated.events.keys()])) {
    const outcome = compareEvents(recorded.events.get(name) ?? [], simulated.events.get(name) ?? [], near);
    latest = Math.max(latest, outcome.latest);
    equalEvents += outcome.equal;
    totalEvents += outcome.total;
    for (const text of outcome.texts) differences.push({ about: `events of ${name}`, text });
  }
  return {
    objects: { equal: equalObjects, total: names.size },
    events: { equal: equalEvents, total: totalEvents },
    latestSeconds: latest,
    differences,
  };
}

interface Outcome {
  readonly texts: readonly string[];
  readonly latest: number;
}

function compareSteps(recorded: readonly Step[], simulated: readonly Step[], near: Near): Outcome {
  const { blocks, complete } = align(recorded, simulated, near);
  const times = compareTimes(recorded, simulated, blocks, near);
  if (complete) return times;
  const last = blocks.at(-1);
  const left = recorded.slice(last?.recorded[1] ?? 0);
  const right = simulated.slice(last?.simulated[1] ?? 0);
  return { texts: [...times.texts, ...restTexts(left, right)], latest: times.latest };
}

/** What can't be brought together: the net differences, or, where there are none, the steps of both sides. */
function restTexts(left: readonly Step[], right: readonly Step[]): readonly string[] {
  if (right.length === 0 && left.some(born)) return ["not there in our run"];
  if (left.length === 0 && right.some(born)) return ["not there in the recording"];
  const ours = merged(right);
  const theirs = merged(left);
  const texts: string[] = [];
  for (const path of new Set([...theirs.keys(), ...ours.keys()])) {
    const [recorded, simulated] = [theirs.get(path), ours.get(path)];
    if (JSON.stringify(recorded) !== JSON.stringify(simulated)) {
      texts.push(`${path} goes ${changeText(recorded)}, ours ${changeText(simulated)}`);
    }
  }
  if (texts.length > 0) return texts;
  return [`another order: ${left.map(stepText).join(" | ")} || ours: ${right.map(stepText).join(" | ")}`];
}

function born({ changes }: Step): boolean {
  return changes.get("exists")?.[1] === true;
}

function changeText(change: readonly [Leaf, Leaf] | undefined): string {
  return change === undefined ? "nowhere" : `${JSON.stringify(change[0])} -> ${JSON.stringify(change[1])}`;
}

function stepText({ t, changes }: Step): string {
  const texts = [...merged([{ t, changes }])].map(([path, change]) => `${path}: ${changeText(change)}`);
  return `${t.toFixed(1)} ${texts.join("; ")}`;
}

/** Times of blocks, and the timestamps in the objects after each of them. */
function compareTimes(
  recorded: readonly Step[],
  simulated: readonly Step[],
  blocks: readonly Block[],
  near: Near,
): Outcome {
  const texts: string[] = [];
  let latest = 0;
  const left = new Map<string, number>();
  const right = new Map<string, number>();
  for (const block of blocks) {
    const first = recorded.slice(...block.recorded);
    const second = simulated.slice(...block.simulated);
    const [a, b] = [first.at(-1)?.t, second.at(-1)?.t];
    if (a !== undefined && b !== undefined) latest = Math.max(latest, Math.abs(a - b));
    keepTimes(left, first);
    keepTimes(right, second);
    for (const [path, time] of left) {
      const other = right.get(path);
      // Timestamps have whole seconds, and are told from the clock second of the first action: one second either way.
      if (other === undefined || (time < 0 && other <= 0)) continue;
      if (!near(time, other - Math.sign(other - time))) texts.push(`${path} is T+${time}, ours T+${other}`);
    }
  }
  return { texts: [...new Set(texts)], latest };
}

function keepTimes(into: Map<string, number>, steps: readonly Step[]): void {
  for (const { changes } of steps) {
    for (const [path, [old, now]] of changes) {
      if (isTime(now)) into.set(path, Number(now.slice(1)));
      else if (isTime(old)) into.delete(path);
    }
  }
}

interface EventOutcome extends Outcome {
  readonly equal: number;
  readonly total: number;
}

/** Events of one object: for each source the same, in the same order, at about the same times. */
function compareEvents(recorded: readonly Occurrence[], simulated: readonly Occurrence[], near: Near): EventOutcome {
  const texts: string[] = [];
  let [equal, total, latest] = [0, 0, 0];
  for (const source of new Set([...recorded, ...simulated].map((each) => each.source))) {
    const left = inOrder(recorded.filter((each) => each.source === source));
    const right = inOrder(simulated.filter((each) => each.source === source));
    total += Math.max(left.length, right.length);
    const pairs = pairsOf(left, right, near);
    const paired = new Set(pairs.flat());
    equal += pairs.length;
    for (const [a, b] of pairs) latest = Math.max(latest, Math.abs(a.t - b.t));
    for (const each of left) if (!paired.has(each)) texts.push(`only recorded: ${occurrenceText(each)}`);
    for (const each of right) if (!paired.has(each)) texts.push(`only ours: ${occurrenceText(each)}`);
  }
  return { texts, latest, equal, total };
}

function occurrenceText({ t, source, text }: Occurrence): string {
  return `${t.toFixed(1)} ${source} ${text}`;
}

/** Order among events of one reason in one second says nothing: several workers write them. */
function inOrder(list: readonly Occurrence[]): Occurrence[] {
  const ordered = [...list];
  const reasonOf = ({ text }: Occurrence) => text.split(" ")[1] ?? "";
  let from = 0;
  for (let at = 1; at <= ordered.length; at++) {
    const [before, here] = [ordered[at - 1], ordered[at]];
    if (before !== undefined && here !== undefined && reasonOf(before) === reasonOf(here) && here.t - before.t < 1)
      continue;
    const run = ordered.slice(from, at).sort((a, b) => (a.text < b.text ? -1 : 1));
    ordered.splice(from, run.length, ...run);
    from = at;
  }
  return ordered;
}

/** The longest common subsequence, of what says the same at about the same time. */
function pairsOf(left: readonly Occurrence[], right: readonly Occurrence[], near: Near): [Occurrence, Occurrence][] {
  const same = (a: Occurrence, b: Occurrence) => a.text === b.text && near(a.t, b.t);
  const width = right.length + 1;
  const longest = new Array<number>((left.length + 1) * width).fill(0);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const [a, b] = [left[i], right[j]];
      const hit = a !== undefined && b !== undefined && same(a, b);
      longest[i * width + j] = hit ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [Occurrence, Occurrence][] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [a, b] = [left[i], right[j]];
    if (a !== undefined && b !== undefined && same(a, b)) {
      pairs.push([a, b]);
      i++;
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}
