import type { KubeObject } from "../../simulator/index.ts";

/** A pod that was refused is never seen: its generated name stands in messages only. */
const REFUSED = /(<hash\d+>-)[bcdfghjklmnpqrstvwxz2456789]{5}(?=\\*")/g;

export function withoutRefused(text: string): string {
  return text.replaceAll(REFUSED, "$1<new>");
}

/**
 * The recordings' names for what has a generated one, and back: hashes of replica sets and revisions, and generated
 * suffixes, numbered in order of creation. The pods of stateful sets have names of their own.
 */
export class Names {
  readonly #masked = new Map<string, string>();
  readonly #real = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Takes note of a new object. */
  see({ kind, metadata }: KubeObject): void {
    const { name, generateName, labels } = metadata;
    if (this.#masked.has(name)) return;
    const hash = labels?.["pod-template-hash"];
    if (kind === "ReplicaSet" && hash !== undefined && name.endsWith(hash)) this.#hashed(name, hash, "hash");
    else if (kind === "ControllerRevision") this.#hashed(name, name.slice(name.lastIndexOf("-") + 1), "rev");
    else if (generateName !== undefined && labels?.["statefulset.kubernetes.io/pod-name"] === undefined) {
      const base = this.mask(generateName);
      this.#set(name, `${base}<${this.#next(`${kind} ${base}`)}>`);
    }
  }

  /** A name that ends in a hash, which stands in labels alone too. */
  #hashed(name: string, hash: string, word: string): void {
    const base = name.slice(0, -hash.length);
    const mask = `<${word}${this.#next(`${word} ${base}`)}>`;
    this.#set(name, `${base}${mask}`);
    this.#set(hash, mask);
  }

  real(masked: string): string {
    return this.#real.get(masked) ?? masked;
  }

  /** A text in which all real names are masked. */
  mask(text: string): string {
    let masked = text;
    for (const [real, mask] of [...this.#masked].sort(([a], [b]) => b.length - a.length)) {
      masked = masked.replaceAll(real, mask);
    }
    return masked;
  }

  #set(real: string, masked: string): void {
    this.#masked.set(real, masked);
    this.#real.set(masked, real);
  }

  #next(key: string): number {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }
}
