import { isObject } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goPrintf } from "./go-printf.ts";
import {
  boxed,
  type GoValue,
  isNilBox,
  isTrue,
  MISSING,
  textOfBytes,
  typeName,
  unboxed,
  utf8,
  valueText,
} from "./go-values.ts";

/** What a function takes, as Go declares it, and what it makes of it. */
export interface TemplateFunction {
  /** How many arguments it needs; `variadic` takes any number more. */
  readonly takes: number;
  readonly variadic?: true;
  /** Its first argument must be a text. */
  readonly text?: true;
  readonly call: (values: readonly GoValue[]) => Result<GoValue, string>;
}

const int = (data: number): GoValue => ({ data, number: "int" });

/** A panic of Go's reflect is told as an error, too. */
const ZERO_TYPE = "reflect: call of reflect.Value.Type on zero Value";

function length(value: GoValue): Result<GoValue, string> {
  if (isNilBox(value)) return fail("len of nil pointer");
  const { data } = unboxed(value);
  if (typeof data === "string") return ok(int(utf8(data).length));
  if (Array.isArray(data)) return ok(int(data.length));
  if (isObject(data)) return ok(int(Object.keys(data).length));
  return fail(data === undefined ? ZERO_TYPE : `len of type ${typeName(unboxed(value))}`);
}

/** A place in a list of some length. Models text/template indexArg. */
function placeOf(value: GoValue, size: number): Result<number, string> {
  const { data } = unboxed(value);
  if (data === undefined) return fail("cannot index slice/array with nil");
  const type = typeName(unboxed(value));
  if (typeof data !== "number" || type === "float64") return fail(`cannot index slice/array with type ${type}`);
  return data < 0 || data > size ? fail(`index out of range: ${data}`) : ok(data);
}

function index([item = MISSING, ...places]: readonly GoValue[]): Result<GoValue, string> {
  let current = unboxed(item);
  if (current.data === undefined) return fail("index of untyped nil");
  for (const place of places) {
    if (isNilBox(current)) return fail("index of nil pointer");
    const next = itemAt(unboxed(current), place);
    if (!next.ok) return next;
    current = next.value;
  }
  return ok(current);
}

function itemAt(container: GoValue, place: GoValue): Result<GoValue, string> {
  const { data } = container;
  if (isObject(data)) {
    const key = unboxed(place);
    if (key.data === undefined) return fail("value is nil; should be of type string");
    if (typeof key.data !== "string") return fail(`value has type ${typeName(key)}; should be string`);
    return ok(boxed(Object.hasOwn(data, key.data) ? (data[key.data] ?? null) : null));
  }
  if (typeof data !== "string" && !Array.isArray(data)) return fail(`can't index item of type ${typeName(container)}`);
  const all = typeof data === "string" ? utf8(data) : data;
  const at = placeOf(place, all.length);
  if (!at.ok) return at;
  const found = all[at.value];
  const kind = typeof data === "string" ? "string" : "slice";
  if (found === undefined) return fail(`reflect: ${kind} index out of range`);
  return ok(typeof data === "string" ? { data: found, number: "uint8" } : boxed(found));
}

function slice([item = MISSING, ...places]: readonly GoValue[]): Result<GoValue, string> {
  const { data } = unboxed(item);
  if (data === undefined) return fail("slice of untyped nil");
  if (places.length > 3) return fail(`too many slice indexes: ${places.length}`);
  if (typeof data === "string" && places.length === 3) return fail("cannot 3-index slice a string");
  if (typeof data !== "string" && !Array.isArray(data)) {
    return fail(`can't slice item of type ${typeName(unboxed(item))}`);
  }
  const all = typeof data === "string" ? utf8(data) : data;
  const bounds = [0, all.length, all.length];
  for (const [at, place] of places.entries()) {
    const bound = placeOf(place, all.length);
    if (!bound.ok) return bound;
    bounds[at] = bound.value;
  }
  const [from = 0, to = 0, most = 0] = bounds;
  if (from > to) return fail(`invalid slice index: ${from} > ${to}`);
  if (to > most) return fail(`invalid slice index: ${to} > ${most}`);
  return ok({ data: typeof data === "string" ? textOfBytes(utf8(data).slice(from, to)) : data.slice(from, to) });
}

/** bool, int, float or string; undefined for what has no order. */
function basicKind(value: GoValue): string | undefined {
  const { data } = value;
  if (typeof data === "number") return typeName(value) === "float64" ? "float" : "int";
  return typeof data === "string" || typeof data === "boolean" ? typeof data : undefined;
}

function mismatch(a: GoValue, b: GoValue): string {
  return `incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`;
}

function equals([first = MISSING, ...others]: readonly GoValue[]): Result<boolean, string> {
  if (others.length === 0) return fail("missing argument for comparison");
  const a = unboxed(first);
  for (const other of others) {
    const b = unboxed(other);
    const [kind, otherKind] = [basicKind(a), basicKind(b)];
    const isThere = a.data !== undefined && b.data !== undefined;
    if (kind !== otherKind && isThere) return fail(mismatch(a, b));
    if (kind === undefined && otherKind === undefined && isThere) {
      return fail(`non-comparable type ${goPrintf("%s", [a])}: ${typeName(a)}`);
    }
    if (a.data === b.data) return ok(true);
  }
  return ok(false);
}

function isLess(first: GoValue, second: GoValue): Result<boolean, string> {
  const [a, b] = [unboxed(first), unboxed(second)];
  const [kind, other] = [basicKind(a), basicKind(b)];
  if (kind === undefined || other === undefined) return fail("invalid type for comparison");
  if (kind !== other) return fail(mismatch(a, b));
  if (kind === "boolean") return fail("invalid type for comparison");
  return ok((a.data as number) < (b.data as number));
}

/** An order, told from whether the first is less and whether both are equal. */
function ordered(holds: (less: boolean, equal: boolean) => boolean): TemplateFunction {
  return {
    takes: 2,
    call: ([a = MISSING, b = MISSING]) => {
      const less = isLess(a, b);
      if (!less.ok) return less;
      const equal = equals([a, b]);
      return equal.ok ? ok({ data: holds(less.value, equal.value) }) : equal;
    },
  };
}

/** Models fmt.Sprint: blanks stand between operands neither of which is a text. */
function sprint(values: readonly GoValue[]): string {
  return values
    .map((value, at) => {
      const before = values[at - 1];
      const isParted = before !== undefined && typeof value.data !== "string" && typeof before.data !== "string";
      return (isParted ? " " : "") + valueText(value);
    })
    .join("");
}

/** What is escaped: `<no value>` for what is not there. */
const argumentsText = (values: readonly GoValue[]): string =>
  values.length === 1 && values[0]?.data === undefined ? "<no value>" : sprint(values);

const HTML: { readonly [char: string]: string } = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&#34;",
  "'": "&#39;",
  "\0": "\ufffd",
};

const SCRIPT: { readonly [char: string]: string } = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

function inScript(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.codePointAt(0) ?? 0;
      return SCRIPT[char] ?? (code < 0x20 ? `\\u${code.toString(16).toUpperCase().padStart(4, "0")}` : char);
    })
    .join("");
}

function inQuery(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** kubectl's own. */
function base64decode([value]: readonly GoValue[]): Result<GoValue, string> {
  const text = String(value?.data ?? "").replace(/[\r\n]/g, "");
  const wrong = text.search(/[^A-Za-z0-9+/=]/);
  const padding = /^[^=]*(={0,2})$/.exec(text);
  if (wrong >= 0 || padding === null || text.length % 4 !== 0) {
    const at = wrong >= 0 ? wrong : padding === null ? text.indexOf("=") : text.length - (text.length % 4);
    return fail(`base64 decode failed: illegal base64 data at input byte ${at}`);
  }
  const bits = [...text.replaceAll("=", "")]
    .map((char) => ALPHABET.indexOf(char).toString(2).padStart(6, "0"))
    .join("");
  return ok({ data: textOfBytes((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))) });
}

/** kubectl's own: whether a path of keys and places is there. */
function exists(values: readonly GoValue[]): Result<GoValue, string> {
  const found = index(values);
  return ok({ data: found.ok && found.value.data !== undefined && found.value.data !== null });
}

const textual = (make: (text: string) => string): TemplateFunction => ({
  takes: 0,
  variadic: true,
  call: (values) => ok({ data: make(argumentsText(values)) }),
});

/** What `call` says of what it is given: nothing in the data can be called. */
export function callProblem(name: string, value: GoValue): string {
  if (value.data === undefined || value.data === null) return "call of nil";
  return `non-function ${name} of type ${typeName(unboxed(value))}`;
}

/** By name; `and` and `or` look at no more arguments than they need. Models text/template funcs.go. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["and", { takes: 1, variadic: true, call: ([value = MISSING]) => ok(value) }],
  ["or", { takes: 1, variadic: true, call: ([value = MISSING]) => ok(value) }],
  ["call", { takes: 1, variadic: true, call: ([value = MISSING]) => fail(callProblem("", value)) }],
  ["eq", { takes: 1, variadic: true, call: (values) => truthOf(equals(values)) }],
  ["ne", { takes: 2, call: (values) => truthOf(equals(values), true) }],
  ["lt", ordered((less) => less)],
  ["le", ordered((less, equal) => less || equal)],
  ["gt", ordered((less, equal) => !less && !equal)],
  ["ge", ordered((less) => !less)],
  ["not", { takes: 1, call: ([value = MISSING]) => ok({ data: !isTrue(unboxed(value)) }) }],
  ["len", { takes: 1, call: ([value = MISSING]) => length(value) }],
  ["index", { takes: 1, variadic: true, call: index }],
  ["slice", { takes: 1, variadic: true, call: slice }],
  ["print", { takes: 0, variadic: true, call: (values) => ok({ data: sprint(values) }) }],
  ["println", { takes: 0, variadic: true, call: (values) => ok({ data: `${values.map(valueText).join(" ")}\n` }) }],
  [
    "printf",
    {
      takes: 1,
      variadic: true,
      text: true,
      call: ([format, ...values]) => ok({ data: goPrintf(String(format?.data ?? ""), values.map(unboxed)) }),
    },
  ],
  ["html", textual((text) => text.replace(/[<>&"'\0]/g, (char) => HTML[char] ?? char))],
  ["js", textual(inScript)],
  ["urlquery", textual(inQuery)],
  ["exists", { takes: 1, variadic: true, call: exists }],
  ["base64decode", { takes: 1, text: true, call: base64decode }],
]);

function truthOf(result: Result<boolean, string>, inverse = false): Result<GoValue, string> {
  return result.ok ? ok({ data: result.value !== inverse }) : result;
}
