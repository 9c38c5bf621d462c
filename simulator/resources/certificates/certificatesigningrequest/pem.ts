import { decodeBase64 } from "../../../api/schema/base64.ts";

const BLOCK = /-----BEGIN ([^-\n]+)-----\r?\n([A-Za-z0-9+/=\s]+?)-----END \1-----/;

/** The first PEM block in bytes that are given in base64: its type and its content in base64; undefined: there is none. */
export function pemBlock(base64: string): { readonly type: string; readonly content: string } | undefined {
  let text = "";
  try {
    for (const byte of decodeBase64(base64)) text += String.fromCharCode(byte);
  } catch {
    return undefined;
  }
  const [, type, content] = BLOCK.exec(text) ?? [];
  return type === undefined || content === undefined ? undefined : { type, content: content.replace(/\s/g, "") };
}
