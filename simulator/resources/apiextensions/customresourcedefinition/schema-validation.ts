import { isEmbedded, type JsonSchema, META_FIELDS, valuesOf } from "../../../api/custom/json-schema.ts";
import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  key,
  notSupported,
  required,
} from "../../../api/meta/field-error.ts";
import type { CustomResourceValidation } from "../../../api/schema/generated/types.ts";
import { isObject } from "../../../base/json.ts";
import { validateDefaults } from "./defaults-validation.ts";
import { TotalCost, validateRuleForms, validateRules } from "./rules-validation.ts";
import { validateStructural } from "./structural.ts";

// Models apiextensions-apiserver pkg/apis/apiextensions/validation ValidateCustomResourceDefinitionOpenAPISchema

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

/** What the root may hold beside its structure where the status is a subresource, as upstream lists it. */
const AT_ROOT: { readonly [field: string]: string } = {
  description: "Description",
  type: "Type",
  format: "Format",
  title: "Title",
  maximum: "Maximum",
  exclusiveMaximum: "ExclusiveMaximum",
  minimum: "Minimum",
  exclusiveMinimum: "ExclusiveMinimum",
  maxLength: "MaxLength",
  minLength: "MinLength",
  pattern: "Pattern",
  maxItems: "MaxItems",
  minItems: "MinItems",
  uniqueItems: "UniqueItems",
  multipleOf: "MultipleOf",
  required: "Required",
  items: "Items",
  properties: "Properties",
  externalDocs: "ExternalDocs",
  example: "Example",
  "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields",
  "x-kubernetes-validations": "XValidations",
};

/** Problems of a version's schema. `isUnchanged`: an update leaves it as it was. */
export function validateSchema(
  validation: CustomResourceValidation | undefined,
  path: string,
  hasStatus: boolean,
  isUnchanged: boolean,
): readonly FieldError[] {
  const schema = validation?.openAPIV3Schema as unknown as JsonSchema | undefined;
  if (schema === undefined) return [];
  const at = child(path, "openAPIV3Schema");
  const errors: FieldError[] = hasStatus ? validateRoot(schema, at) : [];
  if (schema.nullable) errors.push(forbidden(child(at, "nullable"), "nullable cannot be true at the root"));
  const structural = validateStructural(schema, at);
  const defaults = structural.length > 0 ? [] : validateDefaults(schema, at);
  errors.push(...structural, ...defaults);
  const isSound = structural.length + defaults.length === 0;
  const walk = new SchemaWalk(isSound, isUnchanged);
  walk.visit(schema, { ...ROOT, path: at });
  return [...errors, ...walk.schemaErrors, ...walk.ruleErrors, ...walk.total.problems(at)];
}

function validateRoot(schema: JsonSchema, path: string): FieldError[] {
  if (schema.type !== undefined && schema.type !== "object") {
    const text = `only "object" is allowed as the type at the root of the schema if the status subresource is enabled`;
    return [invalid(child(path, "type"), schema.type, text)];
  }
  const other = Object.keys(schema).find(
    (name) => AT_ROOT[name] === undefined && schema[name as keyof JsonSchema] !== undefined,
  );
  if (other === undefined) return [];
  const text = `only [${Object.values(AT_ROOT).join(" ")}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalid(path, schema, text)];
}

/** Where a node stands. */
interface Node {
  readonly path: string;
  readonly isRoot: boolean;
  /** Whether it lies on the spine, outside of alternatives: rules may stand there. */
  readonly isSpine: boolean;
  readonly isMeta: boolean;
  readonly noDefaults?: string;
  readonly cardinality: number | undefined;
  readonly uncorrelatable: string | undefined;
}

const ROOT: Node = { path: "", isRoot: true, isSpine: true, isMeta: false, cardinality: 1, uncorrelatable: undefined };

class SchemaWalk {
  readonly schemaErrors: FieldError[] = [];
  readonly ruleErrors: FieldError[] = [];
  readonly total = new TotalCost();
  readonly #compile: boolean;
  readonly #isUnchanged: boolean;

  constructor(compile: boolean, isUnchanged: boolean) {
    this.#compile = compile;
    this.#isUnchanged = isUnchanged;
  }

  visit(schema: JsonSchema, node: Node): void {
    const before = this.schemaErrors.length;
    this.schemaErrors.push(...validateUnsupported(schema, node));
    if (schema.uniqueItems) {
      const text = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
      this.schemaErrors.push(forbidden(child(node.path, "uniqueItems"), text));
    }
    this.#visitBelow(schema, node);
    this.schemaErrors.push(...validateListAndMapTypes(schema, node.path), ...validateRuleForms(schema, node.path));
    if (this.schemaErrors.length > before || !this.#compile || !node.isSpine) return;
    const { path, cardinality, uncorrelatable } = node;
    const isResource = node.isRoot || isEmbedded(schema);
    const place = { path, cardinality, uncorrelatable, isResource, total: this.total, isUnchanged: this.#isUnchanged };
    this.ruleErrors.push(...validateRules(schema, place));
  }

  #visitBelow(schema: JsonSchema, node: Node): void {
    const { path } = node;
    const below = { ...node, isRoot: false };
    const values = valuesOf(schema);
    const { properties = {}, items } = schema;
    if (values !== undefined || schema.additionalProperties === false) {
      if (Object.keys(properties).length > 0) {
        const text = "additionalProperties and properties are mutual exclusive";
        this.schemaErrors.push(forbidden(child(path, "additionalProperties"), text));
      }
    }
    if (values !== undefined) {
      const noDefaults = node.isMeta ? "inside additionalProperties applying to object metadata" : node.noDefaults;
      const cardinality = times(node.cardinality, schema.maxProperties);
      this.visit(values, { ...below, path: child(path, "additionalProperties"), noDefaults, cardinality });
    }
    for (const [name, property] of Object.entries(properties)) {
      const isMeta = (node.isRoot || isEmbedded(schema)) && META_FIELDS.includes(name);
      const isAtomic = schema["x-kubernetes-map-type"] === "atomic";
      this.visit(property, {
        ...below,
        path: key(child(path, "properties"), name),
        isMeta: isMeta || node.isMeta,
        ...(isMeta && node.isRoot && { noDefaults: `in top-level ${name}` }),
        uncorrelatable: node.uncorrelatable ?? (isAtomic ? path : undefined),
      });
    }
    const aside = { ...below, isSpine: false };
    if (schema.not !== undefined) this.visit(schema.not, { ...aside, path: child(path, "not") });
    for (const list of ["allOf", "oneOf", "anyOf"] as const) {
      for (const [at, one] of (schema[list] ?? []).entries())
        this.visit(one, { ...aside, path: index(child(path, list), at) });
    }
    if (items === undefined || Array.isArray(items)) return;
    const isMap = schema["x-kubernetes-list-type"] === "map";
    const uncorrelatable = node.uncorrelatable ?? (isMap ? undefined : path);
    const cardinality = times(node.cardinality, schema.maxItems);
    this.visit(items, { ...below, path: child(path, "items"), uncorrelatable, cardinality });
  }
}

function times(cardinality: number | undefined, size: number | undefined): number | undefined {
  return cardinality === undefined || size === undefined ? undefined : cardinality * size;
}

/** What OpenAPI knows and definitions do not. */
const UNSUPPORTED: readonly (readonly [string, string])[] = [
  ["id", "id is not supported"],
  ["additionalItems", "additionalItems is not supported"],
  ["patternProperties", "patternProperties is not supported"],
  ["definitions", "definitions is not supported"],
  ["dependencies", "dependencies is not supported"],
  ["$ref", "$ref is not supported"],
];

// Models specStandardValidatorV3 validate
function validateUnsupported(schema: JsonSchema, { path, isMeta, noDefaults }: Node): FieldError[] {
  const errors: FieldError[] = [];
  const { type, items } = schema;
  if (type && !TYPES.includes(type)) errors.push(notSupported(child(path, "type"), type, TYPES));
  if (schema.default !== undefined && noDefaults !== undefined) {
    errors.push(forbidden(child(path, "default"), `must not be set ${noDefaults}`));
  }
  for (const [name, text] of UNSUPPORTED) {
    const value = (schema as { readonly [name: string]: unknown })[name];
    const isEmpty = isObject(value) && Object.keys(value).length === 0;
    if (value !== undefined && value !== "" && !isEmpty) errors.push(forbidden(child(path, name), text));
  }
  if (type === "null") {
    errors.push(forbidden(child(path, "type"), "type cannot be set to null, use nullable as an alternative"));
  }
  if (Array.isArray(items)) {
    errors.push(forbidden(child(path, "items"), "items must be a schema object and not an array"));
  }
  if (isMeta && isEmbedded(schema)) {
    errors.push(forbidden(child(path, "x-kubernetes-embedded-resource"), "must not be used inside of resource meta"));
  }
  return errors;
}

function mustBe(schema: JsonSchema, type: string, why: string, path: string): FieldError[] {
  if (schema.type === type) return [];
  const text = `must be ${type} if ${why} is specified`;
  return [schema.type ? invalid(child(path, "type"), schema.type, text) : required(child(path, "type"), text)];
}

function validateListAndMapTypes(schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const listType = schema["x-kubernetes-list-type"];
  const mapType = schema["x-kubernetes-map-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    errors.push(invalid(child(path, "x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined"));
  }
  if (mapType !== undefined) {
    errors.push(...mustBe(schema, "object", "x-kubernetes-map-type", path));
    if (mapType !== "atomic" && mapType !== "granular") {
      errors.push(notSupported(child(path, "x-kubernetes-map-type"), mapType, ["atomic", "granular"]));
    }
  }
  const listPath = child(path, "x-kubernetes-list-type");
  if (listType !== undefined) {
    const wrong = mustBe(schema, "array", "x-kubernetes-list-type", path);
    errors.push(...(wrong.length > 0 ? wrong : validateSetItems(schema, path)));
    if (!["atomic", "set", "map"].includes(listType)) {
      errors.push(notSupported(listPath, listType, ["atomic", "set", "map"]));
    }
  }
  if (keys.length > 0 && listType !== "map") {
    const text = "must be map if x-kubernetes-list-map-keys is non-empty";
    errors.push(listType === undefined ? required(listPath, text) : invalid(listPath, listType, text));
  }
  return listType === "map" ? [...errors, ...validateMapList(schema, keys, path)] : errors;
}

/** Items of a set are compared whole. */
function validateSetItems(schema: JsonSchema, path: string): FieldError[] {
  const { items } = schema;
  if (schema["x-kubernetes-list-type"] !== "set" || items === undefined) return [];
  const errors: FieldError[] = [];
  const at = child(path, "items");
  const text = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const listType = items["x-kubernetes-list-type"];
  if (items.type === "array" && listType !== undefined && listType !== "atomic") {
    errors.push(invalid(child(at, "x-kubernetes-list-type"), listType, text));
  }
  if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic") {
    errors.push(invalid(child(at, "x-kubernetes-map-type"), listType ?? null, text));
  }
  if (items.nullable)
    errors.push(forbidden(child(at, "nullable"), "cannot be nullable when x-kubernetes-list-type is set"));
  return errors;
}

/** Items of a list of type map are found by keys, which each must have. */
function validateMapList({ items }: JsonSchema, keys: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const keysPath = child(path, "x-kubernetes-list-map-keys");
  const itemsPath = child(path, "items");
  if (keys.length === 0) errors.push(required(keysPath, "must not be empty if x-kubernetes-list-type is map"));
  if (items === undefined) {
    return [...errors, required(itemsPath, "must have a schema if x-kubernetes-list-type is map")];
  }
  if (items.type !== "object") {
    const text = "must be object if parent array's x-kubernetes-list-type is map";
    return [...errors, invalid(child(itemsPath, "type"), items.type ?? "", text)];
  }
  if (items.nullable) {
    errors.push(forbidden(child(itemsPath, "nullable"), "cannot be nullable when x-kubernetes-list-type is map"));
  }
  for (const [at, name] of keys.entries()) {
    const property = items.properties?.[name];
    const propertyPath = key(child(itemsPath, "properties"), name);
    if (property === undefined) errors.push(invalid(keysPath, keys, "entries must all be names of item properties"));
    else if (property.type === "array" || property.type === "object") {
      const text = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(child(propertyPath, "type"), items.type, text));
    }
    if (keys.indexOf(name) < at) errors.push(invalid(keysPath, keys, "must not contain duplicate entries"));
    if (property === undefined) continue;
    if (!items.required?.includes(name) && property.default === undefined) {
      const text =
        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
      errors.push(required(child(propertyPath, "default"), text));
    }
    if (property.nullable) {
      const text = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
      errors.push(forbidden(child(propertyPath, "nullable"), text));
    }
  }
  return errors;
}
