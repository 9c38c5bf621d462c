import { fail, ok, type Result } from "../../base/result.ts";
import type { CelNode, MacroNode } from "./ast.ts";
import type { Checked } from "./check.ts";
import { callCost, costSize, type Overload } from "./functions/overload.ts";
import {
  CelError,
  CelList,
  CelMap,
  CelOptional,
  CelTypeValue,
  type CelValue,
  isOfType,
  mapFrom,
  NONE,
  typeNameOf,
} from "./values.ts";

/** Costs that are not a function's. Models cel-go interpreter/runtimecost.go. */
const COST = { ident: 1, select: 1, list: 10, map: 30 } as const;

export interface Evaluation {
  readonly result: Result<CelValue, string>;
  /** What the evaluation cost, in CEL's units. */
  readonly cost: number;
}

export const COST_EXCEEDED = "operation cancelled: actual cost limit exceeded";

type Lookup = (name: string) => CelValue | undefined;

/** Runs a checked expression; a cost above `costLimit` cancels it. Models cel-go interpreter. */
export function runCel(root: CelNode, checked: Checked, variables: Lookup, costLimit: number): Evaluation {
  const run = new Run(checked, costLimit);
  try {
    return { result: ok(run.value(root, variables)), cost: run.cost };
  } catch (error) {
    if (error instanceof CelError) return { result: fail(error.message), cost: run.cost };
    if (error instanceof RangeError) return { result: fail(COST_EXCEEDED), cost: costLimit + 1 };
    throw error;
  }
}

/** The cost is spent: nothing catches this, as `||` catches other errors. */
class OutOfCost extends CelError {}

class Run {
  cost = 0;
  readonly #checked: Checked;
  readonly #costLimit: number;

  constructor(checked: Checked, costLimit: number) {
    this.#checked = checked;
    this.#costLimit = costLimit;
  }

  #spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.#costLimit) throw new OutOfCost(COST_EXCEEDED);
  }

  value(node: CelNode, scope: Lookup): CelValue {
    switch (node.op) {
      case "literal":
        return node.value;
      case "ident":
        return this.#ident(node.name, scope);
      case "select":
        return this.#select(node, scope);
      case "has":
        return this.#has(node, scope);
      case "call":
        return this.#call(node, scope);
      case "list":
        this.#spend(COST.list);
        return new CelList(node.items.map((item) => this.value(item, scope)));
      case "map":
        this.#spend(COST.map);
        return mapFrom(node.entries.map(([key, value]) => [this.value(key, scope), this.value(value, scope)] as const));
      case "and":
        return this.#logical(node, scope, false);
      case "or":
        return this.#logical(node, scope, true);
      case "ternary":
        return this.value(this.#bool(node.condition, scope) ? node.then : node.otherwise, scope);
      case "macro":
        return this.#macro(node, scope);
    }
  }

  #bool(node: CelNode, scope: Lookup): boolean {
    const value = this.value(node, scope);
    if (typeof value !== "boolean") throw new CelError("no such overload");
    return value;
  }

  #ident(name: string, scope: Lookup): CelValue {
    this.#spend(COST.ident);
    const value = scope(name);
    if (value !== undefined) return value;
    if (TYPE_VALUES.has(name)) return new CelTypeValue(TYPE_VALUES.get(name) ?? name);
    throw new CelError(`no such attribute(s): ${name}`);
  }

  #select(node: CelNode & { op: "select" }, scope: Lookup): CelValue {
    const operand = this.value(node.operand, scope);
    this.#spend(COST.select);
    const isOptional = operand instanceof CelOptional;
    const inner = isOptional ? operand.value : operand;
    if (inner === undefined) return NONE;
    if (!(inner instanceof CelMap)) {
      if (inner === null && (node.optional || isOptional)) return NONE;
      throw new CelError(inner === null ? `no such key: ${node.field}` : "no such overload");
    }
    const value = inner.get(node.field);
    if (node.optional || isOptional) {
      if (value instanceof CelOptional) return value;
      return value === undefined ? NONE : new CelOptional(value);
    }
    if (value === undefined) throw new CelError(`no such key: ${node.field}`);
    return value;
  }

  #has(node: CelNode & { op: "has" }, scope: Lookup): boolean {
    const operand = this.value(node.operand, scope);
    const inner = operand instanceof CelOptional ? operand.value : operand;
    if (inner === undefined) return false;
    if (!(inner instanceof CelMap)) throw new CelError("no such overload");
    return inner.get(node.field) !== undefined;
  }

  /** An error on one side is forgotten when the other side decides. */
  #logical(node: CelNode & { op: "and" | "or" }, scope: Lookup, deciding: boolean): boolean {
    const left = this.#attempt(node.left, scope);
    if (left === deciding) return deciding;
    const right = this.#attempt(node.right, scope);
    if (right === deciding) return deciding;
    if (left instanceof CelError) throw left;
    if (right instanceof CelError) throw right;
    return !deciding;
  }

  #attempt(node: CelNode, scope: Lookup): boolean | CelError {
    try {
      return this.#bool(node, scope);
    } catch (error) {
      if (error instanceof CelError && !(error instanceof OutOfCost)) return error;
      throw error;
    }
  }

  #call(node: CelNode & { op: "call" }, scope: Lookup): CelValue {
    const operands = node.target === undefined ? node.args : [node.target, ...node.args];
    const args = operands.map((operand) => this.value(operand, scope));
    const candidates = this.#checked.overloads.get(node) ?? [];
    const overload = candidates.length === 1 ? candidates[0] : candidates.find((one) => fits(one, args));
    if (overload === undefined || !fits(overload, args)) {
      throw new CelError(`no such overload: ${node.name}(${args.map(typeNameOf).join(", ")})`);
    }
    this.#spend(callCost(overload.cost, overload.cost === "constant" ? [] : args.map(costSize)));
    return overload.call(args);
  }

  #macro(node: MacroNode, scope: Lookup): CelValue {
    const range = this.value(node.range, scope);
    const [first = node.range] = node.body;
    if (node.name === "bind") return this.value(first, bound(node, [range], scope));
    if (node.name === "optMap" || node.name === "optFlatMap") {
      const inner = (range as CelOptional).value;
      if (inner === undefined) return NONE;
      const value = this.value(first, bound(node, [inner], scope));
      return node.name === "optMap" ? new CelOptional(value) : value;
    }
    const steps = stepsOf(range, node.variables.length);
    const each = steps.map((values) => {
      return bound(node, values, scope);
    });
    switch (node.name) {
      case "all":
        return this.#quantified(first, each, false);
      case "exists":
        return this.#quantified(first, each, true);
      case "existsOne":
        return each.filter((inner) => this.#step(() => this.#bool(first, inner))).length === 1;
      case "filter":
        return new CelList(
          steps
            .filter((_, at) => this.#step(() => this.#bool(first, each[at] as Lookup)))
            .map(([item]) => item as CelValue),
        );
      default:
        return this.#transformed(node, steps, each);
    }
  }

  /** A round of a loop costs something by itself. */
  #step<T>(action: () => T): T {
    this.#spend(2);
    return action();
  }

  #quantified(predicate: CelNode, each: readonly Lookup[], deciding: boolean): boolean {
    let failed: CelError | undefined;
    for (const inner of each) {
      const result = this.#step(() => this.#attempt(predicate, inner));
      if (result === deciding) return deciding;
      if (result instanceof CelError) failed ??= result;
    }
    if (failed !== undefined) throw failed;
    return !deciding;
  }

  #transformed(node: MacroNode, steps: readonly (readonly CelValue[])[], each: readonly Lookup[]): CelValue {
    const [first = node.range, second] = node.body;
    const transform = second ?? first;
    const kept: (readonly [CelValue, CelValue])[] = [];
    for (const [at, inner] of each.entries()) {
      if (second !== undefined && !this.#step(() => this.#bool(first, inner))) continue;
      kept.push([steps[at]?.[0] ?? null, this.#step(() => this.value(transform, inner))]);
    }
    if (node.name === "map" || node.name === "transformList") return new CelList(kept.map(([, value]) => value));
    if (node.name === "transformMap") return mapFrom(kept);
    const entries = kept.flatMap(([, entry]) =>
      entry instanceof CelMap ? entry.keys().map((key) => [key, entry.get(key) ?? null] as const) : [],
    );
    const merged = mapFrom(entries);
    if (merged.keys().length !== entries.length) throw new CelError("insert failed: key already exists");
    return merged;
  }
}

const TYPE_VALUES = new Map(
  ["bool", "bytes", "double", "int", "list", "map", "string", "type", "uint", "null_type"]
    .map((name) => [name, name] as const)
    .concat([
      ["timestamp", "google.protobuf.Timestamp"],
      ["duration", "google.protobuf.Duration"],
    ] as never),
);

function fits(overload: Overload, args: readonly CelValue[]): boolean {
  return overload.args.every((type, at) => isOfType(args[at] as CelValue, type));
}

function bound(node: MacroNode, values: readonly CelValue[], scope: Lookup): Lookup {
  return (name) => {
    const at = node.variables.indexOf(name);
    return at < 0 ? scope(name) : values[at];
  };
}

/** The values of a loop's variables, round by round. */
function stepsOf(range: CelValue, variables: number): readonly (readonly CelValue[])[] {
  if (range instanceof CelList) {
    return range.items.map((item, at) => (variables === 2 ? [BigInt(at), item] : [item]));
  }
  if (range instanceof CelMap) {
    return range.keys().map((key) => (variables === 2 ? [key, range.get(key) ?? null] : [key]));
  }
  throw new CelError("no such overload");
}
