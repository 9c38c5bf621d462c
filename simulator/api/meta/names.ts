/** Letters and digits of generated names: no vowels and no 0, 1, 3, so that no words come about. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const MAX_NAME_LENGTH = 63;
const MAX_BASE_LENGTH = MAX_NAME_LENGTH - SUFFIX_LENGTH;

// Models apimachinery pkg/util/rand String
/** `length` random characters; `nextInt(max)` draws an integer from 0 up to, not including, max. */
export function randomSuffix(nextInt: (max: number) => number, length = SUFFIX_LENGTH): string {
  let out = "";
  for (let at = 0; at < length; at++) out += ALPHABET[nextInt(ALPHABET.length)];
  return out;
}

// Models apiserver pkg/storage/names GenerateName
/** A name from metadata.generateName: the base, cut at 58 characters, and five random ones. */
export function generateName(base: string, nextInt: (max: number) => number): string {
  return base.slice(0, MAX_BASE_LENGTH) + randomSuffix(nextInt);
}

// Models apimachinery pkg/util/rand SafeEncodeString
/** Spells text (usually the digits of a hash) in the alphabet of generated names. */
export function safeEncodeString(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) out += ALPHABET[text.charCodeAt(at) % ALPHABET.length];
  return out;
}
