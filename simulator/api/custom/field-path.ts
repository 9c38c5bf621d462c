import { fail, ok, type Result } from "../../base/result.ts";
import { child, key as keyPath } from "../meta/field-error.ts";
import { type JsonSchema, valuesOf } from "./json-schema.ts";

const ESCAPES: { readonly [char: string]: string } = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "'": "'",
  "\\": "\\",
};

/** A path within a schema (`.spec.names['a b']`) in the form of field errors, with the schema that it leads to. */
export interface FoundPath {
  readonly path: string;
  readonly schema: JsonSchema;
}

// Models apiextensions-apiserver pkg/apiserver/schema/cel ValidFieldPath
/** Finds a simple JSON path in a schema; the text of what is wrong with it where it is none, or leads nowhere. */
export function findFieldPath(text: string, root: JsonSchema, allowBrackets = true): Result<FoundPath, string> {
  let path = "";
  let schema = root;
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? [];
  for (let at = 0; at < tokens.length; at++) {
    let name = tokens[++at];
    const opener = tokens[at - 1];
    if (opener === "[") {
      if (!allowBrackets) return fail("array notation is not allowed");
      if (name === undefined) return fail("unexpected end of JSON path");
      if (!/^'.*'$/s.test(name)) return fail(`expected single quoted string but got ${name}`);
      const wrong = /\\([^abfnrtv'\\])/.exec(name);
      if (wrong !== null) return fail(`invalid string literal: invalid escape char ${wrong[0]}`);
      name = name.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
      const closer = tokens[++at];
      if (closer !== "]")
        return fail(closer === undefined ? "unexpected end of JSON path" : `expected ] but got ${closer}`);
    } else if (opener !== ".") return fail(`expected [ or . but got: ${opener}`);
    if (name === undefined) return fail("unexpected end of JSON path");
    const { properties } = schema;
    const below =
      properties === undefined ? valuesOf(schema) : Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (below === undefined) return fail("does not refer to a valid field");
    path = properties === undefined ? keyPath(path, name) : child(path, name);
    schema = below;
  }
  return ok({ path, schema });
}
