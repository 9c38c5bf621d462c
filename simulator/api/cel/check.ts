import { type CelNode, type MacroNode, OPERATOR_NAMES } from "./ast.ts";
import type { Overload } from "./functions/overload.ts";
import { goRegex } from "./functions/regex.ts";
import { type OverloadTable, overloadsOf } from "./functions/registry.ts";
import { parseGoDuration, parseRfc3339 } from "./functions/time.ts";
import type { CelIssue } from "./source.ts";
import {
  type Bindings,
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatType,
  INT,
  isAssignable,
  joinTypes,
  listOf,
  mapOf,
  optionalOf,
  parseType,
  substitute,
} from "./types.ts";

/** What checking found out: each node's type, and the ways in which each call may be meant. */
export interface Checked {
  readonly type: CelType;
  readonly types: ReadonlyMap<CelNode, CelType>;
  readonly overloads: ReadonlyMap<CelNode, readonly Overload[]>;
  /** The variables that are read. */
  readonly references: ReadonlySet<string>;
  readonly issues: readonly CelIssue[];
}

type Scope = ReadonlyMap<string, CelType>;

/** Types that an expression may name. */
const TYPE_NAMES = new Map(
  ["bool", "bytes", "double", "duration", "int", "list", "map", "string", "timestamp", "type", "uint", "null_type"].map(
    (name) => [name, name === "list" ? listOf(DYN) : name === "map" ? mapOf(DYN, DYN) : parseType(name)],
  ),
);

/** Models cel-go checker: types and overloads of a parsed expression, and everything that is wrong with it. */
export function checkCel(root: CelNode, variables: ReadonlyMap<string, CelType>, table: OverloadTable): Checked {
  const checker = new Checker(variables, table);
  const type = checker.check(root, variables);
  return {
    type,
    types: checker.types,
    overloads: checker.overloads,
    references: checker.references,
    issues: checker.issues,
  };
}

class Checker {
  readonly types = new Map<CelNode, CelType>();
  readonly overloads = new Map<CelNode, readonly Overload[]>();
  readonly references = new Set<string>();
  readonly issues: CelIssue[] = [];
  readonly #variables: Scope;
  readonly #table: OverloadTable;

  constructor(variables: Scope, table: OverloadTable) {
    this.#variables = variables;
    this.#table = table;
  }

  check(node: CelNode, scope: Scope): CelType {
    const type = this.#typeOf(node, scope);
    this.types.set(node, type);
    return type;
  }

  #issue(at: number, message: string): CelType {
    this.issues.push({ at, message });
    return ERROR;
  }

  #typeOf(node: CelNode, scope: Scope): CelType {
    switch (node.op) {
      case "literal":
        return node.type;
      case "ident":
        return this.#ident(node.name, node.at, scope);
      case "select":
      case "has": {
        const type = this.#select(node, scope);
        return node.op === "has" ? BOOL : type;
      }
      case "call":
        return this.#call(node, scope);
      case "list":
        return this.#list(node.items, scope);
      case "map":
        return this.#map(node.entries, scope);
      case "and":
      case "or":
        return this.#logical(node, scope);
      case "ternary":
        return this.#ternary(node, scope);
      case "macro":
        return this.#macro(node, scope);
    }
  }

  #ident(name: string, at: number, scope: Scope): CelType {
    const type = scope.get(name);
    if (type !== undefined) {
      if (this.#variables.get(name) === type) this.references.add(name);
      return type;
    }
    const named = TYPE_NAMES.get(name);
    if (named !== undefined) return { kind: "type", of: named };
    return this.#issue(at, `undeclared reference to '${name}' (in container '')`);
  }

  #select(node: CelNode & { op: "select" | "has" }, scope: Scope): CelType {
    const operand = this.check(node.operand, scope);
    const isOptional = node.optional || operand.kind === "optional";
    const inner = operand.kind === "optional" ? operand.value : operand;
    const field = this.#fieldType(inner, node.field, node.at);
    if (field.kind === "error" || !isOptional || field.kind === "optional") return field;
    return optionalOf(field);
  }

  #fieldType(operand: CelType, field: string, at: number): CelType {
    switch (operand.kind) {
      case "dyn":
      case "error":
      case "param":
        return DYN;
      case "map":
        return operand.value;
      case "object": {
        const type = operand.fields.get(field);
        return type ?? this.#issue(at, `undefined field '${field}'`);
      }
      default:
        return this.#issue(at, `type '${formatType(operand)}' does not support field selection`);
    }
  }

  #call(node: CelNode & { op: "call" }, scope: Scope): CelType {
    const target = node.target === undefined ? undefined : this.check(node.target, scope);
    const args = node.args.map((arg) => this.check(arg, scope));
    const candidates = overloadsOf(this.#table, node.name, target !== undefined);
    if (candidates.length === 0) {
      return this.#issue(node.at, `undeclared reference to '${node.name}' (in container '')`);
    }
    const given = target === undefined ? args : [target, ...args];
    const { matching, result } = resolve(candidates, given);
    if (result === undefined) {
      if (given.some(({ kind }) => kind === "error")) return ERROR;
      return this.#issue(node.at, noOverload(node.name, target, args));
    }
    this.overloads.set(node, matching);
    this.#checkLiteral(node);
    return result;
  }

  /** Models cel-go's validators of literal arguments. */
  #checkLiteral({ name, target, args }: CelNode & { op: "call" }): void {
    const argument = args[0];
    if (argument?.op !== "literal" || typeof argument.value !== "string") return;
    const { value, at } = argument;
    if (target === undefined && name === "duration" && parseGoDuration(value) === undefined) {
      this.#issue(at, "invalid duration argument");
    } else if (target === undefined && name === "timestamp" && parseRfc3339(value) === undefined) {
      this.#issue(at, "invalid timestamp argument");
    } else if (name === "matches" && target !== undefined && goRegex(value) === undefined) {
      this.#issue(at, "invalid matches argument");
    }
  }

  #list(items: readonly CelNode[], scope: Scope): CelType {
    let type: CelType = { kind: "param", name: "?" };
    for (const item of items) type = this.#join(type, this.check(item, scope), item);
    return listOf(type, items.length);
  }

  #map(entries: readonly (readonly [CelNode, CelNode])[], scope: Scope): CelType {
    let keys: CelType = { kind: "param", name: "?" };
    let values: CelType = { kind: "param", name: "?" };
    for (const [key, value] of entries) {
      keys = this.#join(keys, this.check(key, scope), key);
      values = this.#join(values, this.check(value, scope), value);
    }
    return mapOf(keys, values, entries.length);
  }

  /** Literals hold values of one type. */
  #join(sofar: CelType, type: CelType, node: CelNode): CelType {
    const joined = joinTypes(sofar, type);
    if (joined !== undefined) return joined;
    this.#issue(node.at, `expected type '${formatType(sofar)}' but found '${formatType(type)}'`);
    return sofar;
  }

  #logical(node: CelNode & { op: "and" | "or" }, scope: Scope): CelType {
    const types = [this.check(node.left, scope), this.check(node.right, scope)];
    if (types.every((type) => isAssignable(BOOL, type, new Map()))) return BOOL;
    return this.#issue(node.at, noOverload(node.op === "and" ? "_&&_" : "_||_", undefined, types));
  }

  #ternary(node: CelNode & { op: "ternary" }, scope: Scope): CelType {
    const condition = this.check(node.condition, scope);
    const then = this.check(node.then, scope);
    const otherwise = this.check(node.otherwise, scope);
    const joined = joinTypes(then, otherwise);
    if (joined !== undefined && isAssignable(BOOL, condition, new Map())) return joined;
    return this.#issue(node.at, noOverload("_?_:_", undefined, [condition, then, otherwise]));
  }

  #macro(node: MacroNode, scope: Scope): CelType {
    const range = this.check(node.range, scope);
    if (node.name === "bind") return this.#body(node, scope, [range])[0] ?? ERROR;
    if (node.name === "optMap" || node.name === "optFlatMap") return this.#optional(node, range, scope);
    const variables = this.#variablesOf(node, range);
    if (variables === undefined) return ERROR;
    const body = this.#body(node, scope, variables);
    const [first = ERROR, second] = body;
    const needBool = (type: CelType): boolean => {
      if (isAssignable(BOOL, type, new Map())) return true;
      this.#issue(node.at, noOverload("_&&_", undefined, [BOOL, type]));
      return false;
    };
    switch (node.name) {
      case "all":
      case "exists":
      case "existsOne":
        return needBool(first) ? BOOL : ERROR;
      case "filter":
        if (!needBool(first)) return ERROR;
        return listOf(variables[0] ?? DYN, sizeOf(range));
      case "map":
      case "transformList":
        if (second !== undefined && !needBool(first)) return ERROR;
        return listOf(second ?? first, sizeOf(range));
      default: {
        if (second !== undefined && !needBool(first)) return ERROR;
        const value = second ?? first;
        if (node.name === "transformMapEntry")
          return value.kind === "map" ? { ...value, maxSize: sizeOf(range) } : mapOf(DYN, DYN);
        return mapOf(variables[0] ?? DYN, value, sizeOf(range));
      }
    }
  }

  #optional(node: MacroNode, range: CelType, scope: Scope): CelType {
    const inner = range.kind === "optional" ? range.value : DYN;
    if (range.kind !== "optional" && range.kind !== "dyn" && range.kind !== "error") {
      return this.#issue(node.at, noOverload(node.name, range, []));
    }
    const [body = ERROR] = this.#body(node, scope, [inner]);
    return node.name === "optFlatMap" || body.kind === "error" ? body : optionalOf(body);
  }

  #variablesOf({ range: { at }, variables }: MacroNode, range: CelType): readonly CelType[] | undefined {
    switch (range.kind) {
      case "dyn":
      case "error":
      case "param":
        return variables.map(() => DYN);
      case "list":
        return variables.length === 2 ? [INT, range.item] : [range.item];
      case "map":
        return variables.length === 2 ? [range.key, range.value] : [range.key];
      default:
        this.#issue(
          at,
          `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return undefined;
    }
  }

  #body(node: MacroNode, scope: Scope, types: readonly CelType[]): CelType[] {
    const inner = new Map(scope);
    // A copy of the type, so that a variable that hides another is not taken for it.
    for (const [at, name] of node.variables.entries()) inner.set(name, { ...(types[at] ?? DYN) });
    return node.body.map((part) => this.check(part, inner));
  }
}

function sizeOf(type: CelType): number | undefined {
  return type.kind === "list" || type.kind === "map" ? type.maxSize : undefined;
}

/** The overloads that fit, and the type that they give: `dyn` where they differ. Models cel-go resolveOverload. */
function resolve(
  candidates: readonly Overload[],
  given: readonly CelType[],
): { readonly matching: readonly Overload[]; readonly result: CelType | undefined } {
  const matching: Overload[] = [];
  let result: CelType | undefined;
  for (const overload of candidates) {
    if (overload.args.length !== given.length) continue;
    const bindings: Bindings = new Map();
    if (!overload.args.every((wanted, at) => isAssignable(wanted, given[at] as CelType, bindings))) continue;
    matching.push(overload);
    const type = substitute(overload.result, bindings);
    if (result === undefined) result = type;
    else if (formatType(result) !== formatType(type)) result = DYN;
  }
  return { matching, result };
}

function noOverload(name: string, target: CelType | undefined, args: readonly CelType[]): string {
  const list = `(${args.map(formatType).join(", ")})`;
  const shown = OPERATOR_NAMES[name] ?? name;
  return `found no matching overload for '${shown}' applied to '${target === undefined ? list : `${formatType(target)}.${list}`}'`;
}
