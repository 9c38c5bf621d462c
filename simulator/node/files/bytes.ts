import { decodeBase64 } from "../../api/schema/base64.ts";

/** Text as UTF-8 bytes, one character each, as files hold it. */
export function bytesOfText(text: string): string {
  // Most of it is ASCII, which is its own bytes.
  if (!/[\u0080-\uffff]/.test(text)) return text;
  const out: string[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const tail = (shift: number) => String.fromCharCode(0x80 | ((code >> shift) & 0x3f));
    if (code < 0x80) out.push(char);
    else if (code < 0x800) out.push(String.fromCharCode(0xc0 | (code >> 6)), tail(0));
    else if (code < 0x10000) out.push(String.fromCharCode(0xe0 | (code >> 12)), tail(6), tail(0));
    else out.push(String.fromCharCode(0xf0 | (code >> 18)), tail(12), tail(6), tail(0));
  }
  return out.join("");
}

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function textOfBytes(bytes: string): string {
  if (!/[\u0080-\u00ff]/.test(bytes)) return bytes;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.charCodeAt(at);
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    let valid = first < 0x80 || (first >= 0xc2 && first < 0xf5);
    for (let more = 1; more < length && valid; more++) {
      const byte = bytes.charCodeAt(at + more);
      valid = (byte & 0xc0) === 0x80;
      code = (code << 6) | (byte & 0x3f);
    }
    valid &&= code <= 0x10ffff;
    text += valid ? String.fromCodePoint(code) : "\ufffd";
    at += valid ? length : 1;
  }
  return text;
}

/** The bytes that base64 stands for, one character each: data of secrets, binary data of config maps. */
export function bytesOfBase64(encoded: string): string {
  const chunks: string[] = [];
  const bytes = decodeBase64(encoded);
  for (let at = 0; at < bytes.length; at += 4096) {
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + 4096)));
  }
  return chunks.join("");
}
