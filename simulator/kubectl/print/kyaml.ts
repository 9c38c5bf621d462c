import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";

// Models sigs.k8s.io/yaml kyaml: YAML in flow style, in which every string is quoted

/** One document as `-o kyaml` prints it; keys stand as they are in the object. */
export function toKyaml(value: JsonValue): string {
  return `---\n${valueText(value, 0)}\n`;
}

function valueText(value: JsonValue, depth: number): string {
  if (Array.isArray(value)) return listText(value, depth);
  if (isObject(value)) return mapText(value, depth);
  return typeof value === "string" ? stringText(value, depth) : String(value);
}

const pad = (depth: number): string => "  ".repeat(depth);

function mapText(map: JsonObject, depth: number): string {
  const entries = Object.entries(map).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, value]) => `${pad(depth + 1)}${keyText(key)}: ${valueText(value, depth + 1)},\n`);
  return `{\n${lines.join("")}${pad(depth)}}`;
}

/** Brackets of a list of maps, or of lists, stand together. */
function listText(list: readonly JsonValue[], depth: number): string {
  if (list.length === 0) return "[]";
  if (list.every(isObject) || list.every(Array.isArray)) {
    return `[${list.map((item) => valueText(item, depth)).join(", ")}]`;
  }
  return `[\n${list.map((item) => `${pad(depth + 1)}${valueText(item, depth + 1)},\n`).join("")}${pad(depth)}]`;
}

/** Words that YAML 1.1 does not take for strings; `t` and `f` are Go's. */
const RESERVED = /^(?:null|~|y|n|t|f|yes|no|on|off|true|false|[-+]?\.?inf(?:inity)?|\.?nan)$/i;
const NUMBER = /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|0x[\da-f_]+|0o[0-7_]+|0b[01_]+)$/i;
const DATE = /^\d{4}-\d\d?-\d\d?$/;
const PLAIN_KEY = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u;

function keyText(key: string): string {
  const isPlain = PLAIN_KEY.test(key) && !RESERVED.test(key) && !NUMBER.test(key) && !DATE.test(key);
  return isPlain ? key : quoted(key);
}

/** A string in one line, or line by line when it has several. */
function stringText(text: string, depth: number): string {
  if (!text.includes("\n")) return quoted(text);
  const indent = pad(depth + 1);
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const start = (line: string) => `${indent}${/^[ \t]/.test(line) ? "\\" : " "}${escaped(line)}`;
  const end = last === "" ? "" : `${start(last)}\\\n`;
  return `"\\\n${lines.map((line) => `${start(line)}\\n\\\n`).join("")}${end}${indent}"`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

const SHORT: { readonly [char: string]: string } = {
  '"': '\\"',
  "\\": "\\\\",
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\n": "\\n",
  "\x1b": "\\e",
  "\xa0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are escaped.
  return text.replace(/["\\\x00-\x08\x0a-\x1f\x7f\xa0\u2028\u2029\ufeff]/g, (char) => {
    const code = char.charCodeAt(0);
    const digits = code > 0xff ? `u${code.toString(16).toUpperCase().padStart(4, "0")}` : undefined;
    return SHORT[char] ?? `\\${digits ?? `x${code.toString(16).toUpperCase().padStart(2, "0")}`}`;
  });
}
