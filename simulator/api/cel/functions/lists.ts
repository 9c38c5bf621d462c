import { CelDuration, CelError, type CelList, CelUint, type CelValue, compareValues, equalValues } from "../values.ts";
import { checkedInt, checkedUint } from "./operators.ts";
import { define, method, type Overload } from "./overload.ts";

const COMPARABLE = ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"];

const compare = (a: CelValue, b: CelValue): number => {
  const order = compareValues(a, b);
  if (order === undefined) throw new CelError("no such overload");
  return order;
};

const isSorted = ({ items }: CelList): boolean =>
  items.every((item, at) => at === 0 || compare(items[at - 1] as CelValue, item) <= 0);

function extreme(name: string, sign: number) {
  return ({ items }: CelList): CelValue => {
    const [first, ...rest] = items;
    if (first === undefined) throw new CelError(`${name} called on empty list`);
    return rest.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first);
  };
}

const SUMS: readonly (readonly [string, (list: CelList) => CelValue])[] = [
  ["int", ({ items }) => (items as readonly bigint[]).reduce((sum, item) => checkedInt(sum + item), 0n)],
  [
    "uint",
    ({ items }) =>
      (items as readonly CelUint[]).reduce((sum, item) => checkedUint(sum.value + item.value), new CelUint(0n)),
  ],
  ["double", ({ items }) => (items as readonly number[]).reduce((sum, item) => sum + item, 0)],
  [
    "duration",
    ({ items }) => new CelDuration((items as readonly CelDuration[]).reduce((sum, { nanos }) => sum + nanos, 0n)),
  ],
];

const contains = ({ items }: CelList, item: CelValue): boolean => items.some((one) => equalValues(one, item));

/** Kubernetes' list library, and cel-go's sets. */
export const listFunctions: readonly Overload[] = [
  ...COMPARABLE.flatMap((type) => [
    method(`list(${type})`, "isSorted", "", "bool", isSorted, "items"),
    method(`list(${type})`, "min", "", type, extreme("min", -1), "items"),
    method(`list(${type})`, "max", "", type, extreme("max", 1), "items"),
  ]),
  ...SUMS.map(([type, sum]) => method(`list(${type})`, "sum", "", type, sum, "items")),
  method(
    "list(A)",
    "indexOf",
    "A",
    "int",
    ({ items }: CelList, item: CelValue) => BigInt(items.findIndex((one) => equalValues(one, item))),
    "items",
  ),
  method(
    "list(A)",
    "lastIndexOf",
    "A",
    "int",
    ({ items }: CelList, item: CelValue) => BigInt(items.findLastIndex((one) => equalValues(one, item))),
    "items",
  ),
  define(
    "sets.contains",
    "list(A), list(A)",
    "bool",
    (a: CelList, b: CelList) => b.items.every((item) => contains(a, item)),
    "cross",
  ),
  define(
    "sets.equivalent",
    "list(A), list(A)",
    "bool",
    (a: CelList, b: CelList) =>
      b.items.every((item) => contains(a, item)) && a.items.every((item) => contains(b, item)),
    "cross",
  ),
  define(
    "sets.intersects",
    "list(A), list(A)",
    "bool",
    (a: CelList, b: CelList) => b.items.some((item) => contains(a, item)),
    "cross",
  ),
];
