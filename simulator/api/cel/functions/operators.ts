import {
  CelDuration,
  CelError,
  CelList,
  type CelMap,
  type CelOptional,
  CelOptional as CelOptionalClass,
  CelTimestamp,
  CelUint,
  type CelValue,
  compareValues,
  equalValues,
  NONE,
} from "../values.ts";
import { define, type Overload } from "./overload.ts";

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** Refuses an int beyond 64 bits. */
export function checkedInt(value: bigint): bigint {
  if (value > MAX_INT || value < MIN_INT) throw new CelError("integer overflow");
  return value;
}

/** Refuses a uint below zero or beyond 64 bits. */
export function checkedUint(value: bigint): CelUint {
  if (value > MAX_UINT || value < 0n) throw new CelError("unsigned integer overflow");
  return new CelUint(value);
}

const divide = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new CelError("division by zero");
  return a / b;
};
const modulo = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new CelError("modulus by zero");
  return a % b;
};

function arithmetic(): Overload[] {
  const ints: readonly (readonly [string, (a: bigint, b: bigint) => bigint])[] = [
    ["_+_", (a, b) => a + b],
    ["_-_", (a, b) => a - b],
    ["_*_", (a, b) => a * b],
    ["_/_", divide],
    ["_%_", modulo],
  ];
  const doubles: readonly (readonly [string, (a: number, b: number) => number])[] = [
    ["_+_", (a, b) => a + b],
    ["_-_", (a, b) => a - b],
    ["_*_", (a, b) => a * b],
    ["_/_", (a, b) => a / b],
  ];
  return [
    ...ints.map(([name, run]) => define(name, "int, int", "int", (a: bigint, b: bigint) => checkedInt(run(a, b)))),
    ...ints.map(([name, run]) =>
      define(name, "uint, uint", "uint", (a: CelUint, b: CelUint) => checkedUint(run(a.value, b.value))),
    ),
    ...doubles.map(([name, run]) => define(name, "double, double", "double", run)),
  ];
}

const later = (time: CelTimestamp, by: bigint): CelTimestamp => new CelTimestamp(time.nanos + by);

const sums: readonly Overload[] = [
  define("_+_", "string, string", "string", (a: string, b: string) => a + b, "readAll"),
  define("_+_", "bytes, bytes", "bytes", (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]), "readAll"),
  define("_+_", "list(A), list(A)", "list(A)", addLists, "readAll"),
  define("_+_", "timestamp, duration", "timestamp", (a: CelTimestamp, b: CelDuration) => later(a, b.nanos)),
  define("_+_", "duration, timestamp", "timestamp", (a: CelDuration, b: CelTimestamp) => later(b, a.nanos)),
  define(
    "_+_",
    "duration, duration",
    "duration",
    (a: CelDuration, b: CelDuration) => new CelDuration(a.nanos + b.nanos),
  ),
  define(
    "_-_",
    "timestamp, timestamp",
    "duration",
    (a: CelTimestamp, b: CelTimestamp) => new CelDuration(a.nanos - b.nanos),
  ),
  define("_-_", "timestamp, duration", "timestamp", (a: CelTimestamp, b: CelDuration) => later(a, -b.nanos)),
  define(
    "_-_",
    "duration, duration",
    "duration",
    (a: CelDuration, b: CelDuration) => new CelDuration(a.nanos - b.nanos),
  ),
  define("-_", "int", "int", (a: bigint) => checkedInt(-a)),
  define("-_", "double", "double", (a: number) => -a),
  define("!_", "bool", "bool", (a: boolean) => !a),
];

/** Lists that a schema calls sets or maps keep one item of a key. Models apiserver pkg/cel/common/values.go Add. */
function addLists(a: CelList, b: CelList): CelList {
  const { listType } = a;
  if (listType === undefined) return new CelList([...a.items, ...b.items]);
  const isSame = (left: CelValue, right: CelValue): boolean =>
    listType.kind === "set"
      ? equalValues(left, right)
      : listType.keys.every((key) => equalValues(field(left, key), field(right, key)));
  const replaced = a.items.map((item) => b.items.find((other) => isSame(item, other)) ?? item);
  const added = b.items.filter((item) => !a.items.some((other) => isSame(other, item)));
  return new CelList([...replaced, ...added], listType);
}

function field(item: CelValue, key: string): CelValue {
  return (item as CelMap).get(key) ?? null;
}

const COMPARABLE = ["int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration"];
const NUMBERS = ["int", "uint", "double"];
const ORDER: readonly (readonly [string, (order: number) => boolean])[] = [
  ["_<_", (order) => order < 0],
  ["_<=_", (order) => order <= 0],
  ["_>_", (order) => order > 0],
  ["_>=_", (order) => order >= 0],
];

function comparisons(): Overload[] {
  const pairs = [
    ...COMPARABLE.map((type) => [type, type]),
    ...NUMBERS.flatMap((left) => NUMBERS.filter((right) => right !== left).map((right) => [left, right])),
  ];
  return ORDER.flatMap(([name, holds]) =>
    pairs.map(([left, right]) =>
      define(
        name,
        `${left}, ${right}`,
        "bool",
        (a: CelValue, b: CelValue) => {
          const unordered = Number.isNaN(a) || Number.isNaN(b);
          return !unordered && holds(compareValues(a, b) ?? 0);
        },
        "compare",
      ),
    ),
  );
}

const getItem = (list: CelList, index: bigint): CelValue => {
  const item = list.items[Number(index)];
  if (index < 0n || item === undefined) throw new CelError(`index out of bounds: ${index}`);
  return item;
};

const getEntry = (map: CelMap, key: CelValue): CelValue => {
  const value = map.get(key);
  if (value === undefined) throw new CelError(`no such key: ${key instanceof CelUint ? key.value : key}`);
  return value;
};

const optionally = (value: CelValue | undefined): CelOptional =>
  value === undefined ? NONE : new CelOptionalClass(value);
const itemOrNone = (list: CelList, index: bigint): CelOptional =>
  index < 0n ? NONE : optionally(list.items[Number(index)]);

const inside: readonly Overload[] = [
  define("_==_", "A, A", "bool", equalValues, "compare"),
  define("_!=_", "A, A", "bool", (a: CelValue, b: CelValue) => !equalValues(a, b), "compare"),
  define("_[_]", "list(A), int", "A", getItem),
  define("_[_]", "map(A, B), A", "B", getEntry),
  define("_[?_]", "list(A), int", "optional_type(A)", itemOrNone),
  define("_[?_]", "map(A, B), A", "optional_type(B)", (map: CelMap, key: CelValue) => optionally(map.get(key))),
  ...["_[_]", "_[?_]"].flatMap((name) => [
    define(name, "optional_type(list(A)), int", "optional_type(A)", ({ value }: CelOptional, at: bigint) =>
      value === undefined ? NONE : itemOrNone(value as CelList, at),
    ),
    define(name, "optional_type(map(A, B)), A", "optional_type(B)", ({ value }: CelOptional, key: CelValue) =>
      value === undefined ? NONE : optionally((value as CelMap).get(key)),
    ),
  ]),
  define(
    "@in",
    "A, list(A)",
    "bool",
    (item: CelValue, { items }: CelList) => items.some((one) => equalValues(one, item)),
    "search",
  ),
  define("@in", "A, map(A, B)", "bool", (key: CelValue, map: CelMap) => map.get(key) !== undefined),
];

/** The operators, under the names that cel-go gives them. */
export const operators: readonly Overload[] = [...arithmetic(), ...sums, ...comparisons(), ...inside];
