import { isObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { TemplateValue } from "./go-template.ts";

type TemplateFunction = (values: readonly TemplateValue[]) => Result<TemplateValue, string>;

/** A value as Go's %v prints it. */
export function goText(value: TemplateValue): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
}

/** Numbers of JSON are float64 to Go, and print with an exponent from 1e21 on or below 1e-4. */
function numberText(value: number): string {
  if (!Number.isInteger(value)) return String(value).replace(/e([+-])(\d)$/, "e$10$2");
  return Math.abs(value) < 1e21 ? String(value) : value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

const compare =
  (test: (a: number | string, b: number | string) => boolean): TemplateFunction =>
  ([a, b]) => {
    const fits = typeof a === typeof b && (typeof a === "number" || typeof a === "string");
    return fits ? ok(test(a as string, b as string)) : fail("incompatible types for comparison");
  };

function lengthOf(value: TemplateValue): Result<number, string> {
  if (typeof value === "string") return ok(new TextLength(value).bytes);
  if (Array.isArray(value)) return ok(value.length);
  if (isObject(value)) return ok(Object.keys(value).length);
  return fail(value === undefined || value === null ? "len of nil pointer" : "len of type float64");
}

/** Go counts a text's bytes. */
class TextLength {
  readonly bytes: number;
  constructor(text: string) {
    this.bytes = [...text].reduce((sum, char) => {
      const code = char.codePointAt(0) ?? 0;
      return sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
    }, 0);
  }
}

function index([value, ...keys]: readonly TemplateValue[]): Result<TemplateValue, string> {
  let current = value;
  for (const key of keys) {
    if (current === undefined || current === null) return fail("index of untyped nil");
    if (Array.isArray(current)) {
      if (typeof key !== "number") return fail("cannot index slice/array with type string");
      if (key < 0 || key >= current.length) return fail(`index out of range: ${key}`);
      current = current[key];
    } else if (isObject(current)) {
      current = Object.hasOwn(current, String(key)) ? current[String(key)] : undefined;
    } else return fail("can't index item of type string");
  }
  return ok(current);
}

/** Whether a path of keys and indexes is there; kubectl's own. */
function exists(values: readonly TemplateValue[]): Result<boolean, string> {
  const found = index(values);
  return ok(found.ok && found.value !== undefined);
}

function sprint(values: readonly TemplateValue[]): string {
  let text = "";
  values.forEach((value, at) => {
    // Blanks stand between operands neither of which is a text.
    if (at > 0 && typeof value !== "string" && typeof values[at - 1] !== "string") text += " ";
    text += goText(value);
  });
  return text;
}

/** Models fmt.Sprintf as far as templates use it. */
function sprintf([format, ...values]: readonly TemplateValue[]): Result<string, string> {
  if (typeof format !== "string") return fail("wrong type for value; expected string");
  let next = 0;
  const text = format.replace(/%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g, (_whole, flags, width, precision, verb) => {
    if (verb === "%") return "%";
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const shown = formatted(verb, values[next++], precision === undefined ? undefined : Number(precision));
    const size = Number(width ?? 0);
    if (flags.includes("-")) return shown.padEnd(size);
    return flags.includes("0") && verb !== "s" ? shown.padStart(size, "0") : shown.padStart(size);
  });
  const extra = values.slice(next).map((value) => `${typeName(value)}=${goText(value)}`);
  return ok(extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`);
}

function formatted(verb: string, value: TemplateValue, precision: number | undefined): string {
  if (verb === "v") return goText(value);
  if (verb === "s") {
    if (typeof value === "number" || typeof value === "boolean") return `%!s(${typeName(value)}=${goText(value)})`;
    return precision === undefined ? goText(value) : goText(value).slice(0, precision);
  }
  if (verb === "q") return JSON.stringify(goText(value));
  if (verb === "T") return typeName(value);
  if (verb === "t" && typeof value === "boolean") return String(value);
  if (typeof value !== "number") return `%!${verb}(${typeName(value)}=${goText(value)})`;
  if (verb === "d" && Number.isInteger(value)) return String(value);
  if (verb === "x" && Number.isInteger(value)) return value.toString(16);
  if (verb === "f") return value.toFixed(precision ?? 6);
  return verb === "g" ? numberText(value) : `%!${verb}(${typeName(value)}=${goText(value)})`;
}

function typeName(value: TemplateValue): string {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "string") return "string";
  return typeof value === "boolean" ? "bool" : Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

const HTML: { readonly [char: string]: string } = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&#34;",
  "'": "&#39;",
};

function base64decode([value]: readonly TemplateValue[]): Result<string, string> {
  const text = String(value ?? "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    return fail(`base64 decode failed: illegal base64 data at input byte ${text.search(/[^A-Za-z0-9+/]/)}`);
  }
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let bits = "";
  for (const char of text.replaceAll("=", "")) bits += alphabet.indexOf(char).toString(2).padStart(6, "0");
  const bytes = [...bits.matchAll(/[01]{8}/g)].map(
    ([byte]) => `%${Number.parseInt(byte, 2).toString(16).padStart(2, "0")}`,
  );
  try {
    return ok(decodeURIComponent(bytes.join("")));
  } catch {
    return ok(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16))).join(""));
  }
}

/** By name; `and` and `or` are the interpreter's own. Models text/template funcs.go and kubectl's additions. */
export const TEMPLATE_FUNCTIONS: { readonly [name: string]: TemplateFunction | undefined } = {
  eq: ([first, ...others]) => ok(others.some((other) => sameValue(first, other))),
  ne: ([a, b]) => ok(!sameValue(a, b)),
  lt: compare((a, b) => a < b),
  le: compare((a, b) => a <= b),
  gt: compare((a, b) => a > b),
  ge: compare((a, b) => a >= b),
  not: ([value]) =>
    ok(!value || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0)),
  len: ([value]) => lengthOf(value),
  index,
  slice: ([value, from, to]) => {
    const start = typeof from === "number" ? from : 0;
    const end = typeof to === "number" ? to : undefined;
    if (typeof value === "string") return ok(value.slice(start, end));
    return Array.isArray(value) ? ok(value.slice(start, end)) : fail("can't slice item of type map");
  },
  print: (values) => ok(sprint(values)),
  println: (values) => ok(`${values.map(goText).join(" ")}\n`),
  printf: sprintf,
  html: (values) => ok(sprint(values).replace(/[<>&"']/g, (char) => HTML[char] ?? char)),
  urlquery: (values) => ok(encodeURIComponent(sprint(values)).replaceAll("%20", "+")),
  exists,
  base64decode,
};

function sameValue(a: TemplateValue, b: TemplateValue): boolean {
  return (a ?? null) === (b ?? (null as JsonValue));
}
