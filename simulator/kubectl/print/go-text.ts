import { isObject, type JsonValue } from "../../base/json.ts";

/** From this exponent on, Go's %v writes a float64 with one. */
const LARGE_EXPONENT = 6;
const SMALL_EXPONENT = -4;

/** A float64 as Go's %v prints it: with an exponent when it is large or small. */
export function goFloat(value: number): string {
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= SMALL_EXPONENT && power < LARGE_EXPONENT) return plainDecimal(value);
  const sign = power < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** Without an exponent, where JavaScript would write one. */
function plainDecimal(value: number): string {
  return /e/.test(String(value)) ? value.toFixed(20).replace(/0+$/, "") : String(value);
}

/** A value as Go's %v prints it. */
export function goText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : goFloat(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
}
