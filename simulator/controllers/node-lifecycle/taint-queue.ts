import type { JsonObject } from "../../base/json.ts";

const FIRST = 0;

/** What became of a node in the queue: dealt with, or to be tried again after a while. */
export type Tried = "done" | { readonly retryAfterMs: number };

/**
 * Nodes of one zone that wait for their NoExecute taint, and how fast they may get it: one at a time, `perSecond` on
 * average, none at 0. Models pkg/controller/nodelifecycle/scheduler RateLimitedTimedQueue with a burst of 1.
 */
export class TaintQueue {
  #perSecond: number;
  /** When the limiter lets the next one pass. */
  #nextMs = FIRST;
  /** Waiting nodes, and when each may be tried. */
  readonly #waiting = new Map<string, number>();
  /** Nodes that were added and not removed since, waiting or dealt with: they are not added again. */
  readonly #added = new Set<string>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  add(node: string, nowMs: number): void {
    if (this.#added.has(node)) return;
    this.#added.add(node);
    this.#waiting.set(node, nowMs);
  }

  remove(node: string): void {
    this.#added.delete(node);
    this.#waiting.delete(node);
  }

  /** A new limiter begins empty when the old one had nothing to give. Models SwapLimiter. */
  setRate(perSecond: number, nowMs: number): void {
    if (perSecond === this.#perSecond) return;
    const drained = !this.#accepts(nowMs);
    this.#perSecond = perSecond;
    this.#nextMs = drained && perSecond > 0 ? nowMs + 1000 / perSecond : FIRST;
  }

  /** When something may be done next; undefined: nothing until nodes or the rate change. */
  get dueMs(): number | undefined {
    const head = this.#head();
    if (head === undefined || this.#perSecond <= 0) return undefined;
    return Math.max(head[1], this.#nextMs);
  }

  /** Lets `action` deal with the nodes whose turn it is. */
  try(nowMs: number, action: (node: string) => Tried): void {
    for (let head = this.#head(); head !== undefined; head = this.#head()) {
      if (!this.#accepts(nowMs)) return;
      this.#nextMs = nowMs + 1000 / this.#perSecond;
      const [node, atMs] = head;
      if (nowMs < atMs) return;
      const tried = action(node);
      this.#waiting.delete(node);
      if (tried !== "done") this.#waiting.set(node, nowMs + Math.max(1, tried.retryAfterMs));
    }
  }

  save(): JsonObject {
    return {
      perSecond: this.#perSecond,
      nextMs: this.#nextMs,
      waiting: [...this.#waiting],
      added: [...this.#added],
    };
  }

  static load(state: JsonObject): TaintQueue {
    const queue = new TaintQueue(state.perSecond as number);
    queue.#nextMs = state.nextMs as number;
    for (const [node, atMs] of state.waiting as [string, number][]) queue.#waiting.set(node, atMs);
    for (const node of state.added as string[]) queue.#added.add(node);
    return queue;
  }

  #accepts(nowMs: number): boolean {
    return this.#perSecond > 0 && nowMs >= this.#nextMs;
  }

  #head(): readonly [string, number] | undefined {
    let head: readonly [string, number] | undefined;
    for (const entry of this.#waiting) if (head === undefined || entry[1] < head[1]) head = entry;
    return head;
  }
}
