import type { JsonObject } from "../base/json.ts";

const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

/**
 * Keys waiting to be reconciled, each at most once, first come first served; with the failures of each for the
 * back-off. Delayed keys are timers of the owner (see `dueAt`): an earlier one replaces a later one.
 * Models client-go util/workqueue (queue, delaying queue, ItemExponentialFailureRateLimiter).
 */
export class WorkQueue {
  /** With what led to each. */
  readonly #waiting = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { readonly seq: number; readonly dueMs: number }>();

  get length(): number {
    return this.#waiting.size;
  }

  get delayed(): number {
    return this.#timers.size;
  }

  /** False when the key was waiting already. `cause` is the revision that made it dirty: the first one stays. */
  add(key: string, cause: number): boolean {
    if (this.#waiting.has(key)) return false;
    this.#waiting.set(key, cause);
    return true;
  }

  take(): { readonly key: string; readonly cause: number } | undefined {
    for (const [key, cause] of this.#waiting) {
      this.#waiting.delete(key);
      return { key, cause };
    }
    return undefined;
  }

  /** Counts a failure; the delay before the key's next try. */
  failed(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(BASE_DELAY_MS * 2 ** Math.min(failures, 30), MAX_DELAY_MS);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Notes a timer for a delayed key. */
  delay(key: string, seq: number, dueMs: number): void {
    this.#timers.set(key, { seq, dueMs });
  }

  /** The timer that will add the key, if one is running. */
  timerOf(key: string): { readonly seq: number; readonly dueMs: number } | undefined {
    return this.#timers.get(key);
  }

  fired(key: string): void {
    this.#timers.delete(key);
  }

  save(): JsonObject {
    return {
      waiting: [...this.#waiting.keys()],
      causes: [...this.#waiting.values()],
      failures: [...this.#failures],
      timers: [...this.#timers].map(([key, { seq, dueMs }]) => [key, seq, dueMs]),
    };
  }

  load(state: JsonObject): void {
    const causes = (state.causes ?? []) as number[];
    for (const [at, key] of (state.waiting as string[]).entries()) this.#waiting.set(key, causes[at] ?? 0);
    for (const [key, count] of state.failures as [string, number][]) this.#failures.set(key, count);
    for (const [key, seq, dueMs] of state.timers as [string, number, number][]) this.#timers.set(key, { seq, dueMs });
  }
}
