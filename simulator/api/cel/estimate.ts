import type { CelNode, MacroNode } from "./ast.ts";
import type { CelProgram } from "./cel.ts";
import { callCost } from "./functions/overload.ts";
import type { CelType } from "./types.ts";

/** The size of what nothing bounds: as much as a request may hold. Models apiextensions MaxRequestSizeBytes. */
const UNBOUNDED = 3 * 1024 * 1024;

/** What a value costs to compute at most, and how large it may be. */
interface Estimate {
  readonly cost: number;
  readonly size: number;
}

/**
 * The most that a program may cost, from the sizes that its variables' types allow: a rule that may cost too much is refused
 * before it ever runs. Models cel-go checker/cost.go.
 */
export function estimateCost(program: CelProgram): number {
  return new Estimator(program).estimate(program.root).cost;
}

class Estimator {
  readonly #program: CelProgram;

  constructor(program: CelProgram) {
    this.#program = program;
  }

  estimate(node: CelNode): Estimate {
    switch (node.op) {
      case "literal":
        return { cost: 0, size: typeof node.value === "string" ? Math.max(1, node.value.length) : 1 };
      case "ident":
        return { cost: 1, size: this.#declaredSize(node) };
      case "select":
        return { cost: this.estimate(node.operand).cost + 1, size: this.#declaredSize(node) };
      case "has":
        return { cost: this.estimate(node.operand).cost, size: 1 };
      case "call":
        return this.#call(node);
      case "list":
        return { cost: 10 + this.#sum(node.items), size: node.items.length };
      case "map":
        return { cost: 30 + this.#sum(node.entries.flat()), size: node.entries.length };
      case "and":
      case "or":
        return { cost: this.#sum([node.left, node.right]), size: 1 };
      case "ternary": {
        const [then, otherwise] = [this.estimate(node.then), this.estimate(node.otherwise)];
        const cost = this.estimate(node.condition).cost + Math.max(then.cost, otherwise.cost);
        return { cost, size: Math.max(then.size, otherwise.size) };
      }
      case "macro":
        return this.#macro(node);
    }
  }

  #sum(nodes: readonly CelNode[]): number {
    return nodes.reduce((sum, node) => sum + this.estimate(node).cost, 0);
  }

  #declaredSize(node: CelNode): number {
    return sizeOf(this.#program.checked.types.get(node));
  }

  #call(node: CelNode & { op: "call" }): Estimate {
    const operands = (node.target === undefined ? node.args : [node.target, ...node.args]).map((one) =>
      this.estimate(one),
    );
    const sizes = operands.map(({ size }) => size);
    const overloads = this.#program.checked.overloads.get(node) ?? [];
    const own = Math.max(1, ...overloads.map(({ cost }) => callCost(cost, sizes)));
    const cost = operands.reduce((sum, operand) => sum + operand.cost, own);
    return { cost, size: this.#resultSize(node, sizes) };
  }

  #resultSize(node: CelNode & { op: "call" }, sizes: readonly number[]): number {
    const [first = 1] = sizes;
    if (node.name === "_+_") return sizes.reduce((sum, size) => sum + size, 0);
    if (node.name === "_[_]" || node.name === "_[?_]") return this.#declaredSize(node);
    const type = this.#program.checked.types.get(node);
    if (type?.kind === "string" || type?.kind === "list") return KEEPS_SIZE.has(node.name) ? first : UNBOUNDED;
    return 1;
  }

  #macro(node: MacroNode): Estimate {
    const range = this.estimate(node.range);
    const body = this.#sum(node.body);
    if (node.name === "bind") return { cost: range.cost + body + 10, size: this.#declaredSize(node) };
    if (node.name === "optMap" || node.name === "optFlatMap") return { cost: range.cost + body + 2, size: 1 };
    const isQuantifier = node.name === "all" || node.name === "exists" || node.name === "existsOne";
    const round = body + (isQuantifier ? 3 : 13);
    return { cost: range.cost + 1 + range.size * round, size: isQuantifier ? 1 : range.size };
  }
}

/** Functions whose result is no larger than what they are called on. */
const KEEPS_SIZE: ReadonlySet<string> = new Set([
  ...["lowerAscii", "upperAscii", "trim", "substring", "charAt", "replace", "split", "find", "findAll", "join"],
  ...["getScheme", "getHost", "getHostname", "getPort", "getEscapedPath", "bytes"],
]);

function sizeOf(type: CelType | undefined): number {
  switch (type?.kind) {
    case "string":
    case "bytes":
    case "list":
    case "map":
    case "dyn":
      return type.maxSize ?? UNBOUNDED;
    default:
      return 1;
  }
}
