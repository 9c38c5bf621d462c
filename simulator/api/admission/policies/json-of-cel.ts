import type { JsonValue } from "../../../base/json.ts";
import { CelList, CelMap, CelOpaque, CelUint, type CelValue } from "../../cel/values.ts";
import { encodeBase64 } from "../../schema/base64.ts";

/** A value that an expression gave, as JSON; undefined: it has no such form. */
export function jsonOfCel(value: CelValue): JsonValue | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof CelUint) return Number(value.value);
  if (value instanceof Uint8Array) return encodeBase64(value);
  if (value instanceof CelOpaque) return value.text;
  if (value instanceof CelList) {
    const items = value.items.map(jsonOfCel);
    return items.includes(undefined) ? undefined : (items as JsonValue[]);
  }
  if (!(value instanceof CelMap)) return undefined;
  const fields = value.keys().map((key) => [String(key), jsonOfCel(value.get(key) ?? null)] as const);
  if (fields.some(([, json]) => json === undefined)) return undefined;
  return Object.fromEntries(fields) as JsonValue;
}
