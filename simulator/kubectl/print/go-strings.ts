/*
 * Texts as Go writes and reads them between quotes.
 */

const SIMPLE: { readonly [letter: string]: string } = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
const CODE_LENGTHS: { readonly [letter: string]: number | undefined } = { x: 2, u: 4, U: 8 };
const MAX_OCTAL = 0o377;

/** What stands between two quotes, with its escapes resolved; undefined where Go can't read it. Models strconv UnquoteChar. */
export function unquoted(inside: string, quote: string): string | undefined {
  let text = "";
  for (let at = 0; at < inside.length; ) {
    const char = inside.charAt(at);
    if (char === quote) return undefined;
    if (char !== "\\") {
      text += char;
      at++;
      continue;
    }
    const read = escaped(inside, at + 1, quote);
    if (read === undefined) return undefined;
    text += read.text;
    at += read.length + 1;
  }
  return text;
}

/** The escape behind a backslash. */
function escaped(inside: string, at: number, quote: string): { text: string; length: number } | undefined {
  const letter = inside.charAt(at);
  const simple = SIMPLE[letter] ?? (letter !== "" && letter === quote ? quote : undefined);
  if (simple !== undefined) return { text: simple, length: 1 };
  const octal = /^[0-7]{3}/.exec(inside.slice(at))?.[0];
  if (octal !== undefined) {
    const code = Number.parseInt(octal, 8);
    return code > MAX_OCTAL ? undefined : { text: String.fromCharCode(code), length: octal.length };
  }
  const digits = CODE_LENGTHS[letter];
  if (digits === undefined) return undefined;
  const hex = inside.slice(at + 1, at + 1 + digits);
  if (hex.length < digits || !/^[\da-fA-F]+$/.test(hex)) return undefined;
  const code = Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return { text: String.fromCodePoint(code), length: digits + 1 };
}

/** A character as Go's %#U: `U+0026 '&'`. */
export function goCharacter(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char) ? `U+${hex} '${char}'` : `U+${hex}`;
}
