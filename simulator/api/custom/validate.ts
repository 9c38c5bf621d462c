import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { goRegex } from "../cel/functions/regex.ts";
import {
  type FieldError,
  invalid,
  NO_PATH,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from "../meta/field-error.ts";
import { goJson, goQuote } from "../meta/go-text.ts";
import { hasFormat } from "./formats.ts";
import { isIntOrString, type JsonSchema, valuesOf } from "./json-schema.ts";

// Models kube-openapi pkg/validation/validate and apiextensions-apiserver pkg/apiserver/validation

/**
 * What is wrong with a value by its schema, in the validator's own words. With `old`, what an update leaves as it was is
 * not complained about. `base` stands before all paths; the words themselves begin at the value.
 */
export function validateAgainstSchema(
  value: JsonValue,
  schema: JsonSchema,
  old?: JsonValue,
  base = "",
): readonly FieldError[] {
  return new Validator(base).value(value, schema, "", old);
}

class Validator {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  #path(path: string): string {
    const relative = path.startsWith(".") ? path.slice(1) : path;
    if (relative === "") return this.#base === "" ? NO_PATH : this.#base;
    if (this.#base === "") return relative;
    return relative.startsWith("[") ? `${this.#base}${relative}` : `${this.#base}.${relative}`;
  }

  /** Problems that upstream names no field for. */
  #loose(message: string): FieldError {
    return invalid(this.#path(""), "", message);
  }

  value(value: JsonValue, schema: JsonSchema, path: string, old: JsonValue | undefined): FieldError[] {
    if (old !== undefined && equalJson(value, old)) return [];
    const errors = this.#type(value, schema, path);
    if (value === null) return [...errors, ...this.#enum(value, schema, path)];
    errors.push(...this.#composite(value, schema, path));
    if (typeof value === "string")
      errors.push(...this.#string(value, schema, path), ...this.#format(value, schema, path));
    if (typeof value === "number") errors.push(...this.#number(value, schema, path));
    if (Array.isArray(value)) errors.push(...this.#list(value, schema, path, old));
    errors.push(...this.#enum(value, schema, path));
    if (isObject(value)) errors.push(...this.#object(value, schema, path, old));
    return errors;
  }

  #type(value: JsonValue, schema: JsonSchema, path: string): FieldError[] {
    const types = isIntOrString(schema) ? ["integer", "string"] : schema.type ? [schema.type] : [];
    if (types.length === 0) return [];
    const actual = typeName(value);
    if (value === null && schema.nullable) return [];
    const fits = types.includes(actual) || (actual === "integer" && types.includes("number"));
    if (fits) return [];
    const text = `${path} in body must be of type ${types.join(",")}: ${goQuote(actual)}`;
    return [typeInvalid(this.#path(path), actual, text)];
  }

  #enum(value: JsonValue, schema: JsonSchema, path: string): FieldError[] {
    const { enum: allowed } = schema;
    if (allowed === undefined || allowed.some((one) => equalJson(one, value))) return [];
    if (value === null && schema.nullable) return [];
    return [
      notSupported(
        this.#path(path),
        value,
        allowed.map((one) => (typeof one === "string" ? one : goJson(one))),
      ),
    ];
  }

  #string(text: string, schema: JsonSchema, path: string): FieldError[] {
    const errors: FieldError[] = [];
    const { maxLength, minLength, pattern } = schema;
    const length = [...text].length;
    if (maxLength !== undefined && length > maxLength) errors.push(tooLong(this.#path(path), maxLength));
    if (minLength !== undefined && length < minLength) {
      errors.push(invalid(this.#path(path), text, `${path} in body should be at least ${minLength} chars long`));
    }
    if (pattern && goRegex(pattern)?.test(text) === false) {
      errors.push(invalid(this.#path(path), text, `${path} in body should match '${pattern}'`));
    }
    return errors;
  }

  #format(text: string, { format }: JsonSchema, path: string): FieldError[] {
    if (!format || hasFormat(format, text)) return [];
    return [typeInvalid(this.#path(path), text, `${path} in body must be of type ${format}: ${goQuote(text)}`)];
  }

  #number(value: number, schema: JsonSchema, path: string): FieldError[] {
    const errors: FieldError[] = [];
    const { format = "", maximum, minimum, exclusiveMaximum, exclusiveMinimum, multipleOf } = schema;
    if (schema.type === "integer" && !fitsInteger(value, format)) {
      const named = format === "" ? "(default format)" : `with format ${format}`;
      errors.push(this.#loose(`Checked value must be of type integer ${named} in ${path}`));
    }
    const complain = (text: string) => errors.push(invalid(this.#path(path), value, `${path} in body ${text}`));
    if (multipleOf !== undefined && multipleOf > 0 && !isMultiple(value, multipleOf)) {
      complain(`should be a multiple of ${multipleOf}`);
    }
    if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
      complain(`should be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
    }
    if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
      complain(`should be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
    }
    return errors;
  }

  #list(list: readonly JsonValue[], schema: JsonSchema, path: string, old: JsonValue | undefined): FieldError[] {
    const { items, minItems, maxItems, uniqueItems } = schema;
    const errors: FieldError[] = [];
    if (items !== undefined) {
      for (const [at, item] of list.entries()) {
        errors.push(...this.value(item, items, `${path}[${at}]`, correlatedItem(schema, item, old)));
      }
    }
    const size = list.length;
    if (minItems !== undefined && size < minItems) {
      errors.push(invalid(this.#path(path), size, `${path} in body should have at least ${minItems} items`));
    }
    if (maxItems !== undefined && size > maxItems) errors.push(tooMany(this.#path(path), size, maxItems));
    if (uniqueItems && list.some((item, at) => list.slice(0, at).some((other) => equalJson(other, item)))) {
      errors.push(invalid(this.#path(path), "", `${path} in body shouldn't contain duplicates`));
    }
    return errors;
  }

  #object(object: JsonObject, schema: JsonSchema, path: string, old: JsonValue | undefined): FieldError[] {
    const { minProperties, maxProperties, properties = {}, required: names = [] } = schema;
    const keys = Object.keys(object).filter((key) => object[key] !== undefined);
    if (minProperties !== undefined && keys.length < minProperties) {
      const text = `${path} in body should have at least ${minProperties} properties`;
      return [invalid(this.#path(path), keys.length, text)];
    }
    if (maxProperties !== undefined && keys.length > maxProperties) {
      return [tooMany(this.#path(path), keys.length, maxProperties)];
    }
    const errors: FieldError[] = [];
    const oldMap = isObject(old) && schema["x-kubernetes-map-type"] !== "atomic" ? old : undefined;
    const oldOf = (key: string) => (oldMap !== undefined && Object.hasOwn(oldMap, key) ? oldMap[key] : undefined);
    const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
    for (const key of keys) {
      const property = Object.hasOwn(properties, key) ? properties[key] : valuesOf(schema);
      if (property !== undefined) {
        errors.push(...this.value(object[key] as JsonValue, property, below(key), oldOf(key)));
      }
    }
    for (const name of names) {
      if (!Object.hasOwn(object, name) || object[name] === undefined) errors.push(required(this.#path(below(name))));
    }
    return errors;
  }

  #composite(value: JsonValue, schema: JsonSchema, path: string): FieldError[] {
    const { allOf = [], anyOf = [], oneOf = [], not } = schema;
    const each = (schemas: readonly JsonSchema[]) => schemas.map((one) => this.value(value, one, path, undefined));
    const errors: FieldError[] = [];
    if (anyOf.length > 0) {
      const results = each(anyOf);
      if (results.every((result) => result.length > 0)) {
        errors.push(this.#loose(`${goQuote(path)} must validate at least one schema (anyOf)`), ...(results[0] ?? []));
      }
    }
    if (oneOf.length > 0) {
      const results = each(oneOf);
      const valid = results.filter((result) => result.length === 0).length;
      if (valid !== 1) {
        const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
        errors.push(this.#loose(`${goQuote(path)} must validate one and only one schema (oneOf). ${found}`));
        if (valid === 0) errors.push(...(results[0] ?? []));
      }
    }
    if (allOf.length > 0) {
      const results = each(allOf);
      const failed = results.filter((result) => result.length > 0);
      errors.push(...failed.flat());
      if (failed.length > 0) {
        const none = failed.length === allOf.length ? ". None validated" : "";
        errors.push(this.#loose(`${goQuote(path)} must validate all the schemas (allOf)${none}`));
      }
    }
    if (not !== undefined && this.value(value, not, path, undefined).length === 0) {
      errors.push(this.#loose(`${goQuote(path)} must not validate the schema (not)`));
    }
    return errors;
  }
}

function typeName(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

const INTEGER_LIMITS: { readonly [format: string]: readonly [number, number] } = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2 ** 64],
};

function fitsInteger(value: number, format: string): boolean {
  const [low, high] = INTEGER_LIMITS[format] ?? [-(2 ** 63), 2 ** 63];
  return Number.isInteger(value) && value >= low && value <= high;
}

function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

/** The old item that a new one continues: only lists of type map tell. */
export function correlatedItem(schema: JsonSchema, item: JsonValue, old: JsonValue | undefined): JsonValue | undefined {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (schema["x-kubernetes-list-type"] !== "map" || !Array.isArray(old) || !isObject(item)) return undefined;
  return old.find((other: JsonValue) => isObject(other) && keys.every((key) => equalJson(other[key], item[key])));
}
