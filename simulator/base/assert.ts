/** A broken invariant: a bug of ours, never an API error. It stops the run; the simulation adds seed and position. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

/** Stops the run when a condition that must hold does not. Never use it for what a user can cause. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}

/** The value, or a broken invariant when it is absent. */
export function present<T>(value: T | undefined | null, message: string): T {
  assert(value !== undefined && value !== null, message);
  return value;
}
