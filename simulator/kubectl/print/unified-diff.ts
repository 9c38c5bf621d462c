/** One line of a comparison: in both texts, or in one only. */
interface Edit {
  readonly sign: " " | "-" | "+";
  readonly line: string;
}

const CONTEXT = 3;

/** The edits from one list of lines to another, by Myers' algorithm: the fewest there can be. */
function editsBetween(before: readonly string[], after: readonly string[]): Edit[] {
  const limit = before.length + after.length;
  let reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let depth = 0; depth <= limit; depth++) {
    trace.push(new Map(reach));
    const next = new Map(reach);
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      const down = diagonal === -depth || (diagonal !== depth && at(next, diagonal - 1) < at(next, diagonal + 1));
      let x = down ? at(next, diagonal + 1) : at(next, diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return backtrack(trace, before, after);
    }
    reach = next;
  }
  return [];
}

function at(reach: ReadonlyMap<number, number>, diagonal: number): number {
  return reach.get(diagonal) ?? -1;
}

function backtrack(trace: readonly Map<number, number>[], before: readonly string[], after: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let depth = trace.length - 1; depth >= 0; depth--) {
    const reach = trace[depth] ?? new Map<number, number>();
    const diagonal = x - y;
    const down = diagonal === -depth || (diagonal !== depth && at(reach, diagonal - 1) < at(reach, diagonal + 1));
    const from = down ? diagonal + 1 : diagonal - 1;
    const fromX = depth === 0 ? 0 : at(reach, from);
    const fromY = depth === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY && before[x - 1] === after[y - 1]) {
      edits.push({ sign: " ", line: before[x - 1] ?? "" });
      x--;
      y--;
    }
    if (depth === 0) break;
    if (down) edits.push({ sign: "+", line: after[--y] ?? "" });
    else edits.push({ sign: "-", line: before[--x] ?? "" });
  }
  return edits.reverse();
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** Where a hunk begins and how long it is, as `diff -u` writes it. */
function range(start: number, count: number): string {
  if (count === 0) return `${start},0`;
  return count === 1 ? `${start + 1}` : `${start + 1},${count}`;
}

/** The hunks of `diff -u` between two texts; empty when they are the same. */
export function unifiedDiff(before: string, after: string): string {
  const edits = editsBetween(linesOf(before), linesOf(after));
  const changed = edits.flatMap(({ sign }, index) => (sign === " " ? [] : [index]));
  let text = "";
  for (let index = 0; index < changed.length; ) {
    const first = changed[index] ?? 0;
    let last = first;
    while (index < changed.length && (changed[index] ?? 0) - last <= 2 * CONTEXT + 1) last = changed[index++] ?? last;
    text += hunk(edits, Math.max(0, first - CONTEXT), Math.min(edits.length, last + CONTEXT + 1));
  }
  return text;
}

function hunk(edits: readonly Edit[], from: number, to: number): string {
  const before = edits.slice(0, from);
  const inside = edits.slice(from, to);
  const count = (list: readonly Edit[], other: "-" | "+") => list.filter(({ sign }) => sign !== other).length;
  const header = `@@ -${range(count(before, "+"), count(inside, "+"))} +${range(count(before, "-"), count(inside, "-"))} @@\n`;
  return header + inside.map(({ sign, line }) => `${sign}${line}\n`).join("");
}
