import { isObject, type JsonValue } from "../../base/json.ts";

// Models sigs.k8s.io/yaml goyaml.v2: how kubectl writes YAML, scalar by scalar
/** YAML text of a JSON value as kubectl prints it: keys sorted naturally, lists not indented, long lines folded. */
export function toYaml(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]\n" : listText(value, 0);
  if (isObject(value)) return Object.keys(value).length === 0 ? "{}\n" : mapText(value, 0);
  return `${scalarText(value, 0, 0)}\n`;
}

function mapText(map: { readonly [key: string]: JsonValue | undefined }, depth: number): string {
  const pad = "  ".repeat(depth);
  let text = "";
  for (const key of Object.keys(map).sort(byNature)) {
    const value = map[key];
    if (value === undefined) continue;
    const start = `${pad}${scalarText(key, 0, -1)}:`;
    text += start + childText(value, depth, start.length);
  }
  return text;
}

/** What follows a colon: on the same line, or below it. A list stands as deep as its key. */
function childText(value: JsonValue, depth: number, column: number): string {
  if (Array.isArray(value)) return value.length === 0 ? " []\n" : `\n${listText(value, depth)}`;
  if (isObject(value)) return Object.keys(value).length === 0 ? " {}\n" : `\n${mapText(value, depth + 1)}`;
  return ` ${scalarText(value, depth + 1, column + 1)}\n`;
}

function listText(list: readonly JsonValue[], depth: number): string {
  const pad = "  ".repeat(depth);
  let text = "";
  for (const item of list) {
    if (Array.isArray(item)) {
      text += item.length === 0 ? `${pad}- []\n` : `${pad}- ${listText(item, depth + 1).slice(pad.length + 2)}`;
    } else if (isObject(item)) {
      const inner = Object.keys(item).length === 0 ? "{}\n" : mapText(item, depth + 1).slice(pad.length + 2);
      text += `${pad}- ${inner}`;
    } else text += `${pad}- ${scalarText(item, depth + 1, pad.length + 2)}\n`;
  }
  return text;
}

const isLetter = (text: string) => /\p{L}/u.test(text);
const isDigit = (text: string | undefined) => text !== undefined && /\p{Nd}/u.test(text);

/** Order of keys: digits by their number, letters after everything else but before a longer number. */
function byNature(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  let afterDigit = false;
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [x = "", y = ""] = [a[at], b[at]];
    if (x === y) {
      afterDigit = isDigit(x);
      continue;
    }
    const [xLetter, yLetter] = [isLetter(x), isLetter(y)];
    if (xLetter && yLetter) return x < y ? -1 : 1;
    if (xLetter || yLetter) return yLetter !== afterDigit ? -1 : 1;
    return byNumber(a, b, at) || (x < y ? -1 : 1);
  }
  return a.length - b.length;
}

/** Compares the numbers that begin at a place; a number's leading digits before it may stand already. */
function byNumber(a: readonly string[], b: readonly string[], at: number): number {
  let lead = "";
  if (a[at] === "0" || b[at] === "0") {
    for (let back = at - 1; back >= 0 && isDigit(a[back]); back--) if (a[back] !== "0") lead = "1";
  }
  const digits = (from: readonly string[]) => {
    let end = at;
    while (isDigit(from[end])) end++;
    return from.slice(at, end).join("");
  };
  const [x, y] = [digits(a), digits(b)];
  return Number(lead + x) - Number(lead + y) || x.length - y.length;
}

const WORDS = new Set(
  "y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF ~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF".split(
    " ",
  ),
);
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const INT = /^[-+]?(\d+|0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/;
const BASE_60 = /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}($|([Tt]|\s+)\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?\s*(Z|[-+]\d{1,2}(:?\d{2})?)?$)/;

/** Whether a plain word would be read as something else than a text. */
function meansOther(text: string): boolean {
  if (text === "" || WORDS.has(text) || BASE_60.test(text)) return true;
  if (!/^[-+.\d]/.test(text)) return false;
  const bare = text.replaceAll("_", "");
  return INT.test(bare) || FLOAT.test(bare) || TIMESTAMP.test(text);
}

/** A scalar that begins at `column`; -1: a key, which stays on its line. */
function scalarText(value: JsonValue, depth: number, column: number): string {
  if (typeof value === "number") return numberText(value);
  if (typeof value !== "string") return String(value);
  const shape = analyse(value);
  if (value.includes("\n") && column >= 0 && shape.block) return literal(value, depth);
  if (!value.includes("\n") && !meansOther(value)) {
    if (shape.plain) return folded(value, depth, column, false);
    if (shape.single) return `'${folded(value.replaceAll("'", "''"), depth, column + 1, true)}'`;
  }
  return doubleQuoted(value, depth, column);
}

/** Beyond this column the next lone blank becomes a line end. */
const BEST_WIDTH = 80;

/** Breaks a text at lone blanks; within quotes not at its very ends. */
function folded(text: string, depth: number, column: number, quoted: boolean): string {
  if (column < 0 || column + text.length <= BEST_WIDTH) return text;
  const pad = "  ".repeat(depth);
  let result = "";
  let at = column;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    const isLone = char === " " && text[index - 1] !== " " && text[index + 1] !== " ";
    const isEdge = quoted && (index === 0 || index === text.length - 1);
    if (isLone && !isEdge && at > BEST_WIDTH) {
      result += `\n${pad}`;
      at = pad.length;
    } else {
      result += char;
      at++;
    }
  }
  return result;
}

function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

/** Which styles can carry a text. Models goyaml.v2 yaml_emitter_analyze_scalar. */
function analyse(text: string): { readonly plain: boolean; readonly single: boolean; readonly block: boolean } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  const isSpecial = /[\x00-\x09\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]/.test(text);
  if (isSpecial || / \n/.test(text)) return { plain: false, single: false, block: false };
  const indicators =
    /^(---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?=[ \t]|$)/.test(text) ||
    /:(?=[ \t]|$)/.test(text) ||
    /[ \t\n]#/.test(text);
  const edges = /^[ \n]|[ \n]$/.test(text);
  return {
    plain: !indicators && !edges && !text.includes("\n"),
    single: !/\n /.test(text),
    block: !text.endsWith(" "),
  };
}

function literal(text: string, depth: number): string {
  const pad = "  ".repeat(depth);
  const indent = /^[ \n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return `|${indent}${chomp}\n${lines.map((line) => (line === "" ? "" : pad + line)).join("\n")}`;
}

const ESCAPES: { readonly [char: string]: string } = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function doubleQuoted(text: string, depth: number, column: number): string {
  const pad = "  ".repeat(depth);
  const chars = [...text];
  let result = '"';
  let at = column + 1;
  let afterBlank = false;
  chars.forEach((char, index) => {
    const isInside = index > 0 && index < chars.length - 1;
    if (char === " " && column >= 0 && !afterBlank && at > BEST_WIDTH && isInside) {
      // A line that goes on with a blank has to say so.
      const more = chars[index + 1] === " " ? "\\" : "";
      result += `\n${pad}${more}`;
      at = pad.length + more.length;
      afterBlank = true;
      return;
    }
    const shown = escapeText(char);
    result += shown;
    at += shown.length;
    afterBlank = char === " ";
  });
  return `${result}"`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is escaped
const ESCAPED = /[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\u{10000}-\u{10ffff}]/u;

function escapeText(char: string): string {
  if (!ESCAPED.test(char)) return char;
  const known = ESCAPES[char];
  if (known !== undefined) return known;
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
