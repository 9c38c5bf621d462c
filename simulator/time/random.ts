import fnv1a from "@sindresorhus/fnv1a";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

type Generator = ReturnType<typeof xoroshiro128plus>;

/** One named stream of chance. Its draws depend on the seed and its name alone. */
export interface RandomStream {
  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number;
  /** A number in [0, 1) with 32 bits. */
  fraction(): number;
}

export type RandomState = { readonly [name: string]: readonly number[] };

/** Seeded, named random streams: one more draw in one stream shifts no other. */
export class Random {
  readonly seed: number;
  readonly #generators = new Map<string, Generator>();
  readonly #streams = new Map<string, RandomStream>();

  constructor(seed: number) {
    this.seed = seed;
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = {
        below: (end) => uniformInt(this.#generator(name), 0, end - 1),
        fraction: () => uniformInt(this.#generator(name), 0, 0xffffffff) / 0x100000000,
      };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Drops a stream whose owner is gone for good; asked for again, it begins anew. */
  forget(name: string): void {
    this.#generators.delete(name);
    this.#streams.delete(name);
  }

  save(): RandomState {
    return Object.fromEntries([...this.#generators].map(([name, generator]) => [name, generator.getState()]));
  }

  load(state: RandomState): void {
    this.#generators.clear();
    for (const [name, words] of Object.entries(state)) this.#generators.set(name, xoroshiro128plusFromState(words));
  }

  #generator(name: string): Generator {
    let generator = this.#generators.get(name);
    if (generator === undefined) {
      generator = xoroshiro128plus(Number(fnv1a(`${this.seed}/${name}`, { size: 32 })));
      this.#generators.set(name, generator);
    }
    return generator;
  }
}

/** A version 4 UUID drawn from a stream. */
export function randomUuid(stream: RandomStream): string {
  const word = () => stream.below(0x1_0000_0000).toString(16).padStart(8, "0");
  const [first, second, third, fourth] = [word(), word(), word(), word()];
  const variant = (8 + (Number.parseInt(third.charAt(0), 16) & 3)).toString(16);
  return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}`;
}

const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A random name suffix as the API server and the controllers make them: no vowels, nothing that looks alike. */
export function randomSuffix(stream: RandomStream, length = 5): string {
  let text = "";
  for (let index = 0; index < length; index++) text += NAME_LETTERS[stream.below(NAME_LETTERS.length)];
  return text;
}
