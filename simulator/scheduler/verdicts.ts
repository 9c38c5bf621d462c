import type { JsonObject } from "../base/json.ts";
import type { Code, Status } from "./framework.ts";

/** What the scheduler thought of one node for one pod. */
export interface NodeVerdict {
  readonly node: string;
  /** The plugin that filtered it out, with its words; absent when the node could take the pod. */
  readonly rejection?: { readonly plugin: string; readonly code: Code; readonly reasons: readonly string[] };
  /** Plugin -> points with the plugin's weight. Absent when no choice had to be made. */
  readonly scores?: { readonly [plugin: string]: number };
  readonly total?: number;
}

/** Why a pod went where it went, or nowhere. */
export interface PodVerdict {
  readonly pod: string;
  readonly uid: string;
  readonly atMs: number;
  readonly attempt: number;
  /** The node chosen; absent when there is none. */
  readonly node?: string;
  readonly nominatedNode?: string;
  /** Text of the failure. */
  readonly message?: string;
  readonly nodeCount: number;
  readonly weights: { readonly [plugin: string]: number };
  /** Nodes in the order in which they were looked at, those that could take the pod first. */
  readonly nodes: readonly NodeVerdict[];
}

interface Named {
  readonly name: string;
}

/** The raw record of a cycle: nodes beside numbers, made into a verdict only when someone asks. */
export interface CycleRecord {
  readonly pod: string;
  readonly uid: string;
  readonly atMs: number;
  readonly attempt: number;
  node?: string | undefined;
  nominatedNode?: string;
  message?: string;
  readonly nodeCount: number;
  readonly feasible: readonly Named[];
  readonly rejected: readonly Named[];
  readonly statuses: readonly Status[];
  readonly plugins: readonly { readonly name: string; readonly weight: number }[];
  /** Row by row of `plugins`: the weighted scores of a plugin for each feasible node. What follows means nothing. */
  readonly scores: Float64Array;
}

/** The last cycle of each of the most recent pods. */
export class Verdicts {
  readonly #records = new Map<string, CycleRecord>();
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** Keeps a record; returns the one that is no longer kept, if there is one: its lists are free. */
  keep(record: CycleRecord): CycleRecord | undefined {
    if (this.#kept === 0) return record;
    const previous = this.#records.get(record.pod);
    this.#records.delete(record.pod);
    this.#records.set(record.pod, record);
    if (previous !== undefined || this.#records.size <= this.#kept) return previous;
    for (const [oldest, free] of this.#records) {
      this.#records.delete(oldest);
      return free;
    }
    return undefined;
  }

  /** The pod did not get to the node that was chosen: what each plugin said stands. */
  fail(podKey: string, message: string): void {
    const record = this.#records.get(podKey);
    if (record === undefined) return;
    record.node = undefined;
    record.message = message;
  }

  /** Keys of the pods that there are verdicts on, the latest last. */
  pods(): readonly string[] {
    return [...this.#records.keys()];
  }

  of(podKey: string): PodVerdict | undefined {
    const record = this.#records.get(podKey);
    return record && verdictOf(record);
  }

  save(): readonly JsonObject[] {
    return [...this.#records.values()].map((record) => {
      const { scores, statuses, feasible, rejected, ...rest } = record;
      const cells = rest.plugins.length * feasible.length;
      const distinct = [...new Set(statuses)];
      const places = new Map(distinct.map((status, place) => [status, place]));
      return {
        ...rest,
        feasible: feasible.map(({ name }) => name),
        rejected: rejected.map(({ name }) => name),
        scores: [...scores.subarray(0, cells)],
        distinct,
        statuses: statuses.map((one) => places.get(one) ?? 0),
      } as unknown as JsonObject;
    });
  }

  load(saved: readonly JsonObject[]): void {
    for (const one of saved) {
      const { distinct, statuses, scores, feasible, rejected, ...rest } = one as unknown as SavedRecord;
      this.#records.set(rest.pod, {
        ...rest,
        feasible: feasible.map((name) => ({ name })),
        rejected: rejected.map((name) => ({ name })),
        statuses: statuses.map((place) => distinct[place] as Status),
        scores: Float64Array.from(scores),
      });
    }
  }
}

type SavedRecord = Omit<CycleRecord, "scores" | "statuses" | "feasible" | "rejected"> & {
  readonly feasible: readonly string[];
  readonly rejected: readonly string[];
  readonly scores: readonly number[];
  readonly statuses: readonly number[];
  readonly distinct: readonly Status[];
};

function verdictOf(record: CycleRecord): PodVerdict {
  const { feasible, rejected, statuses, plugins, scores, ...rest } = record;
  const taken = feasible.map(({ name: node }, place): NodeVerdict => {
    if (plugins.length === 0) return { node };
    const points: Record<string, number> = {};
    let total = 0;
    for (const [row, { name }] of plugins.entries()) {
      const score = scores[row * feasible.length + place] ?? 0;
      points[name] = score;
      total += score;
    }
    return { node, scores: points, total };
  });
  const filtered = rejected.map(({ name: node }, place): NodeVerdict => {
    const status = statuses[place];
    return status === undefined
      ? { node }
      : { node, rejection: { plugin: status.plugin, code: status.code, reasons: status.reasons } };
  });
  const weights = Object.fromEntries(plugins.map(({ name, weight }) => [name, weight]));
  return { ...rest, weights, nodes: [...taken, ...filtered] };
}
