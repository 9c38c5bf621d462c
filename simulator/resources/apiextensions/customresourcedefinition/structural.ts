import { goRegex } from "../../../api/cel/functions/regex.ts";
import {
  isEmbedded,
  isIntOrString,
  type JsonSchema,
  preservesUnknown,
  valuesOf,
} from "../../../api/custom/json-schema.ts";
import {
  child,
  type FieldError,
  fieldErrorMessage,
  forbidden,
  index,
  invalid,
  key,
  required,
} from "../../../api/meta/field-error.ts";
import { equalJson } from "../../../base/json.ts";

// Models apiextensions-apiserver pkg/apiserver/schema validation.go and complete.go

type Level = "root" | "item" | "field";

/** What keeps a schema from being structural: where every field is typed outside of alternatives. */
export function validateStructural(schema: JsonSchema, path: string): readonly FieldError[] {
  const errors = [...validateNode(schema, "root", path), ...validateCompleteness(schema, path)];
  return errors.sort((a, b) => (fieldErrorMessage(a) < fieldErrorMessage(b) ? -1 : 1));
}

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};

function validateNode(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { items, properties = {}, type = "" } = schema;
  const values = valuesOf(schema);
  if (type === "array" && items === undefined) errors.push(required(child(path, "items"), "must be specified"));
  if (items !== undefined) errors.push(...validateNode(items, "item", child(path, "items")));
  for (const [name, property] of Object.entries(properties)) {
    errors.push(...validateNode(property, "field", key(child(path, "properties"), name)));
  }
  if (schema.additionalProperties !== undefined) {
    if (level === "root") errors.push(forbidden(child(path, "additionalProperties"), "must not be used at the root"));
    if (values !== undefined) errors.push(...validateNode(values, "field", child(path, "additionalProperties")));
  }
  errors.push(...validateExtensions(schema, path));
  errors.push(...validateAlternatives(schema, isIntOrStringAnyOf(schema), isIntOrStringAllOf(schema), path));
  errors.push(...validateType(schema, level, path));
  errors.push(...validateMetaFields(schema, level, path));
  return errors;
}

function validateType(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type = "" } = schema;
  const typePath = child(path, "type");
  if (isEmbedded(schema) && type !== "object") {
    const text = "must be object if x-kubernetes-embedded-resource is true";
    errors.push(type === "" ? required(typePath, text) : invalid(typePath, type, text));
  } else if (type === "" && !isIntOrString(schema) && !preservesUnknown(schema)) {
    errors.push(required(typePath, EMPTY_TYPE[level]));
  }
  if (isEmbedded(schema) && schema.additionalProperties !== undefined) {
    const text = "must not be used if x-kubernetes-embedded-resource is set";
    errors.push(forbidden(child(path, "additionalProperties"), text));
  }
  if (level === "root" && type !== "" && type !== "object") {
    errors.push(invalid(typePath, type, "must be object at the root"));
  }
  return errors;
}

function validateExtensions(schema: JsonSchema, path: string): FieldError[] {
  if (!isIntOrString(schema)) return [];
  const text = "must be false if x-kubernetes-int-or-string is true";
  return ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]
    .filter((name) => schema[name as keyof JsonSchema] === true)
    .map((name) => invalid(child(path, name), true, text));
}

function validateMetaFields(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { properties } = schema;
  const isResource = level === "root" || isEmbedded(schema);
  for (const name of ["kind", "apiVersion"]) {
    const property = properties?.[name];
    if (isResource && property !== undefined && property.type !== "string") {
      const at = child(key(child(path, "properties"), name), "type");
      errors.push(invalid(at, property.type ?? "", "must be string"));
    }
  }
  const metadata = properties?.metadata;
  if (metadata !== undefined) {
    errors.push(...validateMetadata(metadata, isResource, level, key(child(path, "properties"), "metadata")));
  }
  if (isEmbedded(schema) && !preservesUnknown(schema) && Object.keys(properties ?? {}).length === 0) {
    const text =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    errors.push(required(child(path, "properties"), text));
  }
  return errors;
}

function validateMetadata(metadata: JsonSchema, isResource: boolean, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (isResource && metadata.type !== "object") {
    errors.push(invalid(child(path, "type"), metadata.type ?? "", "must be object"));
  }
  if (level !== "root") return errors;
  const { type: _, default: __, properties = {}, ...rest } = metadata;
  const isOnlyNames = Object.keys(properties).every((name) => name === "name" || name === "generateName");
  if (!isOnlyNames || Object.values(rest).some((value) => value !== undefined)) {
    const text = "must not specify anything other than name and generateName, but metadata is implicitly specified";
    errors.push(forbidden(path, text));
  }
  return errors;
}

const INT_OR_STRING: readonly JsonSchema[] = [{ type: "integer" }, { type: "string" }];

function isIntOrStringAnyOf({ anyOf }: JsonSchema): boolean {
  return equalJson(anyOf, INT_OR_STRING);
}

function isIntOrStringAllOf({ allOf }: JsonSchema): boolean {
  return equalJson(allOf?.[0]?.anyOf, INT_OR_STRING);
}

/** The alternatives of a node: they may ask for values, and say nothing of types. */
function validateAlternatives(
  schema: JsonSchema,
  skipAnyOf: boolean,
  skipFirstAllOf: boolean,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const each = (schemas: readonly JsonSchema[], name: string, skipped = -1) => {
    for (const [at, one] of schemas.entries()) {
      errors.push(...validateNested(one, at === skipped, index(child(path, name), at)));
    }
  };
  if (!skipAnyOf) each(anyOf, "anyOf");
  each(allOf, "allOf", skipFirstAllOf ? 0 : -1);
  each(oneOf, "oneOf");
  if (not !== undefined) errors.push(...validateNested(not, false, child(path, "not")));
  if (pattern && goRegex(pattern) === undefined) {
    const text = `must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`${pattern}\``;
    errors.push(invalid(child(path, "pattern"), pattern, text));
  }
  return errors;
}

/** What an alternative may not set, and how that is said. */
const FORBIDDEN: readonly (readonly [keyof JsonSchema, string])[] = [
  ["type", "must be empty to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
];

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function validateNested(schema: JsonSchema, skipAnyOf: boolean, path: string): FieldError[] {
  const errors = validateAlternatives(schema, skipAnyOf, false, path);
  const { items, properties = {} } = schema;
  if (items !== undefined) errors.push(...validateNested(items, false, child(path, "items")));
  for (const [name, property] of Object.entries(properties)) {
    errors.push(...validateNested(property, false, key(child(path, "properties"), name)));
  }
  if (schema.additionalProperties !== undefined) {
    errors.push(forbidden(child(path, "additionalProperties"), "must be undefined to be structural"));
  }
  for (const [name, text] of FORBIDDEN) {
    if (isSet(schema[name])) errors.push(forbidden(child(path, name), text));
  }
  if (properties.metadata !== undefined) {
    const at = key(child(path, "properties"), "metadata");
    errors.push(forbidden(at, "must not be specified in a nested context"));
  }
  return errors;
}

// Models complete.go
/** Fields that alternatives speak of must be there outside of them. */
function validateCompleteness(schema: JsonSchema, path: string): FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not, items, properties = {} } = schema;
  const errors: FieldError[] = [];
  const alternatives = [
    ...allOf.map((one, at) => [one, index(child(path, "allOf"), at)] as const),
    ...anyOf.map((one, at) => [one, index(child(path, "anyOf"), at)] as const),
    ...oneOf.map((one, at) => [one, index(child(path, "oneOf"), at)] as const),
    ...(not === undefined ? [] : [[not, child(path, "not")] as const]),
  ];
  for (const [one, at] of alternatives) errors.push(...validateCovered(one, schema, at, path));
  if (items !== undefined) errors.push(...validateCompleteness(items, child(path, "items")));
  const values = valuesOf(schema);
  if (values !== undefined) errors.push(...validateCompleteness(values, child(path, "additionalProperties")));
  for (const [name, property] of Object.entries(properties)) {
    errors.push(...validateCompleteness(property, key(child(path, "properties"), name)));
  }
  return errors;
}

function validateCovered(
  nested: JsonSchema,
  schema: JsonSchema | undefined,
  path: string,
  spine: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const missing = (at: string, inside: string) => errors.push(required(at, `because it is defined in ${inside}`));
  if (nested.items !== undefined) {
    const at = child(spine, "items");
    if (schema?.items === undefined) missing(at, child(path, "items"));
    else errors.push(...validateCovered(nested.items, schema.items, child(path, "items"), at));
  }
  for (const [name, property] of Object.entries(nested.properties ?? {})) {
    const at = key(child(spine, "properties"), name);
    const inside = key(child(path, "properties"), name);
    const real = schema?.properties?.[name];
    if (real === undefined) missing(at, inside);
    else errors.push(...validateCovered(property, real, inside, at));
  }
  for (const list of ["allOf", "anyOf", "oneOf"] as const) {
    for (const [at, one] of (nested[list] ?? []).entries()) {
      errors.push(...validateCovered(one, schema, index(child(path, list), at), spine));
    }
  }
  return nested.not === undefined
    ? errors
    : [...errors, ...validateCovered(nested.not, schema, child(path, "not"), spine)];
}
