import type { JsonObject, JsonValue } from "../../base/json.ts";
import { isObject, setOwn } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goQuote } from "../meta/go-text.ts";
import { formatQuantity, parseQuantity } from "../meta/quantity.ts";
import { canonicalMicroTime, canonicalTime } from "../meta/time.ts";
import { canonicalBase64 } from "./base64.ts";
import { builtinSchema, type Field, type FieldType, type Schema, type StructType } from "./schema.ts";

/** What to do with fields that the type does not have: refuse, warn, or drop silently. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface DecodeOptions {
  /** Kind and version for the text of a refusal: `Pod in version "v1" cannot be handled as a Pod: ...`. */
  readonly kind: string;
  readonly version: string;
  readonly fieldValidation: FieldValidation;
  /** What was wrong in the text and values no longer show: keys that stood twice. */
  readonly strictErrors?: readonly string[];
  readonly schema?: Schema;
}

export interface Decoded {
  /** A new object, not frozen: the fields of the type only, in Go's order, quantities and times in canonical form. */
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}

/** Go's limit is 10,000; deeper than this our own recursive helpers would not go. */
const MAX_DEPTH = 1000;
/** Upstream reports no more unknown or duplicate fields than this. */
const MAX_STRICT_ERRORS = 100;

/** A step of the path to a value: a field's name, a list's index, or a map's key. */
type Segment = string | number | { readonly key: string };

/** An error that ends decoding at once, as those of Go's custom unmarshallers do. */
class DecodeAbort extends Error {}

function jsonKind(value: JsonValue): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

/** The Go type of a list's or map's items: what stands behind `[]` or `map[...]`. */
function itemGoType(goType: string, item: FieldType): string {
  const match = /^(?:\[\]|map\[[^\]]*\])\*?(.*)$/.exec(goType);
  if (match) return match[1] ?? "";
  return item.kind === "quantity" ? "resource.Quantity" : "string";
}

function isEmpty(value: JsonValue, type: FieldType): boolean {
  if (value === "" || value === 0 || value === false) return type.kind !== "intstr" && type.kind !== "quantity";
  if (Array.isArray(value)) return value.length === 0;
  return type.kind === "map" && isObject(value) && Object.keys(value).length === 0;
}

const ZERO: Readonly<Partial<Record<FieldType["kind"], JsonValue>>> = {
  string: "",
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  intstr: 0,
  quantity: "0",
};

class Decoder {
  private readonly schema: Schema;
  private readonly path: Segment[] = [];
  private struct: StructType | undefined;
  /** The first wrong JSON type: decoding goes on after it, as Go's does. */
  firstError: string | undefined;
  readonly unknown = new Set<string>();

  constructor(schema: Schema) {
    this.schema = schema;
  }

  private fieldPath(): string {
    return this.path.filter((segment) => typeof segment === "string").join(".");
  }

  private strictPath(): string {
    let text = "";
    for (const segment of this.path) {
      if (typeof segment === "number") text += `[${segment}]`;
      else text += `${text === "" ? "" : "."}${typeof segment === "string" ? segment : segment.key}`;
    }
    return text;
  }

  private typeErrorText(value: string, goType: string): string {
    return `json: cannot unmarshal ${value} into Go struct field ${this.struct?.goName}.${this.fieldPath()} of type ${goType}`;
  }

  private wrongType(value: JsonValue, goType: string, shown = jsonKind(value)): undefined {
    this.firstError ??= this.typeErrorText(shown, goType);
    return undefined;
  }

  /** The object of a struct's fields; an absent value reads as an empty object does. */
  decodeStruct(struct: StructType, value: JsonObject): JsonObject {
    const outer = this.struct;
    this.struct = struct;
    const decoded = new Map<string, JsonValue>();
    for (const key of Object.keys(value)) {
      const item = value[key];
      const field = struct.fields.get(key);
      if (!field) this.saveUnknown(key);
      else if (item !== undefined && item !== null) {
        this.path.push(key);
        const result = this.decodeValue(field.type, field.goType, item);
        this.path.pop();
        if (result !== undefined) decoded.set(key, result);
      }
    }
    const object: Record<string, JsonValue> = {};
    for (const field of struct.fields.values()) {
      const written = this.written(struct, field, decoded.get(field.name));
      if (written !== undefined) object[field.name] = written;
    }
    this.struct = outer;
    return object;
  }

  /** What Go writes for a field that was read as this value, or not at all: zero values are left out or filled in. */
  private written(struct: StructType, field: Field, value: JsonValue | undefined): JsonValue | undefined {
    if (value !== undefined) return field.omitEmpty && !field.pointer && isEmpty(value, field.type) ? undefined : value;
    if (field.pointer || field.omitZero || !struct.isGo) return undefined;
    if (field.type.kind === "struct") {
      const inner = this.schema.struct(field.type.type);
      return inner && this.decodeStruct(inner, {});
    }
    if (field.type.kind === "quantity") return "0";
    return field.omitEmpty ? undefined : ZERO[field.type.kind];
  }

  private saveUnknown(key: string): void {
    if (this.unknown.size >= MAX_STRICT_ERRORS) return;
    const parent = this.strictPath();
    this.unknown.add(unknownField(parent === "" ? key : `${parent}.${key}`));
  }

  private decodeValue(type: FieldType, goType: string, value: JsonValue): JsonValue | undefined {
    switch (type.kind) {
      case "string":
        return typeof value === "string" ? value : this.wrongType(value, goType);
      case "boolean":
        return typeof value === "boolean" ? value : this.wrongType(value, goType);
      case "int32":
      case "int64":
      case "double":
        return this.decodeNumber(type.kind, goType, value);
      case "struct":
        return this.decodeStructValue(type.type, goType, value);
      case "list":
        return this.decodeList(type.item, goType, value);
      case "map":
        return this.decodeMap(type.item, goType, value);
      case "any":
        return this.copyAny(value, 0);
      default:
        return this.decodeText(type.kind, goType, value);
    }
  }

  private decodeNumber(kind: "int32" | "int64" | "double", goType: string, value: JsonValue): JsonValue | undefined {
    if (typeof value !== "number") return this.wrongType(value, goType);
    if (kind === "double") return value;
    const limit = kind === "int32" ? 2 ** 31 : 2 ** 63;
    if (Number.isInteger(value) && value >= -limit && value < limit) return value === 0 ? 0 : value;
    return this.wrongType(value, goType, `number ${value}`);
  }

  private decodeStructValue(type: string, goType: string, value: JsonValue): JsonValue | undefined {
    const struct = this.schema.struct(type);
    if (!struct) throw new Error(`no such type: ${type}`);
    return isObject(value) ? this.decodeStruct(struct, value) : this.wrongType(value, goType);
  }

  /** null in a list or map stands for the zero value. */
  private decodeItem(type: FieldType, goType: string, value: JsonValue | undefined): JsonValue | undefined {
    if (value !== null && value !== undefined) return this.decodeValue(type, goType, value);
    if (type.kind === "struct") return this.decodeStructValue(type.type, goType, {});
    return ZERO[type.kind] ?? (type.kind === "bytes" ? "" : null);
  }

  private decodeList(item: FieldType, goType: string, value: JsonValue): JsonValue | undefined {
    if (!Array.isArray(value)) return this.wrongType(value, goType);
    const itemType = itemGoType(goType, item);
    const list: JsonValue[] = [];
    for (let at = 0; at < value.length; at++) {
      this.path.push(at);
      const decoded = this.decodeItem(item, itemType, value[at]);
      this.path.pop();
      if (decoded !== undefined) list.push(decoded);
    }
    return list;
  }

  private decodeMap(item: FieldType, goType: string, value: JsonValue): JsonValue | undefined {
    if (!isObject(value)) return this.wrongType(value, goType);
    const itemType = itemGoType(goType, item);
    const map: Record<string, JsonValue> = {};
    // Sorted as Go writes maps, so that the object's text is the API server's.
    for (const key of Object.keys(value).sort()) {
      this.path.push({ key });
      const decoded = this.decodeItem(item, itemType, value[key]);
      this.path.pop();
      if (decoded !== undefined) setOwn(map, key, decoded);
    }
    return map;
  }

  /** The scalars that are text with rules: times, quantities, bytes, and numbers that may be names. */
  private decodeText(
    kind: "time" | "microtime" | "quantity" | "bytes" | "intstr",
    goType: string,
    value: JsonValue,
  ): JsonValue | undefined {
    if (kind === "quantity") return this.decodeQuantity(value);
    if (kind === "intstr") return typeof value === "string" ? value : this.decodeIntOrString(value);
    if (kind === "bytes") {
      if (typeof value !== "string") return this.wrongType(value, goType);
      const bytes = canonicalBase64(value);
      if (!bytes.ok) this.firstError ??= bytes.error;
      return bytes.ok ? bytes.value : undefined;
    }
    if (typeof value !== "string") throw new DecodeAbort(this.typeErrorText(jsonKind(value), "string"));
    const time = kind === "time" ? canonicalTime(value) : canonicalMicroTime(value);
    if (!time.ok) throw new DecodeAbort(time.error);
    return time.value;
  }

  private decodeIntOrString(value: JsonValue): JsonValue {
    const isNumber = typeof value === "number";
    if (isNumber && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31) return value;
    throw new DecodeAbort(this.typeErrorText(isNumber ? `number ${value}` : jsonKind(value), "int32"));
  }

  private decodeQuantity(value: JsonValue): JsonValue {
    const text = typeof value === "string" ? value.trim() : JSON.stringify(value);
    const quantity = parseQuantity(text);
    if (!quantity.ok) throw new DecodeAbort(quantity.error);
    return formatQuantity(quantity.value);
  }

  private copyAny(value: JsonValue, depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new DecodeAbort("exceeded max depth");
    if (Array.isArray(value)) return value.map((item: JsonValue) => this.copyAny(item, depth + 1));
    if (!isObject(value)) return value;
    const copy: Record<string, JsonValue> = {};
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item !== undefined) setOwn(copy, key, this.copyAny(item, depth + 1));
    }
    return copy;
  }
}

/** The text of a 400: the body's kind and version, the kind that the path wants, and why it does not fit. */
export function cannotBeHandled(kind: string, version: string, asKind: string, why: string): string {
  return `${kind} in version ${goQuote(version)} cannot be handled as a ${asKind}: ${why}`;
}

/** Decodes without the wrapping text; the patch path reports the same problems in other words. */
export function decodeValue(
  typeName: string,
  json: JsonObject,
  options: Omit<DecodeOptions, "kind" | "version">,
): Result<Decoded, string> {
  const schema = options.schema ?? builtinSchema;
  const struct = schema.struct(typeName);
  if (!struct) throw new Error(`no such type: ${typeName}`);
  const decoder = new Decoder(schema);
  let object: JsonObject;
  try {
    object = decoder.decodeStruct(struct, json);
  } catch (error) {
    if (error instanceof DecodeAbort) return fail(error.message);
    throw error;
  }
  if (decoder.firstError !== undefined) return fail(decoder.firstError);
  const strict = strictProblems(options, [...decoder.unknown]);
  return strict.ok ? ok({ object, warnings: strict.value }) : strict;
}

/** What is to be said of unknown and duplicate fields: a refusal, warnings, or nothing. */
export function strictProblems(
  { fieldValidation, strictErrors = [] }: Pick<DecodeOptions, "fieldValidation" | "strictErrors">,
  unknown: readonly string[],
): Result<readonly string[], string> {
  if (fieldValidation === "Ignore") return ok([]);
  const strict = [...new Set([...strictErrors, ...unknown])].slice(0, MAX_STRICT_ERRORS);
  if (fieldValidation === "Strict" && strict.length > 0) return fail(`strict decoding error: ${strict.join(", ")}`);
  return ok(strict);
}

/** As the decoder says that the type has no such field. */
export function unknownField(path: string): string {
  return `unknown field ${goQuote(path)}`;
}

// Models sigs.k8s.io/json UnmarshalCaseSensitivePreserveInts and apimachinery's JSON serializer
/** Decodes an incoming object of an API type (`Pod`); the error is the message of the real server's 400. */
export function decodeObject(typeName: string, json: JsonObject, options: DecodeOptions): Result<Decoded, string> {
  const result = decodeValue(typeName, json, options);
  return result.ok ? result : fail(cannotBeHandled(options.kind, options.version, options.kind, result.error));
}
