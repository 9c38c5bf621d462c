import { isObject, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";
import type { Field, FieldType, Schema } from "../schema/schema.ts";

// Models structured-merge-diff value: Go structs seen by reflection

/**
 * An object as upstream's field manager sees it: Go structs have their zero values, so that a field that was never set
 * may still be there. Such a field counts as changed, not as added, when it is set.
 */
export function goView(schema: Schema, type: string, object: JsonObject): JsonObject {
  const struct = schema.struct(type);
  if (struct === undefined) return object;
  const view: Record<string, JsonValue> = {};
  for (const field of struct.fields.values()) {
    const value = object[field.name];
    const shown =
      value === undefined ? (struct.isGo ? zeroOf(schema, field) : undefined) : viewOf(schema, field.type, value);
    if (shown !== undefined) setOwn(view, field.name, shown);
  }
  if (struct.isOpen) {
    for (const [key, value] of Object.entries(object)) {
      if (value !== undefined && !struct.fields.has(key)) setOwn(view, key, value);
    }
  }
  return view;
}

function viewOf(schema: Schema, type: FieldType, value: JsonValue): JsonValue {
  switch (type.kind) {
    case "struct":
      return isObject(value) ? goView(schema, type.type, value) : value;
    case "list":
      if (!Array.isArray(value) || isScalar(type.item)) return value;
      return value.map((item: JsonValue) => viewOf(schema, type.item, item));
    case "map": {
      if (!isObject(value) || isScalar(type.item)) return value;
      const view: Record<string, JsonValue> = {};
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined) setOwn(view, key, viewOf(schema, type.item, item));
      }
      return view;
    }
    default:
      return value;
  }
}

function isScalar({ kind }: FieldType): boolean {
  return kind !== "struct" && kind !== "list" && kind !== "map";
}

const ZERO: Readonly<Partial<Record<FieldType["kind"], JsonValue>>> = {
  string: "",
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
};

/** What a Go struct shows of a field that is not set; undefined when it leaves it out. */
function zeroOf(schema: Schema, { type, pointer, omitEmpty, omitZero }: Field): JsonValue | undefined {
  if (omitZero) return undefined;
  if (pointer) return omitEmpty ? undefined : null;
  // Go's omitempty knows no empty structs.
  switch (type.kind) {
    case "struct":
      return goView(schema, type.type, {});
    case "time":
    case "microtime":
      return null;
    case "quantity":
      return "0";
    case "intstr":
      return 0;
    default:
      return omitEmpty ? undefined : (ZERO[type.kind] ?? null);
  }
}
