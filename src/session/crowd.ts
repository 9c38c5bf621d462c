import type { JsonObject } from "../../simulator/index.ts";

// A cluster too large to be told object by object: what the page is told of it instead.

/** How a thing is, in one word for colour and shape; the seven looks of the legend. */
export type Tone = "running" | "not-ready" | "pending" | "failing" | "terminating" | "completed" | "unknown";

/** The letter that stands for a tone in `NodeCell.pods`. */
export const TONE_LETTERS: Readonly<Record<Tone, string>> = {
  running: "r",
  "not-ready": "n",
  pending: "p",
  failing: "f",
  terminating: "t",
  completed: "c",
  unknown: "u",
};

/** A node summed up: all that is drawn of it from far. */
export interface NodeCell {
  readonly key: string;
  readonly zone: string;
  readonly controlPlane: boolean;
  readonly tone: Tone;
  readonly cordoned: boolean;
  /** One letter a pod, by `TONE_LETTERS`. */
  readonly pods: string;
  /** Pods it can take. */
  readonly podsOf: number;
  /** Cores that its pods ask for, and that it can give. */
  readonly cpu: number;
  readonly cpuOf: number;
  /** Bytes. */
  readonly memory: number;
  readonly memoryOf: number;
}

/** What changed of the sums since the last batch. */
export interface CrowdChange {
  readonly cells: readonly NodeCell[];
  /** Nodes that are gone. */
  readonly gone: readonly string[];
  /** Pods that no node has taken. */
  readonly waiting: number;
  /** Events to tell, in order: the newest of this frame only. */
  readonly told: readonly JsonObject[];
}

/** What the page looks at: of a crowd, only this is told object by object. */
export interface Look {
  /** Nodes that are drawn with all their pods. */
  readonly nodes: readonly string[];
  /** What the inspector shows, with what belongs to it. */
  readonly objects: readonly { readonly kind: string; readonly key: string }[];
}
