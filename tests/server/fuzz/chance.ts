import { Random } from "../../../simulator/time/random.ts";

/** Chance in the forms that the generator of requests needs; the same for the same seed. */
export interface Chance {
  below(count: number): number;
  pick<T>(list: readonly T[]): T;
  percent(share: number): boolean;
}

export function chanceOf(seed: number): Chance {
  const stream = new Random(seed).stream("hostile");
  return {
    below: (count) => stream.below(count),
    pick: (list) => list[stream.below(list.length)] as (typeof list)[number],
    percent: (share) => stream.fraction() * 100 < share,
  };
}
