import { BOOL, type CelType, DOUBLE, DURATION, DYN, INT, type ListType, TIMESTAMP } from "../cel/types.ts";
import { isIntOrString, type JsonSchema, valuesOf } from "./json-schema.ts";

// Models apiserver pkg/cel/common schemas.go SchemaDeclType

/** What a request may hold at most, less its quotes. */
const MAX_REQUEST_BYTES = 3 * 1024 * 1024 - 2;

const RESERVED: ReadonlySet<string> = new Set([
  ...["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"],
  ...["let", "loop", "package", "namespace", "return", "var", "void", "while"],
]);

// Models apiserver pkg/cel/escaping.go
/** The name under which rules know a property; undefined for one that they cannot name. */
export function celNameOf(property: string): string | undefined {
  if (RESERVED.has(property)) return `__${property}__`;
  const escaped = property
    .replaceAll("__", "\0underscores\0")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__")
    .replaceAll("\0underscores\0", "__underscores__");
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}

/** A schema's type with the fewest bytes that a value of it needs: they tell how many a request may hold. */
interface Declared {
  readonly type: CelType;
  readonly minBytes: number;
}

const META_SCHEMA: JsonSchema = {
  type: "object",
  properties: { name: { type: "string" }, generateName: { type: "string" } },
};

/** The type of values of a schema in rules; undefined where rules may not look. */
export function celTypeOf(schema: JsonSchema, isResource: boolean, name = "selfType"): CelType | undefined {
  return declare(schema, isResource, name)?.type;
}

function declare(schema: JsonSchema, isResource: boolean, name: string): Declared | undefined {
  if (isIntOrString(schema)) return { type: DYN, minBytes: 1 };
  switch (schema.type) {
    case "array":
      return declareList(schema, name);
    case "object":
      return declareObject(schema, isResource, name);
    case "string":
      return declareString(schema);
    case "boolean":
      return { type: BOOL, minBytes: 4 };
    case "number":
      return { type: DOUBLE, minBytes: 1 };
    case "integer":
      return { type: INT, minBytes: 1 };
    default:
      return undefined;
  }
}

function declareList(schema: JsonSchema, name: string): Declared | undefined {
  const { items } = schema;
  const item = items && declare(items, items["x-kubernetes-embedded-resource"] === true, `${name}.@idx`);
  if (item === undefined) return undefined;
  const maxSize = schema.maxItems ?? Math.floor(MAX_REQUEST_BYTES / (item.minBytes + 1));
  const type: CelType = { kind: "list", item: item.type, maxSize, listType: listTypeOf(schema) };
  return { type, minBytes: 2 };
}

function listTypeOf(schema: JsonSchema): ListType | undefined {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "set") return { kind: "set" };
  return listType === "map" ? { kind: "map", keys: schema["x-kubernetes-list-map-keys"] ?? [] } : undefined;
}

function declareObject(schema: JsonSchema, isResource: boolean, name: string): Declared | undefined {
  const values = valuesOf(schema);
  if (values !== undefined) {
    const value = declare(values, values["x-kubernetes-embedded-resource"] === true, `${name}.@elem`);
    if (value === undefined) return undefined;
    const maxSize = schema.maxProperties ?? Math.floor(MAX_REQUEST_BYTES / (value.minBytes + 6));
    const key: CelType = { kind: "string", maxSize: MAX_REQUEST_BYTES };
    return { type: { kind: "map", key, value: value.type, maxSize }, minBytes: 2 };
  }
  const properties: { readonly [property: string]: JsonSchema } = {
    ...schema.properties,
    ...(isResource && { apiVersion: { type: "string" }, kind: { type: "string" }, metadata: META_SCHEMA }),
  };
  const fields = new Map<string, CelType>();
  const jsonNames = new Map<string, string>();
  let minBytes = 2;
  for (const [property, below] of Object.entries(properties)) {
    const embedded = below["x-kubernetes-embedded-resource"] === true;
    const field = declare(below, embedded, `${name}.${property}`);
    if (field === undefined) continue;
    if (schema.required?.includes(property) && below.default === undefined) {
      minBytes += property.length + 4 + field.minBytes;
    }
    const escaped = celNameOf(property);
    if (escaped === undefined) continue;
    fields.set(escaped, field.type);
    if (escaped !== property) jsonNames.set(escaped, property);
  }
  return { type: { kind: "object", name, fields, jsonNames }, minBytes };
}

function declareString(schema: JsonSchema): Declared {
  switch (schema.format) {
    case "byte":
      return { type: { kind: "bytes", maxSize: schema.maxLength ?? MAX_REQUEST_BYTES }, minBytes: 2 };
    case "duration":
      return { type: DURATION, minBytes: 3 };
    case "date":
    case "date-time":
      return { type: TIMESTAMP, minBytes: schema.format === "date" ? 12 : 22 };
    default:
      return { type: { kind: "string", maxSize: longestText(schema) }, minBytes: 2 };
  }
}

/** In bytes: a character takes four at most. */
function longestText(schema: JsonSchema): number {
  if (schema.maxLength !== undefined) return schema.maxLength * 4;
  if (schema.enum === undefined) return MAX_REQUEST_BYTES;
  return Math.max(0, ...schema.enum.map((one) => (typeof one === "string" ? one.length : 0)));
}

/** How many values of a schema a request may hold, where nothing else bounds them. */
export function maxCardinality(schema: JsonSchema): number {
  return Math.floor(MAX_REQUEST_BYTES / ((declare(schema, false, "self")?.minBytes ?? 1) + 1));
}
