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
  /** Changes when generators are replaced. */
  #era = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      const generator = this.#generatorOf(name);
      stream = {
        below: (end) => uniformInt(generator(), 0, end - 1),
        fraction: () => uniformInt(generator(), 0, 0xffffffff) / 0x100000000,
      };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Drops a stream whose owner is gone for good; asked for again, it begins anew. */
  forget(name: string): void {
    this.#generators.delete(name);
    this.#streams.delete(name);
    this.#era++;
  }

  save(): RandomState {
    return Object.fromEntries([...this.#generators].map(([name, generator]) => [name, generator.getState()]));
  }

  load(state: RandomState): void {
    this.#generators.clear();
    this.#era++;
    for (const [name, words] of Object.entries(state)) this.#generators.set(name, xoroshiro128plusFromState(words));
  }

  /** Gives a name's generator, looked up once an era: a stream is drawn from far more often than made. */
  #generatorOf(name: string): () => Generator {
    let generator: Generator | undefined;
    let era = this.#era;
    return () => {
      if (generator === undefined || era !== this.#era) {
        generator = this.#generator(name);
        era = this.#era;
      }
      return generator;
    };
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

const HEX = [..."0123456789abcdef"].map((digit) => digit.charCodeAt(0));
const DASH = "-".charCodeAt(0);
const uuidCodes: number[] = new Array(36).fill(DASH);

/** A version 4 UUID drawn from a stream. */
export function randomUuid(stream: RandomStream): string {
  let place = 0;
  for (let digit = 0; digit < 32; digit += 8) {
    const word = stream.below(0x1_0000_0000);
    for (let index = 0; index < 8; index++) {
      if (place === 8 || place === 13 || place === 18 || place === 23) place++;
      let value = (word >>> (28 - 4 * index)) & 15;
      if (place === 14) value = 4;
      else if (place === 19) value = 8 + (value & 3);
      uuidCodes[place++] = HEX[value] as number;
    }
  }
  // One flat text: joined pieces would be kept as pieces, in each of a million objects.
  return String.fromCharCode(...uuidCodes);
}

const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** A random name suffix as the API server and the controllers make them: no vowels, nothing that looks alike. */
export function randomSuffix(stream: RandomStream, length = 5): string {
  let text = "";
  for (let index = 0; index < length; index++) text += NAME_LETTERS[stream.below(NAME_LETTERS.length)];
  return text;
}
