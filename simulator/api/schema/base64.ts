import { fail, ok, type Result } from "../../base/result.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]));
const CLEAN = /^(?:[A-Za-z0-9+/]{4})*$/;

const isNewline = (char: string | undefined): boolean => char === "\n" || char === "\r";

/** Where a base64 text goes wrong, as Go's decoder counts, or undefined where it is right. */
function corruptAt(text: string): number | undefined {
  let inQuantum = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (isNewline(char)) continue;
    if (VALUES.has(char)) {
      inQuantum = (inQuantum + 1) % 4;
      continue;
    }
    if (char !== "=" || inQuantum < 2) return at;
    let next = at + 1;
    if (inQuantum === 2) {
      while (isNewline(text[next])) next++;
      if (next >= text.length) return text.length;
      if (text[next] !== "=") return next;
      next++;
    }
    while (isNewline(text[next])) next++;
    return next < text.length ? next : undefined;
  }
  return inQuantum === 0 ? undefined : text.length - inQuantum;
}

// Models Go's encoding/base64 StdEncoding, decoding and encoding again
/** The canonical base64 of the bytes that a text stands for: no newlines, no stray bits. The error is Go's. */
export function canonicalBase64(text: string): Result<string, string> {
  if (CLEAN.test(text)) return ok(text);
  const corrupt = corruptAt(text);
  if (corrupt !== undefined) return fail(`illegal base64 data at input byte ${corrupt}`);
  const plain = text.replace(/[\r\n]/g, "");
  const padding = plain.endsWith("==") ? 2 : plain.endsWith("=") ? 1 : 0;
  if (padding === 0) return ok(plain);
  const last = plain.length - padding - 1;
  const value = VALUES.get(plain[last] as string) ?? 0;
  // The bits of the last character that belong to no byte.
  const kept = value & (padding === 2 ? 0b110000 : 0b111100);
  return ok(`${plain.slice(0, last)}${ALPHABET[kept]}${"=".repeat(padding)}`);
}

/** The base64 text of some bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const four = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    const kept = Math.min(bytes.length - at, 3) + 1;
    text += four.map((value, index) => (index < kept ? ALPHABET[value] : "=")).join("");
  }
  return text;
}

/** The bytes of a base64 text, with or without padding; characters that are none of it are passed over. */
export function decodeBase64(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of text) {
    const value = VALUES.get(char);
    if (value === undefined) continue;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return Uint8Array.from(bytes);
}
