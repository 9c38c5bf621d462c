import { type CelType, parseType, splitTypes } from "../types.ts";
import type { CelValue } from "../values.ts";

/**
 * What a call costs, in CEL's units. `constant`: 1. `read`: a tenth of the first argument's size. `readAll`: a tenth of all
 * sizes. `compare`: a tenth of the smaller size. `argument`: a tenth of the second argument's size. `items`: the first
 * argument's size. `contains`: products of tenths. `matches`: text times pattern. `search`: the size of the list looked
 * through. `cross`: the product of both sizes.
 */
export type CostModel =
  | "constant"
  | "read"
  | "readAll"
  | "compare"
  | "argument"
  | "items"
  | "contains"
  | "matches"
  | "search"
  | "cross";

/** One way to call a function. Of methods, the receiver is the first argument. */
export interface Overload {
  readonly name: string;
  readonly isMethod: boolean;
  readonly args: readonly CelType[];
  readonly result: CelType;
  readonly cost: CostModel;
  /** Throws CelError. */
  readonly call: (args: readonly CelValue[]) => CelValue;
}

/** The signature, which is checked before, says what the arguments are. */
type Implementation = (...args: never[]) => CelValue;

/** `define("size", "string", "int", (text) => …)`: a function. */
export function define(
  name: string,
  args: string,
  result: string,
  call: Implementation,
  cost: CostModel = "constant",
): Overload {
  const types = splitTypes(args).map(parseType);
  return {
    name,
    isMethod: false,
    args: types,
    result: parseType(result),
    cost,
    call: (given) => call(...(given as never[])),
  };
}

/** `method("string", "contains", "string", "bool", (text, part) => …)`: a function of a receiver. */
export function method(
  receiver: string,
  name: string,
  args: string,
  result: string,
  call: Implementation,
  cost: CostModel = "constant",
): Overload {
  const types = [receiver, ...splitTypes(args)].map(parseType);
  return {
    name,
    isMethod: true,
    args: types,
    result: parseType(result),
    cost,
    call: (given) => call(...(given as never[])),
  };
}

/** The size that costs are counted by: characters, bytes, items; 1 for everything else. */
export function costSize(value: CelValue | undefined): number {
  if (typeof value === "string") return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === "object" && value !== null && "items" in value) return value.items.length;
  if (typeof value === "object" && value !== null && "keys" in value) return value.keys().length;
  return 1;
}

/** The cost of a call by the sizes of its arguments. Models cel-go interpreter/runtimecost.go and Kubernetes' CostEstimator. */
export function callCost(model: CostModel, sizes: readonly number[]): number {
  const [first = 1, second = 1] = sizes;
  switch (model) {
    case "constant":
      return 1;
    case "read":
      return Math.max(1, Math.ceil(first * 0.1));
    case "readAll":
      return Math.max(1, Math.ceil(sizes.reduce((sum, size) => sum + size, 0) * 0.1));
    case "compare":
      return Math.max(1, Math.ceil(Math.min(first, second) * 0.1));
    case "argument":
      return Math.max(1, Math.ceil(second * 0.1));
    case "items":
      return Math.max(1, first);
    case "contains":
      return Math.max(1, Math.ceil(first * 0.1)) * Math.max(1, Math.ceil(second * 0.1));
    case "matches":
      return Math.max(1, Math.ceil((first + 1) * 0.1)) * Math.max(1, Math.ceil(second * 0.25));
    case "search":
      return Math.max(1, second);
    case "cross":
      return Math.max(1, first * second);
  }
}
