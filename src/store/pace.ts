/*
 * While somebody types, what they see of their keys goes first: a change of the map may come a fifth of a second later, the
 * echo of a key may not. So the batches are taken up right behind an echo, when the next key is farthest away, and not too
 * often; the worker, whose next batch waits for this one, puts together what changes meanwhile.
 */

/** Somebody whose last key is so long ago types no more. */
const TYPING_MS = 1500;
/** By then the echo of a key is on the screen. */
const ECHO_MS = 25;
/** Between two batches while somebody types. */
const APART_MS = 200;
/** A batch waits no longer than this, even for keys that never cease. */
const MOST_MS = 500;

/** Moments on one clock, in milliseconds. */
export interface Moments {
  readonly lastKeyMs: number;
  /** When the last batch was taken up, and when this one came. */
  readonly lastBatchMs: number;
  readonly cameMs: number;
}

/** When a batch may be taken up that is known of at `nowMs`; at once, where that is no later than now. */
export function turnOf({ lastKeyMs, lastBatchMs, cameMs }: Moments, nowMs: number): number {
  if (nowMs - lastKeyMs > TYPING_MS) return nowMs;
  return Math.min(cameMs + MOST_MS, Math.max(lastKeyMs + ECHO_MS, lastBatchMs + APART_MS));
}

let lastKeyMs = Number.NEGATIVE_INFINITY;
let lastBatchMs = Number.NEGATIVE_INFINITY;

/** Listens to the keys of the whole page from now on; returns a way to stop. */
export function heedKeys(): () => void {
  const note = (event: KeyboardEvent) => {
    lastKeyMs = event.timeStamp;
  };
  addEventListener("keydown", note, { capture: true, passive: true });
  return () => removeEventListener("keydown", note, { capture: true });
}

/** Settles when a batch that has just come may be taken up. */
export async function nextTurn(): Promise<void> {
  const cameMs = performance.now();
  for (;;) {
    const nowMs = performance.now();
    const dueMs = turnOf({ lastKeyMs, lastBatchMs, cameMs }, nowMs);
    if (dueMs <= nowMs) break;
    await new Promise((resolve) => setTimeout(resolve, dueMs - nowMs));
  }
  lastBatchMs = performance.now();
}
