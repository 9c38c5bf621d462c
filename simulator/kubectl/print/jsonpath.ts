import { isObject, type JsonValue } from "../../base/json.ts";
import { toJson } from "./json.ts";
import { PathError, type PathNode, parseTemplate } from "./jsonpath-parse.ts";

/** Values found, and what of a path's text stands between them. */
type Values = readonly JsonValue[];

/**
 * A template of kubectl's JSONPath, ready to be used on any number of values. Keys that are missing give nothing, as in
 * `kubectl get`, unless `strict`. Throws a PathError for what can't be read. Models client-go util/jsonpath.
 */
export class JsonPath {
  readonly #nodes: readonly PathNode[];
  readonly #strict: boolean;

  constructor(template: string, strict = false) {
    this.#nodes = parseTemplate(template);
    this.#strict = strict;
    let depth = 0;
    for (const node of this.#nodes) {
      const word = identifierOf(node);
      if (word === "range") depth++;
      if (word === "end" && depth-- === 0) throw new PathError("not in range, nothing to end");
    }
  }

  /** The text that it makes of a value. */
  print(value: JsonValue): string {
    return this.find(value).map(joined).join("");
  }

  /** What each part of it finds, texts included. */
  find(value: JsonValue): Values[] {
    return this.#run(this.#nodes, value, value);
  }

  #run(nodes: readonly PathNode[], root: JsonValue, current: JsonValue): Values[] {
    const results: Values[] = [];
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index] as PathNode;
      if (identifierOf(node) === "range") {
        const end = endOfRange(nodes, index);
        const [, ...path] = node.kind === "list" ? node.nodes : [];
        const body = nodes.slice(index + 1, end);
        for (const item of this.#walk(path, root, [current])) results.push(...this.#run(body, root, item));
        index = end;
      } else results.push(this.#walk(node.kind === "list" ? node.nodes : [node], root, [current]));
    }
    return results;
  }

  #walk(nodes: readonly PathNode[], root: JsonValue, start: Values): Values {
    let values = start;
    for (const node of nodes) values = this.#step(node, root, values);
    return values;
  }

  #step(node: PathNode, root: JsonValue, values: Values): Values {
    switch (node.kind) {
      case "text":
        return [node.text];
      case "number":
      case "bool":
        return [node.value];
      case "field":
        return this.#field(node.name, values);
      case "wildcard":
        return values.flatMap(children);
      case "recursive":
        return values.flatMap(descendants);
      case "array":
        return values.flatMap((value) => pick(node, value));
      case "union":
        return node.lists.flatMap((list) => this.#walk(list, root, values));
      case "filter":
        return this.#filter(node, root, values);
      default:
        return values;
    }
  }

  #field(name: string, values: Values): Values {
    if (name === "") return values;
    const found = values.flatMap((value) => {
      const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      return inner === undefined || inner === null ? [] : [inner];
    });
    if (found.length === 0 && this.#strict) throw new PathError(`${name} is not found`);
    return found;
  }

  #filter(node: Extract<PathNode, { kind: "filter" }>, root: JsonValue, values: Values): Values {
    return values.flatMap((value) => {
      if (!Array.isArray(value)) {
        throw new PathError(`${goType(value)} is not array or slice and cannot be filtered`);
      }
      return value.filter((item) => {
        const left = new JsonPath("").#walk(node.left, root, [item]);
        if (node.operator === "exists") return left.length > 0;
        const right = new JsonPath("").#walk(node.right, root, [item]);
        if (left.length === 0 || right.length === 0) return false;
        if (left.length > 1 || right.length > 1) throw new PathError("can only compare one element at a time");
        return compares(left[0] ?? null, node.operator, right[0] ?? null);
      });
    });
  }
}

function identifierOf(node: PathNode): string | undefined {
  const [first] = node.kind === "list" ? node.nodes : [];
  return first?.kind === "identifier" ? first.name : undefined;
}

function endOfRange(nodes: readonly PathNode[], start: number): number {
  let depth = 0;
  for (let index = start; index < nodes.length; index++) {
    const word = identifierOf(nodes[index] as PathNode);
    if (word === "range") depth++;
    if (word === "end" && --depth === 0) return index;
  }
  return nodes.length;
}

function children(value: JsonValue): Values {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => (value[key] === undefined ? [] : [value[key]]));
}

function descendants(value: JsonValue): Values {
  return [value, ...children(value).flatMap(descendants)];
}

function pick(node: Extract<PathNode, { kind: "array" }>, value: JsonValue): Values {
  if (!Array.isArray(value)) throw new PathError(`${goType(value)} is not array or slice`);
  const { length } = value;
  const from = node.from ?? 0;
  // NaN marks a lone index of -1: everything from the last one on.
  const to = node.to === undefined || Number.isNaN(node.to) ? length : node.to;
  const isIndex = node.from !== undefined && (Number.isNaN(node.to) || node.to === from + 1) && node.step === undefined;
  const first = from < 0 ? from + length : from;
  const last = to < 0 || (from < 0 && to === 0) ? to + length : to;
  if (first < 0 || first >= length) {
    if (isIndex || from !== 0) throw new PathError(`array index out of bounds: index ${first}, length ${length}`);
    return [];
  }
  if (last > length && !isIndex) throw new PathError(`array index out of bounds: index ${last - 1}, length ${length}`);
  const result: JsonValue[] = [];
  for (let at = first; at < last; at += node.step ?? 1) result.push(value[at] ?? null);
  return result;
}

function goType(value: JsonValue): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value !== "number") return typeof value === "boolean" ? "bool" : "string";
  return Number.isInteger(value) ? "int64" : "float64";
}

function compares(left: JsonValue, operator: string, right: JsonValue): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== typeof right || (typeof left !== "number" && typeof left !== "string")) return false;
  const [a, b] = [left, right as typeof left];
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  return operator === ">" ? a > b : a >= b;
}

const joined = (values: Values): string => values.map(plainText).join(" ");

/** A value in a line of text: words as they are, everything else as JSON with sorted keys. */
export function plainText(value: JsonValue): string {
  if (typeof value === "string") return value;
  return toJson(value);
}

/** `x`, `.x` and `{.x}` all mean the last. Models cli-runtime pkg/get RelaxedJSONPathExpression. */
export function relaxedPath(text: string): string {
  if (text === "") return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (match === null) {
    throw new PathError(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    );
  }
  return `{.${match[1] ?? match[2]}}`;
}
