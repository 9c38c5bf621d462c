import type { JsonObject } from "../../base/json.ts";

/**
 * Keeps a controller from counting the many pods of one object at each change of one of them: after a look at n pods
 * the next waits n / `podsPerMs` milliseconds, and sees all that changed till then. Few pods make nothing wait.
 */
export class Pace {
  readonly #podsPerMs: number;
  readonly #lookedMs = new Map<string, number>();

  constructor(podsPerMs: number) {
    this.#podsPerMs = podsPerMs;
  }

  /** Virtual milliseconds until the object may be looked at again; 0 for now. */
  msUntil(key: string, pods: number, nowMs: number): number {
    const lastMs = this.#lookedMs.get(key);
    return lastMs === undefined ? 0 : Math.max(0, lastMs + Math.floor(pods / this.#podsPerMs) - nowMs);
  }

  looked(key: string, pods: number, nowMs: number): void {
    if (pods >= this.#podsPerMs) this.#lookedMs.set(key, nowMs);
    else this.#lookedMs.delete(key);
  }

  forget(key: string): void {
    this.#lookedMs.delete(key);
  }

  save(): JsonObject {
    return Object.fromEntries(this.#lookedMs);
  }

  load(state: JsonObject): void {
    for (const [key, ms] of Object.entries(state)) this.#lookedMs.set(key, ms as number);
  }
}
