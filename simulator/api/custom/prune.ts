import { isObject, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";
import { asResource, isEmbedded, type JsonSchema, META_FIELDS, preservesUnknown, valuesOf } from "./json-schema.ts";

// Models apiextensions-apiserver pkg/apiserver/schema/pruning

export interface Pruned {
  readonly object: JsonObject;
  /** Paths of what was taken away: `spec.colour`, `spec.list[0].x`. */
  readonly unknown: readonly string[];
}

/** A resource without the fields that its schema does not know. */
export function pruneObject(object: JsonObject, schema: JsonSchema): Pruned {
  const pruner = new Pruner();
  const pruned = pruner.value(object, asResource(schema), "");
  return { object: isObject(pruned) ? pruned : {}, unknown: pruner.unknown.sort() };
}

/** A default value without unknown fields. */
export function pruneValue(value: JsonValue, schema: JsonSchema): JsonValue {
  return new Pruner().value(value, schema, "");
}

class Pruner {
  readonly unknown: string[] = [];

  /** Without a schema, maps lose everything. */
  value(value: JsonValue, schema: JsonSchema | undefined, path: string): JsonValue {
    if (Array.isArray(value)) {
      return value.map((item: JsonValue, at) => this.value(item, schema?.items, `${path}[${at}]`));
    }
    return isObject(value) ? this.#map(value, schema, path) : value;
  }

  #map(map: JsonObject, schema: JsonSchema | undefined, path: string): JsonObject {
    const kept: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(map)) {
      if (value === undefined) continue;
      const below = path === "" ? key : `${path}.${key}`;
      const property = schema?.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
      if (schema !== undefined && isEmbedded(schema) && META_FIELDS.includes(key)) setOwn(kept, key, value);
      else if (property !== undefined) setOwn(kept, key, this.value(value, property, below));
      else if (schema?.additionalProperties !== undefined && schema.additionalProperties !== false) {
        setOwn(kept, key, this.#additional(value, schema, below));
      } else if (schema !== undefined && preservesUnknown(schema)) setOwn(kept, key, value);
      else this.unknown.push(below);
    }
    return kept;
  }

  #additional(value: JsonValue, schema: JsonSchema, path: string): JsonValue {
    const values = valuesOf(schema);
    return values === undefined && preservesUnknown(schema) ? value : this.value(value, values, path);
  }
}
