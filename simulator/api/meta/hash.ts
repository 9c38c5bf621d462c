import type { JsonObject } from "../../base/json.ts";
import type { PodTemplateSpec } from "../schema/generated/types.ts";
import { goDump } from "../schema/go-dump.ts";
import { safeEncodeString } from "./names.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

type Step = (hash: number, byte: number) => number;

const addByte: Step = (hash, byte) => Math.imul(hash ^ byte, FNV_PRIME);
const addByteAfter: Step = (hash, byte) => Math.imul(hash, FNV_PRIME) ^ byte;

/** The running hash after the UTF-8 bytes of a text. */
function addText(start: number, text: string, add: Step): number {
  let hash = start;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) {
      hash = add(hash, code);
      continue;
    }
    if (code < 0x800) hash = add(hash, 0xc0 | (code >> 6));
    else {
      if (code < 0x10000) hash = add(hash, 0xe0 | (code >> 12));
      else {
        hash = add(hash, 0xf0 | (code >> 18));
        hash = add(hash, 0x80 | ((code >> 12) & 0x3f));
      }
      hash = add(hash, 0x80 | ((code >> 6) & 0x3f));
    }
    hash = add(hash, 0x80 | (code & 0x3f));
  }
  return hash;
}

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. Own code: the npm package needs TextEncoder and big integers. */
export function fnv32a(text: string): number {
  return addText(FNV_OFFSET, text, addByte) >>> 0;
}

/** FNV-1, 32 bits, over the UTF-8 bytes of a text: it multiplies first. */
export function fnv32(text: string): number {
  return addText(FNV_OFFSET, text, addByteAfter) >>> 0;
}

// Models pkg/controller ComputeHash
/** The value of the label pod-template-hash: a function of the template, and of the collisions met so far, if any. */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  let hash = addText(FNV_OFFSET, goDump("PodTemplateSpec", template as unknown as JsonObject), addByte);
  if (collisionCount !== undefined) {
    // Eight bytes, little-endian, of which upstream fills four.
    for (let at = 0; at < 8; at++) hash = addByte(hash, at < 4 ? (collisionCount >>> (8 * at)) & 0xff : 0);
  }
  return safeEncodeString(String(hash >>> 0));
}
