import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { builtinSchema, type FieldType, type Schema, type StructType } from "./schema.ts";

/** Go's kinds of JSON values, once they are out of the parser. */
function goKind(value: JsonValue): string {
  if (Array.isArray(value)) return "slice";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "string" ? "string" : "map";
}

const SCALAR_KINDS: { readonly [kind: string]: string } = {
  string: "string",
  boolean: "bool",
  int32: "int32",
  int64: "int64",
  double: "float64",
};

// Models apimachinery pkg/runtime/converter.go fromUnstructured
/**
 * Why a strategic merge patch's result cannot become an object of the type, in the words of the converter that the API
 * server uses there instead of a JSON decoder; undefined where nothing is of a wrong kind. Texts with rules of their own
 * (times, quantities, bytes, names or numbers) are left to the decoder.
 */
export function restoreProblem(typeName: string, json: JsonObject, schema: Schema = builtinSchema): string | undefined {
  const struct = schema.struct(typeName);
  return struct && structProblem(struct, json, schema);
}

/** Go asks a struct for its fields, not a map for its keys: the first wrong field in the type's order is named. */
function structProblem(struct: StructType, value: JsonValue, schema: Schema): string | undefined {
  if (!isObject(value)) return `cannot restore struct from: ${goKind(value)}`;
  for (const field of struct.fields.values()) {
    const problem = valueProblem(field.type, field.goType, value[field.name], schema);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function valueProblem(
  type: FieldType,
  goType: string,
  value: JsonValue | undefined,
  schema: Schema,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  switch (type.kind) {
    case "struct": {
      const struct = schema.struct(type.type);
      return struct && structProblem(struct, value, schema);
    }
    case "list":
      if (!Array.isArray(value)) return `cannot restore slice from ${goKind(value)}`;
      return firstProblem(value, type.item, goType, schema);
    case "map":
      if (!isObject(value)) return `cannot restore map from ${goKind(value)}`;
      return firstProblem(Object.values(value), type.item, goType, schema);
    default:
      return scalarProblem(type.kind, goType, value);
  }
}

function firstProblem(
  values: readonly (JsonValue | undefined)[],
  item: FieldType,
  goType: string,
  schema: Schema,
): string | undefined {
  const itemType = goType.replace(/^(\[\]|map\[[^\]]*\])\*?/, "");
  for (const value of values) {
    const problem = valueProblem(item, itemType, value, schema);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What Go can convert but JSON may not is told by both types, everything else by the kind that was wanted. */
function scalarProblem(kind: string, goType: string, value: JsonValue): string | undefined {
  const wanted = SCALAR_KINDS[kind];
  const given = goKind(value);
  if (wanted === undefined || wanted === given) return undefined;
  const isNumber = wanted !== "string" && wanted !== "bool";
  if (isNumber && given === "int64") return undefined;
  const isConvertible = given === "float64" ? isNumber : given === "int64" && wanted === "string";
  return isConvertible ? `cannot convert ${given} to ${goType}` : `unrecognized type: ${wanted}`;
}
