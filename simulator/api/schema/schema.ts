import type { JsonValue } from "../../base/json.ts";
import fieldTables from "./generated/fields.json" with { type: "json" };
import goStructs from "./generated/go-structs.json" with { type: "json" };
import listFacts from "./generated/lists.json" with { type: "json" };

/** A typed view of the generated tables: what fields an API type has, as JSON and as Go knows them. */

export type ScalarKind =
  | "string"
  | "boolean"
  | "int32"
  | "int64"
  | "double"
  | "time"
  | "microtime"
  | "quantity"
  | "bytes"
  | "intstr"
  | "any";

export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: "list"; readonly item: FieldType }
  | { readonly kind: "map"; readonly item: FieldType }
  | { readonly kind: "struct"; readonly type: string };

/** How a list (or map) merges: the markers of the Go sources. */
export interface MergeFacts {
  /** listType: atomic, set or map; or mapType, structType: atomic, granular. */
  readonly type?: string;
  /** The keys of a list of type map, for server-side apply. */
  readonly keys?: readonly string[];
  /** Keys that an item has without saying so. */
  readonly keyDefaults?: { readonly [key: string]: JsonValue };
  /** patchStrategy: `merge`, `replace`, `retainKeys`, or two of them joined by a comma. */
  readonly strategy?: string;
  /** patchMergeKey: what a strategic merge finds an item by. */
  readonly mergeKey?: string;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** As Go's reflection prints it, without a pointer's star: `int32`, `[]v1.Container`. */
  readonly goType: string;
  readonly required: boolean;
  /** Whether Go tells "not set" from its zero value: pointers, and everything of types that are not Go's. */
  readonly pointer: boolean;
  /** `omitempty`: zero values that are no structs are left out. */
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  readonly merge: MergeFacts;
}

export interface StructType {
  readonly name: string;
  /** The name of the Go struct, without its package. */
  readonly goName: string;
  /** With its package: `v1.Container`. */
  readonly goType: string;
  /** Whether the Go struct is known, so that its zero values can be filled in as Go would. */
  readonly isGo: boolean;
  /** Whether fields that it does not name may hold anything. */
  readonly isOpen?: boolean;
  /** By JSON name, in the order in which the API server writes them. */
  readonly fields: ReadonlyMap<string, Field>;
}

type FieldTable = { readonly [field: string]: string };
export type FieldTables = { readonly [type: string]: FieldTable };
export interface GoStruct {
  readonly go: string;
  readonly fields: { readonly [json: string]: string };
}

const builtinTables: FieldTables = fieldTables;
const goTable: { readonly [type: string]: GoStruct } = goStructs;
const mergeTable: { readonly [type: string]: { readonly [field: string]: MergeFacts } } = listFacts;

const SCALARS: ReadonlySet<string> = new Set<ScalarKind>([
  "string",
  "boolean",
  "int32",
  "int64",
  "double",
  "time",
  "microtime",
  "quantity",
  "bytes",
  "intstr",
  "any",
]);

const GO_SCALARS: Readonly<Record<ScalarKind, string>> = {
  string: "string",
  boolean: "bool",
  int32: "int32",
  int64: "int64",
  double: "float64",
  time: "v1.Time",
  microtime: "v1.MicroTime",
  quantity: "resource.Quantity",
  bytes: "[]uint8",
  intstr: "intstr.IntOrString",
  any: "interface {}",
};

/** Reads a field's type in the tables' words: `[Container]`, `{quantity}`, `int32`. */
function parseType(text: string): FieldType {
  if (text.startsWith("[")) return { kind: "list", item: parseType(text.slice(1, -1)) };
  if (text.startsWith("{")) return { kind: "map", item: parseType(text.slice(1, -1)) };
  return SCALARS.has(text) ? { kind: text as ScalarKind } : { kind: "struct", type: text };
}

/** The Go name of a type whose Go source we do not have: without the version that the client puts first. */
function goNameOf(type: string): { readonly version: string; readonly name: string } {
  const match = /^V(\d+(?:alpha\d+|beta\d+)?)([A-Z]\w*)$/.exec(type);
  return match ? { version: `v${match[1]}`, name: match[2] ?? type } : { version: "v1", name: type };
}

function derivedGoType(type: FieldType): string {
  if (type.kind === "list") return `[]${derivedGoType(type.item)}`;
  if (type.kind === "map") return `map[string]${derivedGoType(type.item)}`;
  if (type.kind !== "struct") return GO_SCALARS[type.kind];
  const { version, name } = goNameOf(type.type);
  return `${version}.${name}`;
}

/** A Go struct as it is written: structs that stand inline are entries of their own, named `+Name`. */
export function goStruct(type: string): GoStruct | undefined {
  return Object.hasOwn(goTable, type) ? goTable[type] : undefined;
}

/** The Go facts of a struct's JSON fields, those of inline structs among them, in order. */
function goFields(type: string): readonly (readonly [string, string])[] {
  return Object.entries(goTable[type]?.fields ?? {}).flatMap(([json, fact]) =>
    json.startsWith("+") ? goFields(fact.split(" ").pop() ?? "") : [[json, fact] as const],
  );
}

function goField(name: string, text: string, fact: string, merge: MergeFacts): Field {
  const [, goType = "", ...flags] = fact.split(" ");
  const type = parseType(text.replace("!", ""));
  const nillable = type.kind === "list" || type.kind === "map" || type.kind === "any";
  return {
    name,
    type,
    goType: goType.replace(/^\*/, ""),
    required: text.endsWith("!"),
    pointer: goType.startsWith("*") || (nillable && !flags.includes("omitempty")),
    omitEmpty: flags.includes("omitempty"),
    omitZero: flags.includes("omitzero"),
    merge,
  };
}

function plainField(name: string, text: string, merge: MergeFacts): Field {
  const type = parseType(text.replace("!", ""));
  const goType = derivedGoType(type);
  return { name, type, goType, required: text.endsWith("!"), pointer: true, omitEmpty: false, omitZero: false, merge };
}

function buildStruct(name: string, table: FieldTable, isBuiltin: boolean): StructType {
  const merges = mergeTable[name] ?? {};
  const fields = new Map<string, Field>();
  const facts = isBuiltin ? goFields(name) : [];
  for (const [json, fact] of facts) {
    const text = table[json];
    if (text !== undefined) fields.set(json, goField(json, text, fact, merges[json] ?? {}));
  }
  if (facts.length === 0) {
    for (const [json, text] of Object.entries(table)) fields.set(json, plainField(json, text, merges[json] ?? {}));
  }
  const derived = goNameOf(name);
  const goType = (isBuiltin && goTable[name]?.go) || `${derived.version}.${derived.name}`;
  return { name, goType, goName: goType.slice(goType.indexOf(".") + 1), isGo: facts.length > 0, fields };
}

/** The API types by name. Structs are built when first asked for. */
export interface Schema {
  struct(type: string): StructType | undefined;
}

const builtinStructs = new Map<string, StructType>();

export const builtinSchema: Schema = {
  struct(type) {
    const known = builtinStructs.get(type);
    if (known) return known;
    const table = Object.hasOwn(builtinTables, type) ? builtinTables[type] : undefined;
    if (!table) return undefined;
    const built = buildStruct(type, table, true);
    builtinStructs.set(type, built);
    return built;
  },
};

/** The built-in types and, before them, a kind's own: tables in the form of the generated ones. */
export function schemaWith(types: FieldTables): Schema {
  const own = new Map(Object.entries(types).map(([name, table]) => [name, buildStruct(name, table, false)]));
  return { struct: (type) => own.get(type) ?? builtinSchema.struct(type) };
}
