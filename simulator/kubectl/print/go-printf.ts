import { goQuote, goQuoteRune } from "../../api/meta/go-text.ts";
import { isObject } from "../../base/json.ts";
import { type boxed, type GoValue, typeName, utf8, valueText } from "./go-values.ts";

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d*))?([\p{L}%])?/gu;

/** Models fmt.Sprintf for what templates can hand it. */
export function goPrintf(format: string, values: readonly GoValue[]): string {
  let next = 0;
  const text = format.replace(VERB, (_whole, flags: string, width: string, precision: string, verb?: string) => {
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    const value = values[next++];
    if (value === undefined) return `%!${verb}(MISSING)`;
    const shown = formatted(verb, flags, value, precision === undefined ? undefined : Number(precision));
    return padded(shown, flags, Number(width ?? 0), typeof value.data === "number");
  });
  const extra = values.slice(next).map((value) => (isNil(value) ? "<nil>" : `${typeName(value)}=${valueText(value)}`));
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}

const isNil = ({ data }: GoValue): boolean => data === undefined || data === null;

function padded(text: string, flags: string, width: number, isNumber: boolean): string {
  const room = width - [...text].length;
  if (room <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(room);
  if (!flags.includes("0")) return " ".repeat(room) + text;
  const sign = isNumber ? (/^[-+ ]/.exec(text)?.[0] ?? "") : "";
  return sign + "0".repeat(room) + text.slice(sign.length);
}

function formatted(verb: string, flags: string, value: GoValue, precision: number | undefined): string {
  const { data } = value;
  if (verb === "T") return isNil(value) ? "<nil>" : typeName(value);
  if (isNil(value)) return verb === "v" ? "<nil>" : `%!${verb}(<nil>)`;
  if (Array.isArray(data)) return `[${data.map((item) => formatted(verb, flags, inner(item), precision)).join(" ")}]`;
  if (isObject(data)) {
    const pairs = Object.keys(data)
      .sort()
      .map((key) => `${ofText(verb, key, precision)}:${formatted(verb, flags, inner(data[key] ?? null), precision)}`);
    return `map[${pairs.join(" ")}]`;
  }
  if (typeof data === "string") return ofText(verb, data, precision);
  if (typeof data === "boolean") return verb === "v" || verb === "t" ? String(data) : bad(verb, value);
  const isFloat = typeName(value) === "float64";
  const text = isFloat ? ofFloat(verb, data as number, precision) : ofInteger(verb, flags, data as number, precision);
  if (text === undefined) return bad(verb, value);
  return flags.includes("+") && (data as number) >= 0 ? `+${text}` : signRoom(text, flags);
}

const inner = (data: Parameters<typeof boxed>[0]): GoValue => ({ data });

const signRoom = (text: string, flags: string): string =>
  flags.includes(" ") && !text.startsWith("-") ? ` ${text}` : text;

const bad = (verb: string, value: GoValue): string => `%!${verb}(${typeName(value)}=${valueText(value)})`;

function ofText(verb: string, text: string, precision: number | undefined): string {
  const cut = precision === undefined ? text : [...text].slice(0, precision).join("");
  if (verb === "v" || verb === "s") return cut;
  if (verb === "q") return goQuote(cut);
  if (verb !== "x" && verb !== "X") return `%!${verb}(string=${text})`;
  const hex = utf8(cut)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return verb === "x" ? hex : hex.toUpperCase();
}

const BASES: { readonly [verb: string]: number | undefined } = { b: 2, o: 8, d: 10, x: 16, X: 16, v: 10 };
const PREFIXES: { readonly [verb: string]: string | undefined } = { b: "0b", o: "0", x: "0x", X: "0X" };

function ofInteger(verb: string, flags: string, value: number, precision: number | undefined): string | undefined {
  if (verb === "c") return String.fromCodePoint(value);
  if (verb === "q") return goQuoteRune(String.fromCodePoint(value));
  if (verb === "U") return `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
  const base = BASES[verb];
  if (base === undefined) return undefined;
  const digits = Math.abs(value)
    .toString(base)
    .padStart(precision ?? 0, "0");
  const prefix = flags.includes("#") ? (PREFIXES[verb] ?? "") : "";
  return `${value < 0 ? "-" : ""}${prefix}${verb === "X" ? digits.toUpperCase() : digits}`;
}

const DEFAULT_PRECISION = 6;

function ofFloat(verb: string, value: number, precision: number | undefined): string | undefined {
  const exponent = (text: string) => text.replace(/e([-+])(\d)$/, "e$10$2");
  switch (verb) {
    case "f":
    case "F":
      return value.toFixed(precision ?? DEFAULT_PRECISION);
    case "e":
      return exponent(value.toExponential(precision ?? DEFAULT_PRECISION));
    case "E":
      return exponent(value.toExponential(precision ?? DEFAULT_PRECISION)).toUpperCase();
    case "v":
    case "g":
    case "G":
      return precision === undefined
        ? valueText({ data: value, number: "float64" })
        : exponent(String(Number(value.toPrecision(Math.max(precision, 1)))));
    default:
      return undefined;
  }
}
