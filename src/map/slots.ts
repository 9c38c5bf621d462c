/** Which pod sits where in a node's card: `undefined` is a free place that keeps its gap. */
export type Slots = readonly (string | undefined)[];

/**
 * Seats pods so that none moves because another came or went: who is there keeps the place, newcomers take the first
 * free one. Trailing gaps are cut. Returns the same array when nothing changed.
 */
export function seat(before: Slots, keys: ReadonlySet<string>): Slots {
  const seated = new Set<string>();
  const after: (string | undefined)[] = before.map((key) => {
    if (key === undefined || !keys.has(key)) return undefined;
    seated.add(key);
    return key;
  });
  let free = 0;
  for (const key of keys) {
    if (seated.has(key)) continue;
    while (free < after.length && after[free] !== undefined) free += 1;
    after[free] = key;
  }
  while (after.length > 0 && after.at(-1) === undefined) after.pop();
  const same = after.length === before.length && after.every((key, place) => key === before[place]);
  return same ? before : after;
}
