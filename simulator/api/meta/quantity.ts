import { fail, ok, type Result } from "../../base/result.ts";

/**
 * Resource quantities: `100m`, `1.5Gi`, `2e3`. Exact decimal arithmetic on value x 10^scale; a value is a number while it
 * is a safe integer, a bigint beyond. Models apimachinery pkg/api/resource Quantity.
 */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

export interface Quantity {
  readonly value: number | bigint;
  /** The power of ten of one unit of `value`; never below -9 (nano). */
  readonly scale: number;
  readonly format: QuantityFormat;
  /** The text where upstream keeps it as written, because it is canonical enough for its fast check. */
  readonly text?: string;
}

/** The quantity, or upstream's text of what is wrong with it. */
export type QuantityResult = Result<Quantity, string>;

export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
export const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix";
export const QUANTITY_NUMBER_ERROR = "unable to parse numeric part of quantity";

const NANO = -9;
/** Upstream takes any exponent and pays for it when it computes; more than this no resource needs. */
const MAX_EXPONENT = 400;
/** A longer text is no quantity but an attack on the arithmetic. */
const MAX_TEXT = 512;
const MAX_INT64 = 2n ** 63n - 1n;

const DECIMAL_SUFFIXES: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SUFFIXES: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_BY_EXPONENT: ReadonlyMap<number, string> = new Map(
  Object.entries(DECIMAL_SUFFIXES).map(([suffix, exponent]) => [exponent, suffix]),
);
const BINARY_BY_STEP = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

const SHAPE = /^([+-]?)([0-9]*)(\.[0-9]*)?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

const normal = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

const make = (value: number | bigint, scale: number, format: QuantityFormat, text?: string): Quantity =>
  text === undefined ? { value, scale, format } : { value, scale, format, text };

interface Suffix {
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function interpretSuffix(suffix: string): Suffix | undefined {
  if (Object.hasOwn(DECIMAL_SUFFIXES, suffix)) return { exponent: DECIMAL_SUFFIXES[suffix] ?? 0, format: "DecimalSI" };
  if (Object.hasOwn(BINARY_SUFFIXES, suffix)) return { exponent: BINARY_SUFFIXES[suffix] ?? 0, format: "BinarySI" };
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) return undefined;
  const exponent = Number(suffix.slice(1));
  return Math.abs(exponent) <= MAX_EXPONENT ? { exponent, format: "DecimalExponent" } : undefined;
}

/** Divides by 10^places, away from zero. */
function divideUp(value: bigint, places: number): bigint {
  const divisor = 10n ** BigInt(places);
  const quotient = value / divisor;
  const rest = value % divisor;
  if (rest === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

/** Whether upstream would keep the text of a quantity that its fast path parsed. */
function keepsText(digits: string, scale: number, format: QuantityFormat): boolean {
  if (format === "BinarySI") return (BigInt(digits) & 7n) !== 0n;
  return scale % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
}

function parseBinary(sign: bigint, whole: string, fraction: string, exponent: number, text: string): Quantity {
  const digits = BigInt(whole + fraction);
  const factor = 1n << BigInt(exponent);
  if (fraction === "") {
    const value = digits * factor;
    const capped = value > MAX_INT64 ? MAX_INT64 : value;
    // The same estimate of precision by which upstream chooses its fast path, the only one that keeps texts.
    const fast = 15 - whole.length - Math.trunc(Math.fround(exponent * 3) / 10) - 1 >= 0;
    const keep = fast && value <= MAX_INT64 && keepsText(whole, 0, "BinarySI");
    return make(normal(sign * capped), 0, "BinarySI", keep ? text : undefined);
  }
  const scale = -fraction.length;
  let value = digits * factor;
  let finalScale = scale;
  if (scale < NANO) {
    value = divideUp(value, NANO - scale);
    finalScale = NANO;
  }
  const one = 10n ** BigInt(-finalScale);
  if (value > MAX_INT64 * one) value = MAX_INT64 * one;
  const format = value > 0n && value < one ? "DecimalSI" : "BinarySI";
  return make(normal(sign * value), finalScale, format);
}

function parseDecimal(sign: bigint, whole: string, fraction: string, suffix: Suffix, text: string): Quantity {
  const digits = whole + fraction;
  const scale = suffix.exponent - fraction.length;
  const magnitude = BigInt(digits);
  if (scale < NANO) return make(normal(sign * divideUp(magnitude, NANO - scale)), NANO, suffix.format);
  const keep = digits.length <= 18 && keepsText(digits, scale, suffix.format);
  return make(normal(sign * magnitude), scale, suffix.format, keep ? text : undefined);
}

// Models apimachinery pkg/api/resource ParseQuantity
function parseUncached(text: string): QuantityResult {
  if (text === "") return fail(QUANTITY_FORMAT_ERROR);
  if (text === "0") return ok(make(0, 0, "DecimalSI", text));
  const match = SHAPE.exec(text);
  if (!match) return fail(QUANTITY_FORMAT_ERROR);
  if (text.length > MAX_TEXT) return fail(QUANTITY_NUMBER_ERROR);
  const suffix = interpretSuffix(match[4] ?? "");
  if (!suffix) return fail(QUANTITY_SUFFIX_ERROR);
  const sign = match[1] === "-" ? -1n : 1n;
  const whole = (match[2] ?? "").replace(/^0+/, "") || "0";
  const fraction = (match[3] ?? "").slice(1);
  const quantity =
    suffix.format === "BinarySI"
      ? parseBinary(sign, whole, fraction, suffix.exponent, text)
      : parseDecimal(sign, whole, fraction, suffix, text);
  return ok(quantity);
}

const CACHE_SIZE = 4096;
const cache = new Map<string, QuantityResult>();

/** Parses a quantity's text (no surrounding space). Results are shared: quantities are values, never changed. */
export function parseQuantity(text: string): QuantityResult {
  const known = cache.get(text);
  if (known) return known;
  const result = parseUncached(text);
  if (text.length <= 32) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(text, result);
  }
  return result;
}

/** Parses a quantity out of a stored object, where decoding has checked it already; what is no quantity counts as zero. */
export function quantityOf(text: string | undefined): Quantity {
  if (text === undefined) return ZERO_QUANTITY;
  const result = parseQuantity(text);
  return result.ok ? result.value : ZERO_QUANTITY;
}

export const ZERO_QUANTITY: Quantity = make(0, 0, "DecimalSI");

/** The value in units of 10^scale, rounded away from zero where it does not fit. */
function scaled(quantity: Quantity, scale: number): bigint {
  const value = BigInt(quantity.value);
  const places = quantity.scale - scale;
  return places >= 0 ? value * 10n ** BigInt(places) : divideUp(value, -places);
}

function inUnits(quantity: Quantity, scale: number): number {
  const { value } = quantity;
  if (quantity.scale === scale) return Number(value);
  const places = quantity.scale - scale;
  if (typeof value === "number" && places > 0 && places <= 9) {
    const product = value * 10 ** places;
    if (Number.isSafeInteger(product)) return product;
  }
  return Number(scaled(quantity, scale));
}

/** Thousandths of a CPU, rounded up; beyond 2^53 the nearest number. */
export function toMilliCpu(quantity: Quantity): number {
  return inUnits(quantity, -3);
}

/** Bytes (or any whole unit), rounded up; beyond 2^53 the nearest number. */
export function toBytes(quantity: Quantity): number {
  return inUnits(quantity, 0);
}

/** The value as a float, for shares and percentages. */
export function toFloat(quantity: Quantity): number {
  return quantity.scale < 0
    ? Number(quantity.value) / 10 ** -quantity.scale
    : Number(quantity.value) * 10 ** quantity.scale;
}

/** -1, 0 or 1. */
export function signOf(quantity: Quantity): number {
  return quantity.value > 0 ? 1 : quantity.value < 0 ? -1 : 0;
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  let left = a.value;
  let right = b.value;
  if (a.scale !== b.scale) {
    const scale = Math.min(a.scale, b.scale);
    left = scaled(a, scale);
    right = scaled(b, scale);
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function combine(a: Quantity, b: Quantity, sign: 1 | -1): Quantity {
  const format = a.value === 0 ? b.format : a.format;
  if (a.scale === b.scale && typeof a.value === "number" && typeof b.value === "number") {
    const sum = a.value + sign * b.value;
    if (Number.isSafeInteger(sum)) return make(sum, a.scale, format);
  }
  const scale = Math.min(a.scale, b.scale);
  return make(normal(scaled(a, scale) + BigInt(sign) * scaled(b, scale)), scale, format);
}

/** The sum; where `a` is zero the result prints in b's format. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, 1);
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, -1);
}

/** A quantity of thousandths: `quantityOfMilli(1500)` prints as 1500m. */
export function quantityOfMilli(milli: number, format: QuantityFormat = "DecimalSI"): Quantity {
  return make(milli, -3, format);
}

/** A quantity of whole units: bytes, pods. */
export function quantityOfUnits(units: number, format: QuantityFormat = "DecimalSI"): Quantity {
  return make(units, 0, format);
}

function formatDecimal(quantity: Quantity, format: QuantityFormat): string {
  let value = BigInt(quantity.value);
  let exponent = quantity.scale;
  while (value % 10n === 0n) {
    value /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    value *= 10n;
    exponent--;
  }
  if (format === "DecimalExponent") return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  return `${value}${DECIMAL_BY_EXPONENT.get(exponent) ?? ""}`;
}

function formatBinary(value: bigint): string {
  let step = 0;
  while (value % 1024n === 0n) {
    value /= 1024n;
    step++;
  }
  return `${value}${BINARY_BY_STEP[step] ?? ""}`;
}

// Models apimachinery pkg/api/resource Quantity.String
/** The canonical text: `0.5` is 500m, `1024Mi` is 1Gi, `1.5Gi` is 1536Mi. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.value === 0) return "0";
  if (quantity.format !== "BinarySI") return formatDecimal(quantity, quantity.format);
  const whole = scaled(quantity, 0);
  const exact = quantity.scale >= 0 || whole * 10n ** BigInt(-quantity.scale) === BigInt(quantity.value);
  const small = compareQuantities(quantity, MINUS_KIBI) > 0 && compareQuantities(quantity, KIBI) < 0;
  // A binary form would round here, so upstream falls back to the decimal one.
  if (small || !exact) return formatDecimal(quantity, "DecimalSI");
  return formatBinary(whole);
}

const KIBI = make(1024, 0, "BinarySI");
const MINUS_KIBI = make(-1024, 0, "BinarySI");
