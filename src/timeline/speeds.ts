/** Virtual seconds per second that the clock bar offers. */
export const speeds: readonly number[] = [1, 10, 100, 1000];

/** The next faster (`1`) or slower (`-1`) of them. */
export function stepSpeed(speed: number, step: 1 | -1): number {
  if (step === 1) return speeds.find((value) => value > speed) ?? speed;
  return speeds.findLast((value) => value < speed) ?? speed;
}

/** What the clock bar shows: the usual speeds, and the present one where someone chose another. */
export function offered(speed: number): readonly number[] {
  return speeds.includes(speed) ? speeds : [...speeds, speed].toSorted((a, b) => a - b);
}
