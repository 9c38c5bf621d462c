/** How Go prints values into error texts: quoted strings (`%q`), JSON (`json.Marshal`), byte lengths. */

const PLAIN_ASCII = /^[ !#-[\]-~]*$/;
const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** A string as Go's `strconv.Quote` writes it. */
export function goQuote(text: string): string {
  return PLAIN_ASCII.test(text) ? `"${text}"` : quotedBy(text, '"');
}

/** A character as Go's `strconv.QuoteRune` writes it. */
export function goQuoteRune(char: string): string {
  return quotedBy(char, "'");
}

function quotedBy(text: string, quote: string): string {
  let out = quote;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const short = SHORT_ESCAPES[char];
    if (char === quote) out += `\\${quote}`;
    else if (short !== undefined) out += short;
    else if (char === " " || PRINTABLE.test(char)) out += char;
    else if (code < 0x20 || code === 0x7f) out += `\\x${hex(code, 2)}`;
    else if (code > 0xffff) out += `\\U${hex(code, 8)}`;
    else if (code >= 0xd800 && code <= 0xdfff) out += "�";
    else out += `\\u${hex(code, 4)}`;
  }
  return out + quote;
}

const JSON_ESCAPED = /[<>&\u2028\u2029]/g;

/** A value as Go's `json.Marshal` writes it: keys in the object's own order, `<`, `>`, `&` escaped; undefined is null. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.replace(JSON_ESCAPED, (char) => `\\u${hex(char.charCodeAt(0), 4)}`);
}

/** The value with the keys of this one map in Go's (byte) order: what printing a Go map gives. */
export function sortedMap<Value>(map: Readonly<Record<string, Value>>): Record<string, Value> {
  const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries);
}

/** Go's `len()` of a string: its bytes in UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // A surrogate pair is two units here and four bytes there; each unit counts one byte more.
    bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** A JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`, keys sorted, null as `<nil>`. */
export function goPlain(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goPlain).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(sortedMap(value as Record<string, unknown>));
  return `map[${entries.map(([key, item]) => `${key}:${goPlain(item)}`).join(" ")}]`;
}
