import { CelError, CelList, CelMap, CelOptional, CelUint, type CelValue, NONE } from "../values.ts";
import { define, method, type Overload } from "./overload.ts";

function isZero(value: CelValue): boolean {
  if (value instanceof CelList) return value.items.length === 0;
  if (value instanceof CelMap) return value.keys().length === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof CelUint) return value.value === 0n;
  return value === null || value === false || value === "" || value === 0n || value === 0;
}

function present({ value }: CelOptional): CelValue {
  if (value === undefined) throw new CelError("optional.none() dereference");
  return value;
}

/** Optional values; `optMap` and `optFlatMap` are macros. */
export const optionalFunctions: readonly Overload[] = [
  define("optional.of", "A", "optional_type(A)", (value: CelValue) => new CelOptional(value)),
  define("optional.none", "", "optional_type(A)", () => NONE),
  define("optional.ofNonZeroValue", "A", "optional_type(A)", (value: CelValue) =>
    isZero(value) ? NONE : new CelOptional(value),
  ),
  method("optional_type(A)", "hasValue", "", "bool", ({ value }: CelOptional) => value !== undefined),
  method("optional_type(A)", "value", "", "A", present),
  method("optional_type(A)", "or", "optional_type(A)", "optional_type(A)", (a: CelOptional, b: CelOptional) =>
    a.value === undefined ? b : a,
  ),
  method("optional_type(A)", "orValue", "A", "A", ({ value }: CelOptional, other: CelValue) => value ?? other),
];
