import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  quantityOfUnits,
  signOf,
  subtractQuantities,
  toFloat,
} from "../../meta/quantity.ts";
import { CelError, CelOpaque } from "../values.ts";
import { checkedInt } from "./operators.ts";
import { define, method, type Overload } from "./overload.ts";

const TYPE = "kubernetes.Quantity";

/** Equal quantities have one text, whatever their suffix. */
const wrap = (quantity: Quantity): CelOpaque =>
  new CelOpaque(TYPE, quantity, String(BigInt(quantity.value) * 10n ** BigInt(quantity.scale + 9)));
const quantity = ({ value }: CelOpaque): Quantity => value as Quantity;

function parse(text: string): CelOpaque {
  const parsed = parseQuantity(text);
  if (!parsed.ok) throw new CelError(parsed.error);
  return wrap(parsed.value);
}

function wholeOf(value: Quantity): bigint | undefined {
  const nanos = BigInt(value.value) * 10n ** BigInt(value.scale + 9);
  return nanos % 1_000_000_000n === 0n ? nanos / 1_000_000_000n : undefined;
}

function asInteger(value: CelOpaque): bigint {
  const whole = wholeOf(quantity(value));
  if (whole === undefined) throw new CelError("cannot convert value to integer");
  return checkedInt(whole);
}

const compare = (a: CelOpaque, b: CelOpaque): number => compareQuantities(quantity(a), quantity(b));
const units = (value: bigint): Quantity => quantityOfUnits(Number(value));

/** Kubernetes' quantity library. */
export const quantityFunctions: readonly Overload[] = [
  define("isQuantity", "string", "bool", (text: string) => parseQuantity(text).ok),
  define("quantity", "string", TYPE, parse),
  method(TYPE, "sign", "", "int", (value: CelOpaque) => BigInt(signOf(quantity(value)))),
  method(TYPE, "isGreaterThan", TYPE, "bool", (a: CelOpaque, b: CelOpaque) => compare(a, b) > 0),
  method(TYPE, "isLessThan", TYPE, "bool", (a: CelOpaque, b: CelOpaque) => compare(a, b) < 0),
  method(TYPE, "compareTo", TYPE, "int", (a: CelOpaque, b: CelOpaque) => BigInt(Math.sign(compare(a, b)))),
  method(TYPE, "asApproximateFloat", "", "double", (value: CelOpaque) => toFloat(quantity(value))),
  method(TYPE, "asInteger", "", "int", asInteger),
  method(TYPE, "isInteger", "", "bool", (value: CelOpaque) => wholeOf(quantity(value)) !== undefined),
  method(TYPE, "add", TYPE, TYPE, (a: CelOpaque, b: CelOpaque) => wrap(addQuantities(quantity(a), quantity(b)))),
  method(TYPE, "add", "int", TYPE, (a: CelOpaque, b: bigint) => wrap(addQuantities(quantity(a), units(b)))),
  method(TYPE, "sub", TYPE, TYPE, (a: CelOpaque, b: CelOpaque) => wrap(subtractQuantities(quantity(a), quantity(b)))),
  method(TYPE, "sub", "int", TYPE, (a: CelOpaque, b: bigint) => wrap(subtractQuantities(quantity(a), units(b)))),
];
