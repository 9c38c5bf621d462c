import type { JsonObject } from "../../../base/json.ts";

const FIRST_MS = 1000;
const LONGEST_MS = 15 * 60_000;
/** One that was quiet for so long starts anew. */
const FORGOTTEN_MS = 2 * LONGEST_MS;

interface Entry {
  readonly delayMs: number;
  readonly sinceMs: number;
}

/**
 * How long failed pods of a node are let lie: 1 s doubling to 15 min, so that a daemon set does not fight a kubelet that
 * turns its pods away. Models client-go util/flowcontrol Backoff.
 */
export class FailedPodsBackoff {
  readonly #entries = new Map<string, Entry>();

  /** Virtual milliseconds to wait; undefined when a failed pod may be replaced now. */
  waitMs(key: string, nowMs: number): number | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || nowMs - entry.sinceMs > FORGOTTEN_MS) return undefined;
    return nowMs - entry.sinceMs < entry.delayMs ? entry.delayMs : undefined;
  }

  /** A failed pod is being replaced: the next one waits twice as long. */
  next(key: string, nowMs: number): void {
    for (const [other, { sinceMs }] of this.#entries) if (nowMs - sinceMs > FORGOTTEN_MS) this.#entries.delete(other);
    const delayMs = this.#entries.get(key)?.delayMs ?? FIRST_MS / 2;
    this.#entries.set(key, { delayMs: Math.min(2 * delayMs, LONGEST_MS), sinceMs: nowMs });
  }

  save(): JsonObject {
    return Object.fromEntries([...this.#entries].map(([key, { delayMs, sinceMs }]) => [key, [delayMs, sinceMs]]));
  }

  load(state: JsonObject): void {
    for (const [key, value] of Object.entries(state)) {
      const [delayMs = 0, sinceMs = 0] = value as number[];
      this.#entries.set(key, { delayMs, sinceMs });
    }
  }
}
