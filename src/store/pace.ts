/*
 * While somebody types, what they see of their keys goes first: a change of the map may come a third of a second later, the
 * echo of a key may not. So the batches are taken up right behind an echo, when the next key is farthest away, and not too
 * often; the worker, whose next batch waits for this one, puts together what changes meanwhile.
 */

/** Somebody whose last key is so long ago types no more. */
const TYPING_MS = 1500;
/** Between two batches while somebody types. */
const APART_MS = 300;
/** A batch waits no longer than this, even for keys that never cease. */
const MOST_MS = 500;

/** Moments on one clock, in milliseconds. */
export interface Moments {
  readonly lastKeyMs: number;
  /** When the echo of that key was drawn; undefined: not yet. */
  readonly echoMs: number | undefined;
  /** When the last batch was taken up, and when this one came. */
  readonly lastBatchMs: number;
  readonly cameMs: number;
}

/** When a batch may be taken up that is known of at `nowMs`; at once, where that is no later than now. */
export function turnOf({ lastKeyMs, echoMs, lastBatchMs, cameMs }: Moments, nowMs: number): number {
  if (nowMs - lastKeyMs > TYPING_MS) return nowMs;
  const atLastMs = cameMs + MOST_MS;
  return echoMs === undefined ? atLastMs : Math.min(atLastMs, Math.max(echoMs, lastBatchMs + APART_MS));
}

let lastKeyMs = Number.NEGATIVE_INFINITY;
let typedMs = Number.NEGATIVE_INFINITY;
let echoMs: number | undefined;
let lastBatchMs = Number.NEGATIVE_INFINITY;
let onEcho = () => {};
let taken = 0;
let waiting: readonly { readonly until: number; readonly resolve: () => void }[] = [];

/** Where text is written; keys that are commands of the page want to see at once what they did. */
const TEXT = "textarea, input, [contenteditable='true']";

function noteKey(event: KeyboardEvent): void {
  if (!(event.target instanceof Element) || !event.target.matches(TEXT)) return;
  lastKeyMs = event.timeStamp;
  typedMs = event.timeStamp;
  echoMs = undefined;
  // The frame that is drawn next shows what the key did; what is posted in it runs when it is on its way.
  requestAnimationFrame(() => setTimeout(noteEcho));
}

function noteEcho(): void {
  echoMs = performance.now();
  onEcho();
}

/** A hand on the mouse types no more: what it points at should be as it is now. */
function notePointer(): void {
  if (lastKeyMs === Number.NEGATIVE_INFINITY) return;
  lastKeyMs = Number.NEGATIVE_INFINITY;
  onEcho();
}

/** Listens to the keys of the whole page from now on; returns a way to stop. */
export function heedKeys(): () => void {
  addEventListener("keydown", noteKey, { capture: true, passive: true });
  addEventListener("pointermove", notePointer, { capture: true, passive: true });
  return () => {
    removeEventListener("keydown", noteKey, { capture: true });
    removeEventListener("pointermove", notePointer, { capture: true });
  };
}

/** Settles when a batch that has just come may be taken up. */
export async function nextTurn(): Promise<void> {
  const cameMs = performance.now();
  for (;;) {
    const nowMs = performance.now();
    const dueMs = turnOf({ lastKeyMs, echoMs, lastBatchMs, cameMs }, nowMs);
    if (dueMs <= nowMs) break;
    await new Promise<void>((resolve) => {
      onEcho = resolve;
      setTimeout(resolve, dueMs - nowMs);
    });
  }
  lastBatchMs = performance.now();
  taken++;
  for (const { until, resolve } of waiting) if (until <= taken) setTimeout(resolve);
  waiting = waiting.filter(({ until }) => until > taken);
}

/**
 * Settles when the page shows the cluster as it was when this was asked. Just after somebody typed it may be behind by the
 * batch that waits, and by what came to be since that was put together.
 */
export async function caughtUp(): Promise<void> {
  if (performance.now() - typedMs > TYPING_MS) return;
  await new Promise<void>((resolve) => {
    waiting = [...waiting, { until: taken + 2, resolve }];
    setTimeout(resolve, MOST_MS);
  });
}
