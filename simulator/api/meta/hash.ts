import fnv1a from "@sindresorhus/fnv1a";

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. */
export function fnv32a(text: string): number {
  return Number(fnv1a(text, { size: 32 }));
}
