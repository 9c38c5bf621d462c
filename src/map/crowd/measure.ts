import type { NodeCell, Tone } from "../../session/crowd.ts";

export type Measure = "health" | "pods" | "cpu" | "memory";

export const measures: readonly { readonly id: Measure; readonly label: string; readonly meaning: string }[] = [
  { id: "health", label: "Health", meaning: "the worst state of a node and its pods" },
  { id: "pods", label: "Pods", meaning: "pods, of those that a node can take" },
  { id: "cpu", label: "CPU", meaning: "CPU requested, of what a node can give" },
  { id: "memory", label: "Memory", meaning: "memory requested, of what a node can give" },
];

const WORST: readonly (readonly [letter: string, tone: Tone])[] = [
  ["f", "failing"],
  ["n", "not-ready"],
  ["t", "terminating"],
  ["p", "pending"],
];

/** The worst of a node and its pods: what deserves a look comes first. */
export function healthOf({ tone, pods }: NodeCell): Tone {
  if (tone !== "running") return tone;
  for (const [letter, worst] of WORST) if (pods.includes(letter)) return worst;
  return "running";
}

/** 0..1: how much of a node is taken by a measure. */
export function shareOf(cell: NodeCell, measure: Exclude<Measure, "health">): number {
  switch (measure) {
    case "pods":
      return part(cell.pods.length, cell.podsOf);
    case "cpu":
      return part(cell.cpu, cell.cpuOf);
    case "memory":
      return part(cell.memory, cell.memoryOf);
  }
}

function part(value: number, whole: number): number {
  return whole > 0 ? Math.min(1, value / whole) : 0;
}
