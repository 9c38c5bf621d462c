import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { goQuote } from "../meta/go-text.ts";
import type { FieldType, MergeFacts, Schema } from "../schema/schema.ts";
import { keyElement, type PathElement, valueElement } from "./path-element.ts";

// Models kube-openapi pkg/schemaconv: how the API's types look to structured merge

/** A place in a type: what stands there, and the markers of the field that holds it. A `Field` is one. */
export interface Place {
  readonly type: FieldType;
  readonly merge: MergeFacts;
}

export interface ScalarShape {
  readonly kind: "scalar";
  readonly scalar: "string" | "numeric" | "boolean" | "untyped";
}

export interface ListShape {
  readonly kind: "list";
  /** Owned as a whole. Otherwise items are found by `keys`, or by their value where there are none. */
  readonly atomic: boolean;
  readonly keys: readonly string[];
  readonly keyDefaults: Readonly<Record<string, JsonValue>>;
  readonly item: Place;
}

export interface MapShape {
  readonly kind: "map";
  readonly atomic: boolean;
  /** The fields of a struct. */
  readonly fields?: ReadonlyMap<string, Place>;
  /** What a map holds; a struct holds its fields only. */
  readonly element?: Place;
}

export type Shape = ScalarShape | ListShape | MapShape;

/** Structs that one manager owns as a whole: those with `+structType=atomic` in the Go sources. */
const ATOMIC_STRUCTS: ReadonlySet<string> = new Set([
  "ConfigMapKeySelector",
  "CrossVersionObjectReference",
  "DiscoveryV1EndpointPort",
  "EndpointAddress",
  "EndpointPort",
  "FileKeySelector",
  "LabelSelector",
  "LocalObjectReference",
  "MatchResources",
  "NamedRuleWithOperations",
  "NodeSelector",
  "NodeSelectorTerm",
  "ObjectFieldSelector",
  "ObjectReference",
  "OwnerReference",
  "ParamKind",
  "ParamRef",
  "RbacV1Subject",
  "ResourceFieldSelector",
  "RoleRef",
  "ScopeSelector",
  "SecretKeySelector",
  "SecretReference",
  "ServiceBackendPort",
  "TopologySelectorTerm",
  "TypedLocalObjectReference",
  "Variable",
]);

/** Defaults of fields that are keys of a list: an item without the field is found by its default. */
const KEY_DEFAULTS: Readonly<Record<string, Readonly<Record<string, JsonValue>>>> = {
  ContainerPort: { protocol: "TCP" },
  LocalObjectReference: { name: "" },
  ServicePort: { protocol: "TCP" },
};

const NO_FACTS: MergeFacts = {};
const ANY: Place = { type: { kind: "any" }, merge: NO_FACTS };
const ANY_MAP: MapShape = { kind: "map", atomic: false, element: ANY };
const ANY_LIST: ListShape = { kind: "list", atomic: true, keys: [], keyDefaults: {}, item: ANY };
const UNTYPED: ScalarShape = { kind: "scalar", scalar: "untyped" };

const SCALARS: Readonly<Partial<Record<FieldType["kind"], ScalarShape["scalar"]>>> = {
  string: "string",
  bytes: "string",
  boolean: "boolean",
  int32: "numeric",
  int64: "numeric",
  double: "numeric",
};

/** The shapes of one schema's types, each made once. */
export class Shapes {
  readonly #schema: Schema;
  readonly #shapes = new WeakMap<Place, Shape>();
  readonly #items = new WeakMap<FieldType, Place>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** The shape at a place; a free-form place takes the shape of the value that stands there. */
  of(place: Place, value: JsonValue | undefined): Shape {
    if (place.type.kind === "any") return Array.isArray(value) ? ANY_LIST : isScalar(value) ? UNTYPED : ANY_MAP;
    let shape = this.#shapes.get(place);
    if (shape === undefined) {
      shape = this.#build(place);
      this.#shapes.set(place, shape);
    }
    return shape;
  }

  /** The place of an object of a type. */
  root(type: string): Place {
    return { type: { kind: "struct", type }, merge: NO_FACTS };
  }

  #build({ type, merge }: Place): Shape {
    switch (type.kind) {
      case "list":
        return this.#list(type.item, merge);
      case "map":
        return { kind: "map", atomic: merge.type === "atomic", element: this.#item(type.item) };
      case "struct": {
        // The field's own marker counts more than the type's.
        const atomic = merge.type === undefined ? ATOMIC_STRUCTS.has(type.type) : merge.type === "atomic";
        const struct = this.#schema.struct(type.type);
        return { kind: "map", atomic, fields: struct?.fields ?? new Map(), ...(struct?.isOpen && { element: ANY }) };
      }
      default:
        return { kind: "scalar", scalar: SCALARS[type.kind] ?? "untyped" };
    }
  }

  #list(item: FieldType, merge: MergeFacts): ListShape {
    // Lists without a listType are told by their patch strategy.
    const byStrategy = merge.type === undefined && (merge.strategy ?? "").split(",").includes("merge");
    const mergeKeys = merge.mergeKey === undefined ? [] : [merge.mergeKey];
    return {
      kind: "list",
      atomic: merge.type === "atomic" || (merge.type === undefined && !byStrategy),
      keys: merge.type === "map" ? (merge.keys ?? []) : byStrategy ? mergeKeys : [],
      keyDefaults: merge.keyDefaults ?? ((item.kind === "struct" && KEY_DEFAULTS[item.type]) || {}),
      item: this.#item(item),
    };
  }

  #item(type: FieldType): Place {
    let place = this.#items.get(type);
    if (place === undefined) {
      place = { type, merge: NO_FACTS };
      this.#items.set(type, place);
    }
    return place;
  }
}

function isScalar(value: JsonValue | undefined): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The place of a map's key; undefined where a struct has no such field. */
export function placeOfKey(shape: MapShape, key: string): Place | undefined {
  return shape.fields?.get(key) ?? shape.element;
}

/** A value as a map; null and values that are none read as nothing. */
export function asMap(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function asList(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

// Models structured-merge-diff typed listItemToPathElement
/** What finds an item of a list that is not atomic; fails on items that nothing finds. */
export function itemElement(list: ListShape, item: JsonValue): Result<PathElement, string> {
  if (list.keys.length === 0) return setElement(item);
  if (item === null) return fail("associative list with keys may not have a null element");
  if (!isObject(item)) return fail("associative list with keys may not have non-map elements");
  const keys: (readonly [string, JsonValue])[] = [];
  for (const name of list.keys) {
    const value = (Object.hasOwn(item, name) ? item[name] : undefined) ?? list.keyDefaults[name];
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length > 0) return ok(keyElement(keys));
  const names = `[${list.keys.map(goQuote).join(" ")}]`;
  return fail(
    `associative list with keys has an element that omits all key fields ${names} (and doesn't have default values for any key fields)`,
  );
}

function setElement(item: JsonValue): Result<PathElement, string> {
  if (item === null) return fail("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) return fail("not supported: associative list with lists as elements");
  if (isObject(item)) return fail("associative list without keys has an element that's a map type");
  return ok(valueElement(item));
}
