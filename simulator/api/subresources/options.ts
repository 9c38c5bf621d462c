import { fail, ok, type Result } from "../../base/result.ts";
import { badRequest, type Status } from "../errors.ts";
import { goQuote } from "../meta/go-text.ts";
import type { Query } from "../routing.ts";

// Models apimachinery pkg/runtime conversion.go: how texts of a query become fields of an options object.

export function textOption(query: Query, name: string): string {
  return query.get(name)?.[0] ?? "";
}

/** Present is true, unless it says otherwise. */
export function flagOption(query: Query, name: string): boolean {
  const text = query.get(name)?.[0];
  return text !== undefined && text.toLowerCase() !== "false" && text !== "0";
}

export function integerOption(query: Query, name: string): Result<number | undefined, Status> {
  const text = query.get(name)?.[0];
  if (text === undefined || text === "") return ok(undefined);
  if (/^[+-]?\d+$/.test(text)) {
    const value = Number(text);
    if (Math.abs(value) < 2 ** 63) return ok(value);
    return fail(badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: value out of range`));
  }
  return fail(badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`));
}
