/** A stretch that both texts share: `length` lines at `a` in the old one and at `b` in the new one. */
interface Match {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

type OpTag = "equal" | "replace" | "delete" | "insert";

interface Op {
  readonly tag: OpTag;
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

const CONTEXT_LINES = 3;
/** In longer texts, lines that make up more than a hundredth do not anchor a match. */
const POPULAR_FROM = 200;

// Models github.com/pmezard/go-difflib, itself after Python's difflib: diffs must cut where upstream's cut.
function indexLines(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) {
    const list = places.get(line);
    if (list) list.push(at);
    else places.set(line, [at]);
  }
  if (lines.length >= POPULAR_FROM) {
    const most = Math.floor(lines.length / 100) + 1;
    for (const [line, list] of places) if (list.length > most) places.delete(line);
  }
  return places;
}

interface Texts {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/** The longest shared stretch in a window; the earliest of several. Popular lines only extend it. */
function longestMatch({ a, b, places }: Texts, aLow: number, aHigh: number, bLow: number, bHigh: number): Match {
  let best: Match = { a: aLow, b: bLow, length: 0 };
  let lengths = new Map<number, number>();
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i] ?? "") ?? []) {
      if (j < bLow) continue;
      if (j >= bHigh) break;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > best.length) best = { a: i - length + 1, b: j - length + 1, length };
    }
    lengths = next;
  }
  let { a: start, b: bStart, length } = best;
  while (start > aLow && bStart > bLow && a[start - 1] === b[bStart - 1]) {
    start--;
    bStart--;
    length++;
  }
  while (start + length < aHigh && bStart + length < bHigh && a[start + length] === b[bStart + length]) length++;
  return { a: start, b: bStart, length };
}

function matches(texts: Texts, aLow: number, aHigh: number, bLow: number, bHigh: number): readonly Match[] {
  const match = longestMatch(texts, aLow, aHigh, bLow, bHigh);
  if (match.length === 0) return [];
  const before = aLow < match.a && bLow < match.b ? matches(texts, aLow, match.a, bLow, match.b) : [];
  const aEnd = match.a + match.length;
  const bEnd = match.b + match.length;
  const after = aEnd < aHigh && bEnd < bHigh ? matches(texts, aEnd, aHigh, bEnd, bHigh) : [];
  return [...before, match, ...after];
}

function operations(a: readonly string[], b: readonly string[]): readonly Op[] {
  const ops: Op[] = [];
  let i = 0;
  let j = 0;
  const found = matches({ a, b, places: indexLines(b) }, 0, a.length, 0, b.length);
  for (const match of [...found, { a: a.length, b: b.length, length: 0 }]) {
    if (i < match.a && j < match.b) ops.push({ tag: "replace", a: [i, match.a], b: [j, match.b] });
    else if (i < match.a) ops.push({ tag: "delete", a: [i, match.a], b: [j, j] });
    else if (j < match.b) ops.push({ tag: "insert", a: [i, i], b: [j, match.b] });
    i = match.a + match.length;
    j = match.b + match.length;
    if (match.length > 0) ops.push({ tag: "equal", a: [match.a, i], b: [match.b, j] });
  }
  return joinEqual(ops);
}

/** Adjacent equal stretches become one. */
function joinEqual(ops: readonly Op[]): readonly Op[] {
  const joined: Op[] = [];
  for (const op of ops) {
    const last = joined.at(-1);
    if (op.tag === "equal" && last?.tag === "equal") {
      joined[joined.length - 1] = { tag: "equal", a: [last.a[0], op.a[1]], b: [last.b[0], op.b[1]] };
    } else {
      joined.push(op);
    }
  }
  return joined;
}

/** Operations in hunks, each with a few equal lines around it. */
function hunks(ops: readonly Op[]): readonly (readonly Op[])[] {
  const groups: Op[][] = [];
  let group: Op[] = [];
  for (const [at, op] of ops.entries()) {
    if (op.tag !== "equal") {
      group.push(op);
      continue;
    }
    const [a, aEnd] = op.a;
    const [b, bEnd] = op.b;
    const first = at === 0;
    const last = at === ops.length - 1;
    const head: Op = { ...op, a: [a, Math.min(aEnd, a + CONTEXT_LINES)], b: [b, Math.min(bEnd, b + CONTEXT_LINES)] };
    const tail: Op = {
      ...op,
      a: [Math.max(a, aEnd - CONTEXT_LINES), aEnd],
      b: [Math.max(b, bEnd - CONTEXT_LINES), bEnd],
    };
    if (first) {
      group.push(tail);
    } else if (last) {
      group.push(head);
    } else if (aEnd - a > 2 * CONTEXT_LINES) {
      groups.push([...group, head]);
      group = [tail];
    } else {
      group.push(op);
    }
  }
  groups.push(group);
  return groups.filter((candidate) => candidate.some(({ tag }) => tag !== "equal"));
}

function rangeText(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** The unified diff of two texts, without file names; empty when they are equal. */
export function unifiedDiff(before: string, after: string): string {
  const a = before.split("\n");
  const b = after.split("\n");
  let text = "";
  for (const hunk of hunks(operations(a, b))) {
    const first = hunk[0];
    const last = hunk.at(-1);
    if (!first || !last) continue;
    text += `@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@\n`;
    for (const { tag, a: from, b: to } of hunk) {
      if (tag === "equal") for (const line of a.slice(...from)) text += ` ${line}\n`;
      else {
        for (const line of a.slice(...from)) text += `-${line}\n`;
        for (const line of b.slice(...to)) text += `+${line}\n`;
      }
    }
  }
  return text;
}

/** As Go's `json.MarshalIndent` with one space. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 1);
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
