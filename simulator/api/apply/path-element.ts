import type { JsonObject, JsonValue } from "../../base/json.ts";
import { isObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goJson, goQuote } from "../meta/go-text.ts";

// Models structured-merge-diff fieldpath PathElement and its serialization

/**
 * One step into an object, in the words of FieldsV1: `f:image` (a field), `k:{"name":"app"}` (a list's item by its
 * keys), `v:"x"` (an item of a set), `i:0` (an item by its place). One step has one text, so texts can be compared.
 */
export type PathElement = string;

export type Path = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

export function valueElement(value: JsonValue): PathElement {
  return `v:${goJson(value)}`;
}

/** The keys may come in any order. */
export function keyElement(keys: readonly (readonly [string, JsonValue])[]): PathElement {
  const sorted = keys.length < 2 ? keys : [...keys].sort(([a], [b]) => compareTexts(a, b));
  return `k:{${sorted.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(",")}}`;
}

/** The name of a field's element; undefined for other elements. */
export function fieldName(element: PathElement): string | undefined {
  return element.startsWith("f:") ? element.slice(2) : undefined;
}

/** Reads a step of a client's FieldsV1; undefined for the kinds of steps that nobody knows yet, which are passed over. */
export function parseElement(text: string): Result<PathElement | undefined, string> {
  if (text.length < 2) return fail("key must be 2 characters long");
  if (text[1] !== ":") return fail(`missing colon: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case "f":
      return ok(text);
    case "i":
      return /^[+-]?\d+$/.test(rest) ? ok(`i:${Number(rest)}`) : fail(`strconv.Atoi: parsing ${goQuote(rest)}`);
    case "k":
    case "v": {
      const value = parseJson(rest);
      if (value === undefined) return fail(`not JSON: ${rest}`);
      if (text[0] === "v") return ok(valueElement(value));
      return isObject(value) ? ok(keyElement(entriesOf(value))) : fail(`not a key: ${rest}`);
    }
    default:
      return ok(undefined);
  }
}

function entriesOf(keys: JsonObject): (readonly [string, JsonValue])[] {
  return Object.entries(keys).map(([name, value]) => [name, value ?? null] as const);
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const RANKS = "fkvi";

/** The canonical order: fields, keys, values, places; each among themselves by name or value. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  const rank = RANKS.indexOf(a[0] ?? "") - RANKS.indexOf(b[0] ?? "");
  if (rank !== 0) return rank;
  if (a[0] === "f") return compareTexts(a, b);
  const left = JSON.parse(a.slice(2)) as JsonValue;
  const right = JSON.parse(b.slice(2)) as JsonValue;
  return a[0] === "k" ? compareKeys(left as JsonObject, right as JsonObject) : compareValues(left, right);
}

function compareKeys(a: JsonObject, b: JsonObject): number {
  const left = entriesOf(a);
  const right = entriesOf(b);
  for (const [at, [name, value]] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const order = compareTexts(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Numbers before texts before truth values before all else, as upstream orders values. */
function compareValues(a: JsonValue, b: JsonValue): number {
  const order = valueRank(a) - valueRank(b);
  if (order !== 0) return order;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return compareTexts(typeof a === "string" ? a : goJson(a), typeof b === "string" ? b : goJson(b));
}

function valueRank(value: JsonValue): number {
  const rank = ["number", "string", "boolean"].indexOf(typeof value);
  return rank < 0 ? 3 : rank;
}

/** The path as messages show it: `.spec.containers[name="app"].image`. */
export function pathText(path: Path): string {
  return path.map(elementText).join("");
}

export function elementText(element: PathElement): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("i:")) return `[${rest}]`;
  if (element.startsWith("v:")) return `[=${valueText(JSON.parse(rest) as JsonValue)}]`;
  const keys = entriesOf(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([name, value]) => `${name}=${valueText(value)}`).join(",")}]`;
}

function valueText(value: JsonValue): string {
  return typeof value === "string" ? goQuote(value) : String(value);
}
