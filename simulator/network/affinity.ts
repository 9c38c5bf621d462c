import type { JsonObject } from "../base/json.ts";

/** Kept clients, over all machines: the oldest are forgotten first. */
const MAX_CLIENTS = 10_000;

interface Held {
  readonly address: string;
  readonly atMs: number;
}

/** Which endpoint a client was sent to, for services with `sessionAffinity: ClientIP`. */
export class Affinity {
  readonly #held = new Map<string, Held>();

  /** The endpoint's address, if the client was there within the time. */
  get(key: string, nowMs: number, timeoutMs: number): string | undefined {
    const held = this.#held.get(key);
    return held !== undefined && nowMs - held.atMs < timeoutMs ? held.address : undefined;
  }

  set(key: string, address: string, nowMs: number): void {
    // Put at the end: a map keeps its order.
    this.#held.delete(key);
    this.#held.set(key, { address, atMs: nowMs });
    if (this.#held.size <= MAX_CLIENTS) return;
    for (const oldest of this.#held.keys()) {
      this.#held.delete(oldest);
      return;
    }
  }

  save(): JsonObject {
    return { held: [...this.#held].map(([key, { address, atMs }]) => [key, address, atMs]) };
  }

  load(state: JsonObject): void {
    this.#held.clear();
    for (const [key, address, atMs] of state.held as [string, string, number][]) this.#held.set(key, { address, atMs });
  }
}
