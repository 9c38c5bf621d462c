import { fail, ok, type Result } from "../base/result.ts";
import { goQuote } from "./meta/go-text.ts";
import type { Query } from "./routing.ts";

// Models apimachinery pkg/runtime converter.go: how Go reads the values of a query.

const MAX_INT64 = 2n ** 63n - 1n;

/** A whole number of a query, undefined where it names none; the error is Go's. */
export function wholeNumber(query: Query, name: string): Result<number | undefined, string> {
  const text = query.get(name)?.[0];
  if (text === undefined) return ok(undefined);
  const wrong = (why: string) => fail(`strconv.ParseInt: parsing ${goQuote(text)}: ${why}`);
  if (!/^[-+]?\d+$/.test(text)) return wrong("invalid syntax");
  const value = BigInt(text.replace("+", ""));
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? wrong("value out of range") : ok(Number(value));
}
