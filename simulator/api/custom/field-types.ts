import {
  builtinSchema,
  type Field,
  type FieldType,
  type MergeFacts,
  type Schema,
  type StructType,
} from "../schema/schema.ts";
import { isEmbedded, isIntOrString, type JsonSchema, preservesUnknown, valuesOf } from "./json-schema.ts";

// Models apiextensions-apiserver pkg/controller/openapi/builder with kube-openapi pkg/schemaconv
/**
 * A resource's schema in the form of the built-in types, which is how server-side apply sees it: `root` is the name of the
 * resource's own type. What a schema says nothing of may hold anything.
 */
export function fieldTypesOf(root: string, schema: JsonSchema): Schema {
  const types = new FieldTypes();
  types.add(root, schema, true);
  return { struct: (type) => types.structs.get(type) ?? builtinSchema.struct(type) };
}

const ANY: FieldType = { kind: "any" };

class FieldTypes {
  readonly structs = new Map<string, StructType>();

  add(name: string, schema: JsonSchema, isResource: boolean): void {
    const fields = new Map<string, Field>();
    if (isResource) {
      fields.set("apiVersion", fieldOf("apiVersion", { kind: "string" }, {}));
      fields.set("kind", fieldOf("kind", { kind: "string" }, {}));
      fields.set("metadata", fieldOf("metadata", { kind: "struct", type: "ObjectMeta" }, {}));
    }
    for (const [property, below] of Object.entries(schema.properties ?? {})) {
      if (isResource && fields.has(property)) continue;
      fields.set(property, fieldOf(property, this.#type(`${name}.${property}`, below), mergeFactsOf(below)));
    }
    const isOpen = preservesUnknown(schema) || (isResource && fields.size === 3 && schema.type === undefined);
    this.structs.set(name, { name, goName: name, goType: name, isGo: false, fields, ...(isOpen && { isOpen }) });
  }

  #type(name: string, schema: JsonSchema): FieldType {
    if (isIntOrString(schema)) return { kind: "intstr" };
    switch (schema.type) {
      case "string":
        return { kind: "string" };
      case "boolean":
        return { kind: "boolean" };
      case "integer":
        return { kind: "int64" };
      case "number":
        return { kind: "double" };
      case "array":
        return { kind: "list", item: schema.items === undefined ? ANY : this.#type(`${name}[]`, schema.items) };
      case "object":
        return this.#objectType(name, schema);
      default:
        return ANY;
    }
  }

  #objectType(name: string, schema: JsonSchema): FieldType {
    const values = valuesOf(schema);
    if (values !== undefined) return { kind: "map", item: this.#type(`${name}{}`, values) };
    if (schema.properties === undefined && !isEmbedded(schema)) {
      const isFree = preservesUnknown(schema) || schema.additionalProperties === true;
      if (isFree) return schema["x-kubernetes-map-type"] === "atomic" ? { kind: "map", item: ANY } : ANY;
    }
    this.add(name, schema, isEmbedded(schema));
    return { kind: "struct", type: name };
  }
}

function fieldOf(name: string, type: FieldType, merge: MergeFacts): Field {
  return { name, type, goType: name, required: false, pointer: true, omitEmpty: false, omitZero: false, merge };
}

function mergeFactsOf(schema: JsonSchema): MergeFacts {
  const type = schema["x-kubernetes-list-type"] ?? schema["x-kubernetes-map-type"];
  const keys = schema["x-kubernetes-list-map-keys"];
  if (type === undefined) return {};
  return { type, ...(keys && { keys, keyDefaults: keyDefaultsOf(schema, keys) }) };
}

/** An item without a key is found by the key's default. */
function keyDefaultsOf({ items }: JsonSchema, keys: readonly string[]): MergeFacts["keyDefaults"] {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const fallback = items?.properties?.[key]?.default;
      return fallback === undefined ? [] : [[key, fallback]];
    }),
  );
}
