import { equalJson, isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { RestMapping } from "../mapping.ts";
import { indented, wrapped } from "./wrap.ts";

/** What is to be explained, out of an OpenAPI v3 document of its group version. */
export interface ExplainPlan {
  readonly document: JsonObject;
  readonly mapping: RestMapping;
  /** Names of fields, from the object on down. */
  readonly fields: readonly string[];
  readonly recursive: boolean;
}

type Schema = JsonObject;
type Seen = ReadonlySet<string>;

const METHODS = ["get", "post", "put", "patch", "delete"];
const SHORT_ENUM = 4;

/** The text, or what is wrong and the head that comes before the complaint. */
export type Explained = { readonly text: string } | { readonly problem: string; readonly head: string };

/** The text of `kubectl explain`; the error is kubectl's. Models kubectl pkg/explain/v2 plaintext.tmpl. */
export function explainText(plan: ExplainPlan): Explained {
  const { document, mapping, fields } = plan;
  const type = typeOfResource(document, mapping);
  if (type === undefined) {
    const { group, version, plural } = mapping;
    return { problem: `GVR (${group}/${version}, Resource=${plural}) not found in OpenAPI schema`, head: "" };
  }
  const group = type.group ? `GROUP:      ${String(type.group)}\n` : "";
  const head = `${group}KIND:       ${String(type.kind)}\nVERSION:    ${String(type.version)}\n\n`;
  const schema = schemaOfType(document, type);
  if (schema === undefined) return { problem: `GVK ${String(type.kind)} not found in OpenAPI schema`, head };
  const found = new Explainer(plan).output(schema, fields, new Set());
  if (found === undefined) return { problem: `field ${JSON.stringify(fields.at(-1))} does not exist`, head };
  return {
    text: `${head}${found}
`,
  };
}

/** The group, version and kind that the document's operations on a resource name. */
function typeOfResource(document: JsonObject, { group, version, plural }: RestMapping): JsonObject | undefined {
  const paths = isObject(document.paths) ? document.paths : {};
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const inCluster = `${root}/${plural}`;
  const inNamespace = `${root}/namespaces/{namespace}/${plural}`;
  let type: JsonObject | undefined;
  for (const path of [inCluster, `${inCluster}/{name}`, inNamespace, `${inNamespace}/{name}`]) {
    const operations = paths[path];
    if (!isObject(operations)) continue;
    const types = METHODS.map((method) => operations[method])
      .filter(isObject)
      .map((operation) => operation["x-kubernetes-group-version-kind"])
      .filter(isObject);
    type = types[0] ?? type;
  }
  return type;
}

function schemaOfType(document: JsonObject, type: JsonObject): Schema | undefined {
  const components = isObject(document.components) ? document.components : {};
  const schemas = isObject(components.schemas) ? components.schemas : {};
  for (const name of Object.keys(schemas).sort()) {
    const schema = schemas[name];
    if (!isObject(schema)) continue;
    const types = schema["x-kubernetes-group-version-kind"];
    if (Array.isArray(types) && types.some((each) => equalJson(each, type))) return schema;
  }
  return undefined;
}

class Explainer {
  readonly #plan: ExplainPlan;

  constructor(plan: ExplainPlan) {
    this.#plan = plan;
  }

  /** What is told of the field at a path; undefined when there is no such field. */
  output(schema: Schema, path: readonly string[], seen: Seen): string | undefined {
    const ref = refOf(schema);
    const own = this.#resolved(schema);
    const [name, ...rest] = path;
    if (name === undefined) return this.#described(own);
    if (ref !== "" && seen.has(ref)) return undefined;
    const now = new Set([...seen, ref]);
    const property = propertiesOf(own)[name];
    if (isObject(property)) {
      const below = this.output(property, rest, new Set());
      const title = rest.length > 0 ? "" : `FIELD: ${name} <${this.#typeText(property)}>\n${longEnum(property)}\n\n`;
      return below === undefined ? undefined : title + below;
    }
    if (isObject(own.items)) return this.output(own.items, path, now);
    if (isObject(own.additionalProperties)) return this.output(own.additionalProperties, path, now);
    for (const each of schemasIn(own.allOf)) {
      const text = this.output(each, path, now);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  #described(schema: Schema): string {
    const description = this.#description(schema) || "<empty>";
    const fields = this.#fields(schema, 1, new Set());
    const head = `DESCRIPTION:\n${indented(wrapped(description, 76), 4)}\n`;
    const docs = externalDocs(schema, 0);
    return `${head}${docs === "" ? "" : `\n${docs}`}${fields === "" ? "" : `FIELDS:\n${fields}`}`;
  }

  #description(schema: Schema): string {
    const own = this.#resolved(schema);
    const { description, items, additionalProperties, allOf } = own;
    const parts = [...schemasIn(allOf), ...(isObject(items) ? [items] : [])];
    if (isObject(additionalProperties)) parts.push(additionalProperties);
    const text = typeof description === "string" && description !== "" ? `${description}\n` : "";
    return text + parts.map((part) => this.#description(part)).join("");
  }

  #fields(schema: Schema, level: number, seen: Seen): string {
    const ref = refOf(schema);
    if (ref !== "" && seen.has(ref)) return "";
    const now = new Set([...seen, ref]);
    const own = this.#resolved(schema);
    const properties = propertiesOf(own);
    let text = "";
    for (const name of Object.keys(properties).sort()) {
      const property = properties[name];
      if (!isObject(property)) continue;
      text += this.#field(own, name, property, level * 2);
      if (this.#plan.recursive) text += this.#fields(property, level + 1, now);
    }
    for (const each of schemasIn(own.allOf)) text += this.#fields(each, level, now);
    if (isObject(own.items)) text += this.#fields(own.items, level, now);
    if (isObject(own.additionalProperties)) text += this.#fields(own.additionalProperties, level, now);
    return text;
  }

  #field(holder: Schema, name: string, schema: Schema, indent: number): string {
    const required = Array.isArray(holder.required) && holder.required.includes(name) ? " -required-" : "";
    const head = `${indented(name, indent)}\t<${this.#typeText(schema)}>${required}${shortEnum(schema, indent)}\n`;
    if (this.#plan.recursive) return head;
    const description =
      typeof schema.description === "string" && schema.description !== "" ? schema.description : "<no description>";
    const docs = externalDocs(schema, indent + 2);
    return `${head}${indented(wrapped(description, 78 - indent), indent + 2)}\n${docs === "" ? "" : `\n${docs}`}\n`;
  }

  /** `string`, `[]Container`, `map[string]Quantity`. */
  #typeText(schema: Schema): string {
    const { items, additionalProperties, allOf, properties, type } = schema;
    if (isObject(items)) return `[]${this.#typeText(items)}`;
    if (isObject(additionalProperties)) return `map[string]${this.#typeText(additionalProperties)}`;
    const [only, ...more] = schemasIn(allOf);
    if (only !== undefined && more.length === 0 && properties === undefined) return this.#typeText(only);
    const ref = refOf(schema);
    if (ref !== "") {
      const target = this.#target(ref);
      if (target?.type && target.type !== "object") return String(target.type);
      return (
        ref
          .slice(ref.lastIndexOf("/") + 1)
          .split(".")
          .at(-1) || "Object"
      );
    }
    return !type || type === "object" ? "Object" : String(type);
  }

  #resolved(schema: Schema): Schema {
    return this.#target(refOf(schema)) ?? schema;
  }

  #target(ref: string): Schema | undefined {
    if (!ref.startsWith("#")) return undefined;
    let here: JsonValue | undefined = this.#plan.document;
    for (const part of ref.slice(1).split("/")) {
      if (part !== "") here = isObject(here) ? here[part] : undefined;
    }
    return isObject(here) ? here : undefined;
  }
}

function refOf(schema: Schema): string {
  return typeof schema.$ref === "string" ? schema.$ref : "";
}

function propertiesOf(schema: Schema): JsonObject {
  return isObject(schema.properties) ? schema.properties : {};
}

function schemasIn(value: JsonValue | undefined): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

const enumValue = (value: JsonValue): string => (value === "" ? '""' : String(value));

function shortEnum({ enum: values }: Schema, indent: number): string {
  if (!Array.isArray(values) || values.length === 0) return "";
  const shown = values.slice(0, SHORT_ENUM).map(enumValue).join(", ");
  return `\n${" ".repeat(indent)}enum: ${shown}${values.length > SHORT_ENUM ? ", ...." : ""}`;
}

function longEnum({ enum: values }: Schema): string {
  if (!Array.isArray(values) || values.length === 0) return "";
  return `ENUM:${values.map((value) => `\n    ${enumValue(value)}`).join("")}`;
}

function externalDocs(schema: Schema, indent: number): string {
  const docs = schema.externalDocs;
  if (!isObject(docs)) return "";
  const { description, url } = docs;
  const words =
    typeof description === "string" && description !== ""
      ? `${indented(wrapped(description, 76 - Math.max(0, indent - 2)), indent + (indent === 0 ? 4 : 2))}\n`
      : "";
  const link =
    typeof url === "string" && url !== "" ? `${indented(`URL: ${url}`, indent + (indent === 0 ? 4 : 2))}\n` : "";
  return `${indented("EXTERNAL DOCS:", indent)}\n${words}${link}`;
}
