// FNV-1a and a 32-bit mixer on plain numbers: ids of containers are made by the hundred thousand.

function mix(seed: number): number {
  let value = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad);
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
  return (value ^ (value >>> 15)) >>> 0;
}

/** A 32-bit hash of a text, for phases and spreads that must not cost a draw of chance. */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash >>> 0);
}

/** As many hexadecimal digits as asked for, the same for one text each time: ids, digests. */
export function hexOf(text: string, digits: number): string {
  let seed = spread(text);
  codes.length = digits;
  for (let place = 0; place < digits; ) {
    for (let shift = 28; shift >= 0 && place < digits; shift -= 4)
      codes[place++] = HEX[(seed >>> shift) & 15] as number;
    seed = mix((seed + 0x9e3779b9) >>> 0);
  }
  return String.fromCharCode(...codes);
}

/** Used anew for each text. */
const codes: number[] = [];

const HEX = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** A UUID-shaped text, the same for one text each time: boot ids, machine ids. */
export function uuidOf(text: string): string {
  const hex = hexOf(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
