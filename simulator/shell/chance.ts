import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * Does a piece of work while `Math.random` draws from a seed: the library takes `$RANDOM`, `shuf` and awk's `rand()` from
 * there, and a run must be the same whenever it is played. The work waits for nothing but itself, so nobody else draws.
 */
export async function withChance<T>(seed: number, work: () => Promise<T>): Promise<T> {
  const before = Math.random;
  const generator = xoroshiro128plus(seed);
  Math.random = () => uniformInt(generator, 0, 0xffffffff) / 0x100000000;
  try {
    return await work();
  } finally {
    Math.random = before;
  }
}
