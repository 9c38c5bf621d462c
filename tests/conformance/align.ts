import type { Changes, Step } from "./history.ts";
import type { Leaf } from "./leaves.ts";

/** Adjacent changes of one object within this time may be one change on the other side. */
const MERGE_SECONDS = 2.5;

/** Steps `from` to `to` (exclusive) of both sides, which say the same. */
export interface Block {
  readonly recorded: readonly [from: number, to: number];
  readonly simulated: readonly [from: number, to: number];
}

export interface Alignment {
  /** Blocks in order, as far as the two sides can be brought together; the finest such partition. */
  readonly blocks: readonly Block[];
  readonly complete: boolean;
}

const TIME = /^T[+-]\d+$/;

export function isTime(leaf: Leaf): leaf is string {
  return typeof leaf === "string" && TIME.test(leaf);
}

/** The net effect of several changes. Of times it only says whether they are there: they are compared by themselves. */
export function merged(steps: readonly Step[]): Changes {
  const net = new Map<string, readonly [Leaf, Leaf]>();
  for (const { changes } of steps) {
    for (const [path, [old, now]] of changes) {
      const first = net.get(path)?.[0];
      net.set(path, [first === undefined ? plain(old) : first, plain(now)]);
    }
  }
  for (const [path, [old, now]] of net) if (old === now) net.delete(path);
  return net;
}

function plain(leaf: Leaf): Leaf {
  return isTime(leaf) ? "<time>" : leaf;
}

function textOf(changes: Changes): string {
  return JSON.stringify([...changes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How the texts of merged runs of steps are found: each run once. */
class Runs {
  readonly #steps: readonly Step[];
  readonly #texts = new Map<number, string>();

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  text(from: number, to: number): string {
    const key = from * (this.#steps.length + 1) + to;
    let text = this.#texts.get(key);
    if (text === undefined) {
      text = textOf(merged(this.#steps.slice(from, to)));
      this.#texts.set(key, text);
    }
    return text;
  }

  /** Whether these steps are near enough in time to be one. */
  short(from: number, to: number): boolean {
    return to - from < 2 || (this.#steps[to - 1]?.t ?? 0) - (this.#steps[from]?.t ?? 0) <= MERGE_SECONDS;
  }
}

interface Best {
  readonly count: number;
  readonly from: readonly [number, number];
}

/** Allowed distance between the times of two steps that say the same. */
export type Near = (recorded: number, simulated: number) => boolean;

/**
 * Brings two sequences of changes together: cuts both into the greatest number of blocks such that block by block the
 * net changes are equal, and the times are near.
 */
export function align(recorded: readonly Step[], simulated: readonly Step[], near: Near): Alignment {
  const left = new Runs(recorded);
  const right = new Runs(simulated);
  const reached = new Map<number, Best>();
  const width = simulated.length + 1;
  reached.set(0, { count: 0, from: [0, 0] });
  let farthest = 0;
  for (let i = 0; i <= recorded.length; i++) {
    for (let j = 0; j <= simulated.length; j++) {
      const here = reached.get(i * width + j);
      if (here === undefined) continue;
      if (i + j >= Math.floor(farthest / width) + (farthest % width)) farthest = i * width + j;
      for (let toI = i; toI <= recorded.length && left.short(i, toI); toI++) {
        for (let toJ = j; toJ <= simulated.length && right.short(j, toJ); toJ++) {
          if (toI === i && toJ === j) continue;
          const known = reached.get(toI * width + toJ);
          if (known !== undefined && known.count > here.count) continue;
          if (left.text(i, toI) !== right.text(j, toJ)) continue;
          if (!together(recorded.slice(i, toI), simulated.slice(j, toJ), near)) continue;
          reached.set(toI * width + toJ, { count: here.count + 1, from: [i, j] });
        }
      }
    }
  }
  const end = recorded.length * width + simulated.length;
  const complete = reached.has(end);
  return { blocks: blocksTo(complete ? end : farthest, width, reached), complete };
}

/** Whether two runs happened at about the same time; a run that comes to nothing may come at any. */
function together(recorded: readonly Step[], simulated: readonly Step[], near: Near): boolean {
  const [first, second] = [recorded.at(-1), simulated.at(-1)];
  return first === undefined || second === undefined || near(first.t, second.t);
}

function blocksTo(end: number, width: number, reached: ReadonlyMap<number, Best>): Block[] {
  const blocks: Block[] = [];
  let at = end;
  while (at > 0) {
    const best = reached.get(at);
    if (best === undefined) break;
    const [i, j] = best.from;
    blocks.unshift({ recorded: [i, Math.floor(at / width)], simulated: [j, at % width] });
    at = i * width + j;
  }
  return blocks;
}
