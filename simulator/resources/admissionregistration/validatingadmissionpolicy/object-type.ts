import { type CelType, listOf, mapOf, type ObjectType, parseType } from "../../../api/cel/types.ts";
import type { Kind } from "../../../api/kind.ts";
import { builtinSchema, type FieldType, type Schema } from "../../../api/schema/schema.ts";

/** The CEL type of a kind's objects, from its field tables; undefined where it has none. */
export function objectTypeOf({ type = "", custom }: Kind): CelType | undefined {
  return new Types(custom?.schema ?? builtinSchema).struct(custom === undefined ? type : "");
}

const SCALARS: { readonly [kind: string]: string } = {
  string: "string",
  boolean: "bool",
  int32: "int",
  int64: "int",
  double: "double",
  time: "timestamp",
  microtime: "timestamp",
  quantity: "string",
  bytes: "bytes",
};

/** Structs that hold themselves are one type each. */
class Types {
  readonly #schema: Schema;
  readonly #known = new Map<string, ObjectType>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  struct(name: string): CelType | undefined {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const struct = this.#schema.struct(name);
    if (struct === undefined || struct.isOpen) return undefined;
    const fields = new Map<string, CelType>();
    const type: ObjectType = { kind: "object", name, fields };
    this.#known.set(name, type);
    for (const [field, { type: declared }] of struct.fields) fields.set(field, this.#of(declared));
    return type;
  }

  #of(type: FieldType): CelType {
    switch (type.kind) {
      case "list":
        return listOf(this.#of(type.item));
      case "map":
        return mapOf({ kind: "string" }, this.#of(type.item));
      case "struct":
        return this.struct(type.type) ?? { kind: "dyn" };
      default:
        return parseType(SCALARS[type.kind] ?? "dyn");
    }
  }
}
