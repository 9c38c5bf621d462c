import { isObject, type JsonValue } from "../../base/json.ts";
import { goFloat, goText } from "./go-text.ts";
import { utf8 } from "./go-values.ts";
import { toJson } from "./json.ts";
import { PathError, type PathNode, parseTemplate } from "./jsonpath-parse.ts";

/** Values found, and what of a path's text stands between them. */
type Values = readonly JsonValue[];

/**
 * A template of kubectl's JSONPath, ready to be used on any number of values. Keys that are missing give nothing, as in
 * `kubectl get`, unless `strict`. Throws a PathError for what can't be read or carried out. Models client-go util/jsonpath.
 */
export class JsonPath {
  readonly #nodes: readonly PathNode[];
  readonly #strict: boolean;

  constructor(template: string, strict = false) {
    this.#nodes = parseTemplate(template);
    this.#strict = strict;
  }

  /** The text that it makes of a value. */
  print(value: JsonValue): string {
    return this.find(value)
      .map((values) => values.map(plainText).join(" "))
      .join("");
  }

  /** What each part of it finds, texts included. */
  find(value: JsonValue): Values[] {
    return new Search(this.#nodes, this.#strict).run(0, [value]);
  }
}

/** One search through a value: which ranges are open, and where the last one ended. */
class Search {
  readonly #nodes: readonly PathNode[];
  readonly #strict: boolean;
  #opening = 0;
  #open = 0;
  #closing = 0;
  #lastEnd = -1;

  constructor(nodes: readonly PathNode[], strict: boolean) {
    this.#nodes = nodes;
    this.#strict = strict;
  }

  /** Follows the nodes from one on, up to the end of the range that they are in. */
  run(from: number, current: Values): Values[] {
    const found: Values[] = [];
    for (let index = from; index < this.#nodes.length; index++) {
      const values = this.#step(this.#nodes[index] as PathNode, current);
      if (this.#closing > 0 && this.#closing <= this.#open) {
        this.#closing--;
        this.#lastEnd = index;
        break;
      }
      if (this.#opening === 0) {
        found.push(values);
        continue;
      }
      this.#opening--;
      this.#open++;
      for (const value of values) found.push(...this.run(index + 1, [value]));
      // A range over nothing is gone through all the same, for its end to be found.
      if (values.length === 0) this.run(index + 1, []);
      this.#open--;
      if (this.#lastEnd > index) index = this.#lastEnd;
    }
    return found;
  }

  #walk(nodes: readonly PathNode[], start: Values): Values {
    return nodes.reduce((values, node) => this.#step(node, values), start);
  }

  #step(node: PathNode, values: Values): Values {
    switch (node.kind) {
      case "list":
        return this.#walk(node.nodes, values);
      case "text":
        return [node.text];
      case "number":
      case "bool":
        return values.map(() => node.value);
      case "field":
        return this.#field(node.name, values);
      case "wildcard":
        return values.flatMap(children);
      case "recursive":
        return values.flatMap(branches);
      case "array":
        return pickAll(node, values);
      case "union":
        return node.lists.flatMap((list) => this.#walk(list, values));
      case "filter":
        return values.flatMap((value) => this.#filtered(node, value));
      default:
        return this.#identifier(node.name, values);
    }
  }

  #identifier(name: string, values: Values): Values {
    if (name === "range") {
      this.#opening++;
      return values;
    }
    if (name !== "end") throw new PathError(`unrecognized identifier ${name}`);
    if (this.#open === 0) throw new PathError("not in range, nothing to end");
    this.#closing++;
    return [];
  }

  #field(name: string, values: Values): Values {
    if (values.length === 0) return values;
    const found = values.flatMap((value) => {
      const inner = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      return inner === undefined ? [] : [inner];
    });
    if (found.length === 0 && this.#strict) throw new PathError(`${name} is not found`);
    return found;
  }

  #filtered({ left, operator, right }: Extract<PathNode, { kind: "filter" }>, value: JsonValue): Values {
    if (!Array.isArray(value)) throw new PathError(`${goText(value)} is not array or slice and cannot be filtered`);
    return value.filter((item) => {
      if (operator === "exists") return this.#exists(left, item);
      const lefts = this.#walk(left, [item]);
      if (lefts.length === 0) return false;
      if (lefts.length > 1) throw new PathError("can only compare one element at a time");
      const rights = this.#walk(right, [item]);
      if (rights.length === 0) return false;
      if (rights.length > 1) throw new PathError("can only compare one element at a time");
      return compares(lefts[0] ?? null, operator, rights[0] ?? null);
    });
  }

  /** Whether there is something: even if something goes wrong on the way, unless a key is missing. */
  #exists(nodes: readonly PathNode[], item: JsonValue): boolean {
    try {
      return this.#walk(nodes, [item]).length > 0;
    } catch (error) {
      if (error instanceof PathError) return !error.message.endsWith(" is not found");
      throw error;
    }
  }
}

/** What is in a value; of a text its bytes, as Go has it. */
function children(value: JsonValue): Values {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return utf8(value);
  if (!isObject(value)) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => (value[key] === undefined ? [] : [value[key]]));
}

/** Everything below a value that has something in it, the value first. */
function branches(value: JsonValue): Values {
  if (typeof value === "string") return value === "" ? [] : [value];
  const inner = children(value);
  return inner.length === 0 ? [] : [value, ...inner.flatMap(branches)];
}

type ArrayNode = Extract<PathNode, { kind: "array" }>;

function pickAll(node: ArrayNode, values: Values): Values {
  const found: JsonValue[] = [];
  for (const value of values) {
    if (value === null) continue;
    if (!Array.isArray(value)) throw new PathError(`${goType(value)} is not array or slice`);
    const [from, to] = boundsOf(node, value.length);
    // Nothing asked for ends it all, whatever else there is to look at.
    if (from === to) return found;
    checkBounds(from, to, value.length);
    const step = node.step?.value ?? 1;
    if (step <= 0) throw new PathError("step must be > 0");
    for (let at = from; at < to; at += step) found.push(value[at] as JsonValue);
  }
  return found;
}

function boundsOf({ from, to }: ArrayNode, length: number): readonly [number, number] {
  const first = from?.value ?? 0;
  const last = to?.value ?? length;
  const isFromEnd = last < 0 || (last === 0 && to?.derived === true);
  return [first < 0 ? first + length : first, isFromEnd ? last + length : last];
}

function checkBounds(from: number, to: number, length: number): void {
  const outside = from >= length || from < 0 ? from : to > length || to < 0 ? to - 1 : undefined;
  if (outside !== undefined) throw new PathError(`array index out of bounds: index ${outside}, length ${length}`);
  if (from > to) throw new PathError(`starting index ${from} is greater than ending index ${to}`);
}

function goType(value: JsonValue): string {
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value !== "number") return typeof value === "boolean" ? "bool" : "string";
  return Number.isInteger(value) ? "int64" : "float64";
}

/** Models client-go third_party/forked/golang/template funcs.go */
function compares(left: JsonValue, operator: string, right: JsonValue): boolean {
  const [kind, other] = [kindOf(left), kindOf(right)];
  if (!["==", "!=", "<", "<=", ">", ">="].includes(operator)) {
    throw new PathError(`unrecognized filter operator ${operator}`);
  }
  if (kind === undefined || other === undefined) throw new PathError("invalid type for comparison");
  if (kind !== other) throw new PathError("incompatible types for comparison");
  if (operator === "==" || operator === "!=") return (left === right) === (operator === "==");
  if (kind === "bool") throw new PathError("invalid type for comparison");
  const [a, b] = [left as number | string, right as number | string];
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  return operator === ">" ? a > b : a >= b;
}

function kindOf(value: JsonValue): string | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "string") return "string";
  return typeof value === "boolean" ? "bool" : undefined;
}

/** A value in a line of text: words as they are, lists and objects as JSON with sorted keys. */
function plainText(value: JsonValue): string {
  if (typeof value === "string") return value;
  return typeof value === "number" && !Number.isInteger(value) ? goFloat(value) : toJson(value);
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
