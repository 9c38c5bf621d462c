import type { CelType, ListType } from "./types.ts";

/** The values of CEL. `int` is a bigint, `double` a number. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelList
  | CelMap
  | CelOptional
  | CelTypeValue
  | CelOpaque;

export class CelUint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds since 1970. */
export class CelTimestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class CelList {
  readonly items: readonly CelValue[];
  /** How the schema says that it is compared and merged. */
  readonly listType: ListType | undefined;
  constructor(items: readonly CelValue[], listType?: ListType) {
    this.items = items;
    this.listType = listType;
  }
}

/** A map, or an object with fields. Values may be read lazily. */
export interface MapSource {
  get(key: CelValue): CelValue | undefined;
  keys(): readonly CelValue[];
}

export class CelMap {
  readonly source: MapSource;
  /** The name of the object's type; undefined for maps. */
  readonly typeName: string | undefined;
  constructor(source: MapSource, typeName?: string) {
    this.source = source;
    this.typeName = typeName;
  }
  get(key: CelValue): CelValue | undefined {
    return this.source.get(key);
  }
  keys(): readonly CelValue[] {
    return this.source.keys();
  }
}

export class CelOptional {
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export const NONE = new CelOptional(undefined);

export class CelTypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a type of Kubernetes, such as a quantity: only its own functions look inside. */
export class CelOpaque {
  readonly typeName: string;
  readonly value: unknown;
  /** Two values of one type are equal when their texts are. */
  readonly text: string;
  constructor(typeName: string, value: unknown, text: string) {
    this.typeName = typeName;
    this.value = value;
    this.text = text;
  }
}

/** What goes wrong while an expression runs; the text is the one that cel-go gives. */
export class CelError extends Error {}

/** A map of given entries; keys are told apart by type and value. */
export function mapFrom(entries: readonly (readonly [CelValue, CelValue])[]): CelMap {
  const byKey = new Map(entries.map(([key, value]) => [keyText(key), { key, value }]));
  return new CelMap({
    get: (key) => byKey.get(keyText(key))?.value,
    keys: () => [...byKey.values()].map(({ key }) => key),
  });
}

/** Numbers of any type are the same key where they are equal. */
export function keyText(key: CelValue): string {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "bigint" || typeof key === "number") return `n${key}`;
  if (key instanceof CelUint) return `n${key.value}`;
  return `b${key}`;
}

/** The name of a value's type, as in cel-go's messages at run time. */
export function typeNameOf(value: CelValue): string {
  if (value === null) return "null_type";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "string") return "string";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof CelUint) return "uint";
  if (value instanceof CelTimestamp) return "google.protobuf.Timestamp";
  if (value instanceof CelDuration) return "google.protobuf.Duration";
  if (value instanceof CelList) return "list";
  if (value instanceof CelMap) return value.typeName ?? "map";
  if (value instanceof CelOptional) return "optional_type";
  if (value instanceof CelTypeValue) return "type";
  return value.typeName;
}

/** Whether a value is of a declared type, as far as an overload is chosen by it. */
export function isOfType(value: CelValue, type: CelType): boolean {
  switch (type.kind) {
    case "dyn":
    case "param":
    case "error":
      return true;
    case "timestamp":
      return value instanceof CelTimestamp;
    case "duration":
      return value instanceof CelDuration;
    case "list":
      return value instanceof CelList && (value.items.length === 0 || isOfType(value.items[0] as CelValue, type.item));
    case "map":
      return value instanceof CelMap;
    case "object":
      return value instanceof CelMap;
    case "optional":
      return value instanceof CelOptional;
    case "opaque":
      return value instanceof CelOpaque && value.typeName === type.name;
    case "null":
      return value === null;
    default:
      return typeNameOf(value) === type.kind;
  }
}

function numeric(value: CelValue): number | bigint | undefined {
  if (typeof value === "bigint" || typeof value === "number") return value;
  return value instanceof CelUint ? value.value : undefined;
}

/** Models cel-go's Equal: numbers compare across types, values of different types are unequal. */
export function equalValues(a: CelValue, b: CelValue): boolean {
  const left = numeric(a);
  const right = numeric(b);
  // biome-ignore lint/suspicious/noDoubleEquals: an int and a double are equal when their numbers are.
  if (left !== undefined && right !== undefined) return left == right;
  if (a instanceof CelList && b instanceof CelList) return equalLists(a, b);
  if (a instanceof CelMap && b instanceof CelMap) {
    const keys = a.keys();
    return (
      keys.length === b.keys().length &&
      keys.every((key) => {
        const other = b.get(key);
        return other !== undefined && equalValues(a.get(key) as CelValue, other);
      })
    );
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, at) => byte === b[at]);
  }
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return a.nanos === b.nanos;
  if (a instanceof CelDuration && b instanceof CelDuration) return a.nanos === b.nanos;
  if (a instanceof CelTypeValue && b instanceof CelTypeValue) return a.name === b.name;
  if (a instanceof CelOpaque && b instanceof CelOpaque) return a.typeName === b.typeName && a.text === b.text;
  if (a instanceof CelOptional && b instanceof CelOptional) {
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equalValues(a.value, b.value);
  }
  return a === b;
}

function equalLists(a: CelList, b: CelList): boolean {
  if (a.items.length !== b.items.length) return false;
  const listType = a.listType ?? b.listType;
  if (listType === undefined) return a.items.every((item, at) => equalValues(item, b.items[at] as CelValue));
  // Sets and maps have no order.
  return a.items.every((item) => b.items.some((other) => equalValues(item, other)));
}

/** Below, at, or above zero; undefined where the types have no order. */
export function compareValues(a: CelValue, b: CelValue): number | undefined {
  const left = numeric(a) ?? orderOf(a);
  const right = numeric(b) ?? orderOf(b);
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === "string" || typeof right === "string") {
    return typeof left === typeof right ? compareText(left as string, right as string) : undefined;
  }
  if (numeric(a) === undefined && typeNameOf(a) !== typeNameOf(b)) return undefined;
  return left < right ? -1 : left > right ? 1 : 0;
}

function orderOf(value: CelValue): number | bigint | string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof CelTimestamp || value instanceof CelDuration) return value.nanos;
  return value instanceof Uint8Array ? String.fromCharCode(...value) : undefined;
}

/** By code point, as Go compares the bytes of UTF-8. */
export function compareText(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return Math.sign(left.length - right.length);
}
