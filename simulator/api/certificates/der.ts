/** Reads and writes ASN.1 in DER, as far as certificates need it. */

export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With its tag and length. */
  readonly raw: Uint8Array;
}

export const TAG = {
  bool: 0x01,
  integer: 0x02,
  bits: 0x03,
  bytes: 0x04,
  none: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x17,
  generalTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The values that stand one after another; undefined where the bytes are none. */
export function derValues(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? -1;
    let start = at + 2;
    if (length >= 0x80) {
      const digits = length & 0x7f;
      if (digits === 0 || digits > 4) return undefined;
      length = 0;
      for (let digit = 0; digit < digits; digit++) length = length * 256 + (bytes[start + digit] ?? 0);
      start += digits;
    }
    if (length < 0 || start + length > bytes.length) return undefined;
    values.push({ tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return values;
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = joined(parts);
  return joined([Uint8Array.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 | digits.length, ...digits];
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `2.5.4.3` in bytes. */
export function derOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const digits = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f));
    bytes.push(...digits);
  }
  return der(TAG.oid, Uint8Array.from(bytes));
}

export function derText(text: string): Uint8Array {
  return der(TAG.utf8, asciiBytes(text));
}

/** One byte a character; texts here are names. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from([...text].map((char) => (char.codePointAt(0) ?? 0) & 0xff));
}

export function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
