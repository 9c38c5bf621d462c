import { isObject, type JsonValue } from "../../base/json.ts";
import { goFloat, goText } from "./go-text.ts";

/**
 * A value as Go's templates hold it. `data` undefined is a value that is not there; `boxed` is one in an interface, such
 * as all that maps and lists hold; `number` is Go's type of a number that does not come from the data.
 */
export interface GoValue {
  readonly data: JsonValue | undefined;
  readonly boxed?: true;
  readonly number?: "int" | "float64" | "uint8";
}

export const MISSING: GoValue = { data: undefined };

export const boxed = (data: JsonValue): GoValue => ({ data, boxed: true });

/** What is in the interface; nothing at all where that is nil. Models text/template indirectInterface. */
export function unboxed(value: GoValue): GoValue {
  if (!value.boxed) return value;
  const { boxed: _, ...inner } = value;
  return inner.data === null ? MISSING : inner;
}

export const isNilBox = ({ data, boxed: inBox }: GoValue): boolean => inBox === true && data === null;

/** Go's name of the type; `interface {}` for what is still in its box. */
export function typeName({ data, boxed: inBox, number }: GoValue): string {
  if (inBox) return "interface {}";
  if (typeof data === "number") return number ?? (Number.isInteger(data) ? "int64" : "float64");
  if (typeof data === "string") return "string";
  if (typeof data === "boolean") return "bool";
  return Array.isArray(data) ? "[]interface {}" : "map[string]interface {}";
}

/** As %v prints it. */
export function valueText(value: GoValue): string {
  return typeof value.data === "number" && value.number === "float64" ? goFloat(value.data) : goText(value.data);
}

/** Whether a value counts as true. Models text/template IsTrue. */
export function isTrue({ data }: GoValue): boolean {
  if (data === undefined || data === null || data === 0 || data === "" || data === false) return false;
  if (Array.isArray(data)) return data.length > 0;
  return isObject(data) ? Object.keys(data).length > 0 : true;
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): readonly number[] {
  return [...text].flatMap((char) => {
    // Half a pair is no character.
    const whole = /[\ud800-\udfff]/.test(char) && char.length === 1 ? "\ufffd" : char;
    const parts = encodeURIComponent(whole).match(/%[\dA-F]{2}|[^%]/g) ?? [];
    return parts.map((part) => (part.length > 1 ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0)));
  });
}

/** The text of bytes; those that are no UTF-8 are taken one by one. */
export function textOfBytes(bytes: readonly number[]): string {
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return String.fromCharCode(...bytes);
  }
}
