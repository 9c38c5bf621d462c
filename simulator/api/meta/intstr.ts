import { fail, ok, type Result } from "../../base/result.ts";
import { goQuote } from "./go-text.ts";

/** A number, or text such as `25%` or a port's name. */
export type IntOrString = number | string;

/** Go's Atoi error text, or the number. */
function atoi(text: string): Result<number, string> {
  if (!/^[-+]?[0-9]+$/.test(text)) return fail(`strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`);
  const value = Number(text);
  return Number.isSafeInteger(value) ? ok(value) : fail(`strconv.Atoi: parsing ${goQuote(text)}: value out of range`);
}

// Models apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent
/** A number as it is, a percentage of `total` rounded up or down; any other text is an error. */
export function scaledIntOrPercent(value: IntOrString, total: number, roundUp: boolean): Result<number, string> {
  if (typeof value === "number") return ok(value);
  if (!value.endsWith("%")) return fail("invalid value for IntOrString: invalid type: string is not a percentage");
  const percent = atoi(value.slice(0, -1));
  if (!percent.ok) return fail(`invalid value for IntOrString: invalid value ${goQuote(value)}: ${percent.error}`);
  const scaled = (percent.value * total) / 100;
  return ok(roundUp ? Math.ceil(scaled) : Math.floor(scaled));
}

/** The number that an IntOrString means where percentages have no place: text is parsed, or counts as 0. */
export function intValue(value: IntOrString): number {
  if (typeof value === "number") return value;
  const parsed = atoi(value);
  return parsed.ok ? parsed.value : 0;
}

/** The percentage in a validated text such as `25%`, or undefined where it is none. */
export function percentOf(value: IntOrString): number | undefined {
  return typeof value === "string" && /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}
