import type { NodeCell } from "../session/crowd.ts";

interface Totals {
  readonly nodes: number;
  readonly nodesReady: number;
  readonly pods: number;
  readonly running: number;
  readonly pending: number;
  readonly failing: number;
}

/** What cells come to together. */
export function totals(cells: Iterable<NodeCell>): Totals {
  const sum = { nodes: 0, nodesReady: 0, pods: 0, running: 0, pending: 0, failing: 0 };
  for (const { tone, pods } of cells) {
    sum.nodes += 1;
    if (tone === "running") sum.nodesReady += 1;
    sum.pods += pods.length;
    for (const letter of pods) {
      if (letter === "r") sum.running += 1;
      else if (letter === "p") sum.pending += 1;
      else if (letter === "f") sum.failing += 1;
    }
  }
  return sum;
}
