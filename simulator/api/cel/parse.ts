import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import { fail, ok, type Result } from "../../base/result.ts";
import { type CelNode, type MacroName, OPERATOR_NAMES } from "./ast.ts";
import { isNamespacedFunction } from "./functions/registry.ts";
import type { CelIssue } from "./source.ts";
import { BOOL, BYTES, type CelType, DOUBLE, INT, NULL, STRING, UINT } from "./types.ts";
import { CelUint, type CelValue } from "./values.ts";

/** What may begin an expression, in the parser's words. */
const EXPRESSION_START =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

const MAX_LENGTH = 100_000;

const parser = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: true });

/**
 * Parses an expression into our own tree. The library's parser reads the text; its operators, checker and evaluator are
 * not used: they know neither Kubernetes' types nor its costs.
 */
export function parseCel(source: string): Result<CelNode, readonly CelIssue[]> {
  if (source.length > MAX_LENGTH) return fail([{ message: "expression code point size exceeds limit", at: 0 }]);
  try {
    return ok(convert(parser.parse(source).ast as Parsed));
  } catch (error) {
    if (error instanceof MacroIssue) return fail([error.issue]);
    if (error instanceof ParseError) return fail([syntaxIssue(source, error)]);
    throw error;
  }
}

/** The library's node, as far as it is read here. */
type Parsed = ASTNode;

class MacroIssue extends Error {
  readonly issue: CelIssue;
  constructor(message: string, at: number) {
    super(message);
    this.issue = { message, at };
  }
}

/** In the words of the ANTLR parser that cel-go uses. */
function syntaxIssue(source: string, error: ParseError): CelIssue {
  const at = error.range?.start ?? 0;
  if (error.code === "limit_exceeded") return { message: "expression recursion limit exceeded: 250", at };
  if (error.code === "reserved_identifier") {
    return { message: `reserved identifier: ${source.slice(at, error.range?.end)}`, at };
  }
  if (error.code === "invalid_macro_argument") return { message: "argument must be a simple name", at };
  const isEnd = source.slice(at).trim() === "";
  const token = isEnd ? "<EOF>" : tokenAt(source, at);
  if (error.code === "unexpected_token") {
    // At the end, the place is behind the last character, blanks included.
    const place = isEnd ? source.length : at;
    return { message: `Syntax error: mismatched input '${token}' expecting ${EXPRESSION_START}`, at: place };
  }
  if (error.code === "expected_token") {
    const wanted = /Expected (\w+)/.exec(error.summary)?.[1] ?? "";
    const expected = TOKENS[wanted] ?? wanted;
    const place = isEnd ? source.length : at;
    if (wanted === "RPAREN" || wanted === "RBRACKET" || wanted === "RBRACE") {
      return { message: `Syntax error: missing ${expected} at '${token}'`, at: place };
    }
    return { message: `Syntax error: mismatched input '${token}' expecting ${expected}`, at: place };
  }
  if (error.code === "unexpected_character" && /^[\w"'()[\]{}.,:?<>=!&|+\-*/%]/.test(token)) {
    return { message: `Syntax error: extraneous input '${token}' expecting <EOF>`, at };
  }
  return { message: `Syntax error: token recognition error at: '${source.slice(at, at + 1)}'`, at };
}

const TOKENS: { readonly [name: string]: string } = {
  RPAREN: "')'",
  RBRACKET: "']'",
  RBRACE: "'}'",
  COLON: "':'",
  IDENTIFIER: "IDENTIFIER",
};

function tokenAt(source: string, at: number): string {
  return /^(?:\w+|==|!=|<=|>=|&&|\|\||[\s\S])/.exec(source.slice(at))?.[0] ?? "";
}

/** The offset of an operator or bracket that stands between two operands. */
function placeOf(node: Parsed, text: string, from: number): number {
  const found = node.input.indexOf(text, from);
  return found < 0 ? node.start : found;
}

function convert(node: Parsed): CelNode {
  switch (node.op) {
    case "value":
      return { op: "literal", at: node.start, ...literal(node.args) };
    case "id":
      return { op: "ident", at: node.start, name: node.args };
    case ".":
    case ".?": {
      const [operand, field] = node.args;
      const at = node.input.lastIndexOf(".", node.pos);
      return { op: "select", at, operand: convert(operand), field, optional: node.op === ".?" };
    }
    case "[]":
    case "[?]": {
      const [operand, index] = node.args;
      const at = placeOf(node, "[", operand.end);
      return { op: "call", at, name: OPERATOR_NAMES[node.op] as string, args: [convert(operand), convert(index)] };
    }
    case "call":
      return convertCall(node, node.args[0], node.args[1]);
    case "rcall":
      return convertMethod(node, ...node.args);
    case "list":
      return { op: "list", at: node.start, items: node.args.map(convert) };
    case "map":
      return { op: "map", at: node.start, entries: node.args.map(([key, value]) => [convert(key), convert(value)]) };
    case "?:": {
      const [condition, then, otherwise] = node.args.map(convert) as [CelNode, CelNode, CelNode];
      return { op: "ternary", at: placeOf(node, "?", node.args[0].end), condition, then, otherwise };
    }
    case "||":
    case "&&": {
      const [left, right] = node.args;
      const at = placeOf(node, node.op, left.end);
      return { op: node.op === "||" ? "or" : "and", at, left: convert(left), right: convert(right) };
    }
    case "!_":
    case "-_":
      return { op: "call", at: node.start, name: OPERATOR_NAMES[node.op] as string, args: [convert(node.args)] };
    default: {
      const [left, right] = node.args;
      const at = placeOf(node, node.op, left.end);
      return { op: "call", at, name: OPERATOR_NAMES[node.op] as string, args: [convert(left), convert(right)] };
    }
  }
}

function literal(value: unknown): { readonly value: CelValue; readonly type: CelType } {
  if (value === null) return { value, type: NULL };
  if (typeof value === "bigint") return { value, type: INT };
  if (typeof value === "number") return { value, type: DOUBLE };
  if (typeof value === "boolean") return { value, type: BOOL };
  if (value instanceof Uint8Array) return { value: Uint8Array.from(value), type: BYTES };
  // What is no string here is the library's unsigned integer, which it keeps to itself.
  if (typeof value === "object") return { value: new CelUint(BigInt(String(value))), type: UINT };
  return { value: String(value), type: STRING };
}

function convertCall(node: Parsed, name: string, args: readonly Parsed[]): CelNode {
  const at = placeOf(node, "(", node.start);
  if (name !== "has" || args.length !== 1) return { op: "call", at, name, args: args.map(convert) };
  const [argument] = args;
  if (argument?.op !== "." && argument?.op !== ".?") {
    throw new MacroIssue("invalid argument to has() macro", argument?.start ?? at);
  }
  const [operand, field] = argument.args;
  return { op: "has", at, operand: convert(operand), field, optional: argument.op === ".?" };
}

/** Macros by name and number of arguments: how many of the arguments are variables. */
const MACROS: { readonly [call: string]: readonly [MacroName, number] } = {
  "all/2": ["all", 1],
  "all/3": ["all", 2],
  "exists/2": ["exists", 1],
  "exists/3": ["exists", 2],
  "exists_one/2": ["existsOne", 1],
  "exists_one/3": ["existsOne", 2],
  "existsOne/2": ["existsOne", 1],
  "existsOne/3": ["existsOne", 2],
  "map/2": ["map", 1],
  "map/3": ["map", 1],
  "filter/2": ["filter", 1],
  "transformList/3": ["transformList", 2],
  "transformList/4": ["transformList", 2],
  "transformMap/3": ["transformMap", 2],
  "transformMap/4": ["transformMap", 2],
  "transformMapEntry/3": ["transformMapEntry", 2],
  "transformMapEntry/4": ["transformMapEntry", 2],
  "optMap/2": ["optMap", 1],
  "optFlatMap/2": ["optFlatMap", 1],
};

function convertMethod(node: Parsed, name: string, receiver: Parsed, args: readonly Parsed[]): CelNode {
  const at = placeOf(node, "(", placeOf(node, name, receiver.end));
  if (receiver.op === "id" && receiver.args === "cel" && name === "bind" && args.length === 3) {
    const [variable, value, body] = args as [Parsed, Parsed, Parsed];
    return {
      op: "macro",
      at,
      name: "bind",
      range: convert(value),
      variables: [variableOf(variable)],
      body: [convert(body)],
    };
  }
  const qualified = qualifiedName(receiver, name);
  if (qualified !== undefined && isNamespacedFunction(qualified)) {
    return { op: "call", at, name: qualified, args: args.map(convert) };
  }
  const macro = MACROS[`${name}/${args.length}`];
  if (macro === undefined) return { op: "call", at, name, target: convert(receiver), args: args.map(convert) };
  const [macroName, count] = macro;
  const variables = args.slice(0, count).map(variableOf);
  return {
    op: "macro",
    at,
    name: macroName,
    range: convert(receiver),
    variables,
    body: args.slice(count).map(convert),
  };
}

function variableOf(node: Parsed): string {
  if (node.op !== "id") throw new MacroIssue("argument must be a simple name", node.start);
  return node.args;
}

function qualifiedName(node: Parsed, last: string): string | undefined {
  if (node.op === "id") return `${node.args}.${last}`;
  if (node.op !== ".") return undefined;
  return qualifiedName(node.args[0], `${node.args[1]}.${last}`);
}
