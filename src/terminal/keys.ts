const ESC = "\u001b";
const PASTE_MARKS = new RegExp(`${ESC}\\[20[01]~`, "g");
const KEY = new RegExp(`${ESC}\\[[\\d;]*[~A-Za-z]|${ESC}O[A-Z]|${ESC}[\\s\\S]?|\\p{Cc}|\\P{Cc}+`, "gu");

/** Single keys of what came at once: control characters, escape sequences, and runs of letters. */
export function keysOf(data: string): readonly string[] {
  return data.replace(PASTE_MARKS, "").replace(/\r\n/g, "\r").match(KEY) ?? [];
}

/** Whether a key is no text. */
export function isControl(key: string): boolean {
  return /^\p{Cc}/u.test(key);
}
