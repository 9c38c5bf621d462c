import { goQuote } from "../../meta/go-text.ts";
import {
  CelDuration,
  CelError,
  CelList,
  CelMap,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
  typeNameOf,
} from "../values.ts";
import { formatDouble } from "./conversions.ts";
import { define, method, type Overload } from "./overload.ts";
import { formatRfc3339, formatSeconds } from "./time.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

function charAt(text: string, at: bigint): string {
  const characters = [...text];
  if (at < 0n || at > characters.length) throw new CelError(`index out of range: ${at}`);
  return characters[Number(at)] ?? "";
}

function indexOf(text: string, part: string, from = 0n): bigint {
  const characters = [...text];
  const wanted = [...part];
  if (from < 0n || from > characters.length) throw new CelError(`index out of range: ${from}`);
  for (let at = Number(from); at + wanted.length <= characters.length; at++) {
    if (wanted.every((char, index) => characters[at + index] === char)) return BigInt(at);
  }
  return -1n;
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const characters = [...text];
  const wanted = [...part];
  if (from !== undefined && (from < 0n || from > characters.length)) throw new CelError(`index out of range: ${from}`);
  const start = Math.min(Number(from ?? characters.length), characters.length - wanted.length);
  for (let at = start; at >= 0; at--) {
    if (wanted.every((char, index) => characters[at + index] === char)) return BigInt(at);
  }
  return -1n;
}

function substring(text: string, start: bigint, end?: bigint): string {
  const characters = [...text];
  const to = end ?? BigInt(characters.length);
  if (start < 0n || start > characters.length) throw new CelError(`index out of range: ${start}`);
  if (to < 0n || to > characters.length) throw new CelError(`index out of range: ${to}`);
  if (start > to) throw new CelError(`invalid substring range. start: ${start}, end: ${to}`);
  return characters.slice(Number(start), Number(to)).join("");
}

function replace(text: string, old: string, by: string, limit = -1n): string {
  if (limit < 0n) return text.split(old).join(by);
  let result = "";
  let rest = text;
  for (let left = limit; left > 0n; left--) {
    const at = rest.indexOf(old);
    if (at < 0) break;
    result += rest.slice(0, at) + by;
    rest = rest.slice(at + old.length);
  }
  return result + rest;
}

function split(text: string, separator: string, limit = -1n): CelList {
  if (limit === 0n) return new CelList([]);
  const parts = separator === "" ? [...text] : text.split(separator);
  if (limit < 0n || parts.length <= limit) return new CelList(parts);
  const kept = parts.slice(0, Number(limit) - 1);
  return new CelList([...kept, parts.slice(Number(limit) - 1).join(separator)]);
}

const ascii = (change: (text: string) => string, pattern: RegExp) => (text: string) => text.replace(pattern, change);

/** A value as `%s` prints it. Models cel-go ext/formatting.go. */
function formatString(value: CelValue): string {
  if (value === null) return "null";
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatDouble(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return decodeUtf8(value);
  if (value instanceof CelTimestamp) return formatRfc3339(value.nanos);
  if (value instanceof CelDuration) return formatSeconds(value.nanos);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelList) return `[${value.items.map(formatString).join(", ")}]`;
  if (value instanceof CelMap) {
    const entries = value.keys().map((key) => [formatString(key), formatString(value.get(key) ?? null)] as const);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${key}: ${item}`)
      .join(", ")}}`;
  }
  throw new CelError(
    `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeNameOf(value)}`,
  );
}

function wholeNumber(value: CelValue): bigint {
  if (typeof value === "bigint") return value;
  if (value instanceof CelUint) return value.value;
  throw new CelError(
    `error during formatting: decimal clause can only be used on integers, was given ${typeNameOf(value)}`,
  );
}

function real(value: CelValue): number {
  if (typeof value === "number") return value;
  return Number(wholeNumber(value));
}

function formatClause(clause: string, precision: number, value: CelValue): string {
  switch (clause) {
    case "s":
      return formatString(value);
    case "d":
      return typeof value === "number" && !Number.isFinite(value) ? formatDouble(value) : String(wholeNumber(value));
    case "f":
      return real(value).toFixed(precision);
    case "e":
      return real(value)
        .toExponential(precision)
        .replace(/e([-+])(\d)$/, "e$10$2");
    case "b":
      return typeof value === "boolean" ? (value ? "1" : "0") : wholeNumber(value).toString(2);
    case "o":
      return wholeNumber(value).toString(8);
    case "x":
    case "X": {
      const bytes = typeof value === "string" ? encodeUtf8(value) : value;
      const text =
        bytes instanceof Uint8Array
          ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
          : wholeNumber(bytes).toString(16);
      return clause === "X" ? text.toUpperCase() : text;
    }
    default:
      throw new CelError(
        `error during formatting: could not parse formatting clause: unrecognized formatting clause "${clause}"`,
      );
  }
}

function format(pattern: string, { items }: CelList): string {
  let used = 0;
  return pattern.replace(
    /%%|%(?:\.(\d+))?([\s\S])?/g,
    (whole, precision: string | undefined, clause: string | undefined) => {
      if (whole === "%%") return "%";
      if (clause === undefined) throw new CelError("error during formatting: unexpected end of string");
      const value = items[used++];
      if (value === undefined) throw new CelError(`error during formatting: index ${used - 1} out of range`);
      return formatClause(clause, Number(precision ?? 6), value);
    },
  );
}

function join({ items }: CelList, separator = ""): string {
  return items.join(separator);
}

const trimmed = (text: string): string => text.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, "");

/** The standard methods of strings, and cel-go's extension in the version that Kubernetes takes (2). */
export const stringFunctions: readonly Overload[] = [
  method("string", "contains", "string", "bool", (text: string, part: string) => text.includes(part), "contains"),
  method("string", "startsWith", "string", "bool", (text: string, part: string) => text.startsWith(part), "argument"),
  method("string", "endsWith", "string", "bool", (text: string, part: string) => text.endsWith(part), "argument"),
  method("string", "charAt", "int", "string", charAt, "read"),
  method("string", "indexOf", "string", "int", indexOf, "contains"),
  method("string", "indexOf", "string, int", "int", indexOf, "contains"),
  method("string", "lastIndexOf", "string", "int", lastIndexOf, "contains"),
  method("string", "lastIndexOf", "string, int", "int", lastIndexOf, "contains"),
  method(
    "string",
    "lowerAscii",
    "",
    "string",
    ascii((text) => text.toLowerCase(), /[A-Z]+/g),
    "read",
  ),
  method(
    "string",
    "upperAscii",
    "",
    "string",
    ascii((text) => text.toUpperCase(), /[a-z]+/g),
    "read",
  ),
  method("string", "replace", "string, string", "string", replace, "read"),
  method("string", "replace", "string, string, int", "string", replace, "read"),
  method("string", "split", "string", "list(string)", split, "read"),
  method("string", "split", "string, int", "list(string)", split, "read"),
  method("string", "substring", "int", "string", substring, "read"),
  method("string", "substring", "int, int", "string", substring, "read"),
  method("string", "trim", "", "string", trimmed, "read"),
  method("string", "format", "list(dyn)", "string", format, "read"),
  method("list(string)", "join", "", "string", join, "items"),
  method("list(string)", "join", "string", "string", join, "items"),
  define("strings.quote", "string", "string", goQuote, "read"),
];
