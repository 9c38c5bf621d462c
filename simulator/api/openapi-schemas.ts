import type { JsonObject, JsonValue } from "../base/json.ts";
import type { ResourceRef } from "./refs.ts";
import enums from "./schema/generated/enums.json" with { type: "json" };
import packages from "./schema/generated/packages.json" with { type: "json" };
import { builtinSchema, type Field, type FieldType, type ScalarKind, type Schema } from "./schema/schema.ts";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
const packageOf: { readonly [type: string]: string } = packages;
const enumTable: { readonly [type: string]: readonly string[] } = enums;

/** Types of the API machinery that JSON writes as a scalar. */
const NAMED_SCALARS: { readonly [kind in ScalarKind]?: string } = {
  time: `${META}.Time`,
  microtime: `${META}.MicroTime`,
  quantity: "io.k8s.apimachinery.pkg.api.resource.Quantity",
  intstr: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
};

const SCALARS: { readonly [kind in ScalarKind]: JsonObject } = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  bytes: { type: "string", format: "byte" },
  any: { type: "object" },
  time: { type: "string", format: "date-time" },
  microtime: { type: "string", format: "date-time" },
  quantity: { type: "string" },
  intstr: { type: "string", format: "int-or-string" },
};

/** What a value of a type is, unless something else is said: Go's zero value. */
const ZEROS: { readonly [kind in ScalarKind]?: JsonValue } = {
  string: "",
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
};

/** The schemas of a document: those of the kinds, and whatever they are made of. */
export class Definitions {
  readonly specification: "v2" | "v3";
  readonly #isV3: boolean;
  readonly #schemas = new Map<string, JsonObject>();

  constructor(specification: "v2" | "v3") {
    this.specification = specification;
    this.#isV3 = specification === "v3";
  }

  /** All schemas, by name. */
  all(): JsonObject {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Adds a kind with its list type and all that they hold; returns the kind's full name. */
  addKind(ref: ResourceRef<unknown>, type: string, schema: Schema): string {
    const name = this.#struct(type, schema, ref);
    this.#mark(name, ref, ref.kind);
    const listName = `${name}List`;
    if (!this.#schemas.has(listName)) {
      this.#schemas.set(listName, this.#list(name));
    }
    this.#mark(listName, ref, `${ref.kind}List`);
    return name;
  }

  /** Adds a kind that is defined by an object, by its own schema; returns its full name. */
  addCustom(ref: ResourceRef<unknown>, listKind: string, schema: JsonObject): string {
    const name = `${ref.group.split(".").reverse().join(".")}.${ref.version}.${ref.kind}`;
    const metadata = this.reference(this.#struct("ObjectMeta", builtinSchema));
    const described = {
      description:
        "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
      ...(this.#isV3 ? { allOf: [metadata] } : metadata),
    };
    const properties = { ...(schema.properties as JsonObject | undefined), metadata: described };
    this.#schemas.set(name, schema.properties === undefined ? schema : { ...schema, properties });
    this.#mark(name, ref, ref.kind);
    this.#schemas.set(`${name}List`, {
      description: `${listKind} is a list of ${ref.kind}`,
      ...this.#list(name),
    });
    this.#mark(`${name}List`, ref, listKind);
    return name;
  }

  #list(name: string): JsonObject {
    return {
      type: "object",
      required: ["items"],
      properties: {
        apiVersion: { type: "string" },
        items: { type: "array", items: this.reference(name) },
        kind: { type: "string" },
        metadata: this.reference(this.#struct("ListMeta", builtinSchema)),
      },
    };
  }

  /** Adds a type of the API by its short name, such as `DeleteOptions`; returns a reference to it. */
  referTo(type: string): JsonObject {
    return this.reference(this.#struct(type, builtinSchema));
  }

  /** Adds a schema as it is; returns a reference to it. */
  add(name: string, schema: JsonObject): JsonObject {
    this.#schemas.set(name, schema);
    return this.reference(name);
  }

  reference(name: string): JsonObject {
    return { $ref: `${this.#isV3 ? "#/components/schemas/" : "#/definitions/"}${name}` };
  }

  #mark(name: string, { group, version }: ResourceRef<unknown>, kind: string): void {
    const schema = this.#schemas.get(name);
    this.#schemas.set(name, { ...schema, "x-kubernetes-group-version-kind": [{ group, kind, version }] });
  }

  #struct(type: string, schema: Schema, owner?: ResourceRef<unknown>): string {
    const struct = schema.struct(type);
    const name = fullName(type, struct?.goName ?? type, owner);
    if (this.#schemas.has(name)) return name;
    this.#schemas.set(name, { type: "object" });
    if (struct === undefined) return name;
    const fields = [...struct.fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const required = fields.filter((field) => field.required).map((field) => field.name);
    const properties = fields.map((field) => [
      field.name,
      { ...this.#property(field, schema, owner), ...enumOf(field, packageOf[type]) },
    ]);
    this.#schemas.set(name, {
      type: "object",
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
      ...(required.length > 0 && { required }),
    });
    return name;
  }

  #property(field: Field, schema: Schema, owner: ResourceRef<unknown> | undefined): JsonObject {
    const { type, merge } = field;
    const value = this.#value(type, schema, owner);
    const isReference = value.$ref !== undefined;
    const zero = type.kind === "struct" || type.kind === "time" || type.kind === "quantity" ? {} : zeroOf(type);
    const withDefault = this.#isV3 && !field.pointer && (isReference || field.required) && zero !== undefined;
    return {
      ...(this.#isV3 && isReference ? { allOf: [value] } : value),
      ...(withDefault && { default: zero }),
      ...mergeMarks(type, merge),
    };
  }

  #value(type: FieldType, schema: Schema, owner: ResourceRef<unknown> | undefined): JsonObject {
    switch (type.kind) {
      case "list":
        return { type: "array", items: this.#item(type.item, schema, owner) };
      case "map":
        return { type: "object", additionalProperties: this.#item(type.item, schema, owner) };
      case "struct":
        return this.reference(this.#struct(type.type, schema, owner));
      default:
        return this.#scalar(type.kind);
    }
  }

  #item(type: FieldType, schema: Schema, owner: ResourceRef<unknown> | undefined): JsonObject {
    const value = this.#value(type, schema, owner);
    if (!this.#isV3) return value;
    if (type.kind === "struct") return { default: {}, allOf: [value] };
    if (value.$ref !== undefined) return { allOf: [value] };
    const zero = zeroOf(type);
    return zero === undefined ? value : { ...value, default: zero };
  }

  #scalar(kind: ScalarKind): JsonObject {
    const name = NAMED_SCALARS[kind];
    if (name === undefined) return SCALARS[kind];
    this.#schemas.set(name, this.#isV3 ? (unions[kind] ?? SCALARS[kind]) : SCALARS[kind]);
    return this.reference(name);
  }
}

/** Scalars that OpenAPI v3 can say are of either type. */
const unions: { readonly [kind in ScalarKind]?: JsonObject } = {
  quantity: { oneOf: [{ type: "string" }, { type: "number" }] },
  intstr: { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
};

function zeroOf(type: FieldType): JsonValue | undefined {
  return type.kind === "list" || type.kind === "map" || type.kind === "struct" ? undefined : ZEROS[type.kind];
}

/** The values that a string may have, where upstream lists them: types are looked for in their own package first. */
function enumOf({ type, goType }: Field, home: string | undefined): JsonObject {
  if (type.kind !== "string" || goType === "string") return {};
  const name = goType.slice(goType.indexOf(".") + 1);
  const values = enumTable[`${home}.${name}`] ?? enumTable[`core/v1.${name}`];
  return values === undefined ? {} : { enum: values };
}

function mergeMarks(type: FieldType, { type: merged, keys, strategy, mergeKey }: Field["merge"]): JsonObject {
  return {
    ...(keys !== undefined && { "x-kubernetes-list-map-keys": keys }),
    ...(merged !== undefined && { [`x-kubernetes-${type.kind === "list" ? "list" : "map"}-type`]: merged }),
    ...(mergeKey !== undefined && { "x-kubernetes-patch-merge-key": mergeKey }),
    ...(strategy !== undefined && { "x-kubernetes-patch-strategy": strategy }),
  };
}

/** Groups whose types live in a repository of their own. */
const OTHER_REPOSITORIES: { readonly [group: string]: string } = {
  "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
  "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
};

/** The name of a type in the documents, such as `io.k8s.api.core.v1.Pod`. */
function fullName(type: string, goName: string, owner: ResourceRef<unknown> | undefined): string {
  const home = packageOf[type];
  if (home !== undefined) {
    const [group = "", version = ""] = home.split("/");
    return group === "meta" ? `${META}.${goName}` : `io.k8s.api.${group}.${version}.${goName}`;
  }
  if (owner === undefined) return `${META}.${goName}`;
  const repository = OTHER_REPOSITORIES[owner.group] ?? owner.group.split(".").reverse().join(".");
  return `${repository}.${owner.version}.${goName}`;
}
