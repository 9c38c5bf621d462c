import { isObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { goPlain, goQuote, sortedMap } from "../meta/go-text.ts";
import { elementText, fieldElement } from "./path-element.ts";
import { itemElement, type ListShape, type MapShape, type Place, placeOfKey, type Shapes } from "./shapes.ts";

// Models structured-merge-diff typed validate

/** A problem of a configuration: where, such as `.spec.replicas`, and what. */
interface TypeProblem {
  readonly path: string;
  readonly message: string;
}

/** Deeper than this our own recursive helpers would not go. */
const MAX_DEPTH = 1000;

/** Whether a value fits its type; the text of the real server's error where it does not. */
export function typeError(shapes: Shapes, place: Place, value: JsonValue): string | undefined {
  const problems = validate(shapes, place, value, "", 0);
  if (problems.length === 0) return undefined;
  const texts = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return texts.length === 1 ? texts[0] : ["errors:", ...texts.map((text) => `  ${text}`)].join("\n");
}

function validate(shapes: Shapes, place: Place, value: JsonValue, path: string, depth: number): TypeProblem[] {
  if (value === null) return [];
  if (depth > MAX_DEPTH) return [{ path, message: "exceeded max depth" }];
  const shape = shapes.of(place, value);
  switch (shape.kind) {
    case "scalar": {
      const message = scalarError(shape.scalar, value);
      return message === undefined ? [] : [{ path, message }];
    }
    case "list":
      if (!Array.isArray(value)) return [{ path, message: `expected list, got ${printed(value)}` }];
      return validateItems(shapes, shape, value, path, depth);
    default:
      if (!isObject(value)) return [{ path, message: `expected map, got ${printed(value)}` }];
      return validateFields(shapes, shape, value, path, depth);
  }
}

function validateItems(
  shapes: Shapes,
  shape: ListShape,
  list: readonly JsonValue[],
  path: string,
  depth: number,
): TypeProblem[] {
  const problems: TypeProblem[] = [];
  const seen = new Set<string>();
  for (const [at, item] of list.entries()) {
    let element = `i:${at}`;
    if (!shape.atomic) {
      const found = itemElement(shape, item);
      if (!found.ok) return [...problems, { path, message: `element ${at}: ${found.error}` }];
      element = found.value;
      if (seen.has(element)) {
        problems.push({ path, message: `duplicate entries for key ${elementText(element)}` });
      }
      seen.add(element);
    }
    problems.push(...validate(shapes, shape.item, item, path + elementText(element), depth + 1));
  }
  return problems;
}

function validateFields(shapes: Shapes, shape: MapShape, map: JsonObject, path: string, depth: number): TypeProblem[] {
  const problems: TypeProblem[] = [];
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue;
    const place = placeOfKey(shape, key);
    const below = path + elementText(fieldElement(key));
    // One unknown field ends the walk of its map, as upstream's does.
    if (place === undefined) return [...problems, { path: below, message: "field not declared in schema" }];
    problems.push(...validate(shapes, place, value, below, depth + 1));
  }
  return problems;
}

function scalarError(scalar: string, value: JsonValue): string | undefined {
  switch (scalar) {
    case "numeric":
      return typeof value === "number" ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case "string":
      return typeof value === "string"
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case "boolean":
      return typeof value === "boolean" ? undefined : `expected boolean, got ${printed(value)}`;
    default:
      return typeof value === "object" ? `expected any scalar, got ${printed(value)}` : undefined;
  }
}

/** As Go prints upstream's wrapped values. */
function printed(value: JsonValue): string {
  return `&{${goPlain(value)}}`;
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (isObject(value)) return "map[string]interface {}";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return "interface {}(nil)";
  if (typeof value === "string") return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (!isObject(value)) return String(value);
  const entries = Object.entries(sortedMap(value)).map(([key, item]) => `${goQuote(key)}:${goSyntax(item)}`);
  return `map[string]interface {}{${entries.join(", ")}}`;
}
