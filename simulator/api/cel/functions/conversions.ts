import {
  type CelDuration,
  CelError,
  type CelList,
  type CelMap,
  type CelTimestamp,
  CelTypeValue,
  type CelUint,
  type CelValue,
  typeNameOf,
} from "../values.ts";
import { checkedInt, checkedUint } from "./operators.ts";
import { define, method, type Overload } from "./overload.ts";
import { formatRfc3339, formatSeconds } from "./time.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const characters = (text: string): bigint => BigInt([...text].length);

/** A double as Go's `%g` prints it. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4 || exponent >= 21) {
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  }
  return String(value);
}

const SIZES: readonly (readonly [string, (value: never) => bigint])[] = [
  ["string", characters],
  ["bytes", (bytes: Uint8Array) => BigInt(bytes.length)],
  ["list(A)", ({ items }: CelList) => BigInt(items.length)],
  ["map(A, B)", (map: CelMap) => BigInt(map.keys().length)],
];

function intOf(text: string): bigint {
  if (!/^[-+]?\d+$/.test(text)) throw conversionError("string", "int");
  return checkedInt(BigInt(text.replace(/^\+/, "")));
}

function conversionError(from: string, to: string): CelError {
  return new CelError(`type conversion error from '${from}' to '${to}'`);
}

function truncated(value: number): bigint {
  if (!Number.isFinite(value)) throw new CelError("integer overflow");
  return checkedInt(BigInt(Math.trunc(value)));
}

function doubleOf(text: string): number {
  if (/^[-+]?inf(inity)?$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) throw conversionError("string", "double");
  return Number(text);
}

const TRUE = ["1", "t", "true", "TRUE", "True"];
const FALSE = ["0", "f", "false", "FALSE", "False"];

function boolOf(text: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw conversionError("string", "bool");
}

const seconds = ({ nanos }: CelTimestamp): bigint => {
  const whole = nanos / 1_000_000_000n;
  return nanos % 1_000_000_000n < 0n ? whole - 1n : whole;
};

/** Sizes, types and conversions between them. */
export const conversions: readonly Overload[] = [
  ...SIZES.flatMap(([type, size]) => [define("size", type, "int", size), method(type, "size", "", "int", size)]),
  define("dyn", "A", "dyn", (value: CelValue) => value),
  define("type", "A", "type(A)", (value: CelValue) => new CelTypeValue(typeNameOf(value))),
  define("bool", "bool", "bool", (value: boolean) => value),
  define("bool", "string", "bool", boolOf),
  define("int", "int", "int", (value: bigint) => value),
  define("int", "uint", "int", ({ value }: CelUint) => checkedInt(value)),
  define("int", "double", "int", truncated),
  define("int", "string", "int", intOf),
  define("int", "timestamp", "int", seconds),
  define("int", "duration", "int", ({ nanos }: CelDuration) => nanos),
  define("uint", "uint", "uint", (value: CelUint) => value),
  define("uint", "int", "uint", checkedUint),
  define("uint", "double", "uint", (value: number) => checkedUint(truncated(value))),
  define("uint", "string", "uint", (text: string) => checkedUint(intOf(text))),
  define("double", "double", "double", (value: number) => value),
  define("double", "int", "double", (value: bigint) => Number(value)),
  define("double", "uint", "double", ({ value }: CelUint) => Number(value)),
  define("double", "string", "double", doubleOf),
  define("string", "string", "string", (text: string) => text),
  define("string", "bool", "string", (value: boolean) => String(value)),
  define("string", "int", "string", (value: bigint) => String(value)),
  define("string", "uint", "string", ({ value }: CelUint) => String(value)),
  define("string", "double", "string", formatDouble),
  define("string", "bytes", "string", decodeUtf8, "read"),
  define("string", "timestamp", "string", ({ nanos }: CelTimestamp) => formatRfc3339(nanos)),
  define("string", "duration", "string", ({ nanos }: CelDuration) => formatSeconds(nanos)),
  define("bytes", "bytes", "bytes", (bytes: Uint8Array) => bytes),
  define("bytes", "string", "bytes", encodeUtf8, "read"),
];
